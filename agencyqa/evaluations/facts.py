"""Faults in the arithmetic of submitted evaluations, in the form in which score sheets count them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.clock import local_date
from agencyqa.evaluations.checks import FAULT, FAULT_OF
from agencyqa.evaluations.enums import RecordState
from agencyqa.evaluations.models import EvaluationRecord, EvaluationStandard
from agencyqa.measures.enums import FaultSource
from agencyqa.measures.occurrences import Occurrence
from agencyqa.objects.models import EvaluationObject
from agencyqa.scoring import format_fraction, format_points

# A sentence names the first places; the page of the record shows them all.
PLACES_SHOWN = 8
FAULT_ORDER = tuple(dict.fromkeys(FAULT_OF.values()))


def occurrences(session: Session, engagement_ids: Collection[int]) -> list[Occurrence]:
    """One occurrence for each fault of a current submitted record, counting its places; by engagement and fault.

    ``params``: ``places`` (indicators, or the object where the whole is meant), ``stated`` and ``readded`` (figures
    as text, language-free) side by side.
    """
    if not engagement_ids:
        return []
    rows = session.execute(
        select(
            EvaluationRecord.id,
            EvaluationRecord.engagement_id,
            EvaluationRecord.checks,
            EvaluationRecord.submitted_at,
            EvaluationObject.name.label("object"),
            EvaluationStandard.bands,
            EvaluationStandard.grades_provision_key,
            EvaluationStandard.share_provision_key,
        )
        .join(EvaluationObject, EvaluationObject.id == EvaluationRecord.object_id)
        .outerjoin(EvaluationStandard, EvaluationStandard.id == EvaluationRecord.standard_id)
        .where(
            EvaluationRecord.engagement_id.in_(engagement_ids),
            EvaluationRecord.is_current,
            EvaluationRecord.state == RecordState.SUBMITTED,
            EvaluationRecord.fault_count > 0,
        )
        .order_by(EvaluationRecord.engagement_id, EvaluationRecord.id)
    )
    found: list[Occurrence] = []
    for row in rows:
        by_fault: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for check in row.checks:
            if check["severity"] == FAULT:
                by_fault[FAULT_OF[check["code"]]].append(check)
        grades = {band["key"]: band["label"] for band in row.bands or ()}
        found += [
            _occurrence(row, fault, by_fault[fault], grades) for fault in FAULT_ORDER if fault in by_fault
        ]
    return found


def _occurrence(
    row: Any, fault: str, checks: list[Mapping[str, Any]], grades: Mapping[str, str]
) -> Occurrence:
    shown = [_figures(check, row.object, grades) for check in checks[:PLACES_SHOWN]]
    more = ["…"] if len(checks) > PLACES_SHOWN else []
    provisions = {
        "grade_mismatch": row.grades_provision_key,
        "results_share_low": row.share_provision_key,
    }
    return Occurrence(
        key=f"arithmetic:{row.id}:{fault}",
        engagement_id=row.engagement_id,
        source=FaultSource.ARITHMETIC,
        fault=fault,
        count=len(checks),
        fact_on=local_date(row.submitted_at),
        provision=provisions.get(fault) or "",
        params={
            "places": [place for place, _, _ in shown] + more,
            "stated": [stated for _, stated, _ in shown] + more,
            "readded": [readded for _, _, readded in shown] + more,
        },
        endpoint="evaluations.show",
        endpoint_values={"record_id": row.id},
    )


def _figures(check: Mapping[str, Any], thing: str, grades: Mapping[str, str]) -> tuple[str, str, str]:
    """(place, as stated, as it should be)"""
    code, params = check["code"], check["params"]
    if code == "grade_mismatch":
        return thing, params["stated"], grades.get(params["grade"], params["grade"])
    if code == "results_share_low":
        return thing, _percent(params["share"]), f"≥ {_percent(params['least'])}"
    stated, readded = format_points(params["stated_points"]), format_points(params["readded_points"])
    if code == "score_above_weight":
        return params["name"], stated, f"≤ {readded}"
    return params.get("name") or thing, stated, readded


def _percent(pair: list[int]) -> str:
    return f"{format_fraction(Fraction(*pair) * 100, 1)}%"
