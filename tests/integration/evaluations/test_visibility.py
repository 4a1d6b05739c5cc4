"""Who sees which evaluation, on every page; everything else does not exist."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import sqlalchemy as sa
from sqlalchemy import select

from agencyqa.audit.models import AuditEntry
from agencyqa.audit.policies import visible_to as visible_entries
from agencyqa.clock import today, utc_now
from agencyqa.evaluations import policies
from agencyqa.evaluations.models import EvaluationRecord
from tests.client import Client
from tests.factories.engagements import make_engagement
from tests.factories.evaluations import (
    correct,
    first_problem,
    make_draft,
    make_record,
    make_record_assignment,
    record_data,
    submit,
    units,
)
from tests.factories.objects import make_object
from tests.integration.evaluations.conftest import World

WALKERS = ("supervisor", "city", "neighbour", "unit", "third", "fourth", "manager", "rival", "observer")


def seen(world: World, day: date | None = None) -> dict[str, set[int]]:
    return {
        name: set(
            world.session.scalars(select(EvaluationRecord.id).where(policies.visible(world.actor(name), day)))
        )
        for name in world.people
    }


def test_drafts_versions_and_assignments(world: World) -> None:
    session = world.session
    draft = make_draft(session, world.engagement)
    assert seen(world) == {
        name: {draft.id} if name in {"manager", "staff"} else set() for name in world.people
    }
    other = make_engagement(session, world.bureau, world.other_agency, world.fourth)
    foreign = make_record(session, other, record_data(world.fourth))
    first = make_record(
        session,
        make_engagement(session, world.bureau, world.agency, world.unit, commissioner=world.commissioner),
    )
    second = correct(session, first, is_submitted=False)
    make_record_assignment(
        session, first, world.third, valid_from=date(2022, 6, 10), valid_to=date(2022, 6, 20)
    )
    submitted = {first.id}
    assert seen(world, date(2022, 6, 20)) == {
        "supervisor": submitted | {foreign.id},
        "lead": submitted | {foreign.id},
        "city": submitted | {foreign.id},
        "neighbour": set(),
        "administrator": set(),
        "unit": submitted,
        "commissioner": submitted,
        "third": submitted,
        "fourth": {foreign.id},
        "foreign": set(),
        "manager": {draft.id, first.id, second.id},
        "staff": {draft.id, first.id, second.id},
        "rival": {foreign.id},
        "observer": set(),
    }
    assert [seen(world, day)["third"] for day in (date(2022, 6, 9), date(2022, 6, 21))] == [set(), set()]


def test_every_page_of_a_record(client: Client, world: World) -> None:
    session = world.session
    record = make_record(session, world.engagement)
    problem = first_problem(session, record)
    draft = correct(session, record, is_submitted=False)
    now = utc_now()
    yesterday, tomorrow = today() - timedelta(1), today() + timedelta(1)
    make_record_assignment(session, record, world.third, valid_from=yesterday, valid_to=tomorrow, now=now)
    ended = make_record_assignment(
        session, record, world.fourth, valid_from=today() - timedelta(9), valid_to=yesterday, now=now
    )
    pages = {
        "show": f"/evaluations/{record.id}",
        "export": f"/evaluations/{record.id}/export",
        "answer": f"/evaluations/{record.id}/problems/{problem.id}/answer",
        "assign": f"/evaluations/{record.id}/assign",
        "end": f"/evaluations/{record.id}/assignments/{ended.id}/end",
        "correct": f"/evaluations/{record.id}/correct",
        "source": f"/evaluations/{record.id}/source",
        "draft": f"/evaluations/{draft.id}",
        "edit": f"/evaluations/{draft.id}/edit",
        "submit": f"/evaluations/{draft.id}/submit",
        "template": f"/evaluations/{draft.id}/template",
        "import": f"/evaluations/{draft.id}/import",
        "preview": f"/evaluations/{draft.id}/imports/1",
    }
    reader = {"show", "export"}
    allowed = {
        "supervisor": reader | {"assign", "end"},
        "lead": reader | {"assign", "end"},
        "city": reader,
        "unit": reader | {"answer"},
        "commissioner": reader,
        "third": reader,
        "manager": reader | {"correct", "draft", "edit", "submit", "template", "import"},
        "staff": reader | {"correct", "draft", "edit", "submit", "template", "import"},
    }
    ids = (record.id, draft.id)
    # Colleagues see the same by the policies; each kind of reader goes through every page.
    for name in WALKERS:
        world.switch(client, name)
        answers = {page: client.get(path) for page, path in pages.items()}
        opened = {page for page, answer in answers.items() if answer.status_code == 200}
        assert (name, opened) == (name, allowed.get(name, set()))
        assert {answer.status_code for answer in answers.values()} <= {200, 403, 404}
        for page, answer in answers.items():
            if page not in opened:
                assert "家长满意度" not in answer.text
                assert "部分补助资金" not in answer.text
        listing = client.get("/evaluations/")
        links = [href for _, href in client.page(listing).links]
        assert {each for each in ids if f"/evaluations/{each}" in links} == (
            {"manager": set(ids), "staff": set(ids)}.get(name, {record.id} if name in allowed else set())
        )
        around = client.get(f"/engagements/{world.engagement.id}")
        if name in {"third", "fourth", "rival", "neighbour"}:
            assert around.status_code in {403, 404}
        if name == "observer":
            assert around.status_code == 200
            assert "/evaluations/" not in around.text
        if name == "unit":
            assert f"/evaluations/{record.id}" in around.text
            assert f"/evaluations/{draft.id}" not in around.text
        about = client.get(f"/objects/{world.engagement.object_id}")
        is_linked = f'/evaluations/{record.id}"' in about.text
        assert (name, is_linked) == (
            name,
            name in {"supervisor", "lead", "city", "unit", "commissioner", "manager", "staff"},
        )


def test_reading_departments_answer_nothing(client: Client, world: World) -> None:
    record = make_record(world.session, world.engagement)
    now = utc_now()
    make_record_assignment(world.session, record, world.third, valid_from=today(), now=now)
    path = f"/evaluations/{record.id}/problems/{first_problem(world.session, record).id}/answer"
    for name in ("third", "commissioner"):
        world.switch(client, name)
        answer = client.post(path, data={"state": "disputed", "text": "我说", "seen": "0"})
        assert answer.status_code == 403
        page = client.get(f"/evaluations/{record.id}")
        assert "部分补助资金拨付滞后" in page.text
        assert path not in page.text
    world.switch(client, "third")
    # Whoever was only shown the record is led nowhere that it may not go.
    assert f"/engagements/{world.engagement.id}" not in client.get(f"/evaluations/{record.id}").text


def test_filters_order_and_statements(client: Client, world: World, connection: sa.Connection) -> None:
    session = world.session
    sound = make_record(session, world.engagement)

    def another(name: str, **changes: Any) -> EvaluationRecord:
        engagement = make_engagement(
            session, world.bureau, world.agency, world.unit, thing=make_object(session, world.bureau, world.unit, name),
            assessment_year=changes.pop("year", 2022),
        )  # fmt: skip
        return make_record(session, engagement, record_data(world.unit, **changes))

    faulty = another("甲项目", stated_total=units(91))
    quiet = another("乙项目", problems=(), year=2023)
    draft = make_draft(session, make_engagement(session, world.bureau, world.agency, world.unit))
    world.switch(client, "supervisor")

    def listed(query: str = "") -> list[int]:
        page = client.page(client.get(f"/evaluations/{query}"))
        found = [href.rpartition("/")[2] for _, href in page.links if href.startswith("/evaluations/")]
        return [int(each) for each in found if each.isdigit()]

    assert listed() == [quiet.id, faulty.id, sound.id]
    assert listed("?year=2023") == [quiet.id]
    assert listed("?grade=excellent") == [quiet.id, faulty.id, sound.id]
    assert listed("?faults=1") == [faulty.id]
    assert listed("?unanswered=1") == [faulty.id, sound.id]
    assert listed("?year=abc&grade=none") == [quiet.id, faulty.id, sound.id]

    def statements(path: str) -> int:
        counted: list[str] = []

        def note(conn: Any, cursor: Any, statement: str, *args: Any) -> None:
            if statement.lstrip().upper().startswith("SELECT"):
                counted.append(statement)

        sa.event.listen(connection, "before_cursor_execute", note)
        try:
            assert client.get(path).status_code == 200
        finally:
            sa.event.remove(connection, "before_cursor_execute", note)
        return len(counted)

    listing, detail = statements("/evaluations/"), statements(f"/evaluations/{sound.id}")
    assert listing <= 8
    for number in range(8):
        another(f"第{number}个项目")
    assert (statements("/evaluations/"), statements(f"/evaluations/{sound.id}")) == (listing, detail)
    world.switch(client, "manager")
    assert draft.id in listed()


def test_the_workbook_of_a_record(client: Client, world: World) -> None:
    problems = record_data(world.unit).problems
    data = record_data(
        world.unit,
        summary="=HYPERLINK(1)",
        stated_total=units(91),
        problems=(type(problems[0])(problems[0].kind, "=1+1", world.unit.id, 350),),
    )
    record = make_record(world.session, world.engagement, data)
    world.switch(client, "unit")
    answer = client.get(f"/evaluations/{record.id}/export")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    book = openpyxl.load_workbook(BytesIO(answer.data))
    assert book.sheetnames == ["总体", "指标", "问题"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    figures = {
        row[0].value: [cell.value for cell in row[1:4]] for row in book["总体"].iter_rows() if row[0].value
    }
    assert figures["总分"] == ["91", "90.5", "报告总分 91，各指标得分合计 90.5。"]
    assert figures["评价结论"][0] == "=HYPERLINK(1)"
    first = [cell.value for cell in next(book["指标"].iter_rows(min_row=2, max_row=2))]
    assert first[:7] == [1, "决策", "决策", 20, 20, 18, 18]
    found = [cell.value for cell in next(book["问题"].iter_rows(min_row=2, max_row=2))]
    assert found[:4] == [1, "资金管理", "=1+1", 3.5]


def test_the_log_tells_the_bureau_of_a_record_when_it_is_handed_in(world: World) -> None:
    session = world.session
    record = make_draft(session, world.engagement)

    def told() -> list[str]:
        session.commit()
        entries = visible_entries(world.actor("lead")).order_by(AuditEntry.id)
        return [entry.event for entry in session.scalars(entries) if entry.event.startswith("evaluations.")]

    assert told() == []
    submit(session, record)
    correct(session, record, is_submitted=False)
    assert told() == ["evaluations.record.submitted"]
