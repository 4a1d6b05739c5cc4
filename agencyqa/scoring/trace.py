"""The trace of one sheet: every figure with the step behind it, as JSON data without a word of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agencyqa.scoring.assembly import CriterionCode, SchemeCode
from agencyqa.scoring.codec import rule_to_data
from agencyqa.scoring.columns import Answers
from agencyqa.scoring.exact import fraction_to_data
from agencyqa.scoring.features import adjusts_contributions
from agencyqa.scoring.grades import grade_for, grade_to_data, rounding_to_data
from agencyqa.scoring.results import CriterionResult, Issue, SheetResult, Subtotal, VetoResult
from agencyqa.scoring.scheme import Scheme, SchemeVeto
from agencyqa.scoring.steps import Row, Step
from agencyqa.scoring.tape import Segment, Sight


def sheet_trace(
    scheme: Scheme,
    digest: str,
    rules: Mapping[str, dict[str, Any]],
    result: SheetResult,
    code: SchemeCode,
    row: Row,
    answers: Answers,
) -> dict[str, Any]:
    """``rules`` is ``rules_to_data`` of the scheme; they stand in every trace of it. ``row`` holds the figures."""
    percent = result.percent
    graded = percent is not None and scheme.grades
    adjusts = adjusts_contributions(scheme)
    criteria: dict[str, list[dict[str, Any]]] = {section.key: [] for section in result.sections}
    for each, held in zip(result.criteria, code.criteria, strict=True):
        data = _criterion(each, rules[each.key], held.segment, row, answers.get(each.key) or {})
        criteria[each.section].append(data | _giving(each, held) if adjusts else data)
    trace: dict[str, Any] = {
        "engine": result.engine,
        "type": "sheet",
        "scheme": {"key": scheme.key, "version": scheme.version, "digest": digest},
        "state": result.state,
        "sections": [
            {**_subtotal(section), "criteria": criteria[section.key]} for section in result.sections
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
    if result.capped_by is not None:
        grade = trace["grade"]
        grade |= {"key": result.grade, "reached": grade["key"], "capped_by": result.capped_by}
    if adjusts:
        trace["adding"] = _adding(scheme, result)
    if scheme.vetoes:
        trace["vetoes"] = [
            _veto(each, veto, answers.get(veto.key) or {})
            for each, veto in zip(result.vetoes, scheme.vetoes, strict=True)
        ]
    return trace


def rules_to_data(scheme: Scheme) -> dict[str, dict[str, Any]]:
    return {criterion.key: rule_to_data(criterion.rule) for _, criterion in scheme.criteria()}


def _criterion(
    result: CriterionResult, rule: dict[str, Any], segment: Segment, row: Row, answers: Mapping[str, Any]
) -> dict[str, Any]:
    notes: list[dict[str, Any]] = []
    for path, tell in segment.explanations:
        tell(Sight(row, path, notes))
    return {
        "key": result.key,
        "measure": result.measure,
        "max": result.max_points,
        "state": result.state,
        "rule": rule,
        "inputs": {name: value for name, value in answers.items() if value is not None},
        "steps": [_step(step, row) for step in segment.steps],
        "notes": notes,
        "computed": result.computed,
        "entered": result.entered,
        "counted": result.counted,
        "difference": result.difference,
        "issues": _issues(result.issues),
    }


def _step(step: Step, row: Row) -> dict[str, Any]:
    note = step.note
    assert note is not None
    return {
        "code": note.code,
        "op": step.operation.name,
        "path": note.path,
        "args": [
            {"from": source[0], "ref": source[1], "value": value} for source, value in step.shown_args(row)
        ],
        "result": row[step.at],
        **note.extra,
    }


def _issues(issues: Sequence[Issue]) -> list[dict[str, Any]]:
    return [{"code": issue.code, "input": issue.input, "params": dict(issue.params)} for issue in issues]


def _subtotal(subtotal: Subtotal) -> dict[str, Any]:
    return {"key": subtotal.key, "total": subtotal.total, "max": subtotal.max_points}


# Where a criterion gives something else than what counts of it


def _giving(result: CriterionResult, code: CriterionCode) -> dict[str, Any]:
    data: dict[str, Any] = {
        "contribution": result.contribution,
        "max_contribution": result.max_contribution,
    }
    if code.criterion.weight is not None:
        data["weight"] = code.criterion.weight
    if result.bonus is not None:
        data["bonus"] = {
            "met": result.bonus.met,
            "room": result.bonus.room,
            "conditions": [
                {
                    "criterion": each.criterion,
                    "test": condition.test,
                    "least": each.least,
                    "reached": each.reached,
                    "met": each.met,
                }
                for each, condition in zip(result.bonus.conditions, code.criterion.only_if, strict=True)
            ],
        }
    return data


def _adding(scheme: Scheme, result: SheetResult) -> dict[str, Any]:
    data: dict[str, Any] = {
        "by": scheme.adding,
        "assessed_max": result.assessed_max,
        "left_out": list(result.left_out),
    }
    if scheme.least_assessed is not None:
        data["least_assessed"] = scheme.least_assessed
    if any(criterion.bonus for _, criterion in scheme.criteria()):
        data["total_cap"] = scheme.max_points if scheme.total_cap is None else scheme.total_cap
    return data


def _veto(result: VetoResult, veto: SchemeVeto, answers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": result.key,
        "measure": result.measure,
        "state": result.state,
        "inputs": {name: value for name, value in answers.items() if value is not None},
        "exception": veto.exception,
        "applied": result.applied,
        "caps_total": veto.caps_total,
        "cap": result.cap,
        "caps_grade": result.caps_grade,
        "contribution": result.contribution,
        "issues": _issues(result.issues),
    }
