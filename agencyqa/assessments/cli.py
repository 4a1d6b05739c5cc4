"""``scoring check`` and ``scoring score``: a scheme file and filled-in sheets, without server or database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from agencyqa.assessments.printing import ShownSheet, as_json, as_table
from agencyqa.assessments.sheet_faults import SheetFaults, faults_of
from agencyqa.assessments.simulation.cli import simulate
from agencyqa.clock import utc_now
from agencyqa.measures.cli import (
    LANGUAGE,
    diff,
    load_scheme,
    load_sheets,
    load_with_notes,
    schema,
    speaking,
)
from agencyqa.measures.scheme_format import CheckedFile
from agencyqa.measures.sheet_books import write_sheets_template
from agencyqa.measures.texts import SchemeTexts, reader_language
from agencyqa.measures.words import gettext
from agencyqa.scoring import SheetResult, compile_scheme, format_points

# Some sheet or the whole file is refused; every sheet was read, and some have no total yet.
REFUSED, INCOMPLETE = 1, 3


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
    """Score the filled-in SHEETS (YAML, JSON or Excel) by SCHEME, a YAML file, a workbook or a shipped scheme's key.

    Every fault is listed. A sheet with one is refused, one that lacks an answer has no total, and the others are
    scored. Leaves with 0 where every sheet has its total, with 3 where some have none yet, and with 1 where a sheet
    or the whole file was refused.
    """
    with speaking(language):
        checked = load_scheme(scheme)
        program = compile_scheme(checked.scheme)
        texts = SchemeTexts(checked.file, reader_language())
        filled = load_sheets(sheets, program, checked, texts)
        results = [program.score(sheet.answers, sheet.entered) for sheet in filled.sheets]
        faults = faults_of(sheets, filled, results, program, texts)
        status = _tell(faults, results)
        if not faults.of_file:
            shown = [
                ShownSheet(
                    sheet,
                    result,
                    program.trace(sheet.answers, sheet.entered) if trace else None,
                    tuple(fault.text for fault in faults.of(number)),
                    is_refused=faults.is_refused(number),
                )
                for number, (sheet, result) in enumerate(zip(filled.sheets, results, strict=True))
            ]
            if form == "json":
                click.echo(as_json(checked, shown))
            else:
                click.echo("\n".join(line for each in shown for line in as_table(each, program, texts)))
        if status:
            raise SystemExit(status)


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


def _tell(faults: SheetFaults, results: Sequence[SheetResult]) -> int:
    """Lists the faults, on a stream of their own, and gives the status."""
    if not faults.faults and all(result.total is not None for result in results):
        return 0
    if faults.faults:
        click.echo("\n".join(fault.text for fault in faults.faults), err=True)
        click.echo(gettext("共 %(count)s 处错误。", count=len(faults.faults)), err=True)
    if faults.of_file:
        return REFUSED
    refused = sum(faults.is_refused(number) for number in range(len(results)))
    scored = sum(
        result.total is not None and not faults.is_refused(number) for number, result in enumerate(results)
    )
    summary = gettext(
        "%(all)s 张评分表：%(scored)s 张已计分，%(open)s 张尚无总分，%(refused)s 张有错误、不计分。",
        all=len(results),
        scored=scored,
        open=len(results) - scored - refused,
        refused=refused,
    )
    click.echo(summary, err=True)
    return REFUSED if refused else INCOMPLETE


def _top(checked: CheckedFile) -> str:
    return format_points(checked.file.max_points)


if __name__ == "__main__":
    group(prog_name="dev cli scoring")
