"""Who sees which sheet. Everything else is a 404, a missing row, or no figure."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from agencyqa.accounts.models import Membership
from agencyqa.assessments import policies
from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.queries.engagement_scores import visible_score
from agencyqa.assessments.queries.sheets import sheet_rows, sheets_of
from agencyqa.assessments.services.review import correct_sheet, finalise_sheet, publish_sheets
from agencyqa.measures.enums import Purpose
from tests.client import Client
from tests.factories.accounts import NOW
from tests.factories.assessments import submit
from tests.integration.assessments.conftest import World, switch_to

PEOPLE = (
    "lead supervisor city_supervisor neighbour_supervisor administrator officer other_officer manager "
    "other_manager observer"
).split()


def both_sheets(world: World) -> tuple[ScoreSheet, ScoreSheet]:
    """The bureau's and the unit's sheet of a 2022 engagement, both submitted by their scorers."""
    engagement = world.engage(world.engagement.contract_signed_on.replace(year=2022))
    sheets = world.sheets(engagement)
    bureau, unit = sheets[Purpose.BUREAU], sheets[Purpose.EVALUATED_UNIT]
    submit(world.session, world.actor(world.supervisor), bureau)
    submit(world.session, world.actor(world.officer), unit)
    return bureau, unit


def publish(world: World, *sheets: ScoreSheet) -> None:
    second, lead = world.actor(world.second_supervisor), world.actor(world.lead)
    for sheet in sheets:
        finalise_sheet(second, world.session, sheet, seen_version=sheet.version, now=NOW)
    publish_sheets(lead, world.session, sheets, now=NOW)


def seen_by(world: World, membership: Membership) -> set[int]:
    return set(world.session.scalars(select(ScoreSheet.id).where(policies.seen_by(world.actor(membership)))))


def test_before_publication(world: World) -> None:
    bureau, unit = both_sheets(world)
    both = {bureau.id, unit.id}
    assert {name: seen_by(world, getattr(world, name)) for name in PEOPLE} == {
        "lead": both,
        "supervisor": both,
        "city_supervisor": both,
        "neighbour_supervisor": set(),
        "administrator": set(),
        "officer": {unit.id},
        "other_officer": set(),
        "manager": set(),
        "other_manager": set(),
        "observer": set(),
    }


def test_after_publication(world: World) -> None:
    bureau, unit = both_sheets(world)
    publish(world, bureau, unit)
    both = {bureau.id, unit.id}
    assert {name: seen_by(world, getattr(world, name)) for name in PEOPLE} == {
        "lead": both,
        "supervisor": both,
        "city_supervisor": both,
        "neighbour_supervisor": set(),
        "administrator": set(),
        "officer": {unit.id},
        "other_officer": set(),
        "manager": both,
        "other_manager": set(),
        "observer": both,
    }


@pytest.mark.parametrize("name", ["neighbour_supervisor", "other_officer", "manager", "other_manager"])
def test_foreign_addresses_do_not_exist(client: Client, world: World, name: str) -> None:
    bureau, unit = both_sheets(world)
    switch_to(client, getattr(world, name))
    for sheet in (bureau, unit):
        for path in ("", "/trace", "/trace.json"):
            answer = client.get(f"/sheets/{sheet.id}{path}")
            assert answer.status_code == 404
            assert "学前教育补助项目" not in answer.text
    assert "学前教育补助项目" not in client.get("/sheets/?view=all").text


def test_a_department_never_sees_the_bureaus_sheet(client: Client, world: World) -> None:
    bureau, unit = both_sheets(world)
    publish(world, bureau, unit)
    switch_to(client, world.officer)
    assert client.get(f"/sheets/{bureau.id}").status_code == 404
    assert client.get(f"/sheets/{bureau.id}/trace").status_code == 404
    assert client.get(f"/sheets/{unit.id}").status_code == 200
    listed = client.page(client.get("/sheets/?view=all")).links
    assert {href for _, href in listed if href.startswith("/sheets/") and href[8:].isdigit()} == {
        f"/sheets/{unit.id}"
    }


@pytest.mark.parametrize("path", ["edit", "draft"])
@pytest.mark.parametrize("name", ["city_supervisor", "supervisor"])
def test_only_the_scorer_fills_in(client: Client, world: World, name: str, path: str) -> None:
    """Whoever may read a sheet of others may still not write it: the city its district's, the bureau the unit's."""
    unit = world.sheets()[Purpose.EVALUATED_UNIT]
    switch_to(client, getattr(world, name))
    body = {"version": 1, "editing_key": "k", "fields": {"a-team_stability-met": "yes"}}
    url = f"/sheets/{unit.id}/{path}"
    answer = client.post(url, json=body) if path == "draft" else client.post(url, data=body["fields"])
    assert answer.status_code == 403
    assert (unit.answers, unit.version) == ({}, 1)


@pytest.mark.parametrize("name", ["other_officer", "neighbour_supervisor"])
def test_others_cannot_write_what_they_cannot_see(client: Client, world: World, name: str) -> None:
    unit = world.sheets()[Purpose.EVALUATED_UNIT]
    switch_to(client, getattr(world, name))
    assert client.get(f"/sheets/{unit.id}/edit").status_code == 404
    assert client.post(f"/sheets/{unit.id}/draft", json={"version": 1, "fields": {}}).status_code == 404
    assert (unit.answers, unit.version) == ({}, 1)


def test_the_agency_reads_the_trace_of_what_is_published(client: Client, world: World) -> None:
    bureau, unit = both_sheets(world)
    switch_to(client, world.manager)
    assert client.get(f"/sheets/{unit.id}/trace").status_code == 404
    publish(world, bureau, unit)
    page = client.get(f"/sheets/{unit.id}/trace")
    assert page.status_code == 200
    assert "复核通过" in client.page(page).text


def test_an_open_correction_hides_nothing_and_shows_nothing_new(client: Client, world: World) -> None:
    bureau, unit = both_sheets(world)
    publish(world, bureau, unit)
    following = correct_sheet(
        world.actor(world.second_supervisor), world.session, unit, reason="漏计一处", due_on=None, now=NOW
    )
    manager = world.actor(world.manager)
    assert {row.id for row in world.session.execute(sheet_rows(manager))} == {bureau.id, unit.id}
    assert {row.id for row in world.session.execute(sheet_rows(world.actor(world.supervisor)))} == {
        bureau.id,
        following.id,
    }
    switch_to(client, world.manager)
    assert client.get(f"/sheets/{following.id}").status_code == 404
    shown = client.get(f"/sheets/{unit.id}").text
    assert "漏计一处" not in shown


def test_a_score_that_may_not_be_seen_is_not_averaged(world: World) -> None:
    bureau, unit = both_sheets(world)
    engagement = world.session.get_one(type(world.engagement), unit.engagement_id)

    def score(name: str) -> object:
        actor = world.actor(getattr(world, name))
        rows = sheets_of(world.session, actor, engagement.id)
        result = visible_score(world.session, actor, engagement, rows)
        return None if result is None else (result.state, result.score)

    assert score("supervisor") == ("provisional", None)
    assert [score(name) for name in ("officer", "manager", "observer", "neighbour_supervisor")] == [None] * 4
    publish(world, bureau, unit)
    assert score("supervisor") == ("final", 100)
    assert score("manager") == ("final", 100)
    assert score("officer") is None


def test_a_district_is_filtered_by_what_it_may_see(client: Client, world: World) -> None:
    both_sheets(world)
    switch_to(client, world.neighbour_supervisor)
    for query in ("view=all", "view=all&state=submitted", "view=all&year=2022", "view=all&sort=-agency"):
        assert "申评咨询有限公司" not in client.get(f"/sheets/?{query}").text
