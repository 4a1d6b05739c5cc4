"""Who reads what of the record, where it is shown, and what it costs to show it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from flask import url_for
from sqlalchemy import event
from sqlalchemy.orm import Session

from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.queries.trail import trail_of_sheets
from agencyqa.assessments.services.content import snapshot_content
from agencyqa.assessments.services.sheets import open_year
from agencyqa.engagements.deliverables.enums import DeliverableKind
from tests.client import Client
from tests.factories.accounts import NOW, sign_in
from tests.factories.deliverables import make_deliverable
from tests.factories.inspections import make_finding, make_spot_check
from tests.integration.assessments.conftest import switch_to
from tests.integration.assessments.evidence import DUE, LATE, SIGNED_2024, Recorded, recorded

__all__ = ["recorded"]

FORM = "sheet-form"


def test_departments_read_the_fact_and_agencies_what_was_published(
    client: Client, recorded: Recorded
) -> None:
    world, session = recorded.world, recorded.session
    finding = recorded.find("no_work_paper", 2, "底稿缺失的事实")
    late = make_deliverable(
        session, recorded.engagement, DeliverableKind.PLAN, due_on=DUE, late_days=2, first_submitted_at=LATE
    )
    unit, bureau = recorded.unit_sheet, recorded.bureau_sheet
    link = _finding_url(client, finding.id)
    terms = f"/engagements/{recorded.engagement.id}/deliverables"

    def read(path: str) -> tuple[str, set[str]]:
        page = client.page(client.get(path))
        return page.text, {href for _, href in page.links}

    sign_in(client, world.supervisor)
    text, links = read(f"/sheets/{bureau.id}/edit")
    assert "底稿缺失的事实" in text
    assert link in links
    switch_to(client, world.officer)
    client.get(f"/sheets/{unit.id}/edit")
    recorded.score(unit)
    for path in (f"/sheets/{unit.id}", f"/sheets/{unit.id}/trace"):
        text, links = read(path)
        assert "底稿缺失的事实" in text
        assert link not in links
        assert terms not in links
    data = json.loads(client.get(f"/sheets/{unit.id}/trace.json").text)
    assert {each["key"]: each["href"] for each in data["not_scored"]} == {
        f"finding:{finding.id}": None,
        f"late:{late.id}": None,
    }
    assert client.get(f"/sheets/{bureau.id}").status_code == 404
    switch_to(client, world.other_officer)
    assert client.get(f"/sheets/{unit.id}").status_code == 404
    switch_to(client, world.manager)
    recorded.finalise(recorded.score(bureau))
    assert client.get(f"/sheets/{bureau.id}/trace").status_code == 404
    bureau.state = SheetState.PUBLISHED
    session.commit()
    text, links = read(f"/sheets/{bureau.id}/trace")
    assert "底稿缺失的事实" in text
    assert {link, terms} <= links
    switch_to(client, world.other_manager)
    assert client.get(f"/sheets/{bureau.id}/trace").status_code == 404


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    seen: list[str] = []
    engine = session.connection().engine

    def look(conn: Any, cursor: Any, statement: str, *more: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", look)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", look)


def test_a_year_of_sheets_reads_the_record_once(recorded: Recorded) -> None:
    world, session = recorded.world, recorded.session
    actor = world.actor(world.supervisor)

    def reads(count: int, year: int) -> list[str]:
        for _ in range(count):
            engagement = world.engage(SIGNED_2024.replace(year=year))
            check = make_spot_check(session, world.bureau, world.agency, engagement)
            make_finding(session, check, fault="no_source")
        session.flush()
        with statements(session) as seen:
            done = open_year(actor, session, year, now=NOW)
        assert len(done.sheets) == 2 * count
        assert all(len(sheet.facts) == 1 for sheet in done.sheets)
        return [text for text in seen if "FROM findings" in text or "FROM deliverables" in text]

    assert len(reads(1, 2025)) == len(reads(5, 2026)) == 2


def test_the_entry_page_asks_little_however_much_is_on_record(client: Client, recorded: Recorded) -> None:
    session, sheet = recorded.session, recorded.bureau_sheet
    sign_in(client, recorded.world.supervisor)
    client.get(f"/sheets/{sheet.id}/edit")

    def cost() -> int:
        with statements(session) as seen:
            assert client.get(f"/sheets/{sheet.id}/edit").status_code == 200
        return len([text for text in seen if text.lstrip().startswith("SELECT")])

    nothing = cost()
    for number, fault in enumerate(("no_source", "no_contract", "text_error", "slow_response")):
        recorded.find(fault, number + 1)
    make_deliverable(
        session, recorded.engagement, DeliverableKind.PLAN, due_on=DUE, late_days=2, first_submitted_at=LATE
    )
    recorded.find("no_source", 1)
    assert nothing <= 8
    assert cost() <= nothing + 3


def test_sheets_without_a_record_keep_the_hashes_they_had(recorded: Recorded) -> None:
    sheet = recorded.score(recorded.bureau_sheet)
    assert sorted(snapshot_content(sheet, "x")) == [
        "answers",
        "engagement_id",
        "engine",
        "entered",
        "reasons",
        "revision",
        "scheme_hash",
        "scheme_version_id",
        "scorer_role",
        "total",
    ]
    # What an older program wrote has neither column; the database fills both in.
    recorded.session.execute(
        sa.text(f"UPDATE score_sheets SET facts = '[]', overruled = '{{}}' WHERE id = {sheet.id}")
    )
    recorded.session.expire_all()
    assert (sheet.facts, sheet.overruled) == ([], {})


def test_the_story_of_an_engagement_tells_of_its_sheets(recorded: Recorded) -> None:
    session, world = recorded.session, recorded.world
    recorded.finalise(recorded.score(recorded.bureau_sheet))
    recorded.score(recorded.unit_sheet)
    session.commit()

    def told(membership: Any) -> list[tuple[str, str, bool]]:
        lines = trail_of_sheets(session, world.actor(membership), recorded.engagement)
        return [(line.code, line.params["role"].value, bool(line.actor_name)) for line in lines]

    everything = [
        ("sheet_opened", "bureau", True),
        ("sheet_opened", "evaluated_unit", True),
        ("sheet_submitted", "bureau", True),
        ("sheet_finalised", "bureau", True),
        ("sheet_submitted", "evaluated_unit", True),
    ]
    assert told(world.supervisor) == everything
    assert told(world.officer) == [line for line in everything if line[1] == "evaluated_unit"]
    for nobody in (world.manager, world.other_officer, world.neighbour_supervisor, world.observer):
        assert told(nobody) == []


def test_the_page_of_a_finding_says_where_it_counts(client: Client, recorded: Recorded) -> None:
    finding = recorded.find("no_source", 2)
    sign_in(client, recorded.world.supervisor)
    recorded.session.commit()
    page = client.page(client.get(_finding_url(client, finding.id)))
    assert "计入的评分表" in page.text
    assert "成果责任与来源" in page.text
    assert "本方案不计分" in page.text
    assert {f"/sheets/{sheet.id}/trace" for sheet in recorded.sheets.values()} <= {
        href for _, href in page.links
    }
    switch_to(client, recorded.world.manager)
    assert "计入的评分表" not in client.page(client.get(_finding_url(client, finding.id))).text


def _finding_url(client: Client, finding_id: int) -> str:
    with client.application.test_request_context():
        return url_for("inspections.finding", finding_id=finding_id)
