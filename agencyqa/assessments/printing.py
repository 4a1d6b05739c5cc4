"""Scored sheets as a table for people and as JSON for other programs, for the command line."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agencyqa.assessments.grade_words import cut, graded_percent, percent_text, rounded_text
from agencyqa.measures.scheme_format import CheckedFile
from agencyqa.measures.sentences import (
    criterion_outcome,
    criterion_terms,
    note_sentence,
    rule_sentence,
    sheet_outcome,
    veto_outcome,
    veto_sentence,
)
from agencyqa.measures.sheet_files import FilledSheet
from agencyqa.measures.texts import SchemeTexts
from agencyqa.measures.words import gettext
from agencyqa.scoring import (
    Criterion,
    CriterionResult,
    Program,
    SheetResult,
    format_points,
    fraction_to_data,
    readd,
)


@dataclass(frozen=True)
class ShownSheet:
    """``trace`` where every step is to be told. ``faults`` say what is wrong or still open; a refused sheet has no
    figures at all."""

    sheet: FilledSheet
    result: SheetResult
    trace: dict[str, Any] | None = None
    faults: tuple[str, ...] = ()
    is_refused: bool = False


def as_table(shown: ShownSheet, program: Program, texts: SchemeTexts) -> list[str]:
    sheet, result, trace = shown.sheet, shown.result, shown.trace
    lines = [f"{texts.title}  {texts.file.key}"]
    if sheet.name:
        lines.append(sheet.name)
    if shown.is_refused:
        return [*lines, gettext("有 %(count)s 处错误，不计分。", count=len(shown.faults)), ""]
    steps = _steps_by_criterion(trace)
    criteria = {criterion.key: criterion for _, criterion in program.scheme.criteria()}
    for section in result.sections:
        inside = [c for c in result.criteria if c.section == section.key]
        lines.append(_figure_line(texts.section(section.key), section.total, section.max_points))
        for each in inside:
            lines.append(_figure_line(f"  {texts.criterion(each.key)}", each.counted, each.max_points))
            if trace is not None:
                lines += _told(criteria[each.key], each, steps[each.key]["notes"], program, texts)
            if each.differs:
                lines.append(f"      {_difference(each.computed, each.entered)}")
        if trace is not None and len(inside) > 1:
            lines.append(
                f"    {_sum([c.contribution for c in inside if c.state != 'left_out'], section.total)}"
            )
    for veto, held in zip(program.scheme.vetoes, result.vetoes, strict=True):
        told = gettext("；").join(veto_outcome(held, result, texts))
        lines.append(f"{texts.criterion(veto.key)}{gettext('：')}{told}")
        if trace is not None:
            lines.append(f"      {gettext('计分标准')}  {veto_sentence(veto, texts)}")
    lines += sheet_outcome(result, program.scheme, texts)
    lines.append(_figure_line(gettext("总分"), result.total, result.assessed_max))
    if result.total is not None:
        taken = [veto.contribution for veto in result.vetoes if veto.contribution]
        lines.append(_sum([*(section.total for section in result.sections), *taken], result.total))
    if result.total is not None and any(measure.key for measure in result.measures):
        parts = [
            f"{measure.key or gettext('未归入办法')} {_units(measure.total)} / {_units(measure.max_points)}"
            for measure in result.measures
        ]
        lines.append(f"{gettext('按办法小计')}{gettext('：')}{'  '.join(parts)}")
    lines += _graded(result, program, trace, texts)
    if trace is not None:
        again = readd(trace)
        if again is not None:
            lines.append(gettext("逐步重算得 %(total)s 分，与总分一致。", total=_units(again)))
    return [*lines, ""]


def _graded(
    result: SheetResult, program: Program, trace: Mapping[str, Any] | None, texts: SchemeTexts
) -> list[str]:
    """From the total to the grade, with every step where they are asked for."""
    if result.percent is None:
        return []
    lines: list[str] = []
    if trace is not None:
        worked_out = percent_text(result.total, result.assessed_max, result.percent)
        lines.append(f"{gettext('折算百分制')}  {worked_out}")
        if trace["rounding"] is not None:
            lines.append(f"{gettext('修约')}  {rounded_text(trace['rounding'])}")
    rounding = program.scheme.rounding
    sign = "" if rounding is not None or cut(result.percent)[1] else "≈ "
    grade = f"  {gettext('等级')} {texts.grade(result.grade)}" if result.grade is not None else ""
    return [*lines, f"{gettext('得分率')} {sign}{graded_percent(result.percent, rounding)}%{grade}"]


def _told(
    criterion: Criterion,
    result: CriterionResult,
    notes: Sequence[Mapping[str, Any]],
    program: Program,
    texts: SchemeTexts,
) -> list[str]:
    """The rule, what it did, and what the scheme made of it."""
    words = texts.rule(criterion.key)
    terms = criterion_terms(criterion, program.scheme, texts)
    done = [note_sentence(note, words) for note in notes]
    codes = [note["code"] for note in notes]
    done += criterion_outcome(criterion, result, codes, program.scheme, texts)
    return [
        f"      {gettext('计分标准')}  {rule_sentence(criterion.rule, words)}",
        *(f"      {each}" for each in terms),
        *(f"      · {each}" for each in done),
    ]


def _steps_by_criterion(trace: dict[str, Any] | None) -> dict[str, Any]:
    if trace is None:
        return {}
    return {criterion["key"]: criterion for section in trace["sections"] for criterion in section["criteria"]}


def _difference(computed: int | None, entered: int | None) -> str:
    return gettext(
        "评分人填写 %(entered)s 分，按规则为 %(computed)s 分，以填写的为准",
        entered=_units(entered),
        computed=_units(computed),
    )


def _units(value: Any) -> str:
    return format_points(value) if isinstance(value, int) else "—"


def _sum(parts: Sequence[int | None], total: int | None) -> str:
    """An addition written out; what takes off is subtracted."""
    text = ""
    for number, part in enumerate(parts):
        sign = "" if number == 0 else " − " if part is not None and part < 0 else " + "
        text += sign + (_units(abs(part)) if part is not None and number else _units(part))
    return f"{text} = {_units(total)}"


def _figure_line(label: str, value: int | None, maximum: int) -> str:
    # A Chinese character takes two columns of a terminal.
    width = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in label)
    return f"{label}{' ' * max(1, 44 - width)}{_units(value):>7} / {_units(maximum)}"


def as_json(checked: CheckedFile, sheets: Sequence[ShownSheet]) -> str:
    """Points as exact decimal text, null where there are none; the trace in units as the engine keeps it."""
    rows: list[dict[str, Any]] = []
    for shown in sheets:
        result, trace = shown.result, shown.trace
        if shown.is_refused:
            refused = {"name": shown.sheet.name, "state": "refused", "total": None}
            rows.append({**refused, "errors": list(shown.faults)})
            continue
        row: dict[str, Any] = {
            "name": shown.sheet.name,
            "state": result.state,
            "total": _exact(result.total),
            "max_points": _exact(result.max_points),
            "assessed_points": _exact(result.assessed_max),
            "left_out": list(result.left_out),
            "percent": (
                None if result.percent is None else graded_percent(result.percent, checked.scheme.rounding)
            ),
            "percent_exact": fraction_to_data(result.percent),
            "grade": result.grade,
            "sections": {section.key: _exact(section.total) for section in result.sections},
            "measures": {measure.key: _exact(measure.total) for measure in result.measures},
            "criteria": {criterion.key: _criterion_data(criterion) for criterion in result.criteria},
            "vetoes": {
                veto.key: {"applied": veto.applied, "contribution": _exact(veto.contribution)}
                for veto in result.vetoes
            },
        }
        if shown.faults:
            row["errors"] = list(shown.faults)
        if trace is not None:
            row["trace"] = trace
        rows.append(row)
    scheme = {"key": checked.file.key, "content_hash": checked.content_hash}
    return json.dumps({"scheme": scheme, "sheets": rows}, ensure_ascii=False, indent=2)


def _criterion_data(criterion: CriterionResult) -> dict[str, Any]:
    return {
        "state": criterion.state,
        "computed": _exact(criterion.computed),
        "entered": _exact(criterion.entered),
        "counted": _exact(criterion.counted),
        "contribution": _exact(criterion.contribution),
    }


def _exact(value: int | None) -> str | None:
    return None if value is None else format_points(value)
