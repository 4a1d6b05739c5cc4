"""Everything ever published, worked out again from the inputs that were stored with it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.assessments.annual import digest_of, sheets_in, with_findings, years_of_agencies
from agencyqa.assessments.enums import RoleMissing, RoundState, SheetState
from agencyqa.assessments.evidence import FactRow, effective_answers
from agencyqa.assessments.models import AnnualResult, AssessmentRound, GradeTable, SheetSnapshot
from agencyqa.assessments.queries.tables import grade_bands, plan_of_round, rounding_of
from agencyqa.assessments.services.content import content_hash, subtotals
from agencyqa.assessments.shares import shares_from_data
from agencyqa.assessments.year_facts import AgencyFact, CreditFact, EngagementFact, SheetFact
from agencyqa.assessments.year_plan import YearPlan
from agencyqa.engagements.enums import EngagementState
from agencyqa.measures.counting import Counting
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import compiled
from agencyqa.scoring import AnswersError, RollupError


@dataclass(frozen=True)
class Difference:
    """Where a stored figure is not what its stored inputs give."""

    bureau_id: int
    year: int
    revision: int
    place: str

    def __str__(self) -> str:
        return f"bureau {self.bureau_id}, {self.year}, revision {self.revision}: {self.place}"


@dataclass
class Verification:
    rounds: int = 0
    results: int = 0
    sheets: int = 0
    differences: list[Difference] = field(default_factory=list)


def verify_published(session: Session) -> Verification:
    """Every published revision of every bureau: sheets from their submissions, then engagements, year and ranking.

    Reads only. A difference means that somebody altered a row, or that a program no longer counts as it did.
    """
    done = Verification()
    rounds = select(AssessmentRound).where(AssessmentRound.state == RoundState.PUBLISHED)
    for found in session.scalars(rounds.order_by(AssessmentRound.id)).all():
        results = list(
            session.scalars(
                select(AnnualResult)
                .where(AnnualResult.round_id == found.id)
                .order_by(AnnualResult.sort_position, AnnualResult.id)
            )
        )
        places = [*_sheet_places(session, results, done), *_year_places(session, found, results)]
        done.rounds += 1
        done.results += len(results)
        done.differences += [
            Difference(found.bureau_id, found.year, found.revision, place) for place in places
        ]
        # Whole years of traces need not stay in memory.
        for result in results:
            session.expunge(result)
    return done


# ------------------------------------------------------------------------------------------------ the sheets


def _sheet_places(session: Session, results: list[AnnualResult], done: Verification) -> Iterator[str]:
    wanted = [sheet for result in results for sheet in sheets_in(result.inputs)]
    done.sheets += len(wanted)
    for stored in wanted:
        kept = session.scalars(
            select(SheetSnapshot).where(
                SheetSnapshot.sheet_id == stored["sheet_id"],
                SheetSnapshot.content_hash == stored["content_hash"],
            )
        ).first()
        place = f"sheet {stored['sheet_id']}"
        if kept is None:
            yield f"{place}: the submission is missing"
        elif content_hash(kept.content) != kept.content_hash:
            yield f"{place}: the submission was altered"
        elif _sums(session, kept.content) != {key: stored[key] for key in ("total", "max", "measures")}:
            yield f"{place}: the answers give other points"


def _sums(session: Session, content: Mapping[str, Any]) -> dict[str, Any]:
    scheme = compiled(session.get_one(SchemeVersion, content["scheme_version_id"]))
    program, counting = scheme.program, scheme.counting
    if program.digest != content["scheme_hash"]:
        return {}
    facts = content.get("facts", [])
    # The scheme says what counts where; a row that says otherwise was not written by it.
    if any(_place(row) != _place_of(counting, row["fault"]) for row in facts):
        return {}
    answers = effective_answers(counting, content["answers"], facts, content.get("overruled", {}))
    try:
        result = program.score(answers, content["entered"])
    except AnswersError:
        return {}
    return {"total": result.total, "max": result.assessed_max, "measures": subtotals(result.measures)}


def _place(row: FactRow) -> tuple[str | None, str | None]:
    return row["criterion"], row["input"]


def _place_of(counting: Counting, fault: str) -> tuple[str | None, str | None]:
    counted = counting.faults.get(fault)
    return (None, None) if counted is None else counted.place


# -------------------------------------------------------------------------------------------------- the year


def _year_places(session: Session, found: AssessmentRound, results: list[AnnualResult]) -> Iterator[str]:
    table = session.get_one(GradeTable, found.grade_table_id)
    facts = [fact for result in results for fact in stored_facts(result)]
    plan = plan_of_round(session, found)
    agencies = {result.agency_id: stored_agency(result, plan) for result in results}
    try:
        years = years_of_agencies(facts, plan, grade_bands(table), rounding_of(table), agencies)
    except RollupError as error:
        yield f"the year: {', '.join(sorted({problem.code for problem in error.problems}))}"
        return
    # What was found on an agency raises vetoes and feeds its form; the digest holds it as it was published.
    years = with_findings(years, {result.agency_id: result.agency_findings for result in results})
    if digest_of(years) != found.results_digest:
        yield "the year: not what its lead confirmed"
    for year, result in zip(years, results, strict=True):
        score = year.score
        worked_out = {
            "agency_id": year.agency_id,
            "state": year.state,
            "numerator": None if score is None else str(score.numerator),
            "denominator": None if score is None else str(score.denominator),
            "rounded": year.rounded,
            "grade": year.grade,
            "rank": year.rank,
            "ranked_count": sum(each.rank is not None for each in years),
            "sort_position": year.position,
            "rank_group": year.group,
            "group_rank": year.group_rank,
            "group_count": year.group_count,
            "engagement_count": year.engagement_count,
            "is_reference": result.is_reference,
            "measure_scores": year.measures,
            "inputs": year.inputs,
            "trace": year.trace,
            "engine_version": year.trace["engine"],
        }
        for name, value in worked_out.items():
            if _plain(getattr(result, name)) != _plain(value):
                yield f"result {result.id}: {name}"


def _plain(value: Any) -> Any:
    """As it comes back from a JSON column."""
    return json.loads(json.dumps(value))


def stored_facts(result: AnnualResult) -> Iterator[EngagementFact]:
    """What the year was computed from. Only counted sheets were stored; what was missing gave no figure."""
    for data in result.inputs["engagements"]:
        yield EngagementFact(
            engagement_id=data["engagement_id"],
            agency_id=result.agency_id,
            agency_name=result.agency_name,
            # Agencies of one rank stand by names that may have changed since; their places were stored.
            agency_order=f"{result.sort_position:08d}",
            contract=data["contract"],
            object_name=data["object"],
            fee=data["fee"],
            signed_on=date.fromisoformat(data["signed_on"]),
            state=EngagementState.COMPLETED,
            share_table_id=data["share_table_id"],
            shares=shares_from_data(data["shares"]),
            role_missing=RoleMissing(data.get("role_missing", RoleMissing.WAIT)),
            sheets=tuple(_sheet_fact(sheet, data["engagement_id"]) for sheet in data["sheets"]),
            bureau_id=result.bureau_id,
            bureau_name="",
            amount=data.get("amount"),
            weight=data.get("weight"),
        )


def stored_agency(result: AnnualResult, plan: YearPlan) -> AgencyFact:
    inputs = result.inputs
    form = inputs.get("form")
    return AgencyFact(
        None if form is None else _sheet_fact(form, None),
        tuple(
            CreditFact(
                each["credit_id"],
                date.fromisoformat(each["occurred_on"]),
                each["points"],
                each["reason"],
                each["evidence"],
            )
            for each in inputs.get("credits", ())
        ),
        tuple(result.agency_findings) if plan.vetoes else (),
        inputs.get("group", ""),
    )


def _sheet_fact(stored: Mapping[str, Any], engagement_id: int | None) -> SheetFact:
    return SheetFact(
        sheet_id=stored["sheet_id"],
        engagement_id=engagement_id,
        role=stored["role"],
        revision=stored["revision"],
        state=SheetState.PUBLISHED,
        total=stored["total"],
        max_points=stored["max"],
        measures=stored["measures"],
        content_hash=stored["content_hash"],
        scheme_version_id=stored["scheme_version_id"],
        scheme=stored["scheme"],
        is_reference=False,
        body_id=0,
        body_name="",
        seat=stored.get("seat", 0),
    )
