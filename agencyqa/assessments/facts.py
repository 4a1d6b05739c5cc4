"""Reads what is on record about engagements, from every area that knows something, as rows of score sheets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from sqlalchemy.orm import Session

from agencyqa.assessments.evidence import fact_row
from agencyqa.assessments.models import ScoreSheet
from agencyqa.engagements.deliverables import facts as deliverable_facts
from agencyqa.evaluations import facts as evaluation_facts
from agencyqa.inspections import facts as inspection_facts
from agencyqa.measures.counting import Counting
from agencyqa.measures.enums import FaultSource
from agencyqa.measures.fault_format import shipped_faults
from agencyqa.measures.occurrences import Occurrence

# Each gives the occurrences of many engagements in a handful of statements.
SOURCES: tuple[Callable[[Session, Collection[int]], list[Occurrence]], ...] = (
    inspection_facts.occurrences,
    deliverable_facts.occurrences,
    evaluation_facts.occurrences,
)
_ORDER = {source: number for number, source in enumerate(FaultSource)}


def collect(session: Session, engagement_ids: Collection[int]) -> dict[int, list[Occurrence]]:
    """By engagement, in the order in which sheets list them: by source, day and key."""
    found: dict[int, list[Occurrence]] = {}
    if engagement_ids:
        for source in SOURCES:
            for occurrence in source(session, engagement_ids):
                if occurrence.engagement_id is not None:
                    found.setdefault(occurrence.engagement_id, []).append(occurrence)
    return {key: sorted(held, key=_order) for key, held in found.items()}


def _order(occurrence: Occurrence) -> tuple[Any, ...]:
    # Keys end in numbers: finding:9 stands before finding:10.
    parts = tuple(
        (not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in occurrence.key.split(":")
    )
    return _ORDER[occurrence.source], occurrence.fact_on, parts


def rows_of(occurrences: Iterable[Occurrence], counting: Counting) -> list[dict[str, Any]]:
    """The occurrences as a sheet keeps them: with the criterion and input that count them, if any does."""
    provisions = {fault.code: fault.provision for fault in shipped_faults()}
    return [fact_row(each, counting, provisions.get(each.fault, "")) for each in occurrences]


def facts_on_record(session: Session, engagement_id: int, counting: Counting) -> list[dict[str, Any]]:
    """What is on record about one engagement at this moment."""
    return rows_of(collect(session, [engagement_id]).get(engagement_id, ()), counting)


def facts_of_sheet(session: Session, sheet: ScoreSheet, counting: Counting) -> list[dict[str, Any]]:
    """What is on record at this moment about what the sheet scores: an engagement, or an agency's year."""
    if sheet.engagement_id is not None:
        return facts_on_record(session, sheet.engagement_id, counting)
    if sheet.agency_id is None or sheet.year is None:
        return []
    return rows_of(occurrences_on_agency(session, sheet.bureau_id, sheet.agency_id, sheet.year), counting)


def occurrences_on_agency(session: Session, bureau_id: int, agency_id: int, year: int) -> list[Occurrence]:
    found = inspection_facts.agency_findings(session, bureau_id, [agency_id], year)
    return sorted((each.as_occurrence() for each in found), key=_order)


def findings_on_agencies(
    session: Session, bureau_id: int, agency_ids: Collection[int], year: int
) -> dict[int, list[dict[str, Any]]]:
    """Final findings on agencies as a whole, as they are kept with their results."""
    found: dict[int, list[dict[str, Any]]] = {}
    if agency_ids:
        for each in inspection_facts.agency_findings(session, bureau_id, agency_ids, year):
            found.setdefault(each.agency_id, []).append(each.as_json())
    return found
