"""Who sees which annual result, in lists, pages, rankings and data. Everything else is not there."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from agencyqa.accounts.models import Membership
from agencyqa.assessments import result_policies
from agencyqa.assessments.enums import WeightMode
from agencyqa.assessments.models import AnnualResult
from agencyqa.assessments.queries.ranking import ranking_rows, year_figures
from agencyqa.assessments.queries.results import result_rows, workbook_results
from agencyqa.assessments.queries.rounds import published_round, round_rows
from agencyqa.assessments.services.assignments import assign_result
from agencyqa.assessments.services.publication import publish_round
from agencyqa.assessments.services.rounds import change_weights
from agencyqa.auth.roles import Role
from agencyqa.clock import today
from agencyqa.measures.enums import Purpose
from agencyqa.scoring import fraction_from_data, readd
from tests.client import Client
from tests.factories.accounts import NOW, make_member, make_observer
from tests.factories.agencies import make_agency
from tests.factories.assessments import make_grade_table, make_share_table
from tests.factories.rounds import make_round, score_of
from tests.integration.assessments.conftest import switch_to
from tests.integration.assessments.years import Year, year

__all__ = ["year"]

PEOPLE = (
    "lead supervisor city_supervisor neighbour_supervisor administrator officer other_officer manager "
    "other_manager observer"
).split()


def seen(year: Year, membership: Membership) -> set[int]:
    condition = result_policies.seen_by(year.world.actor(membership))
    return set(year.session.scalars(select(AnnualResult.id).where(condition)))


def everybody(year: Year) -> dict[str, set[int]]:
    return {name: seen(year, getattr(year.world, name)) for name in PEOPLE}


def nobody() -> dict[str, set[int]]:
    return {name: set() for name in PEOPLE}


def assign(year: Year, result: AnnualResult, department_id: int) -> None:
    assign_result(
        year.supervisor,
        year.session,
        result,
        department_id=department_id,
        valid_from=today(),
        valid_to=None,
        now=NOW,
    )


def test_before_publication_only_the_bureau(year: Year) -> None:
    found = year.round()
    both = {each.id for each in year.results(found)}
    expected = {"lead": both, "supervisor": both, "city_supervisor": both}
    assert everybody(year) == nobody() | expected


def test_after_publication_everybody_their_own(year: Year) -> None:
    found = year.published()
    own, other = year.result(found, year.world.agency), year.result(found, year.world.other_agency)
    assign(year, other, year.world.other_department.id)
    both = {own.id, other.id}
    assert everybody(year) == nobody() | {
        "lead": both,
        "supervisor": both,
        "city_supervisor": both,
        "other_officer": {other.id},
        "manager": {own.id},
        "other_manager": {other.id},
        "observer": both,
    }


def test_every_read_goes_by_the_same_rule(year: Year) -> None:
    """Lists, rankings, counts and exports hold exactly what ``seen_by`` allows."""
    found = year.published()
    assign(year, year.result(found, year.world.agency), year.world.department.id)
    for name in PEOPLE:
        membership = getattr(year.world, name)
        actor, expected = year.world.actor(membership), seen(year, membership)
        assert {row.id for row in year.session.execute(result_rows(actor))} == expected, name
        assert {row.id for row in year.session.execute(ranking_rows(actor, found.id))} == expected, name
        assert {each.id for each in workbook_results(year.session, actor, found.id)} == expected, name
        assert year_figures(year.session, actor, found).agencies == len(expected), name
        # A round is everybody's ranking: only for those who see all of it.
        rounds = [row.id for row in year.session.execute(round_rows(actor))]
        assert rounds == ([found.id] if len(expected) == 2 else []), name


def test_pages_by_person(year: Year, client: Client) -> None:
    found = year.published()
    world = year.world
    own, other = year.result(found, world.agency), year.result(found, world.other_agency)
    ids = {"own": own.id, "other": other.id}
    assign(year, own, world.department.id)
    session, round_id = year.session, found.id
    session.commit()
    answers: dict[str, tuple[Any, ...]] = {}
    visitors = [name for name in PEOPLE if name not in {"lead", "supervisor", "other_manager"}]
    for name in visitors:
        switch_to(client, getattr(world, name))
        answers[name] = tuple(
            client.get(path).status_code
            for path in (
                f"/results/{ids['own']}",
                f"/results/{ids['other']}",
                f"/results/{ids['own']}/trace",
                f"/results/{ids['other']}/trace.json",
                f"/rounds/{round_id}",
            )
        )
    full, refused = (200, 200, 200, 200, 200), (403, 403, 403, 403, 403)
    assert answers == {
        "city_supervisor": full,
        "neighbour_supervisor": (404, 404, 404, 404, 404),
        "administrator": refused,
        "officer": (200, 404, 404, 404, 403),
        "other_officer": (404, 404, 404, 404, 403),
        "manager": (200, 404, 200, 404, 403),
        "observer": full,
    }


def test_the_agency_reads_every_point_and_nothing_of_others(year: Year, client: Client) -> None:
    found = year.published()
    world = year.world
    result = year.result(found, world.agency)
    result_id, name = result.id, "浦江会计师事务所"
    switch_to(client, world.manager)
    listed = client.page(client.get("/results"))
    assert "申评咨询有限公司 2022 长宁区财政局 82.00 良 1 / 2" in listed.text
    # Sorted and filtered, still nothing of the other agency.
    for query in ("sort=-score", f"q={name}", "year=2022", "with_superseded=1"):
        assert name not in client.page(client.get(f"/results?{query}")).text
    page = client.page(client.get(f"/results/{result_id}"))
    assert "24.50" in page.text
    assert ("1 共 2 家排名" in page.text, name in page.text, "56.67" in page.text) == (True, False, False)
    traces = [href for _, href in page.links if href.endswith("/trace") and href.startswith("/sheets/")]
    assert len(traces) == 4
    trace = client.page(client.get(f"/results/{result_id}/trace"))
    assert "复核通过" in trace.text
    assert "80 / 100" in trace.text
    data = json.loads(client.get(f"/results/{result_id}/trace.json").text)
    assert (data["rounded"], data["rank"], data["ranked_count"], "missing" in data) == ("82.00", 1, 2, False)
    assert readd(data["trace"]) == score_of(result)
    assert [readd(each["trace"]) for each in data["inputs"]["engagements"]] == [
        fraction_from_data(item["score"]) for item in data["trace"]["items"]
    ]
    assert name not in json.dumps(data, ensure_ascii=False)
    # What was paid is the agency's to know; an observer adds up the year by the weights.
    assert ["fee" in each for each in data["inputs"]["engagements"]] == [True, True]
    switch_to(client, year.world.observer)
    data = json.loads(client.get(f"/results/{result_id}/trace.json").text)
    assert ["fee" in each for each in data["inputs"]["engagements"]] == [False, False]
    assert ["fee" in each for each in data["trace"]["items"]] == [False, False]
    assert readd(data["trace"]) == score_of(result)


def test_weights_by_fee_tell_an_observer_no_fee(year: Year, client: Client) -> None:
    """71 and 93, weighted 1234567 to 3000000: the exact fractions would be the fees themselves."""
    year.first.fee = 1_234_567
    year.session.flush()
    found = year.round()
    change_weights(year.supervisor, year.session, found, WeightMode.FEE, seen_version=found.version, now=NOW)
    year.publish(found)
    result = year.result(found, year.world.agency)
    assign(year, result, year.world.department.id)
    result_id, exact = result.id, score_of(result)
    address = f"/results/{result_id}/trace"
    secret = ("1234567", "4234567")
    told = "不能据此精确复算"

    def page() -> tuple[str, list[bool]]:
        text = client.page(client.get(address)).text
        return text, [word in text for word in (*secret, told)]

    switch_to(client, year.world.manager)
    assert page()[1] == [True, True, False]
    data = json.loads(client.get(f"{address}.json").text)
    assert (readd(data["trace"]), [each["fee"] for each in data["trace"]["items"]], "left_out" in data) == (
        exact,
        [1_234_567, 3_000_000],
        False,
    )
    switch_to(client, year.world.observer)
    text, leaks = page()
    assert leaks == [False, False, True]
    assert "权重 29.15% · 计入年度 20.70" in text
    # Nor so many decimals that the fraction could be found from them.
    assert "≈" not in text
    answer = client.get(f"{address}.json").text
    data = json.loads(answer)
    assert [word in answer for word in (*secret, "3000000", told)] == [False, False, False, True]
    assert (data["rounded"], data["score"], data["left_out"]) == ("86.59", None, ["fee", "exact_weights"])
    assert [(each["weight"], each["contribution"]) for each in data["trace"]["items"]] == [
        ({"rounded": "0.2915"}, {"rounded": "20.70"}),
        ({"rounded": "0.7085"}, {"rounded": "65.89"}),
    ]
    assert (data["trace"]["score"], [set(each) for each in data["measures"].values()]) == (
        {"rounded": "86.59"},
        [{"rounded"}] * len(data["measures"]),
    )
    # The steps of each engagement rest on no fee and still add up exactly.
    assert [readd(each["trace"]) for each in data["inputs"]["engagements"]] == [71, 93]
    switch_to(client, year.world.officer)
    answer = client.get(f"{address}.json").text
    assert [word in answer for word in (*secret, told)] == [False, False, True]


def test_the_department_reads_figures_and_only_its_own_engagements(year: Year, client: Client) -> None:
    world, session = year.world, year.session
    foreign = year.engage(world.agency, department=world.other_department)
    year.score(foreign, 60, 60)
    found = year.published()
    result = year.result(found, world.agency)
    assign(year, result, world.department.id)
    result_id, contract = result.id, foreign.contract_number
    session.commit()
    switch_to(client, world.officer)
    page = client.page(client.get(f"/results/{result_id}"))
    # (71 + 93 + 60) / 3
    assert "74.67" in page.text
    assert year.first.contract_number in page.text
    assert contract not in page.text
    # Engagement scores stay out: from two of three the third could be reckoned.
    assert ("71.00" in page.text, "93.00" in page.text) == (False, False)
    data = json.loads(client.get(f"/results/{result_id}/trace.json").text)
    assert (data["rounded"], "inputs" in data, "trace" in data, "missing" in data) == (
        "74.67",
        False,
        False,
        False,
    )


def test_provisional_is_said_and_who_is_late_only_to_the_bureau(year: Year, client: Client) -> None:
    world = year.world
    year.engage(world.other_agency)
    found = year.round()
    year.publish(found, reason="被评价单位已撤并")
    result_id = year.result(found, world.other_agency).id
    switch_to(client, world.other_manager)
    page = client.page(client.get(f"/results/{result_id}"))
    assert "暂定结果" in page.text
    assert "未排名" in page.text
    assert "等待" not in page.text
    assert "missing" not in json.loads(client.get(f"/results/{result_id}/trace.json").text)
    switch_to(client, world.supervisor)
    assert "等待 长宁区财政局" in client.page(client.get(f"/results/{result_id}")).text


def test_the_same_agency_elsewhere(year: Year, client: Client) -> None:
    """An agency sees its results of all bureaus; a bureau and its observers none of a neighbour's."""
    session, world = year.session, year.world
    neighbour_lead = world.actor(make_member(session, world.neighbour, Role.BUREAU_LEAD))
    make_share_table(session, world.neighbour)
    make_grade_table(session, world.neighbour)
    engagement = year.engage(world.agency, bureau=world.neighbour)
    for role in (Purpose.BUREAU, Purpose.EVALUATED_UNIT):
        year.sheet(engagement, role, 65)
    theirs = make_round(session, neighbour_lead)
    ours = year.published()
    assert len(seen(year, world.manager)) == 1
    publish_round(neighbour_lead, session, theirs, seen_version=theirs.version, now=NOW)
    assert len(seen(year, world.manager)) == 2
    there = make_member(session, make_observer(session, world.neighbour, "静安审计局"), Role.OBSERVER)
    elsewhere = {each.id for each in year.results(theirs)}
    assert (seen(year, there), seen(year, world.neighbour_supervisor)) == (elsewhere, elsewhere)
    assert seen(year, world.supervisor).isdisjoint(elsewhere)
    assert published_round(session, year.supervisor, world.neighbour.id, 2022) is None
    found = published_round(session, year.supervisor, world.bureau.id, 2022)
    assert found is not None
    assert found.id == ours.id
    switch_to(client, world.manager)
    text = client.page(client.get("/results")).text
    assert ("65.00" in text, "82.00" in text) == (True, True)
    switch_to(client, world.supervisor)
    assert "65.00" not in client.page(client.get("/results?sort=score")).text


def test_rounded_lines_show_what_rounding_leaves(year: Year, client: Client) -> None:
    """A third, and a third, and a third: 33.33 three times is not 100."""
    agency = make_agency(year.session, year.world.bureau, "三分咨询有限公司")
    thirds = {"M1": (1.0, 1), "M2": (1.0, 1), "M3": (1.0, 1)}
    engagement = year.engage(agency)
    for role in (Purpose.BUREAU, Purpose.EVALUATED_UNIT):
        year.sheet(engagement, role, 3, 3, measures=thirds)
    found = year.published()
    result_id = year.result(found, agency).id
    switch_to(client, year.world.observer)
    text = client.page(client.get(f"/results/{result_id}")).text
    assert "舍入差 +0.01 年度得分 100.00" in text
    ranking_text = client.page(client.get(f"/rounds/{found.id}")).text
    assert "1 三分咨询有限公司 100.00 33.33 33.33 33.33 — +0.01 优" in ranking_text
