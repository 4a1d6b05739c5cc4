"""The trace of one sheet: every figure with the step behind it, as JSON data without a word of text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agencyqa.scoring.codec import rule_to_data
from agencyqa.scoring.columns import Answers
from agencyqa.scoring.exact import fraction_to_data
from agencyqa.scoring.grades import grade_for, grade_to_data, rounding_to_data
from agencyqa.scoring.results import CriterionResult, SheetResult, Subtotal
from agencyqa.scoring.scheme import Scheme
from agencyqa.scoring.tape import Record
from agencyqa.scoring.version import ENGINE_VERSION


def sheet_trace(
    scheme: Scheme,
    digest: str,
    rules: Mapping[str, dict[str, Any]],
    result: SheetResult,
    records: Mapping[str, Record],
    answers: Answers,
) -> dict[str, Any]:
    """``rules`` is ``rules_to_data`` of the scheme; they stand in every trace of it."""
    percent = result.percent
    graded = percent is not None and scheme.grades
    return {
        "engine": ENGINE_VERSION,
        "type": "sheet",
        "scheme": {"key": scheme.key, "version": scheme.version, "digest": digest},
        "state": result.state,
        "sections": [
            {
                **_subtotal(section),
                "criteria": [
                    _criterion(each, rules[each.key], records[each.key], answers.get(each.key) or {})
                    for each in result.criteria
                    if each.section == section.key
                ],
            }
            for section in result.sections
        ],
        "measures": [_subtotal(measure) for measure in result.measures],
        "total": result.total,
        "max": result.max_points,
        "percent": fraction_to_data(percent),
        "rounding": None if percent is None else rounding_to_data(percent, scheme.rounding),
        "grade": grade_to_data(
            grade_for(percent, scheme.grades, scheme.rounding) if graded and percent is not None else None
        ),
    }


def rules_to_data(scheme: Scheme) -> dict[str, dict[str, Any]]:
    return {criterion.key: rule_to_data(criterion.rule) for _, criterion in scheme.criteria()}


def _criterion(
    result: CriterionResult, rule: dict[str, Any], record: Record, answers: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "key": result.key,
        "measure": result.measure,
        "max": result.max_points,
        "state": result.state,
        "rule": rule,
        "inputs": {name: value for name, value in answers.items() if value is not None},
        "steps": record.steps,
        "notes": record.notes,
        "computed": result.computed,
        "entered": result.entered,
        "counted": result.counted,
        "difference": result.difference,
        "issues": [
            {"code": issue.code, "input": issue.input, "params": dict(issue.params)}
            for issue in result.issues
        ],
    }


def _subtotal(subtotal: Subtotal) -> dict[str, Any]:
    return {"key": subtotal.key, "total": subtotal.total, "max": subtotal.max_points}
