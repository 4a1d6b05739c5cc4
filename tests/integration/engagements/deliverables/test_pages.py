"""The pages as people use them: upload, receipt, decision, dates, lists."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http import HTTPStatus
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.engagements import services as engagements
from agencyqa.engagements.deliverables import services
from agencyqa.engagements.deliverables.enums import DeliverableKind, DeliverableState
from agencyqa.engagements.deliverables.models import (
    Deliverable,
    DeliverableVersion,
    RequirementTable,
    Submission,
)
from agencyqa.engagements.models import Engagement
from agencyqa.files.models import StoredFile
from tests.client import Client
from tests.factories.accounts import NOW, make_member, sign_in
from tests.factories.deliverables import (
    hand_in,
    make_deliverable,
    make_handed_in,
    make_slots,
    make_version,
    slots_of,
)
from tests.factories.engagements import make_engagement
from tests.factories.files import pdf
from tests.integration.engagements.world import World, make_world

K = DeliverableKind
OK, FOUND, NOT_FOUND, CONFLICT = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


@pytest.fixture
def manager(session: Session, world: World) -> Membership:
    return make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)


@pytest.fixture
def officer(session: Session, world: World) -> Membership:
    return make_member(session, world.education, Role.DEPARTMENT_OFFICER)


@pytest.fixture
def supervisor(session: Session, world: World) -> Membership:
    return make_member(session, world.bureau, Role.BUREAU_SUPERVISOR)


@pytest.fixture
def engagement(session: Session, world: World) -> Engagement:
    return make_engagement(session, world.bureau, world.agency, world.school, commissioner=world.education)


def versions(session: Session) -> list[tuple[str, int, str, bool]]:
    statement = select(
        Deliverable.kind,
        DeliverableVersion.number,
        DeliverableVersion.file_name,
        DeliverableVersion.submission_id.is_not(None),
    ).join(Deliverable, Deliverable.id == DeliverableVersion.deliverable_id)
    rows = session.execute(statement.order_by(DeliverableVersion.id))
    return [(kind, number, name, is_handed_in) for kind, number, name, is_handed_in in rows]


def refusals(session: Session) -> list[str]:
    found = session.scalars(select(AuditEntry).where(AuditEntry.refused).order_by(AuditEntry.id))
    return [entry.detail["code"] for entry in found]


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
            sent.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(connection, "before_cursor_execute", note)


def test_an_agency_hands_in_and_its_commissioner_decides(
    client: Client,
    session: Session,
    engagement: Engagement,
    manager: Membership,
    officer: Membership,
) -> None:
    page = f"/engagements/{engagement.id}/deliverables"
    sign_in(client, manager)
    assert "列出应交成果" in client.get(page).text
    assert session.scalar(select(sa.func.count()).select_from(Deliverable)) == 0
    services.load_requirement_tables(session, NOW)
    client.submit(client.get(page), "/expect")
    plan = slots_of(session, engagement)[K.PLAN].id
    upload = f"{page}/{plan}/upload"
    answer = client.submit(
        client.get(upload), "/upload", note="初版", file=(io.BytesIO(pdf("one")), "方案.pdf")
    )
    assert (answer.status_code, answer.location) == (FOUND, page)
    # The same content again, and something that is no document: the sentence stands at the field.
    again = client.submit(client.get(upload), "/upload", file=(io.BytesIO(pdf("one")), "方案2.pdf"))
    assert (again.status_code, "与第 1 版的内容完全相同" in again.text) == (422, True)
    wrong = client.submit(client.get(upload), "/upload", file=(io.BytesIO(b"MZ not a document"), "方案.pdf"))
    assert wrong.status_code in {415, 422}
    raw = client.put(
        upload, data=pdf("two"), headers={"X-File-Name": "plan-2.pdf"}, query_string={"note": "二"}
    )
    assert (raw.status_code, raw.json) == (OK, {"location": page})
    shown = client.get(page).text
    assert ("有 2 个文件已上传，未提交" in shown, "plan-2.pdf" in shown) == (True, True)
    second = session.scalars(select(DeliverableVersion).where(DeliverableVersion.number == 2)).one()
    assert client.post(f"{page}/versions/{second.id}/withdraw").status_code == FOUND
    assert client.get(f"{page}/versions/{second.id}/download").status_code == NOT_FOUND

    form = client.get(f"{page}/submit")
    assert hashlib.sha256(pdf("one")).hexdigest() in form.text
    done = client.submit(form, "/submit", note="请审阅")
    twice = client.submit(form, "/submit", note="请审阅")
    submission = session.scalars(select(Submission)).one()
    assert (done.location, twice.location) == (f"{page}/receipts/{submission.id}",) * 2
    receipt = client.get(done.location)
    assert all(text in receipt.text for text in (submission.receipt_hash, "方案.pdf", "甲咨询有限公司"))
    data = client.get(f"{page}/receipts/{submission.id}/receipt.json").data
    assert hashlib.sha256(data).hexdigest() == submission.receipt_hash
    assert json.loads(data) == submission.receipt
    assert versions(session) == [("plan", 1, "方案.pdf", True), ("plan", 2, "plan-2.pdf", False)]
    client.post("/sign-out")

    sign_in(client, officer)
    version = session.scalars(select(DeliverableVersion).where(DeliverableVersion.number == 1)).one()
    view = client.get(f"{page}/versions/{version.id}")
    assert "frame-src 'self'" in view.headers["Content-Security-Policy"]
    framed = client.get(f"{page}/versions/{version.id}/inline")
    assert (framed.data, framed.mimetype) == (pdf("one"), "application/pdf")
    assert "frame-ancestors 'self'" in framed.headers["Content-Security-Policy"]
    sent = client.get(f"{page}/versions/{version.id}/download")
    assert (sent.data, sent.headers["Content-Disposition"].partition(";")[0]) == (pdf("one"), "attachment")
    decision = client.get(f"{page}/{plan}/decide?decision=returned")
    refused = client.submit(decision, "/decide", reason=" ")
    assert (refused.status_code, "请填写此项" in refused.text) == (422, True)
    assert client.submit(decision, "/decide", reason="补充样本说明").status_code == FOUND
    stale = client.submit(decision, "/decide", decision="accepted")
    assert (stale.status_code, session.get_one(Deliverable, plan).state) == (
        CONFLICT,
        DeliverableState.RETURNED,
    )
    assert "补充样本说明" in client.get(page).text
    assert client.get(upload).status_code == HTTPStatus.FORBIDDEN


def test_uploads_to_closed_or_foreign_engagements_are_refused_before_they_are_read(
    client: Client, session: Session, world: World, engagement: Engagement, manager: Membership
) -> None:
    slot = make_slots(session, engagement)[K.WORK_PAPERS]
    foreign = make_engagement(session, world.bureau, world.rival, world.school)
    other = make_deliverable(session, foreign, K.PLAN)
    sign_in(client, manager)
    addresses = {
        "another agency's": f"/engagements/{foreign.id}/deliverables/{other.id}/upload",
        "crossed": f"/engagements/{engagement.id}/deliverables/{other.id}/upload",
        "own": f"/engagements/{engagement.id}/deliverables/{slot.id}/upload",
    }
    engagements.terminate_engagement(
        world.supervisor, session, engagement, "合同解除", seen_version=engagement.version, now=NOW
    )
    answers = {
        name: client.put(address, data=pdf(), headers={"X-File-Name": "a.pdf"}).status_code
        for name, address in addresses.items()
    }
    assert answers == {"another agency's": NOT_FOUND, "crossed": NOT_FOUND, "own": CONFLICT}
    assert refusals(session) == ["not_found", "not_found", "deliverable_engagement_terminated"]
    assert (versions(session), list(session.scalars(select(StoredFile)))) == ([], [])


def test_the_bureau_moves_dates_and_the_lead_enters_its_table(
    client: Client, session: Session, world: World, engagement: Engagement, supervisor: Membership
) -> None:
    plan = make_slots(session, engagement)[K.PLAN]
    page = f"/engagements/{engagement.id}/deliverables"
    sign_in(client, supervisor)
    assert "甲咨询有限公司" in client.get(page).text
    form = client.get(f"{page}/{plan.id}/due")
    wrong = client.submit(form, "/due", due_on="2022-06-01", working_days="3", reason="补充调研")
    assert (wrong.status_code, "只选一种方式" in wrong.text) == (422, True)
    moved = client.submit(form, "/due", counted_from="2022-06-01", working_days="3", reason="补充调研")
    assert (moved.status_code, session.get_one(Deliverable, plan.id).due_on) == (FOUND, date(2022, 6, 7))
    assert "补充调研" in client.get(page).text
    assert "系统附带的参考表" in client.get("/engagements/deliverables/requirements").text
    assert client.get("/engagements/deliverables/requirements/new").status_code == HTTPStatus.FORBIDDEN
    client.post("/sign-out")
    sign_in(client, make_member(session, world.bureau, Role.BUREAU_LEAD))
    form = client.get("/engagements/deliverables/requirements/new")
    half = client.submit(form, "/new", source="长财绩〔2022〕1号", plan_basis="")
    assert (half.status_code, "都不填" in half.text) == (422, True)
    saved = client.submit(
        form, "/new", source="长财绩〔2022〕1号", valid_from="2022-07-01", plan_days="10", draft_required="1"
    )
    assert saved.status_code == FOUND
    table = session.scalars(select(RequirementTable).where(RequirementTable.bureau_id.is_not(None))).one()
    assert (table.valid_from, table.items) == (
        date(2022, 7, 1),
        [
            {"kind": "plan", "required": True, "basis": "contract_signed", "working_days": 10},
            {"kind": "work_papers", "required": True, "basis": "contract_due", "working_days": 0},
            {"kind": "draft", "required": True, "basis": None, "working_days": None},
            {"kind": "report", "required": True, "basis": "contract_due", "working_days": 0},
        ],
    )
    assert "长财绩〔2022〕1号" in client.get("/engagements/deliverables/requirements").text
    # A table for one kind of work is no ground for the table of all the others.
    new = "/engagements/deliverables/requirements/new"
    one = client.get(f"{new}?work_kind=ex_ante")
    sent = {"source": "长财绩〔2022〕2号", "valid_from": "2022-07-01", "plan_days": "7"}
    assert client.submit(one, "/new", **sent).status_code == FOUND
    days = [
        re.findall(r'name="plan_days" value="(\d+)"', client.get(address).text)
        for address in (
            new,
            f"{new}?work_kind=ex_ante",
            f"{new}?work_kind=research",
            f"{new}?work_kind=wrong",
        )
    ]
    assert days == [["10"], ["7"], ["10"], ["10"]]


def test_lists_need_the_same_statements_for_one_and_for_thirty(
    client: Client, session: Session, world: World, engagement: Engagement, officer: Membership
) -> None:
    make_handed_in(session, engagement, K.REPORT, due_on=date(2022, 6, 10), name="first.pdf")
    sign_in(client, officer)
    addresses = ("/engagements/deliverables", f"/engagements/{engagement.id}/deliverables")
    counts = []
    for count in (0, 15):
        for number in range(count):
            row = make_deliverable(session, engagement, K.OTHER, number=number + 1, title=f"附件{number}")
            make_version(session, engagement, row, name=f"other-{number}.pdf")
        if count:
            hand_in(session, engagement)
        session.commit()
        sizes = []
        for address in addresses:
            client.get(address)
            with statements(session) as sent:
                assert client.get(address).status_code == OK
            sizes.append(len(sent))
        counts.append(sizes)
    assert counts[0] == counts[1]
    assert all(size <= 13 for size in counts[0]), counts
    waiting = client.get("/engagements/deliverables?kind=other&waiting=1&sort=-submitted").text
    accepted = client.get("/engagements/deliverables?state=accepted").text
    assert ["附件0" in text for text in (waiting, accepted)] == [True, False]
