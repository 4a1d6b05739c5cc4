"""Returned, final, published, corrected: who decides, and what stays as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.jobs import mark_overdue
from agencyqa.assessments.models import ScoreSheet, SheetSnapshot
from agencyqa.assessments.queries.scorers import scorer_ids, scorers_of_year
from agencyqa.assessments.services.review import correct_sheet, finalise_sheet, publish_sheets
from agencyqa.assessments.services.scoring import save_draft, submit_sheet
from agencyqa.clock import local_date
from agencyqa.errors import Forbidden, Invalid, Stale, WrongState
from agencyqa.measures.enums import Purpose
from agencyqa.measures.workday_services import ChangeData, enter_change
from agencyqa.notifications.models import InboxMessage
from tests.client import Client
from tests.factories.accounts import NOW
from tests.factories.assessments import JIADING_ANSWERS, make_sheets, program_of_sheet, submit
from tests.integration.assessments.conftest import World, switch_to


def submitted(world: World) -> ScoreSheet:
    sheet = world.sheets()[Purpose.EVALUATED_UNIT]
    return submit(world.session, world.actor(world.officer), sheet, JIADING_ANSWERS)


def final(world: World) -> ScoreSheet:
    sheet = submitted(world)
    finalise_sheet(world.actor(world.supervisor), world.session, sheet, seen_version=sheet.version, now=NOW)
    return sheet


def codes(world: World, membership_id: int) -> list[str]:
    statement = select(InboxMessage.code).where(InboxMessage.membership_id == membership_id)
    return list(world.session.scalars(statement.order_by(InboxMessage.id)))


def test_return_with_a_reason_and_submit_again(client: Client, world: World) -> None:
    sheet = submitted(world)
    switch_to(client, world.supervisor)
    assert client.get(f"/sheets/{sheet.id}/return").status_code == 200
    refused = client.post(f"/sheets/{sheet.id}/return", data={"version": sheet.version, "reason": " "})
    assert refused.status_code == 422
    assert sheet.state is SheetState.SUBMITTED
    opened = client.get(f"/sheets/{sheet.id}/finalise")
    assert opened.status_code == 200
    answer = client.post(
        f"/sheets/{sheet.id}/return", data={"version": sheet.version, "reason": "请补充沟通情况的依据。"}
    )
    assert answer.status_code == 302
    assert (sheet.state, sheet.return_reason) == (SheetState.RETURNED, "请补充沟通情况的依据。")
    assert codes(world, world.officer.id) == ["sheets_opened", "sheet_returned"]
    # A link from before leads to what became of the sheet, not to a form that will refuse.
    for way in ("return", "finalise"):
        assert client.get(f"/sheets/{sheet.id}/{way}").location.endswith(f"/sheets/{sheet.id}")
    switch_to(client, world.officer)
    edit = client.get(f"/sheets/{sheet.id}/edit")
    assert "请补充沟通情况的依据。" in client.page(edit).text
    again = client.submit(edit, "sheet-form", **{"a-communication-value": "18"}, intent="submit")
    assert again.status_code == 302
    kept = world.session.scalars(select(SheetSnapshot).order_by(SheetSnapshot.number)).all()
    assert [(each.number, each.total) for each in kept] == [(1, 940_000), (2, 930_000)]


def test_the_bureau_makes_it_final_once(client: Client, world: World) -> None:
    sheet = submitted(world)
    switch_to(client, world.supervisor)
    page = client.get(f"/sheets/{sheet.id}/finalise")
    data = {"version": sheet.version}
    assert "94" in client.page(page).text
    assert client.post(f"/sheets/{sheet.id}/finalise", data=data).status_code == 302
    assert sheet.state is SheetState.FINAL
    assert sheet.finalised_by_id == world.supervisor.user_id
    second = client.post(f"/sheets/{sheet.id}/finalise", data=data)
    assert second.status_code == 409
    assert "这份评分表已经定稿" in second.text
    assert codes(world, world.officer.id) == ["sheets_opened", "sheet_finalised"]


def test_a_supervisor_cannot_decide_a_sheet_of_their_own(client: Client, world: World) -> None:
    engagement = world.engage(world.engagement.contract_signed_on.replace(year=2022))
    sheet = world.sheets(engagement)[Purpose.BUREAU]
    submit(world.session, world.actor(world.supervisor), sheet)
    switch_to(client, world.supervisor)
    assert "须由另一位监管人员审核" in client.page(client.get(f"/sheets/{sheet.id}")).text
    for verb in ("finalise", "return"):
        answer = client.post(f"/sheets/{sheet.id}/{verb}", data={"version": sheet.version, "reason": "x"})
        assert answer.status_code == 403
    assert sheet.state is SheetState.SUBMITTED
    actor = world.actor(world.supervisor)
    with pytest.raises(Forbidden, match="scorer_may_not_decide"):
        finalise_sheet(actor, world.session, sheet, seen_version=sheet.version, now=NOW)
    finalise_sheet(
        world.actor(world.second_supervisor), world.session, sheet, seen_version=sheet.version, now=NOW
    )
    assert sheet.state.value == "final"


def test_whoever_drafted_counts_as_a_scorer_too(world: World) -> None:
    engagement = world.engage(world.engagement.contract_signed_on.replace(year=2022))
    sheet = world.sheets(engagement)[Purpose.BUREAU]
    program = program_of_sheet(world.session, sheet)
    key = next(key for key, specs in program.layout.items() if specs[0].type == "flag")
    entry = Entry({key: {program.layout[key][0].name: False}}, {}, {})
    save_draft(
        world.actor(world.second_supervisor),
        world.session,
        sheet,
        program,
        entry,
        seen_version=sheet.version,
        editing_key="k",
        now=NOW,
    )
    submit(world.session, world.actor(world.supervisor), sheet)
    both = {world.supervisor.user_id, world.second_supervisor.user_id}
    assert scorer_ids(world.session, [sheet.id]) == both
    assert scorers_of_year(world.session, world.bureau.id, 2022) == both
    assert scorers_of_year(world.session, world.bureau.id, 2021) == frozenset()
    with pytest.raises(Forbidden, match="scorer_may_not_decide"):
        finalise_sheet(
            world.actor(world.second_supervisor), world.session, sheet, seen_version=sheet.version, now=NOW
        )


@pytest.mark.parametrize("name", ["city_supervisor", "officer", "neighbour_supervisor"])
def test_nobody_else_decides(world: World, name: str) -> None:
    sheet = submitted(world)
    with pytest.raises(Forbidden, match="only_bureau_decides"):
        finalise_sheet(
            world.actor(getattr(world, name)), world.session, sheet, seen_version=sheet.version, now=NOW
        )
    assert sheet.state is SheetState.SUBMITTED


def test_a_stale_decision_is_refused(world: World) -> None:
    sheet = submitted(world)
    with pytest.raises(Stale):
        finalise_sheet(
            world.actor(world.supervisor), world.session, sheet, seen_version=sheet.version - 1, now=NOW
        )


def test_submitted_and_later_sheets_are_never_edited(world: World) -> None:
    officer = world.actor(world.officer)
    sheet = final(world)
    program = program_of_sheet(world.session, sheet)
    with pytest.raises(WrongState, match="sheet_already_final"):
        save_draft(
            officer,
            world.session,
            sheet,
            program,
            Entry(),
            seen_version=sheet.version,
            editing_key="k",
            now=NOW,
        )
    publish_sheets(world.actor(world.lead), world.session, [sheet], now=NOW)
    with pytest.raises(WrongState, match="sheet_already_published"):
        submit_sheet(officer, world.session, sheet, program, Entry(), seen_version=sheet.version, now=NOW)
    assert (sheet.total, sheet.answers) == (940_000, JIADING_ANSWERS)


def test_publication_needs_the_lead_final_sheets_and_no_scorer(world: World) -> None:
    sheet = submitted(world)
    lead = world.actor(world.lead)
    with pytest.raises(WrongState):
        publish_sheets(lead, world.session, [sheet], now=NOW)
    finalise_sheet(world.actor(world.supervisor), world.session, sheet, seen_version=sheet.version, now=NOW)
    with pytest.raises(Forbidden, match="only_lead_publishes"):
        publish_sheets(world.actor(world.supervisor), world.session, [sheet], now=NOW)
    own = world.sheets(world.engage(world.engagement.contract_signed_on.replace(year=2022)))[Purpose.BUREAU]
    submit(world.session, lead, own)
    finalise_sheet(world.actor(world.supervisor), world.session, own, seen_version=own.version, now=NOW)
    with pytest.raises(Forbidden, match="publisher_scored"):
        publish_sheets(lead, world.session, [sheet, own], now=NOW)
    assert sheet.state is SheetState.FINAL
    publish_sheets(lead, world.session, [sheet], now=NOW)
    assert (sheet.state.value, sheet.published_at) == ("published", NOW)


def test_a_correction_is_a_new_revision(client: Client, world: World) -> None:
    sheet = final(world)
    publish_sheets(world.actor(world.lead), world.session, [sheet], now=NOW)
    switch_to(client, world.supervisor)
    answer = client.post(f"/sheets/{sheet.id}/correct", data={"reason": "沟通分漏计", "due_on": ""})
    assert answer.status_code == 302
    following = world.session.scalars(select(ScoreSheet).where(ScoreSheet.revision == 2)).one()
    assert (following.state, following.is_current, following.answers) == (
        SheetState.DRAFT,
        True,
        JIADING_ANSWERS,
    )
    assert (sheet.state, sheet.is_current, sheet.total) == (SheetState.PUBLISHED, False, 940_000)
    assert scorer_ids(world.session, [following.id]) == {world.officer.user_id}
    switch_to(client, world.officer)
    page = client.get(f"/sheets/{following.id}/edit")
    client.submit(page, "sheet-form", **{"a-communication-value": "20"}, intent="submit")
    assert (following.total, sheet.total) == (950_000, 940_000)
    with pytest.raises(WrongState, match="sheet_superseded"):
        correct_sheet(
            world.actor(world.supervisor), world.session, sheet, reason="再更正", due_on=None, now=NOW
        )


def test_a_correction_needs_a_reason(world: World) -> None:
    sheet = final(world)
    with pytest.raises(Invalid):
        correct_sheet(world.actor(world.supervisor), world.session, sheet, reason="", due_on=None, now=NOW)
    assert sheet.is_current


def test_overdue_sheets_are_marked_and_told_once(world: World) -> None:
    due = local_date(NOW)
    supervisor = world.actor(world.supervisor)
    late = make_sheets(world.session, supervisor, world.engagement, due_on=due)[Purpose.EVALUATED_UNIT]
    calm = make_sheets(world.session, supervisor, world.engage())[Purpose.EVALUATED_UNIT]
    version = late.version
    assert mark_overdue(world.session, NOW) == 0
    tomorrow = NOW + timedelta(days=1)
    assert mark_overdue(world.session, tomorrow) == 1
    assert mark_overdue(world.session, tomorrow) == 0
    world.session.refresh(late)
    assert (late.is_overdue, late.version, calm.is_overdue) == (True, version, False)
    assert codes(world, world.officer.id).count("sheet_overdue") == 1
    submit(world.session, world.actor(world.officer), late, JIADING_ANSWERS)
    assert late.is_overdue is False


def test_a_day_that_is_found_free_takes_the_mark_of_a_sheet_away(world: World) -> None:
    friday, monday = date(2024, 3, 15), date(2024, 3, 18)
    supervisor, session = world.actor(world.supervisor), world.session
    sheet = make_sheets(session, supervisor, world.engagement, due_on=friday)[Purpose.EVALUATED_UNIT]
    version, noon = sheet.version, datetime(2024, 3, 18, 4, tzinfo=UTC)
    assert mark_overdue(session, noon) == 1
    session.refresh(sheet)
    assert sheet.is_overdue
    enter_change(supervisor, session, ChangeData(monday, monday, False, "台风", "市府公告"), now=noon)
    session.refresh(sheet)
    assert (sheet.is_overdue, sheet.version) == (False, version)
    # One that was marked by calendar days is relieved in the night.
    sheet.is_overdue = True
    session.flush()
    assert (mark_overdue(session, noon), mark_overdue(session, noon)) == (1, 0)
    session.refresh(sheet)
    assert sheet.is_overdue is False
