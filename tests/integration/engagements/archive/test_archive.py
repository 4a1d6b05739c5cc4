"""A file is sealed when it is whole, the same contents give the same bytes, and a stranger checks every one of them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.db import SettledRowChanged
from agencyqa.engagements.archive import packing, services
from agencyqa.engagements.archive.checklist import Item, checklist
from agencyqa.engagements.archive.packing import Entry
from agencyqa.engagements.deliverables.enums import Decision, DeliverableKind
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.receipts import services as receipts
from agencyqa.engagements.receipts import verify_receipt
from agencyqa.engagements.receipts.models import ReceiptSignature
from agencyqa.engagements.recusal.enums import SigningWay
from agencyqa.engagements.recusal.models import IndependenceDeclaration
from agencyqa.engagements.recusal.text import text_hash
from agencyqa.engagements.review.enums import MarkKind
from agencyqa.engagements.review.gate import newest_review
from agencyqa.engagements.review.models import ReviewMark
from agencyqa.engagements.schedule.models import MilestoneStep
from agencyqa.errors import Forbidden, Invalid, WrongState
from agencyqa.files.models import StoredFile
from agencyqa.files.services import open_stored
from tests.client import Client
from tests.factories.accounts import NOW, actor_of, make_member, sign_in
from tests.factories.agencies import make_evaluator
from tests.factories.deliverables import decide, make_handed_in
from tests.factories.engagements import make_engagement
from tests.factories.milestones import make_milestone
from tests.integration.engagements.deliverables.traces import entries, refusal
from tests.integration.engagements.world import make_world

TODAY = local_date(NOW)


def test_a_whole_file_is_sealed_and_every_byte_of_it_checked(
    app: Flask, session: Session, new_client: Callable[[], Client], tmp_path: Path
) -> None:
    world = make_world(session)
    engagement = make_engagement(
        session, world.bureau, world.agency, world.school, commissioner=world.education
    )
    agency = session.get_one(Body, world.agency.id)
    members = {
        "manager": make_member(session, agency, Role.AGENCY_MANAGER),
        "lead": make_member(session, world.bureau, Role.BUREAU_LEAD),
        "officer": make_member(session, world.education, Role.DEPARTMENT_OFFICER),
        "unit": make_member(session, world.school, Role.DEPARTMENT_OFFICER),
    }
    actors = {name: actor_of(session, member) for name, member in members.items()}

    def missing() -> list[Item]:
        return [line.item for line in checklist(session, engagement) if not line.is_there]

    with app.app_context():
        version = make_handed_in(session, engagement, DeliverableKind.REPORT, app=app, name="报告.pdf")
        assert missing() == [Item.COMPLETED, Item.ACCEPTED, Item.SIGNATURE, Item.SEAL]
        with pytest.raises(WrongState, match="archive_incomplete"):
            services.seal(actors["manager"], session, engagement, now=NOW)
        decide(session, engagement, session.get_one(Deliverable, version.deliverable_id), Decision.ACCEPTED)
        review = newest_review(session, engagement.id)
        assert review is not None
        for kind in MarkKind:
            session.add(
                ReviewMark(review_id=review.id, kind=kind, name="x", set_on=TODAY, note="", recorded_at=NOW)
            )
        engagement.state, engagement.completed_on = EngagementState.COMPLETED, TODAY
        evaluator = make_evaluator(session, world.bureau, world.agency, "周正")
        session.add(
            IndependenceDeclaration(
                engagement_id=engagement.id,
                person_id=evaluator.person_id,
                number=1,
                is_independent=True,
                text="本人声明",
                sha256=text_hash("本人声明"),
                way=SigningWay.PAPER,
                signed_on=TODAY,
                recorded_at=NOW,
                recorded_by_name="x",
            )
        )
        session.commit()
        told = new_client()
        sign_in(told, members["manager"])
        assert (
            "财政局还没有规定档案保管期限，规定后才能封存。" in told.get(f"/engagements/{engagement.id}").text
        )
        assert missing() == []
        session.execute(delete(ReceiptSignature))
        assert missing() == [Item.RECEIPTS]
        receipts.sign_unsigned(session, NOW)
        with pytest.raises(WrongState, match="retention_unknown"):
            services.seal(actors["manager"], session, engagement, now=NOW)
        with pytest.raises(Forbidden):
            services.set_retention(actors["manager"], session, TODAY, 10, "文", now=NOW)
        services.set_retention(actors["lead"], session, date(2020, 1, 1), 10, "局发〔2020〕1号", now=NOW)
        with pytest.raises(Invalid) as error:
            services.set_retention(actors["lead"], session, date(2020, 1, 1), 0, " ", now=NOW)
        assert refusal(error) == {
            "source": "required",
            "years": "retention_years",
            "valid_from": "retention_not_after",
        }
        with pytest.raises(Forbidden):
            services.seal(actors["lead"], session, engagement, now=NOW)
        archive = services.seal(actors["manager"], session, engagement, now=NOW)
        # A later rule moves no archive that is sealed.
        services.set_retention(
            actors["lead"], session, TODAY + timedelta(days=1), 3, "局发〔2022〕2号", now=NOW
        )
        assert archive.keep_until == date(2032, 6, 15)
        with pytest.raises(WrongState, match="archive_sealed_already"):
            services.seal(actors["manager"], session, engagement, now=NOW)
        # What came after the seal is sealed with all the rest; the archive before stays as it is.
        make_milestone(session, engagement, "后续节点").created_at = NOW
        session.execute(update(MilestoneStep).values(at=NOW + timedelta(hours=1)))
        second = services.seal(actors["manager"], session, engagement, now=NOW + timedelta(hours=2))
        assert (archive.number, second.number, second.manifest_hash != archive.manifest_hash) == (1, 2, True)
        with pytest.raises(WrongState, match="archive_sealed_already"):
            services.seal(actors["manager"], session, engagement, now=NOW + timedelta(hours=3))
        stored = session.get_one(StoredFile, archive.file_id)
        with open_stored(stored) as stream:
            content = stream.read()
        listed = receipts.key_list(session)
    with zipfile.ZipFile(BytesIO(content)) as book:
        manifest = json.loads(book.read("manifest.json"))
        assert book.namelist() == [
            "files/report-1/001-报告.pdf",
            "receipts/001.signed.json",
            "record/declaration_exemptions.json",
            "record/declarations.json",
            "record/deliverables.json",
            "record/milestones.json",
            "record/opinions.json",
            "record/plan_reviews.json",
            "record/recusal_cases.json",
            "record/review.json",
            "manifest.json",
            "manifest.signature.json",
        ]
        (declared,) = json.loads(book.read("record/declarations.json"))["data"]
    assert declared == {
        "is_independent": True,
        "number": 1,
        "person": "周正",
        "sha256": text_hash("本人声明"),
        "signed_on": TODAY.isoformat(),
        "text": "本人声明",
        "way": "paper",
    }
    assert manifest["files"][0]["sha256"] == version.sha256
    path = tmp_path / "archive.zip"
    path.write_bytes(content)
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(listed))
    assert verify_receipt.main([str(path), "--keys", str(keys)]) == 0
    of_files = _content_of(content)
    for position in range(40, len(content) - 200, len(content) // 8):
        flipped = bytearray(content)
        flipped[position] ^= 1
        path.write_bytes(bytes(flipped))
        # What lies between the files is nobody's content; whatever is content is told.
        is_told = verify_receipt.main([str(path), "--keys", str(keys)]) != 0
        assert is_told or position not in of_files, position
    with zipfile.ZipFile(path, "w") as changed, zipfile.ZipFile(BytesIO(content)) as book:
        for name in book.namelist():
            changed.writestr(name, book.read(name))
        changed.writestr("files/more.pdf", b"x")
    assert verify_receipt.main([str(path), "--keys", str(keys)]) == 1

    session.commit()
    session.delete(archive)
    with pytest.raises(SettledRowChanged):
        session.flush()
    session.rollback()
    sealed = entries(session, "archive.archive.sealed")
    assert [(entry["number"], entry["keep_until"]) for entry in sealed] == [
        (1, "2032-06-15"),
        (2, "2032-06-15"),
    ]
    base = f"/engagements/{engagement.id}/archive"
    for who, is_told in (("manager", True), ("officer", True), ("unit", False)):
        client = new_client()
        sign_in(client, members[who])
        shown = client.get(f"/engagements/{engagement.id}").text
        assert (who, "保管至 2032-06-15" in shown, "封存档案" in shown) == (who, is_told, is_told)
    for who, page, file in (
        ("manager", 200, 200),
        ("lead", 200, 200),
        ("officer", 200, 404),
        ("unit", 404, 404),
    ):
        client = new_client()
        sign_in(client, members[who])
        found = (who, client.get(base).status_code, client.get(f"{base}/download").status_code)
        assert found == (who, page, file)
        assert client.get(f"{base}/download?number=1").status_code == file
        assert client.get(f"{base}/download?number=9").status_code == 404
        if who == "lead":
            sent = client.submit(
                client.get("/engagements/archive/retention"),
                "retention",
                years="0",
                valid_from="x",
                source="文号",
            )
            assert (sent.status_code, "文号" in sent.text) == (422, True)


def _content_of(archive: bytes) -> set[int]:
    """The positions of the bytes that are content of a file."""
    with zipfile.ZipFile(BytesIO(archive)) as book:
        spans = []
        for info in book.infolist():
            name, extra = (
                int.from_bytes(archive[info.header_offset + at :][:2], "little") for at in (26, 28)
            )
            begin = info.header_offset + 30 + name + extra
            spans.append(range(begin, begin + info.file_size))
    return {at for span in spans for at in span}


def test_the_same_contents_give_the_same_bytes() -> None:
    def packed(names: list[str]) -> bytes:
        target = BytesIO()
        packing.pack(target, {"x": 1}, [Entry(name, lambda: BytesIO(b"a")) for name in names], lambda _: None)
        return target.getvalue()

    assert packed(["b", "a"]) == packed(["a", "b"])
    assert packed(["a"]) != packed(["b"])


def test_a_term_of_years_ends_on_a_day_that_exists() -> None:
    assert services.years_later(date(2024, 2, 29), 10) == date(2034, 2, 28)
    assert services.years_later(date(2024, 2, 29), 4) == date(2028, 2, 29)
