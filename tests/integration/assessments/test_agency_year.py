"""The year of an agency as a whole: its form fed by findings on the agency, credits, vetoes, ranks by kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.assessments.enums import ResultState, SheetState, WeightMode, YearWeights
from agencyqa.assessments.models import AgencyCredit, AnnualResult, ScoreSheet, SheetScorer, YearRuleTable
from agencyqa.assessments.queries.credits import credit_rows, registered_agencies
from agencyqa.assessments.services.agency_sheets import open_agency_sheets
from agencyqa.assessments.services.credits import enter_credit, set_weight, withdraw_credit
from agencyqa.assessments.services.publication import correct_round
from agencyqa.assessments.services.rounds import change_weights, compute_round
from agencyqa.assessments.services.tables import add_year_rules
from agencyqa.assessments.services.verification import verify_published
from agencyqa.assessments.year_plan import YearPlan, plan_to_data
from agencyqa.audit.models import AuditEntry
from agencyqa.clock import local_date
from agencyqa.errors import Forbidden, Invalid, Refused, WrongState
from agencyqa.inspections.services.decisions import withdraw_finding
from agencyqa.measures.reckoning import reckon
from agencyqa.reports.dashboards.agenda import agenda
from agencyqa.reports.dashboards.tasks import Part, What
from agencyqa.scoring import readd
from tests.client import Client
from tests.factories.accounts import NOW, sign_in
from tests.factories.assessments import submit
from tests.factories.rounds import make_round, score_of
from tests.integration.assessments.agency_world import PLAN, POINT, build_agency_year
from tests.integration.assessments.conftest import switch_to
from tests.integration.assessments.years import Year, year

__all__ = ["year"]


def differing(session: Session) -> list[str]:
    """Without the sheets of the engagements, which the factory made without a real submission."""
    places = [each.place for each in verify_published(session).differences]
    return [place for place in places if not place.endswith("the submission was altered")]


def credit(year: Year, points: int) -> AgencyCredit:
    return enter_credit(
        year.supervisor, year.session, agency_id=year.world.agency.id, occurred_on=date(2022, 6, 1),
        points=points * POINT, reason="主动整改", evidence="整改报告 1 号", now=NOW,
    )  # fmt: skip


def test_a_finding_on_the_agency_scores_from_the_provision_to_the_annual_figure(
    year: Year, client: Client
) -> None:
    made = build_agency_year(year)
    session, world = year.session, year.world
    finding = made.find(world.agency, "weak_internal_rules")
    own, other = made.sheets()
    assert [(row["fault"], row["criterion"]) for row in own.facts] == [("weak_internal_rules", "rules")]
    made.give(own, 20)
    made.give(other, 10)
    credit(year, 3)
    results = made.compute()
    mine = results[world.agency.id]
    # Engagements 82, form 40 of 50, three points on top; the other: 170/3, form 40 of 50.
    assert score_of(mine) == Fraction(4, 5) * 82 + Fraction(1, 5) * 80 + 3
    assert score_of(results[world.other_agency.id]) == Fraction(4, 5) * Fraction(170, 3) + Fraction(1, 5) * 80
    assert readd(mine.trace) == score_of(mine)
    assert (mine.rank, mine.rank_group, mine.group_rank, mine.group_count) == (1, "consulting_firm", 1, 2)
    year.publish(made.found)
    session.commit()
    assert own.state is SheetState.PUBLISHED
    assert differing(session) == []
    sign_in(client, world.manager)
    page = client.get(f"/results/{mine.id}").text
    for text in ("年度得分的组成", f"/sheets/{own.id}/trace", "整改报告 1 号", "由机构年度评分表计分"):
        assert text in page
    trace = client.page(client.get(f"/sheets/{own.id}/trace")).text
    assert "内部管理制度不健全" in trace
    assert f"/findings/{finding.id}" in client.get(f"/sheets/{own.id}/trace").text
    assert client.get(f"/sheets/{other.id}").status_code == 404
    for path in (f"/results/{mine.id}/trace", f"/sheets/{own.id}"):
        client.page(client.get(path))


def test_without_its_form_an_agency_is_provisional_and_says_what_is_missing(
    year: Year, client: Client
) -> None:
    made = build_agency_year(year)
    results = made.compute()
    mine = results[year.world.agency.id]
    assert (mine.state, mine.rank) == (ResultState.PROVISIONAL, None)
    assert [(each["role"], each["state"]) for each in mine.missing] == [("agency_year", "not_opened")]
    sheets = made.sheets()
    assert made.sheets() == []
    assert [each["sheet_id"] for each in made.compute()[year.world.agency.id].missing] == [sheets[0].id]
    sign_in(client, year.world.supervisor)
    for path in ("", "/agency-sheets"):
        assert client.get(f"/rounds/{made.found.id}{path}").status_code == 200
    for path in ("", "/edit", "/trace"):
        client.page(client.get(f"/sheets/{sheets[0].id}{path}"))


def test_the_open_form_follows_what_is_found_and_withdrawn(year: Year) -> None:
    made = build_agency_year(year)
    own = made.sheets()[0]
    assert own.facts == []
    finding = made.find(year.world.agency, "weak_internal_rules")
    made.give(own, 20)
    assert own.total == 40 * POINT
    withdraw_finding(
        year.lead, year.session, finding, reason="证据不足", seen_version=finding.version, now=NOW
    )
    following = year.session.scalars(
        select(ScoreSheet).where(ScoreSheet.agency_id == year.world.agency.id, ScoreSheet.is_current)
    ).one()
    assert (own.is_current, following.revision, following.facts) == (False, 2, [])


def test_a_veto_caps_total_and_grade_and_names_its_finding(year: Year, client: Client) -> None:
    made = build_agency_year(year)
    finding = made.find(year.world.agency, "no_contract")
    for sheet in made.sheets():
        made.give(sheet, 20)
    mine = made.compute()[year.world.agency.id]
    assert score_of(mine) == 59
    assert mine.grade == "poor"
    assert [each["findings"] for each in mine.inputs["raised"]] == [[finding.id]]
    year.publish(made.found)
    year.session.commit()
    assert differing(year.session) == []
    sign_in(client, year.world.lead)
    text = client.page(client.get(f"/results/{mine.id}")).text
    assert "出借资质" in text
    assert "得分由" in text


def test_too_few_engagements_are_neither_graded_nor_ranked(year: Year, client: Client) -> None:
    made = build_agency_year(year, replace(PLAN, agency_share=Fraction(0), least_engagements=2))
    results = made.compute()
    other = results[year.world.other_agency.id]
    assert (other.state, score_of(other), other.grade, other.rank, other.group_rank) == (
        ResultState.TOO_FEW, Fraction(170, 3), None, None, None,
    )  # fmt: skip
    # Nothing is missing that could still come, so no reason is asked for.
    year.publish(made.found)
    year.session.commit()
    assert differing(year.session) == []
    sign_in(client, year.world.lead)
    assert "业务数不足" in client.page(client.get(f"/results/{other.id}")).text
    client.page(client.get(f"/rounds/{made.found.id}"))


def test_weights_set_by_hand_are_required_and_kept_with_the_result(year: Year, client: Client) -> None:
    plan = YearPlan(weights=YearWeights.SET)
    made = build_agency_year(year, plan)
    mine = made.compute()[year.world.agency.id]
    assert (mine.state, {each["state"] for each in mine.missing}) == (
        ResultState.PROVISIONAL,
        {"weight_missing"},
    )
    sign_in(client, year.world.supervisor)
    address = f"/engagements/{year.first.id}/weight"
    assert address in client.get(f"/rounds/{made.found.id}").text
    client.submit(client.get(address), "main-form", weight="3", reason="工作量大")
    for engagement in (year.second, year.third):
        set_weight(year.supervisor, year.session, engagement, weight=1, reason="一般", now=NOW)
    mine = made.compute()[year.world.agency.id]
    assert score_of(mine) == Fraction(3 * 71 + 93, 4)
    year.publish(made.found)
    year.session.commit()
    assert differing(year.session) == []
    with pytest.raises(WrongState):
        set_weight(year.supervisor, year.session, year.first, weight=1, reason="改", now=NOW)


def test_weights_by_amount_come_from_the_evaluated_money(year: Year) -> None:
    made = build_agency_year(year, YearPlan(weights=YearWeights.AMOUNT))
    mine = made.compute()[year.world.agency.id]
    amounts = [each["amount"] for each in mine.inputs["engagements"]]
    expected = Fraction(71 * amounts[0] + 93 * amounts[1], sum(amounts))
    assert score_of(mine) == expected


def test_the_round_keeps_the_rules_with_which_it_was_opened(year: Year) -> None:
    made = build_agency_year(year, replace(PLAN, agency_share=Fraction(0)))
    before = {key: row.trace for key, row in made.compute().items()}
    add_year_rules(
        year.lead, year.session, valid_from=date(2022, 12, 1), source="新办法",
        plan=YearPlan(least_engagements=3), now=NOW,
    )  # fmt: skip
    assert {key: row.trace for key, row in made.compute().items()} == before
    year.publish(made.found)
    following = correct_round(year.lead, year.session, made.found, reason="重算", now=NOW)
    assert following.year_rules_id == made.found.year_rules_id
    compute_round(year.supervisor, year.session, following, now=NOW)
    assert following.results_digest == made.found.results_digest
    assert differing(year.session) == []
    with pytest.raises(WrongState):
        change_weights(
            year.supervisor, year.session, following, WeightMode.FEE, seen_version=following.version, now=NOW
        )


def test_a_year_without_rules_is_as_it_always_was(year: Year) -> None:
    found = make_round(year.session, year.supervisor)
    result = year.results(found)[0]
    assert list(result.inputs) == ["weights", "engagements"]
    assert (result.trace["engine"], result.engine_version) == ("1", "1")
    assert (result.rank_group, result.group_rank) == ("", None)
    with pytest.raises(Refused):
        open_agency_sheets(year.supervisor, year.session, found, now=NOW)


def test_a_credit_is_withdrawn_and_stays_to_be_read(year: Year, client: Client) -> None:
    made = build_agency_year(year, replace(PLAN, agency_share=Fraction(0)))
    held = credit(year, -2)
    assert score_of(made.compute()[year.world.agency.id]) == 80
    sign_in(client, year.world.supervisor)
    answer = client.submit(client.get(f"/credits/{held.id}/withdraw"), "main-form", reason="记错机构")
    assert answer.status_code == 302
    assert "记错机构" in client.page(client.get("/credits")).text
    assert score_of(made.compute()[year.world.agency.id]) == 82
    with pytest.raises(WrongState):
        withdraw_credit(year.supervisor, year.session, held, reason="再撤", now=NOW)
    events = select(AuditEntry.event).where(AuditEntry.event.startswith("assessments.credit"))
    assert sorted(year.session.scalars(events)) == [
        "assessments.credit.entered",
        "assessments.credit.withdrawn",
    ]
    switch_to(client, year.world.neighbour_supervisor)
    assert client.get(f"/credits/{held.id}/withdraw").status_code == 404


def test_credits_are_entered_on_the_page_and_only_by_the_bureau(year: Year, client: Client) -> None:
    sign_in(client, year.world.supervisor)
    page = client.get("/credits/new")
    fields = {
        "agency_id": str(year.world.agency.id), "occurred_on": "2022-06-01", "points": "-1.5",
        "reason": "迟报", "evidence": "登记簿",
    }  # fmt: skip
    assert client.submit(page, "main-form", **{**fields, "points": "0"}).status_code == 422
    assert client.submit(page, "main-form", **{**fields, "occurred_on": "2222-06-01"}).status_code == 422
    assert client.submit(page, "main-form", **fields).status_code == 302
    # Sent twice it would count twice.
    again = client.submit(page, "main-form", **fields)
    assert (again.status_code, "没有重复登记" in again.text) == (422, True)
    assert year.session.scalars(select(AgencyCredit.points)).one() == -15_000
    assert client.submit(page, "main-form", **{**fields, "reason": "又一次迟报"}).status_code == 302
    assert year.session.scalars(select(AgencyCredit.points)).all() == [-15_000, -15_000]
    actor, agency = year.world.actor(year.world.supervisor), year.world.agency
    name = year.session.get_one(Body, agency.id).name
    assert len(year.session.execute(credit_rows(actor, agency=name[1:])).all()) == 2
    assert year.session.execute(credit_rows(actor, agency=name + "分")).all() == []
    assert registered_agencies(year.session, actor.bureau_id, part=name[1:]) == [(agency.id, name)]
    assert registered_agencies(year.session, None) == []
    with pytest.raises(Forbidden):
        enter_credit(
            year.world.actor(year.world.officer), year.session, agency_id=year.world.agency.id,
            occurred_on=date(2022, 6, 1), points=1, reason="x", evidence="y", now=NOW,
        )  # fmt: skip


def test_the_lead_enters_rules_and_reads_them_in_words(year: Year, client: Client) -> None:
    switch_to(client, year.world.supervisor)
    assert client.get("/score-tables/rules").status_code == 403
    switch_to(client, year.world.lead)
    page = client.get("/score-tables/rules")
    fields = {
        "valid_from": "2022-01-01", "source": "办法", "weights": "fee", "least_engagements": "2", "groups": "kind",
        "agency_share": "20", "base": "60", "credit_share": "10", "cap": "100", "floor": "0",
        "veto_1": "出借资质", "fault_1": "no_contract", "total_1": "59", "grade_1": "poor",
    }  # fmt: skip
    for changes in (
        {"agency_share": "95"},
        {"base": ""},
        {"base": "120"},
        {"fault_1": ""},
        {"total_1": "", "grade_1": ""},
    ):
        assert client.submit(page, "main-form", **{**fields, **changes}).status_code == 422, changes
    assert client.submit(page, "main-form", **fields).status_code == 302
    text = client.page(client.get("/score-tables")).text
    for words in (
        "业务权重：按合同金额加权",
        "各项委托业务 70% + 机构年度评分 20% + 积分 10%",
        "积分＝基础分 60 ＋ 全年加减分，最低 0，最高 100",
        "业务少于 2 项的",
        "一票否决“出借资质”（问题：未签订、后补或者合同内容不完整）：得分不超过 59，等级不高于“差”",
        "按机构类别分组排名",
    ):
        assert words in text
    assert year.session.scalars(select(YearRuleTable)).one().content["vetoes"][0]["key"] == "veto_1"


def test_rules_that_name_a_grade_the_year_does_not_have_are_refused(year: Year) -> None:
    veto = replace(PLAN.vetoes[0], caps_grade="no_such")
    with pytest.raises(Invalid):
        add_year_rules(
            year.lead, year.session, valid_from=date(2022, 1, 1), source="办法",
            plan=replace(PLAN, vetoes=(veto,)), now=NOW,
        )  # fmt: skip
    with pytest.raises(Forbidden):
        add_year_rules(
            year.supervisor, year.session, valid_from=date(2022, 1, 1), source="办法", plan=PLAN, now=NOW
        )


def test_verification_finds_what_was_altered_in_the_new_parts(year: Year) -> None:
    made = build_agency_year(year)
    for sheet in made.sheets():
        made.give(sheet, 20)
    credit(year, 3)
    mine = made.compute()[year.world.agency.id]
    year.publish(made.found)
    year.session.commit()
    assert differing(year.session) == []
    inputs = dict(mine.inputs)
    for changes in (
        {"inputs": {**inputs, "credits": [{**inputs["credits"][0], "points": 2 * POINT}]}},
        {"inputs": {**inputs, "form": {**inputs["form"], "total": 1}}},
        {"inputs": {**inputs, "group": "law_firm"}},
        {"group_rank": 2},
    ):
        held = year.session.begin_nested()
        year.session.execute(sa.update(AnnualResult).where(AnnualResult.id == mine.id).values(**changes))
        year.session.expire_all()
        assert differing(year.session) != [], changes
        held.rollback()
    year.session.execute(sa.update(YearRuleTable).values(content=plan_to_data(YearPlan())))
    year.session.expire_all()
    assert differing(year.session) != []


def test_a_form_about_an_agency_waits_on_the_first_page_like_any_other(year: Year, client: Client) -> None:
    made = build_agency_year(year)
    session, world = year.session, year.world
    late = open_agency_sheets(year.supervisor, session, made.found, due_on=local_date(NOW), now=NOW)[0]
    later = NOW + timedelta(days=3)
    title = "2022 年度 机构年度评分"
    found = agenda(session, year.supervisor, reckon(session, local_date(later)))
    shown = [
        (each.what, each.id, each.title, each.agency, each.days)
        for each in found[Part.LATE]
        if each.what is What.SHEET
    ]
    assert (What.SHEET, late.id, title, "申评咨询有限公司", 2) in shown
    submit(session, year.supervisor, late, {"order": {"value": 20 * POINT}})
    second = world.actor(world.second_supervisor)
    (waiting,) = (
        each
        for each in agenda(session, second, reckon(session, local_date(later)))[Part.DECIDE]
        if each.what is What.SHEET
    )
    assert (waiting.id, waiting.title) == (late.id, title)
    made.compute()
    # A lead who filled in such a form does not publish its year, and is not asked to.
    asked = [
        each.what for each in agenda(session, year.lead, reckon(session, local_date(later)))[Part.DECIDE]
    ]
    assert What.ROUND in asked
    session.add(SheetScorer(sheet_id=late.id, user_id=world.lead.user_id, first_at=NOW))
    session.flush()
    asked = [
        each.what for each in agenda(session, year.lead, reckon(session, local_date(later)))[Part.DECIDE]
    ]
    assert What.ROUND not in asked
    sign_in(client, world.second_supervisor)
    assert title in client.page(client.get("/")).text
