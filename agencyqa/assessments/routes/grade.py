"""What would change the grade of a sheet or of a year: the least single improvements, and the least losses."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import render_template
from flask.typing import ResponseReturnValue

from agencyqa.assessments import result_policies
from agencyqa.assessments.annual import AgencyYear, years_of_agencies
from agencyqa.assessments.forms.grade_page import change_lines, veto_sentences
from agencyqa.assessments.forms.ranking_page import band_label
from agencyqa.assessments.forms.year_grade_page import sheet_lines
from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.queries.results import FoundResult
from agencyqa.assessments.queries.tables import grade_bands, plan_of_round, rounding_of
from agencyqa.assessments.routes import bp
from agencyqa.assessments.routes.context import load_sheet
from agencyqa.assessments.routes.results import load_result
from agencyqa.assessments.services.verification import stored_agency, stored_facts
from agencyqa.assessments.simulation import queries
from agencyqa.assessments.simulation.improvement import changes_of, grade_beyond, veto_changes
from agencyqa.assessments.simulation.year_improvement import SheetChange, sheet_changes
from agencyqa.assessments.stored import answers_that_count
from agencyqa.assessments.year_facts import EngagementFact
from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.errors import NotVisible
from agencyqa.extensions import db
from agencyqa.measures.compiled import CompiledScheme
from agencyqa.measures.queries import compiled
from agencyqa.scoring import format_scaled


@bp.get("/sheets/<int:sheet_id>/grade")
@requires(Permission.SHEETS_READ)
def sheet_grade(sheet_id: int) -> ResponseReturnValue:
    """For whoever may read the sheet: an agency reads its own once it is published."""
    context = load_sheet(current_actor(), sheet_id)
    program, texts, sheet = context.program, context.texts, context.sheet
    answers = answers_that_count(context.counting, sheet)
    result = program.score(answers, sheet.entered)
    tables = []
    if result.is_complete and result.grade is not None:
        for up in (True, False):
            beyond = grade_beyond(program.scheme, result.grade, up=up)
            items = changes_of(program, answers, sheet.entered, beyond, up=up)
            vetoes = veto_changes(program, answers, sheet.entered, beyond, up=up)
            lines = change_lines(program, texts, answers, items, up=up)
            tables.append((up, lines, veto_sentences(texts, vetoes, up=up)))
    return render_template(
        "assessments/sheet_grade.html",
        context=context,
        sheet=sheet,
        result=result,
        grade=texts.grade(result.grade),
        has_grades=bool(program.scheme.grades),
        tables=tables,
    )


@bp.get("/results/<int:result_id>/grade")
@requires(Permission.RESULTS_READ)
def result_grade(result_id: int) -> ResponseReturnValue:
    """For whoever may see how the year came about: its bureau, its observers, and the agency once it is published."""
    actor = current_actor()
    found = load_result(actor, result_id)
    result = found.result
    if not result_policies.sees_engagement_scores(actor):
        raise NotVisible()
    labels = {band["key"]: band_label(found.grades.bands, band["key"]) for band in found.grades.bands}
    changes = [(up, _changes(found, up)) for up in (True, False)] if result.grade else []
    ids = {change.sheet.sheet_id for _, each in changes for change in each if change.needed is not None}
    sheets = _sheets(actor, ids)
    return render_template(
        "assessments/result_grade.html",
        found=found,
        result=result,
        score="" if result.rounded is None else format_scaled(result.rounded, result.places),
        grade=labels.get(result.grade or "", ""),
        tables=[(up, sheet_lines(each, sheets, labels, up=up)) for up, each in changes],
    )


def _changes(found: FoundResult, up: bool) -> list[SheetChange]:
    """By the rules of the round, from what was stored with the result."""
    grades, rounding = grade_bands(found.grades), rounding_of(found.grades)

    plan = plan_of_round(db.session(), found.round)
    whole = {found.result.agency_id: stored_agency(found.result, plan)}

    def roll_up(engagements: Sequence[EngagementFact]) -> AgencyYear:
        return years_of_agencies(engagements, plan, grades, rounding, whole)[0]

    return sheet_changes(list(stored_facts(found.result)), roll_up, grades, rounding, up=up)


def _sheets(actor: Actor, ids: Collection[int]) -> dict[int, tuple[ScoreSheet, CompiledScheme]]:
    if not actor.has(Permission.SHEETS_READ):
        return {}
    rows = queries.sheets_seen(db.session(), actor, ids)
    return {sheet.id: (sheet, compiled(version)) for sheet, version in rows}
