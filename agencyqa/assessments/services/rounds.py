"""Opening a year's assessment and computing it. Only while a round is open are its results replaced, as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.accounts.queries import bureau_chain
from agencyqa.accounts.table_locks import hold_tables
from agencyqa.assessments import result_policies, round_workflow
from agencyqa.assessments.annual import (
    SHOWN_PLACES,
    AgencyYear,
    digest_of,
    with_findings,
    years_of_agencies,
)
from agencyqa.assessments.enums import RoundAction, RoundState, WeightMode
from agencyqa.assessments.facts import findings_on_agencies
from agencyqa.assessments.models import AnnualResult, AssessmentRound, GradeTable
from agencyqa.assessments.queries.rounds import inputs_stamp, newest_round
from agencyqa.assessments.queries.tables import (
    grade_bands,
    grade_table_in_force,
    plan_of_round,
    rounding_of,
    year_rules_in_force,
)
from agencyqa.assessments.queries.year_facts import YearFacts, agency_facts, year_facts
from agencyqa.assessments.year_facts import EngagementFact
from agencyqa.assessments.year_plan import plan_from_data
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.db import check_version
from agencyqa.engagements.enums import EngagementState
from agencyqa.errors import Forbidden, Invalid, NotVisible, Refused, WrongState
from agencyqa.scoring import year_rules_problems

FIRST_YEAR, LAST_YEAR = 2000, 2100
# Constraint → (field, code) of two who open the same year at once.
CONSTRAINTS = {"uq_assessment_rounds_bureau_id_year_revision": ("year", "round_exists_now")}


@dataclass(frozen=True)
class Computed:
    """What a computation gives before it is stored."""

    years: list[AgencyYear]
    facts: YearFacts
    digest: str


def open_round(
    actor: Actor, session: Session, year: int, weight_mode: WeightMode, *, now: datetime
) -> AssessmentRound:
    """Take up a year with the grades in force at its end. Nothing is computed yet.

    Raise Invalid where the year has a round; Refused ``no_grade_table``, ``round_without_shares`` (with the contract
    dates) or ``round_without_engagements``. Two at once meet at the unique constraint ``CONSTRAINTS`` names.
    """
    if not result_policies.can_open_round(actor) or actor.bureau_id is None:
        raise Forbidden("only_bureau_runs_rounds")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Invalid(year="assessment_year_wrong")
    if newest_round(session, actor.bureau_id, year) is not None:
        raise Invalid(year=("round_exists", {"year": year}))
    last_day = date(year, 12, 31)
    chain = bureau_chain(session, actor.bureau_id)
    hold_tables(session, chain)
    table = grade_table_in_force(session, chain, last_day)
    if table is None:
        raise Refused("no_grade_table", day=last_day)
    rules = year_rules_in_force(session, chain, last_day)
    if rules is not None:
        plan = plan_from_data(rules.content)
        if year_rules_problems(plan.rules(grade_bands(table), rounding_of(table))):
            raise Refused("year_rules_and_grades_differ", day=last_day)
    _expect_shares(year_facts(session, actor.bureau_id, year), year)
    found = AssessmentRound(
        bureau_id=actor.bureau_id,
        year=year,
        revision=1,
        state=RoundState.OPEN,
        weight_mode=weight_mode,
        grade_table_id=table.id,
        year_rules_id=None if rules is None else rules.id,
        notes={},
        created_at=now,
        opened_by_id=actor.user_id,
    )
    session.add(found)
    session.flush()
    by_rules: dict[str, Any] = {} if rules is None else {"year_rules_id": rules.id}
    record(
        session, actor, "assessments.round.opened", found, now=now, bureau_id=found.bureau_id,
        year=year, revision=1, weight_mode=weight_mode, grade_table_id=table.id, **by_rules,
    )  # fmt: skip
    return found


def change_weights(
    actor: Actor,
    session: Session,
    found: AssessmentRound,
    weight_mode: WeightMode,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Weigh engagements otherwise, and compute anew. Raise Stale or WrongState."""
    lock_round(actor, session, found)
    round_workflow.next_state(found.state, RoundAction.COMPUTE)
    if found.year_rules_id is not None:
        raise WrongState("rules_set_weights")
    check_version(found, seen_version)
    before, found.weight_mode = found.weight_mode, weight_mode
    record(
        session, actor, "assessments.round.weights_changed", found, now=now, bureau_id=found.bureau_id,
        changes={"weight_mode": (before, weight_mode)},
    )  # fmt: skip
    compute_round(actor, session, found, now=now)


