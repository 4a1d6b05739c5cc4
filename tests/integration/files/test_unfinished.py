"""Files in parts that have not come to their end: how many one person has, what makes room, who clears them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from agencyqa.accounts.models import Membership
from agencyqa.audit.models import AuditEntry
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import utc_now
from agencyqa.files import resuming
from agencyqa.files.enums import UploadAction, UploadState
from agencyqa.files.models import PartialUpload
from agencyqa.files.services import uploading
from tests.client import Client
from tests.factories.accounts import (
    NOW,
    body_of,
    make_actor,
    make_agency_body,
    make_bureau,
    make_member,
    sign_in,
    user_of,
)
from tests.integration.files.conftest import told
from tests.integration.files.test_resuming import DATA, begin, begun, finish, partial, patch, uploads
from tests.integration.files.test_uploads import refusals

__all__ = ["partial"]


def test_no_more_than_a_few_at_once(
    client: Client, session: Session, sender: Membership, partial: Path
) -> None:
    first = begun(client)
    for _ in range(uploading.OPEN_AT_ONCE - 1):
        begun(client)
    answer = begin(client)
    assert (answer.status_code, told(answer)["errors"]["file"]) == (
        429,
        "您有 5 个文件正在上传，请等其中一个传完或取消后再上传。",
    )
    assert refusals(session)[-1][1] == "upload_too_many"
    # One that nobody has continued for an hour makes room.
    oldest = session.scalars(select(PartialUpload).order_by("id")).first()
    assert oldest is not None
    oldest.expires_at -= uploading.IDLE + timedelta(minutes=1)
    begun(client)
    assert client.get(first).status_code == 404
    assert [state for state, _ in uploads(session)].count(UploadState.OPEN) == 5
    assert [path.suffix for path in partial.iterdir()] == [""] * 5


def test_a_beginning_for_which_there_is_no_room_takes_none_from_another(
    client: Client, session: Session, sender: Membership, partial: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = [begun(client) for _ in range(uploading.OPEN_AT_ONCE)]
    patch(client, urls[0], 0, DATA[:1_000_000])
    for row in session.scalars(select(PartialUpload)):
        row.expires_at -= uploading.IDLE * 2 if row.received else timedelta()
    session.commit()
    usage = shutil.disk_usage(partial)

    def with_free(size: int) -> TestResponse:
        told = usage._replace(free=size)
        with monkeypatch.context() as patched:
            patched.setattr(shutil, "disk_usage", lambda folder: told)
            return begin(client)

    assert with_free(len(DATA) - 1_000_001).status_code == 507
    assert [client.get(url).status_code for url in urls] == [200] * 5
    assert patch(client, urls[0], 1_000_000, DATA[1_000_000:2_000_000]) == (200, 2_000_000)
    # The room that the longest idle one gives counts.
    for row in session.scalars(select(PartialUpload).where(PartialUpload.received > 0)):
        row.expires_at -= uploading.IDLE * 2
    assert with_free(len(DATA) - 2_000_000).status_code == 201
    assert [client.get(url).status_code for url in urls] == [404] + [200] * 4
    assert len(list(partial.iterdir())) == 5


def test_the_administrator_sees_and_discards_what_was_not_sent_to_its_end(
    app: Flask,
    client: Client,
    session: Session,
    sender: Membership,
    partial: Path,
    new_client: Callable[[], Client],
) -> None:
    url, other = begun(client, name="薪酬表"), begun(client)
    patch(client, url, 0, DATA[:1_500_000])
    patch(client, other, 0, DATA)
    bureau = make_bureau(session)
    administrator, lead = new_client(), new_client()
    sign_in(administrator, make_member(session, bureau, Role.SYSTEM_ADMINISTRATOR))
    sign_in(lead, make_member(session, bureau, Role.BUREAU_LEAD))
    person, body = user_of(session, sender).display_name, body_of(session, sender).name
    text = administrator.page(administrator.get("/files/")).text
    assert "未传完的文件 2 已收到 4.5 MB" in text
    assert f"{person} {body} · 机构负责人 试验文件 3.0 MB 1.5 MB " in text
    assert "薪酬表" not in text
    upload = session.scalars(select(PartialUpload).where(PartialUpload.received == 1_500_000)).one()
    address = f"/files/uploads/{upload.id}/discard"
    # Officers who look after the store see how much there is, and not whose.
    text = lead.page(lead.get("/files/")).text
    assert "未传完的文件 2 已收到 4.5 MB" in text
    assert body not in text
    assert (lead.post(address).status_code, client.post(address).status_code) == (403, 403)
    assert administrator.get(address).status_code == 405
    assert administrator.post(address, csrf=False).status_code == 400
    assert uploads(session) == [(UploadState.OPEN, 1_500_000), (UploadState.OPEN, len(DATA))]
    answer = administrator.post(address)
    assert (answer.status_code, answer.location) == (302, "/files/#unfinished")
    assert uploads(session) == [(UploadState.DISCARDED, 1_500_000), (UploadState.OPEN, len(DATA))]
    assert {resuming.token_of(path) for path in partial.iterdir()} == {other.rpartition("/")[2]}
    assert administrator.post(address).status_code == 404
    assert "未传完的文件 1 已收到 3.0 MB" in administrator.page(administrator.get("/files/")).text
    entry = session.scalars(select(AuditEntry).where(AuditEntry.event == "files.upload.discarded")).one()
    assert (entry.target_id, entry.bureau_id) == (upload.id, bureau.id)
    # What its sender called it was never handed in, and is no business of the bureau of this administrator.
    assert entry.detail == {"size": len(DATA)}
    log = lead.page(lead.get("/audit/")).text
    assert ("清除他人未传完的文件" in log, "薪酬表" in log) == (True, False)
    # Whoever sent it is told, and goes on with the other one.
    assert patch(client, url, 1_500_000, DATA[1_500_000:]) == (404, None)
    assert "已被系统管理员清除" in told(finish(client, url))["errors"]["file"]
    assert told(finish(client, other)) == {"location": "/inbox"}
    assert "没有未传完的文件" in administrator.page(administrator.get("/files/")).text


def logged(session: Session, upload: PartialUpload) -> list[tuple[str, int | None]]:
    """What befell an upload, and which bureau reads of it."""
    session.commit()
    statement = select(AuditEntry.event, AuditEntry.bureau_id).where(
        AuditEntry.target_type == "partial_uploads", AuditEntry.target_id == upload.id
    )
    rows = session.execute(statement.order_by(AuditEntry.sequence))
    return [(row.event.rpartition(".")[2], row.bureau_id) for row in rows]


def test_a_bureau_reads_of_its_own_uploads_and_of_what_is_handed_in_to_it(
    app: Flask, session: Session, partial: Path
) -> None:
    bureau = make_bureau(session)
    officer = make_actor(session, bureau, Role.BUREAU_SUPERVISOR)
    agent = make_actor(session, make_agency_body(session), Role.AGENCY_MANAGER)

    def open_one(actor: Actor) -> PartialUpload:
        upload, _ = uploading.open_upload(
            actor, session, place="/试验", name="材料.pdf", size=10, now=utc_now()
        )
        session.commit()
        return upload

    with app.app_context():
        given_up, expired, taken, foreign, left = (
            open_one(actor) for actor in (officer, officer, agent, agent, agent)
        )
        uploading.end(officer, session, given_up.id, UploadAction.GIVE_UP, now=utc_now())
        for upload in (expired, left):
            upload.expires_at = utc_now()
        session.commit()
        assert uploading.expire(session, utc_now()) == 2
        for upload, bureaus in ((taken, [bureau.id]), (foreign, [bureau.id, make_bureau(session).id])):
            # As the form does: the file is claimed, then the form writes in a bureau's matters.
            found = resuming.find(agent, session, upload.token, now=utc_now())
            assert found is not None
            assert uploading.take(session, found, now=utc_now())
            for number in bureaus:
                record(session, agent, "accounts.body.renamed", bureau, now=NOW, bureau_id=number)
            uploading.conclude(agent, session, found, "/da", "0" * 64, now=utc_now())
            session.commit()
    assert logged(session, given_up) == [("opened", bureau.id), ("given_up", bureau.id)]
    assert logged(session, expired) == [("opened", bureau.id), ("expired", bureau.id)]
    assert logged(session, taken) == [("opened", None), ("taken", bureau.id)]
    # Written for two bureaus, it is told to neither here; nor what an agency began and never handed in.
    assert logged(session, foreign) == [("opened", None), ("taken", None)]
    assert logged(session, left) == [("opened", None), ("expired", None)]
