"""Receipts are signed when they are given, keys change with dates, and strangers can check all of it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.app import create_app
from agencyqa.auth.roles import Role
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.deliverables.models import Submission
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.receipts import services, verify_receipt
from agencyqa.engagements.receipts.models import ReceiptSignature, SigningKey
from agencyqa.engagements.receipts.signing import Signer
from agencyqa.errors import WrongState
from config import Settings
from tests.client import Client, engines_of
from tests.factories.accounts import NOW, make_agency_body, make_bureau, make_department, make_member, sign_in
from tests.factories.agencies import make_agency
from tests.factories.deliverables import make_handed_in
from tests.factories.engagements import make_engagement
from tests.integration.engagements.deliverables.traces import entries


@contextmanager
def keyed(app: Flask, *seeds: bytes) -> Iterator[None]:
    """The installation with other signing keys, as after a restart."""
    named = tuple((f"k{n}", seed) for n, seed in enumerate(seeds))
    with with_settings(app, replace(app.config["SETTINGS"], signing_keys=named)):
        yield


@contextmanager
def with_settings(app: Flask, settings: Settings) -> Iterator[None]:
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings
    try:
        with app.app_context():
            yield
    finally:
        app.config["SETTINGS"] = before


def handed_in(session: Session) -> Submission:
    bureau = make_bureau(session)
    engagement = make_engagement(
        session, bureau, make_agency(session, bureau), make_department(session, bureau)
    )
    version = make_handed_in(session, engagement, DeliverableKind.PLAN)
    return session.get_one(Submission, version.submission_id)


def test_keys_follow_each_other_and_what_the_older_signed_holds(app: Flask, session: Session) -> None:
    first, second = Signer(b"1" * 32), Signer(b"2" * 32)
    with app.app_context():
        with keyed(app):
            submission = handed_in(session)
            assert services.signed_receipt(session, submission) is None
            assert services.publish_key(session, NOW) is None
            assert services.sign_unsigned(session, NOW) == 0
        with keyed(app, first.seed):
            later = NOW + timedelta(days=3, microseconds=9)
            assert services.sign_unsigned(session, later) == 1
            assert services.sign_unsigned(session, later) == 0
            older = services.signed_receipt(session, submission)
            assert older is not None
            assert older["signature"]["signed_at"] == "2022-06-18T02:00:00+00:00"
        with keyed(app, second.seed, first.seed):
            services.publish_key(session, NOW + timedelta(days=9))
            services.publish_key(session, NOW + timedelta(days=10))
        with keyed(app, first.seed), pytest.raises(WrongState, match="signing_key_retired"):
            services.publish_key(session, NOW + timedelta(days=9))
        listed = services.key_list(session)
    days = [(key["key"], key["published_at"][:10], (key["retired_at"] or "")[:10]) for key in listed["keys"]]
    assert days == [
        (second.fingerprint, "2022-06-24", ""),
        (first.fingerprint, "2022-06-18", "2022-06-24"),
    ]
    content = json.dumps(older).encode()
    assert verify_receipt.verify(content, [], listed).is_good
    published = entries(session, "receipts.key.published")
    assert [entry["fingerprint"] for entry in published] == [first.fingerprint, second.fingerprint]
    # The secret half is nowhere in the log.
    assert base64.b64encode(first.seed).decode() not in str(published)


def test_another_process_signs_with_the_new_key_without_a_restart(
    app: Flask, session: Session, connection: sa.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two installations over one database and one key file: rotated in one, handed in through the other."""
    monkeypatch.delenv("AGENCYQA_SIGNING_KEYS", raising=False)
    first, file = Signer(b"1" * 32), tmp_path / "signing_keys"
    file.write_text(f"k1:{base64.b64encode(first.seed).decode()}")
    settings = replace(
        app.config["SETTINGS"], data_dir=tmp_path, signing_keys=(("k1", first.seed),), signing_key_file=file
    )
    running, rotating = create_app(settings), create_app(settings)
    engines_of(running)[None] = engines_of(rotating)[None] = connection
    with running.app_context():
        before = handed_in(session)
    told = rotating.test_cli_runner().invoke(args=["receipts", "rotate-key"])
    assert (told.exit_code, "signs the next receipt" in told.output) == (0, True)
    # As soon as anybody publishes the new key, the one before it is retired.
    with rotating.app_context():
        published = services.publish_key(session, NOW + timedelta(days=40))
    assert published is not None
    assert published.fingerprint != first.fingerprint
    with running.app_context():
        version = make_handed_in(
            session,
            session.get_one(Engagement, before.engagement_id),
            DeliverableKind.DRAFT,
            now=NOW + timedelta(days=41),
        )
        after = session.get_one(Submission, version.submission_id)
        documents = [services.signed_receipt(session, each) for each in (before, after)]
        assert services.paper_signer(session) == Signer(settings.signing_keys_now().keys[0][1])
    assert [each["signature"]["key"] for each in documents if each] == [
        first.fingerprint,
        published.fingerprint,
    ]
    listed = services.key_list(session)
    assert [verify_receipt.verify(json.dumps(each).encode(), [], listed).is_good for each in documents] == [
        True,
        True,
    ]
    # A key file that is gone leaves what was read from it last; of a process that began before, the retired one.
    file.unlink()
    with running.app_context():
        assert services.publish_key(session, NOW + timedelta(days=42)) is published
    with with_settings(running, replace(settings)), pytest.raises(WrongState, match="signing_key_unreadable"):
        services.publish_key(session, NOW + timedelta(days=42))


