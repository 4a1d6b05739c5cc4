"""Whether a person meets the conditions for principal evaluators, one result for each condition. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from agencyqa.agencies.enums import ConditionCode, ConditionOutcome, DocumentKind
from agencyqa.measures.enums import Tag


@dataclass(frozen=True)
class Conditions:
    """The conditions in force on a day, and how sure we are of the text they come from."""

    min_work_years: int
    min_evaluation_years: int
    needs_title_or_licence: bool
    provision_key: str
    tag: Tag


@dataclass(frozen=True)
class Admission:
    """What an application must hold on a day; ``clean_years`` is what its declaration is about."""

    min_qualifications: int
    min_evaluators: int
    clean_years: int
    papers: tuple[DocumentKind, ...]
    provision_key: str
    tag: Tag


@dataclass(frozen=True)
class Career:
    """``credentials``: how many titles and licences, each with number and issuer, are valid on the day.

    ``assumed_from``: the day is before the first from which the register knows the person; these are the facts of then.
    """

    title: str
    licence: str
    work_since: date | None
    evaluation_since: date | None
    has_disqualifying_record: bool
    credentials: int = 0
    assumed_from: date | None = None


@dataclass(frozen=True)
class ConditionResult:
    """``needed`` and ``found`` are whole years where the condition counts years, else None."""

    code: ConditionCode
    outcome: ConditionOutcome
    needed: int | None = None
    found: int | None = None


def whole_years(since: date, day: date) -> int:
    """Completed years; somebody who began on 29 February completes a year on 1 March."""
    years = day.year - since.year
    return max(0, years - ((day.month, day.day) < (since.month, since.day)))


def examine(career: Career, conditions: Conditions, day: date) -> tuple[ConditionResult, ...]:
    results = []
    if conditions.needs_title_or_licence:
        has_either = bool(career.title.strip() or career.licence.strip() or career.credentials)
        results.append(ConditionResult(ConditionCode.TITLE_OR_LICENCE, _outcome(has_either)))
    results.append(_years(ConditionCode.WORK_YEARS, career.work_since, conditions.min_work_years, day))
    results.append(
        _years(ConditionCode.EVALUATION_YEARS, career.evaluation_since, conditions.min_evaluation_years, day)
    )
    results.append(ConditionResult(ConditionCode.CLEAN_RECORD, _outcome(not career.has_disqualifying_record)))
    return tuple(results)


def unmet(results: Iterable[ConditionResult]) -> tuple[ConditionCode, ...]:
    return tuple(result.code for result in results if result.outcome is ConditionOutcome.UNMET)


def overall(results: Iterable[ConditionResult]) -> ConditionOutcome:
    """The worst of the results: one unmet condition outweighs what is only unknown."""
    outcomes = {result.outcome for result in results}
    for outcome in (ConditionOutcome.UNMET, ConditionOutcome.UNKNOWN):
        if outcome in outcomes:
            return outcome
    return ConditionOutcome.MET


def _years(code: ConditionCode, since: date | None, needed: int, day: date) -> ConditionResult:
    if since is None:
        return ConditionResult(code, ConditionOutcome.UNKNOWN, needed)
    found = whole_years(since, day)
    return ConditionResult(code, _outcome(found >= needed), needed, found)


def _outcome(is_met: bool) -> ConditionOutcome:
    return ConditionOutcome.MET if is_met else ConditionOutcome.UNMET
