"""``scoring check`` and ``scoring score``: a scheme file and filled-in sheets, without server or database."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from agencyqa.measures.cli import LANGUAGE, diff, load_scheme, problem_line, read_file, refuse, speaking
from agencyqa.measures.reading import FileError, FileProblem
from agencyqa.measures.scheme_format import CheckedFile
from agencyqa.measures.sentences import issue_sentence, note_sentence, rule_sentence
from agencyqa.measures.sheet_files import FilledSheet, FilledSheets, read_sheets
from agencyqa.measures.texts import SchemeTexts, reader_language
from agencyqa.measures.words import gettext
from agencyqa.scoring import (
    Issue,
    Problem,
    Program,
    SheetResult,
    compile_scheme,
    format_fraction,
    format_points,
    readd,
)


@click.group("scoring")
def group() -> None:
    """Check score-sheet schemes and score sheets by them, without server or database."""


group.add_command(diff)


@group.command("check")
@click.argument("scheme")
@LANGUAGE
def check(scheme: str, language: str) -> None:
    """Check SCHEME, a YAML file or the key of a shipped scheme, and list every fault with its line."""
    with speaking(language):
        checked = load_scheme(scheme)
        texts = SchemeTexts(checked.file, reader_language())
        for problem in checked.warnings:
            click.echo(problem_line(scheme, problem))
        click.echo(f"{texts.title}  {checked.file.key}")
        for section, criterion in checked.file.criteria():
            place = f"{section.key}.{criterion.key}"
            click.echo(f"  {place}  {texts.criterion(criterion.key)}  {format_points(criterion.max_points)}")
        count = sum(1 for _ in checked.file.criteria())
        summary = gettext(
            "%(count)s 个考核项，满分 %(points)s 分。没有错误。", count=count, points=_top(checked)
        )
        click.echo(f"{summary}\nSHA-256 {checked.content_hash}")


@group.command("score")
@click.argument("scheme")
@click.argument("sheets", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--trace", is_flag=True, help="Show how every point came about.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="How to print.")
@LANGUAGE
def score(scheme: str, sheets: Path, trace: bool, form: str, language: str) -> None:
    """Score the filled-in SHEETS (YAML or JSON) by SCHEME, a YAML file or the key of a shipped scheme."""
    with speaking(language):
        checked = load_scheme(scheme)
        program = compile_scheme(checked.scheme)
        texts = SchemeTexts(checked.file, reader_language())
        filled = _load_sheets(sheets, program, checked.file.key)
        results = [program.score(sheet.answers, sheet.entered) for sheet in filled.sheets]
        _refuse_incomplete(sheets, filled, results, program, texts)
        traces = [program.trace(sheet.answers, sheet.entered) for sheet in filled.sheets]
        if form == "json":
            click.echo(_as_json(checked, filled.sheets, results, traces if trace else None))
            return
        for sheet, result, steps in zip(filled.sheets, results, traces, strict=True):
            click.echo("\n".join(_as_table(sheet, result, program, texts, steps if trace else None)))


def _load_sheets(path: Path, program: Program, key: str) -> FilledSheets:
    try:
        return read_sheets(read_file(path), program, key)
    except FileError as error:
        refuse(str(path), error.problems)


def _refuse_incomplete(
    path: Path, filled: FilledSheets, results: Sequence[SheetResult], program: Program, texts: SchemeTexts
) -> None:
    """Faults of the file and of the answers together; what was not understood is not also called missing."""
    known = {problem.problem.place for problem in filled.problems}
    lines = [(problem.line or 0, problem_line(str(path), problem)) for problem in filled.problems]
    for sheet, result in zip(filled.sheets, results, strict=True):
        for criterion in result.criteria:
            specs = {spec.name: spec for spec in program.layout[criterion.key]}
            words = texts.rule(criterion.key)
            for issue in criterion.issues:
                found = _issue_place(filled, sheet, criterion.key, issue)
                if not any(f"{found.problem.place}.".startswith(f"{place}.") for place in known):
                    text = f"{texts.criterion(criterion.key)}：{issue_sentence(issue, words, specs)}"
                    lines.append((found.line or 0, problem_line(str(path), found, text)))
    if lines:
        click.echo("\n".join(text for _, text in sorted(lines, key=lambda line: line[0])), err=True)
        click.echo(gettext("共 %(count)s 处错误。", count=len(lines)), err=True)
        raise SystemExit(1)


def _issue_place(filled: FilledSheets, sheet: FilledSheet, key: str, issue: Issue) -> FileProblem:
    place = f"entered.{key}" if issue.input is None else f"answers.{key}.{issue.input}"
    return filled.problem_at(sheet, place, Problem("", issue.code))


def _top(checked: CheckedFile) -> str:
    return format_points(checked.file.max_points)


# The table


def _as_table(
    sheet: FilledSheet,
    result: SheetResult,
    program: Program,
    texts: SchemeTexts,
    trace: dict[str, Any] | None,
) -> list[str]:
    lines = [f"{texts.title}  {texts.file.key}"]
    if sheet.name:
        lines.append(sheet.name)
    steps = _steps_by_criterion(trace)
    for section in result.sections:
        inside = [c for c in result.criteria if c.section == section.key]
        lines.append(_figure_line(texts.section(section.key), section.total, section.max_points))
        for criterion in inside:
            label = f"  {texts.criterion(criterion.key)}"
            lines.append(_figure_line(label, criterion.counted, criterion.max_points))
            if trace is not None:
                rule = next(c.rule for _, c in program.scheme.criteria() if c.key == criterion.key)
                words = texts.rule(criterion.key)
                lines.append(f"      {gettext('计分标准')}  {rule_sentence(rule, words)}")
                notes = [note_sentence(note, words) for note in steps[criterion.key]["notes"]]
                lines += [f"      · {note}" for note in notes]
            if criterion.differs:
                lines.append(f"      {_difference(criterion.computed, criterion.entered)}")
        if trace is not None and len(inside) > 1:
            lines.append(f"    {_sum([c.counted for c in inside], section.total)}")
    lines.append(_figure_line(gettext("总分"), result.total, result.max_points))
    lines.append(_sum([section.total for section in result.sections], result.total))
    if result.percent is not None:
        grade = f"  {gettext('等级')} {texts.grade(result.grade)}" if result.grade is not None else ""
        lines.append(f"{gettext('得分率')} {format_fraction(result.percent, 2)}%{grade}")
    if trace is not None:
        again = readd(trace)
        lines.append(gettext("逐步重算得 %(total)s 分，与总分一致。", total=_units(again)))
    return [*lines, ""]


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
    return f"{' + '.join(_units(part) for part in parts)} = {_units(total)}"


def _figure_line(label: str, value: int | None, maximum: int) -> str:
    # A Chinese character takes two columns of a terminal.
    width = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in label)
    return f"{label}{' ' * max(1, 44 - width)}{_units(value):>7} / {_units(maximum)}"


# JSON


def _as_json(
    checked: CheckedFile,
    sheets: Sequence[FilledSheet],
    results: Sequence[SheetResult],
    traces: Sequence[dict[str, Any]] | None,
) -> str:
    """Points as exact decimal text, the trace in units as the engine keeps it."""
    rows: list[dict[str, Any]] = []
    for number, (sheet, result) in enumerate(zip(sheets, results, strict=True)):
        row: dict[str, Any] = {
            "name": sheet.name,
            "total": _units(result.total),
            "max_points": _units(result.max_points),
            "percent": None if result.percent is None else format_fraction(result.percent, 2),
            "grade": result.grade,
            "sections": {section.key: _units(section.total) for section in result.sections},
            "measures": {measure.key: _units(measure.total) for measure in result.measures},
            "criteria": {
                criterion.key: {
                    "computed": _units(criterion.computed),
                    "entered": None if criterion.entered is None else _units(criterion.entered),
                    "counted": _units(criterion.counted),
                }
                for criterion in result.criteria
            },
        }
        if traces is not None:
            row["trace"] = traces[number]
        rows.append(row)
    scheme = {"key": checked.file.key, "content_hash": checked.content_hash}
    return json.dumps({"scheme": scheme, "sheets": rows}, ensure_ascii=False, indent=2)


if __name__ == "__main__":
    group(prog_name="dev cli scoring")