def test_a_key_that_was_taken_out_of_the_file_unused_retires_none(
    app: Flask, session: Session, tmp_path: Path
) -> None:
    """A process began with it; the file is half-written when it reads it again."""
    unused, used, file = b"1" * 32, Signer(b"2" * 32), tmp_path / "signing_keys"
    began = replace(app.config["SETTINGS"], signing_keys=(("k1", unused),), signing_key_file=file)
    file.write_text(f"k2:{base64.b64encode(used.seed).decode()}")
    with with_settings(app, began):
        first = services.publish_key(session, NOW)
        file.write_text("k2:AAAA")
        assert services.publish_key(session, NOW + timedelta(days=1)) is first
    # Another one has not looked since, and knows but the key that it began with.
    with with_settings(app, replace(began)), pytest.raises(WrongState, match="signing_key_unreadable"):
        services.publish_key(session, NOW + timedelta(days=1))
    assert [(key.fingerprint, key.retired_at) for key in services.published_keys(session)] == [
        (used.fingerprint, None)
    ]


def test_the_keys_of_sensitive_fields_are_those_of_the_file_now(app: Flask, tmp_path: Path) -> None:
    old, new, file = b"1" * 32, b"2" * 32, tmp_path / "field_keys"
    settings = replace(app.config["SETTINGS"], field_keys=(("k1", old),), field_key_file=file)
    texts = [base64.b64encode(key).decode() for key in (old, new)]
    for content, names in (
        (f"k1:{texts[0]}", ["k1"]),
        (f"k2:{texts[1]},k1:{texts[0]}", ["k2", "k1"]),
        # Half-written by hand: what was read last still opens.
        ("k2:", ["k2", "k1"]),
    ):
        file.write_text(content)
        assert [name for name, _ in settings.field_keys_now()] == names


def test_a_hand_in_is_signed_and_its_paper_checked_by_a_stranger(
    app: Flask, session: Session, client: Client, new_client: Callable[[], Client]
) -> None:
    with app.app_context():
        submission = handed_in(session)
    [entry] = entries(session, "deliverables.submission.handed_in")
    signature = session.scalars(select(ReceiptSignature)).one()
    assert (entry["signature"], signature.submission_id) == (signature.value, submission.id)
    # Nobody has signed in: the keys and the program are for everybody.
    listed = json.loads(client.get("/receipts/keys.json").data)
    key = session.scalars(select(SigningKey)).one()
    assert [each["key"] for each in listed["keys"]] == [key.fingerprint]
    assert key.public_key in client.get("/receipts/keys").text
    assert client.get("/receipts/verify_receipt.py").data.startswith(b"#!/usr/bin/env python3")
    base = f"/engagements/{submission.engagement_id}/deliverables/receipts/{submission.id}"
    assert client.get(f"{base}/receipt.pdf").status_code == 302
    manager = make_member(session, session.get_one(Body, make_agency_body(session).id), Role.AGENCY_MANAGER)
    sign_in(client, manager)
    for name in ("receipt.pdf", "receipt.signed.json"):
        assert client.get(f"{base}/{name}").status_code == 404
    officer = make_member(session, bureau_of(session, submission), Role.BUREAU_SUPERVISOR)
    client = new_client()
    sign_in(client, officer)
    paper = client.get(f"{base}/receipt.pdf")
    assert paper.mimetype == "application/pdf"
    text = "".join(PdfReader(BytesIO(paper.data)).pages[0].extract_text().split())
    # Letters alone, so that whoever copies a digest from the paper gets it as it is.
    assert "\u200b" not in text
    assert submission.receipt_hash[:32] in text
    assert key.fingerprint in text
    for content in (paper.data, client.get(f"{base}/receipt.signed.json").data):
        assert verify_receipt.verify(content, [], listed).is_good
    assert signature.value in client.get(base).text
    session.execute(delete(ReceiptSignature))
    assert "还没有签名" in client.get(base).text
    assert client.get(f"{base}/receipt.pdf").status_code == 409


def bureau_of(session: Session, submission: Submission) -> Body:
    engagement = session.get_one(Engagement, submission.engagement_id)
    return session.get_one(Body, engagement.bureau_id)
