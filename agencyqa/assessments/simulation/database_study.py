"""``scoring simulate --bureau``: the stored sheets of a year under other rules, printed. Reads only."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import force_locale
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.assessments.enums import YearWeights
from agencyqa.assessments.forms.ranking_page import band_label, group_label
from agencyqa.assessments.models import GradeTable
from agencyqa.assessments.queries.tables import grade_bands, rounding_of
from agencyqa.assessments.simulation.cli import stored_years
from agencyqa.assessments.simulation.gap_texts import gap_sentences
from agencyqa.assessments.simulation.options import other_limits, read_target
from agencyqa.assessments.simulation.queries import rules_of_year
from agencyqa.assessments.simulation.rescoring import Rescored, Rescoring
from agencyqa.assessments.simulation.simulate import AgencyMove, Simulation, simulate
from agencyqa.assessments.simulation.year import SHOWN_PLACES, YearRules
from agencyqa.assessments.simulation.year_reading import YearRead, answer_blocks, read_year
from agencyqa.auth.roles import BodyKind
from agencyqa.db import reading
from agencyqa.extensions import db
from agencyqa.i18n import LOCALES
from agencyqa.measures.cli import load_scheme
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import compiled, texts_of
from agencyqa.measures.scheme_format import CheckedFile
from agencyqa.measures.texts import SchemeTexts, reader_language
from agencyqa.measures.words import gettext
from agencyqa.scoring import RoleShare, check_shares, format_scaled


@with_appcontext
def simulate_year(
    draft: str | None,
    bureau: str,
    year: int,
    points: Mapping[str, int],
    weights: str | None,
    limits: Mapping[str, int],
    shares: Mapping[str, int],
    assume: bool,
    show_all: bool,
    out: Path | None,
    form: str,
    language: str,
) -> None:
    """Whoever may run commands here may read the database."""
    with reading(), force_locale(LOCALES["en" if language == "en" else "zh_CN"]):
        session = db.session()
        body = _bureau(session, bureau)
        plan, table = rules_of_year(session, body.id, year)
        if table is None:
            raise click.ClickException(f"{body.name} has no grades for {year}.")
        read = read_year(session, body.id, year, plan)
        if not read.arrays.sheet_ids:
            raise click.ClickException(f"{body.name} has no decided sheets of {year}.")
        bands = grade_bands(table)
        after = YearRules(
            (plan.weights if weights is None else YearWeights(weights)).value,
            other_limits(bands, limits),
            rounding_of(table),
            _shares(shares),
            plan,
        )
        rescored: Rescored | None = None
        gaps: list[str] = []
        if draft is not None:
            rescored, gaps = _rescored(session, body.id, year, read, load_scheme(draft), points, assume)
        elif points:
            raise click.UsageError("--points needs the DRAFT whose criteria they are.")
        before = YearRules(plan.weights.value, bands, rounding_of(table), plan=plan)
        found = simulate(read.arrays, before, after, rescored)
        session.rollback()
        rows = [_row(found, move, table) for move in found.moves if show_all or move.changed]
        if out is not None:
            _write(out, [_row(found, move, table) for move in found.moves])
        click.echo(_as_json(found, rows, gaps) if form == "json" else "\n".join(_as_table(found, rows, gaps)))


def _bureau(session: Session, wanted: str) -> Body:
    body = session.scalars(
        select(Body)
        .where(Body.kind == BodyKind.BUREAU, or_(Body.code == wanted, Body.name == wanted))
        .order_by(Body.id)
        .limit(1)
    ).one_or_none()
    if body is None:
        raise click.ClickException(f"There is no bureau {wanted}.")
    return body


def _shares(shares: Mapping[str, int]) -> tuple[RoleShare, ...] | None:
    if not shares:
        return None
    found = tuple(RoleShare(role, units, 1_000_000) for role, units in shares.items())
    if check_shares(found):
        raise click.BadParameter("Shares must add up to 100.", param_hint="--share")
    return found


def _rescored(
    session: Session,
    bureau_id: int,
    year: int,
    read: YearRead,
    draft: CheckedFile,
    points: Mapping[str, int],
    assume: bool,
) -> tuple[Rescored, list[str]]:
    target = read_target(draft, points, assume=assume)
    replaced = _replaced(draft, read.versions)
    rescoring = Rescoring(target, read.arrays.sheets)
    if replaced:
        for version_id, positions, rows in answer_blocks(session, bureau_id, year, read.arrays, replaced):
            rescoring.add(compiled(read.versions[version_id]).program, positions, rows)
    rescored = rescoring.finish()
    gaps = gap_sentences(
        rescored,
        target.program,
        SchemeTexts(draft.file, reader_language()),
        [texts_of(version) for version in replaced.values()],
        read.arrays.name_of,
    )
    return rescored, gaps


def _replaced(draft: CheckedFile, versions: Mapping[int, SchemeVersion]) -> dict[int, SchemeVersion]:
    """As ``study.replaced_by`` chooses them."""
    of_purpose = {key: each for key, each in versions.items() if each.purpose is draft.file.purpose}
    of_kind = {key: each for key, each in of_purpose.items() if each.work_kind is draft.file.work_kind}
    return of_kind or of_purpose


def _row(found: Simulation, move: AgencyMove, table: GradeTable) -> dict[str, Any]:
    before, after = move.before, move.after
    grouped = {
        "group": group_label(after.group) or None,
        "group_rank_before": before.group_rank,
        "group_rank_after": after.group_rank,
    }
    return {
        "agency": found.year.agencies[after.agency][1],
        "score_before": None if before.rounded is None else format_scaled(before.rounded, SHOWN_PLACES),
        "score_after": None if after.rounded is None else format_scaled(after.rounded, SHOWN_PLACES),
        "rank_before": before.rank,
        "rank_after": after.rank,
        **(grouped if found.has_groups else {}),
        "grade_before": band_label(table.bands, before.grade) or None,
        "grade_after": band_label(table.bands, after.grade) or None,
    }


def _as_json(found: Simulation, rows: list[dict[str, Any]], gaps: list[str]) -> str:
    return json.dumps(
        {
            "sheets": len(found.year.sheet_ids),
            "engagements": len(found.year.engagement_ids),
            "engagements_changed": len(found.changed_engagements()),
            "without_total": 0 if found.rescored is None else found.rescored.incomplete,
            "not_mapped": gaps,
            "agencies": rows,
        },
        ensure_ascii=False,
        indent=2,
    )


def _as_table(found: Simulation, rows: list[dict[str, Any]], gaps: list[str]) -> list[str]:
    lines = [
        gettext(
            "%(sheets)s 份评分表，%(engagements)s 项业务中 %(changed)s 项得分有变化。",
            sheets=len(found.year.sheet_ids),
            engagements=len(found.year.engagement_ids),
            changed=len(found.changed_engagements()),
        )
    ]
    lines += [f"! {gap}" for gap in gaps]
    for row in rows:
        shown = {name: "—" if value is None else value for name, value in row.items()}
        within = ""
        if found.has_groups:
            places = f"{shown['group_rank_before']} → {shown['group_rank_after']}"
            within = f"  {gettext('组内名次')} {shown['group']} {places}"
        lines.append(
            f"{shown['agency']}  {shown['score_before']} → {shown['score_after']}"
            f"  {gettext('名次')} {shown['rank_before']} → {shown['rank_after']}{within}"
            f"  {shown['grade_before']} → {shown['grade_after']}"
        )
    return lines if rows else [*lines, gettext("没有变化。")]


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]) if rows else ["agency"])
        writer.writeheader()
        writer.writerows(rows)


if simulate_year not in stored_years:
    stored_years.append(simulate_year)
