"""``scoring check`` and ``scoring score``: a scheme file and filled-in sheets, without server or database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from agencyqa.assessments.forms.judging import answered_parts, told_issues
from agencyqa.assessments.printing import as_json, as_table
from agencyqa.assessments.simulation.cli import simulate
from agencyqa.clock import utc_now
from agencyqa.measures.book_document import BookDocument
from agencyqa.measures.cli import (
    LANGUAGE,
    diff,
    fault_line,
    load_scheme,
    load_sheets,
    load_with_notes,
    problem_line,
    schema,
    speaking,
)
from agencyqa.measures.reading import FileProblem
from agencyqa.measures.scheme_format import CheckedFile
from agencyqa.measures.sentences import issue_sentence
from agencyqa.measures.sheet_books import write_sheets_template
from agencyqa.measures.sheet_files import FilledSheet, FilledSheets
from agencyqa.measures.texts import SchemeTexts, reader_language
from agencyqa.measures.words import gettext
from agencyqa.scoring import Issue, Problem, Program, SheetResult, compile_scheme, format_points


@click.group("scoring")
def group() -> None:
    """Check score-sheet schemes and score sheets by them, without server or database."""


group.add_command(schema)
group.add_command(diff)
group.add_command(simulate)


@group.command("check")
@click.argument("scheme")
@LANGUAGE
def check(scheme: str, language: str) -> None:
    """Check SCHEME, a YAML file or the key of a shipped scheme, and list every fault with its line."""
    with speaking(language):
        checked, notes = load_with_notes(scheme)
        texts = SchemeTexts(checked.file, reader_language())
        for note in notes:
            click.echo(note)
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
    """Score the filled-in SHEETS (YAML, JSON or Excel) by SCHEME, a YAML file, a workbook or a shipped scheme's key."""
    with speaking(language):
        checked = load_scheme(scheme)
        program = compile_scheme(checked.scheme)
        texts = SchemeTexts(checked.file, reader_language())
        filled = load_sheets(sheets, program, checked, texts)
        results = [program.score(sheet.answers, sheet.entered) for sheet in filled.sheets]
        _refuse_incomplete(sheets, filled, results, program, texts)
        traces = [program.trace(sheet.answers, sheet.entered) for sheet in filled.sheets]
        if form == "json":
            click.echo(as_json(checked, filled.sheets, results, traces if trace else None))
            return
        for sheet, result, steps in zip(filled.sheets, results, traces, strict=True):
            click.echo("\n".join(as_table(sheet, result, program, texts, steps if trace else None)))


@group.command("sheets-template")
@click.argument("scheme")
@click.argument("out", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--rows", type=click.IntRange(1, 10_000), default=50, help="Rows to prepare.")
@LANGUAGE
def sheets_template(scheme: str, out: Path, rows: int, language: str) -> None:
    """Write to OUT an empty workbook of sheets by SCHEME, which ``score`` takes when it is filled in."""
    with speaking(language):
        checked = load_scheme(scheme)
        if not out.parent.is_dir():
            raise click.ClickException(gettext("没有文件夹 %(path)s。", path=out.parent))
        if out.exists():
            # It may be a template that somebody has filled in.
            raise click.ClickException(gettext("%(path)s 已经存在，不覆盖；请另取一个文件名。", path=out))
        texts = SchemeTexts(checked.file, reader_language())
        write_sheets_template(out, compile_scheme(checked.scheme), texts, now=utc_now(), rows=rows)
    click.echo(str(out))


def _refuse_incomplete(
    path: Path, filled: FilledSheets, results: Sequence[SheetResult], program: Program, texts: SchemeTexts
) -> None:
    """Faults of the file and of the answers together; what was not understood is not also called missing."""
    known = {problem.problem.place for problem in filled.problems}
    lines = [(problem.line or 0, _line(path, filled, problem)) for problem in filled.problems]
    for sheet, result in zip(filled.sheets, results, strict=True):
        for judged in answered_parts(result):
            specs = {spec.name: spec for spec in program.layout[judged.key]}
            words = texts.rule(judged.key)
            # What is left out as the scheme says is no fault; the table says so.
            for issue in told_issues(judged, specs) if judged.state != "left_out" else ():
                found = _issue_place(filled, sheet, judged.key, issue)
                if not any(f"{found.problem.place}.".startswith(f"{place}.") for place in known):
                    told = issue_sentence(issue, words, specs)
                    text = f"{texts.criterion(judged.key)}{gettext('：')}{told}"
                    lines.append((found.line or 0, _line(path, filled, found, text)))
    if lines:
        click.echo("\n".join(text for _, text in sorted(lines, key=lambda line: line[0])), err=True)
        click.echo(gettext("共 %(count)s 处错误。", count=len(lines)), err=True)
        raise SystemExit(1)


def _line(path: Path, filled: FilledSheets, found: FileProblem, text: str | None = None) -> str:
    if isinstance(filled.document, BookDocument):
        fault = filled.document.fault(found)
        return fault_line(str(path), fault if text is None else replace(fault, text=text))
    return problem_line(str(path), found, text)


def _issue_place(filled: FilledSheets, sheet: FilledSheet, key: str, issue: Issue) -> FileProblem:
    place = f"entered.{key}" if issue.input is None else f"answers.{key}.{issue.input}"
    return filled.problem_at(sheet, place, Problem("", issue.code))


def _top(checked: CheckedFile) -> str:
    return format_points(checked.file.max_points)


if __name__ == "__main__":
    group(prog_name="dev cli scoring")
