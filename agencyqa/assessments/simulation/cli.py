"""``scoring simulate``: other rules on the sheets of a file, or on those of a bureau's year."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from agencyqa.assessments.simulation.file_study import FileStudy, study_of
from agencyqa.assessments.simulation.gap_texts import gap_sentences
from agencyqa.assessments.simulation.mapping import PackedRows
from agencyqa.assessments.simulation.options import pairs, read_target
from agencyqa.assessments.simulation.sheet_table import read_blocks
from agencyqa.measures.cli import LANGUAGE, load_scheme, load_sheets, refuse, speaking
from agencyqa.measures.reading import FileError
from agencyqa.measures.scheme_format import CheckedFile
from agencyqa.measures.texts import SchemeTexts, reader_language
from agencyqa.measures.words import gettext
from agencyqa.scoring import Program, compile_scheme, format_scaled

LISTED = 20
# Simulates on stored sheets. Filled in when the application is loaded: scoring a file must not wait for a database.
stored_years: list[Callable[..., None]] = []


@click.command("simulate")
@click.argument("files", nargs=-1, metavar="[SCHEME DRAFT SHEETS | DRAFT]")
@click.option(
    "--points", multiple=True, callback=pairs, help="CRITERION=POINTS: another weight in the draft."
)
@click.option(
    "--bureau", help="Code or full name: simulate on the stored sheets of this bureau instead of a file."
)
@click.option("--year", type=int, help="The assessment year, with --bureau.")
@click.option(
    "--weights",
    type=click.Choice(["equal", "fee", "amount", "set"]),
    help="Another weight of engagements, with --bureau.",
)
@click.option(
    "--grade",
    multiple=True,
    callback=pairs,
    help="KEY=LOW: another limit of a grade, of the draft's own or, with --bureau, of the year.",
)
@click.option("--share", multiple=True, callback=pairs, help="ROLE=PERCENT: other shares, with --bureau.")
@click.option(
    "--assume", is_flag=True, help="Leave out what nobody answered; new vetoes count as not raised."
)
@click.option("--all", "show_all", is_flag=True, help="List what stays the same as well.")
@click.option(
    "--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write every row as CSV."
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="How to print.")
@LANGUAGE
def simulate(
    files: tuple[str, ...],
    points: dict[str, int],
    bureau: str | None,
    year: int | None,
    weights: str | None,
    grade: dict[str, int],
    share: dict[str, int],
    assume: bool,
    show_all: bool,
    out: Path | None,
    form: str,
    language: str,
) -> None:
    """What other rules would have given on past sheets; nothing is changed anywhere.

    With three arguments: SHEETS (YAML, JSON, Excel, or CSV for very many), which were filled in by SCHEME, are scored
    by DRAFT too, if wanted with other --points or --grade. With --bureau and --year: the stored sheets of that year,
    by DRAFT (a file or a shipped key) or with other --points, --weights, --grade or --share.
    """
    if bureau is not None:
        if year is None or len(files) > 1:
            raise click.UsageError("--bureau needs --year and takes one DRAFT at most.")
        if not stored_years:
            raise click.ClickException("Stored sheets are read by ./dev cli scoring simulate --bureau.")
        stored_years[0](
            files[0] if files else None,
            bureau,
            year,
            points,
            weights,
            grade,
            share,
            assume,
            show_all,
            out,
            form,
            language,
        )
        return
    if weights or share:
        # They tell how several sheets of an engagement, and engagements of an agency, become one figure.
        raise click.UsageError("--weights and --share need --bureau and --year.")
    if len(files) != 3 or year is not None:
        raise click.UsageError("Give SCHEME DRAFT SHEETS, or --bureau and --year.")
    with speaking(language):
        _simulate_file(*files, points, grade, assume, show_all, out, form)


def _simulate_file(
    scheme: str,
    draft: str,
    sheets: str,
    points: dict[str, int],
    limits: dict[str, int],
    assume: bool,
    show_all: bool,
    out: Path | None,
    form: str,
) -> None:
    old, new = load_scheme(scheme), load_scheme(draft)
    target = read_target(new, points, limits, assume=assume)
    program = compile_scheme(old.scheme)
    try:
        study = study_of(program, target, _blocks(Path(sheets), program, old))
    except FileError as error:
        refuse(sheets, error.problems)
    except OSError as error:
        raise click.ClickException(f"{sheets}: {error.strerror}") from None
    texts = {name: SchemeTexts(each.file, reader_language()) for name, each in (("old", old), ("new", new))}
    gaps = gap_sentences(
        study.rescored, target.program, texts["new"], [texts["old"]], study.names.__getitem__
    )
    if out is not None:
        _write(out, study, texts)
    click.echo(
        _as_json(study, gaps) if form == "json" else "\n".join(_as_table(study, gaps, texts, show_all))
    )


def _blocks(path: Path, program: Program, checked: CheckedFile) -> Iterable[tuple[Sequence[str], PackedRows]]:
    if path.suffix.lower() == ".csv":
        for block in read_blocks(path, program):
            yield block.names, block.rows
        return
    filled = load_sheets(path, program, checked, SchemeTexts(checked.file, reader_language()))
    if filled.problems:
        raise FileError(filled.problems)
    yield (
        [sheet.name or sheet.place for sheet in filled.sheets],
        [program.pack(sheet.answers, sheet.entered) for sheet in filled.sheets],
    )


def _row(study: FileStudy, row: int) -> dict[str, Any]:
    before, after = bool(study.before.known[row]), bool(study.rescored.sheets.known[row])
    grades = study.grades_at(row)
    return {
        "name": study.names[row],
        "score_before": format_scaled(int(study.percent_before[row]), 2) if before else None,
        "score_after": format_scaled(int(study.percent_after[row]), 2) if after else None,
        "rank_before": int(study.rank_before[row]) or None,
        "rank_after": int(study.rank_after[row]) or None,
        "grade_before": grades[0] or None,
        "grade_after": grades[1] or None,
    }


def _as_json(study: FileStudy, gaps: Sequence[str]) -> str:
    changed = study.changed()
    return json.dumps(
        {
            "sheets": len(study.names),
            "changed": len(changed),
            "without_total": study.rescored.incomplete,
            "not_mapped": list(gaps),
            "grades": [
                {"before": old or None, "after": new or None, "sheets": count}
                for (old, new), count in sorted(study.crossings().items())
            ],
            "largest_changes": [_row(study, int(row)) for row in changed[:LISTED]],
        },
        ensure_ascii=False,
        indent=2,
    )


def _as_table(
    study: FileStudy, gaps: Sequence[str], texts: dict[str, SchemeTexts], show_all: bool
) -> list[str]:
    changed = study.changed()
    lines = [
        gettext(
            "%(count)s 份评分表，得分率或等级有变化的 %(changed)s 份，没有新总分的 %(missing)s 份。",
            count=len(study.names),
            changed=len(changed),
            missing=study.rescored.incomplete,
        )
    ]
    lines += [f"! {gap}" for gap in gaps]
    for (old, new), count in sorted(study.crossings().items(), key=lambda item: -item[1]):
        if show_all or old != new:
            lines.append(f"{texts['old'].grade(old) or '—'} → {texts['new'].grade(new) or '—'}  {count}")
    rows = changed[:LISTED] if not show_all else range(min(len(study.names), LISTED))
    for row in rows:
        held = _row(study, int(row))
        lines.append(
            f"{held['name']}  {held['score_before'] or '—'} → {held['score_after'] or '—'}"
            f"  {gettext('名次')} {held['rank_before'] or '—'} → {held['rank_after'] or '—'}"
            f"  {texts['old'].grade(held['grade_before']) or '—'} → {texts['new'].grade(held['grade_after']) or '—'}"
        )
    if len(changed) > LISTED and not show_all:
        lines.append(gettext("以上为变化最大的 %(shown)s 份。", shown=LISTED))
    return lines


def _write(path: Path, study: FileStudy, texts: dict[str, SchemeTexts]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(_row(study, 0)) if study.names else ["name"])
        writer.writeheader()
        writer.writerows(_row(study, row) for row in range(len(study.names)))