def compute_round(
    actor: Actor, session: Session, found: AssessmentRound, *, now: datetime
) -> list[AgencyYear]:
    """Read the year anew and replace the round's results. Raise WrongState once it is published."""
    lock_round(actor, session, found)
    found.state = round_workflow.next_state(found.state, RoundAction.COMPUTE)
    computed = computation(session, found)
    session.execute(sa.delete(AnnualResult).where(AnnualResult.round_id == found.id))
    ranked = sum(year.rank is not None for year in computed.years)
    rows = [_row(found, year, ranked, now) for year in computed.years]
    if rows:
        session.execute(sa.insert(AnnualResult), rows)
    # Asked before anything is set, or the question would write the row once more.
    stamp = inputs_stamp(session, found.bureau_id, found.year)
    found.computed_at, found.inputs_stamp = now, stamp
    found.results_digest = computed.digest
    found.notes = _notes(computed)
    record(
        session, actor, "assessments.round.computed", found, now=now, bureau_id=found.bureau_id,
        agencies=len(rows), ranked=ranked, results_digest=computed.digest,
    )  # fmt: skip
    session.flush()
    return computed.years


def computation(session: Session, found: AssessmentRound) -> Computed:
    """The results of this moment, not stored."""
    table = session.get_one(GradeTable, found.grade_table_id)
    facts = year_facts(session, found.bureau_id, found.year)
    _expect_shares(facts, found.year)
    plan = plan_of_round(session, found)
    agencies = sorted({each.agency_id for each in facts.counted})
    years = years_of_agencies(
        facts.counted,
        plan,
        grade_bands(table),
        rounding_of(table),
        agency_facts(session, found.bureau_id, found.year, agencies, plan),
    )
    years = with_findings(years, findings_on_agencies(session, found.bureau_id, agencies, found.year))
    return Computed(years, facts, digest_of(years))


def lock_round(actor: Actor, session: Session, found: AssessmentRound) -> None:
    """Take the row as it is now, so that of two who act at once the second sees what the first did.

    Raise NotVisible or Forbidden.
    """
    if session.scalar(result_policies.visible_rounds(actor).where(AssessmentRound.id == found.id)) is None:
        raise NotVisible()
    if not result_policies.is_own_round(actor, found):
        raise Forbidden("only_bureau_runs_rounds")
    session.refresh(found, with_for_update=True)


def _expect_shares(facts: YearFacts, year: int) -> None:
    if facts.without_shares:
        days = ", ".join(day.isoformat() for day in facts.without_shares)
        raise Refused("round_without_shares", days=days, count=len(facts.without_shares))
    if not facts.counted:
        raise Refused("round_without_engagements", year=year)


def _row(found: AssessmentRound, year: AgencyYear, ranked: int, now: datetime) -> dict[str, Any]:
    return {
        "round_id": found.id,
        "bureau_id": found.bureau_id,
        "year": found.year,
        "agency_id": year.agency_id,
        "agency_name": year.agency_name,
        "state": year.state,
        "numerator": None if year.score is None else str(year.score.numerator),
        "denominator": None if year.score is None else str(year.score.denominator),
        "rounded": year.rounded,
        "places": SHOWN_PLACES,
        "grade": year.grade,
        "rank": year.rank,
        "ranked_count": ranked,
        "sort_position": year.position,
        "rank_group": year.group,
        "group_rank": year.group_rank,
        "group_count": year.group_count,
        "engagement_count": year.engagement_count,
        "missing_count": len(year.missing),
        "missing": year.missing,
        "is_reference": year.is_reference,
        "measure_scores": year.measures,
        "agency_findings": year.findings,
        "inputs": year.inputs,
        "trace": year.trace,
        "engine_version": year.trace["engine"],
        "computed_at": now,
    }


def _notes(computed: Computed) -> dict[str, Any]:
    """What the lead should know before publishing, beside what is missing."""

    def named(engagements: list[EngagementFact]) -> list[dict[str, Any]]:
        return [engagement.named() for engagement in engagements]

    counted = computed.facts.counted
    return {
        "left_out": list(computed.facts.left_out),
        "unfinished": named([each for each in counted if each.state is EngagementState.CONTRACTED]),
        "zero_fee": named([each for each in counted if not each.fee]),
        "is_reference": any(year.is_reference for year in computed.years),
        **_carried(computed),
    }


def _carried(computed: Computed) -> dict[str, Any]:
    """Engagements in which the others carry the share of a role that scored nothing, where the shares say so."""
    found = [
        {
            "engagement_id": each["engagement_id"],
            "contract": each["contract"],
            "object": each["object"],
            "agency": year.agency_name,
        }
        for year in computed.years
        for each in year.inputs["engagements"]
        if each["trace"].get("left_out")
    ]
    return {"carried": found} if found else {}
