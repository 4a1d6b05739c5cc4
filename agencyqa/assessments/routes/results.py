"""Annual results: the list of those an actor may see, one result, its computation, and who else is shown it."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.accounts.queries import body_choices
from agencyqa.assessments import result_policies
from agencyqa.assessments.enums import RoundState
from agencyqa.assessments.forms.agency_findings import AgencyFindingLine, agency_finding_lines
from agencyqa.assessments.forms.ranking_page import band_label, missing_line
from agencyqa.assessments.forms.result_page import ResultPage, result_page
from agencyqa.assessments.forms.rounds import AssignForm, EndForm, ResultFilter
from agencyqa.assessments.forms.without_fees import (
    inputs_without_fees,
    measures_without_fees,
    trace_without_fees,
)
from agencyqa.assessments.forms.year_parts import YearParts, year_parts
from agencyqa.assessments.models import AnnualResult, ResultAssignment
from agencyqa.assessments.queries import results as queries
from agencyqa.assessments.queries.tables import plan_of_round
from agencyqa.assessments.queries.targets import open_findings
from agencyqa.assessments.routes import bp
from agencyqa.assessments.routes.rounds import bureau_choices
from agencyqa.assessments.services.assignments import assign_result, end_assignment
from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.auth.roles import BodyKind
from agencyqa.clock import today, utc_now
from agencyqa.errors import Forbidden, NotVisible
from agencyqa.extensions import db
from agencyqa.measures.queries import provisions_on
from agencyqa.measures.texts import reader_language
from agencyqa.scoring import format_scaled
from agencyqa.web.tables import paginate


@bp.get("/results")
@requires(Permission.RESULTS_READ)
def results() -> ResponseReturnValue:
    actor = current_actor()
    filters = ResultFilter.read(choices={"bureau_id": bureau_choices(actor)})
    page = paginate(
        db.session(),
        queries.result_rows(
            actor,
            q=None if actor.is_agency else filters.q.data,
            year=filters.year.data,
            bureau_id=filters.bureau_id.data,
            with_superseded=filters.with_superseded.data,
        ),
        queries.ORDERS,
        request.args,
    )
    return render_template(
        "assessments/results.html",
        page=page,
        lines=[
            (
                row,
                "" if row.rounded is None else format_scaled(row.rounded, row.places),
                band_label(row.bands, row.grade),
            )
            for row in page.rows
        ],
        filters=filters,
        is_agency=actor.is_agency,
        is_department=actor.is_department,
        has_bureaus=len(actor.bureau_ids) > 1,
    )


@bp.get("/results/<int:result_id>", endpoint="result")
@requires(Permission.RESULTS_READ)
def show_result(result_id: int) -> ResponseReturnValue:
    actor = current_actor()
    found = load_result(actor, result_id)
    return render_template(
        "assessments/result.html",
        found=found,
        result=found.result,
        page=_page(actor, found),
        year=_year(actor, found),
        revisions=queries.other_revisions(db.session(), actor, found.result),
        replaced_by=queries.superseding_revision(db.session(), found.round) if found.is_superseded else None,
        missing=[missing_line(each) for each in found.result.missing] if actor.is_bureau else [],
        assignments=_assignments(actor, found.result),
        findings=_agency_findings(actor, found.result) if result_policies.sees_agency_findings(actor) else [],
        today=today(),
        can=_can(actor, found),
    )


@bp.get("/results/<int:result_id>/trace")
@requires(Permission.RESULTS_READ)
def result_trace(result_id: int) -> ResponseReturnValue:
    """How the year's figure came about, to read and to print."""
    actor = current_actor()
    found = load_result(actor, result_id)
    if not result_policies.sees_engagement_scores(actor):
        raise NotVisible()
    return render_template(
        "assessments/result_trace.html",
        found=found,
        result=found.result,
        page=_page(actor, found),
        year=_year(actor, found),
        can=_can(actor, found),
    )


@bp.get("/results/<int:result_id>/trace.json")
@requires(Permission.RESULTS_READ)
def result_data(result_id: int) -> ResponseReturnValue:
    """The result as data that anybody can add up again, as far as the reader may see it.

    Where the weights are fees and the reader may not know them, it says that it does not add up exactly.
    """
    actor = current_actor()
    found = load_result(actor, result_id)
    text = json.dumps(data_of(actor, found), ensure_ascii=False, indent=2)
    name = f"result-{found.result.year}-{found.result.id}-{found.round.revision}.json"
    return Response(
        text,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.route("/results/<int:result_id>/assign", methods=["GET", "POST"])
@requires(Permission.RESULTS_ASSIGN)
def assign(result_id: int) -> ResponseReturnValue:
    actor = current_actor()
    found = load_result(actor, result_id)
    if not result_policies.can_assign(actor, found.result):
        raise Forbidden("only_bureau_assigns")
    form = AssignForm()
    bureau_ids = [found.result.bureau_id]
    form.department_id.look_in(
        partial(body_choices, db.session(), {BodyKind.DEPARTMENT}, bureau_ids=bureau_ids)
    )
    if form.validate_on_submit():
        with form.catching():
            assign_result(
                actor,
                db.session(),
                found.result,
                department_id=form.department_id.data,
                valid_from=form.valid_from.data,
                valid_to=form.valid_to.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("已分配给该部门查看。"), "success")
            return redirect(url_for("assessments.result", result_id=result_id))
    elif not form.is_submitted():
        form.valid_from.data = today()
    return render_template(
        "assessments/assign.html", form=form, found=found, result_id=result_id
    ), form.status


@bp.route("/results/assignments/<int:assignment_id>/end", methods=["GET", "POST"], endpoint="end_assignment")
@requires(Permission.RESULTS_ASSIGN)
def end(assignment_id: int) -> ResponseReturnValue:
    actor = current_actor()
    assignment = db.session.get(ResultAssignment, assignment_id)
    if assignment is None:
        raise NotVisible()
    result_id = assignment.result_id
    found = load_result(actor, result_id)
    if not result_policies.can_assign(actor, found.result):
        raise Forbidden("only_bureau_assigns")
    form = EndForm()
    if form.validate_on_submit():
        with form.catching():
            end_assignment(actor, db.session(), assignment, last_day=form.last_day.data, now=utc_now())
            db.session.commit()
            flash(gettext("已设定查看的截止日。"), "success")
            return redirect(url_for("assessments.result", result_id=result_id))
    elif not form.is_submitted():
        form.last_day.data = today()
    page = render_template("assessments/end_assignment.html", form=form, found=found, result_id=result_id)
    return page, form.status


def load_result(actor: Actor, result_id: int) -> queries.FoundResult:
    found = queries.one_result(db.session(), actor, result_id)
    if found is None:
        raise NotVisible()
    return found


def data_of(actor: Actor, found: queries.FoundResult) -> dict[str, Any]:
    """Without what the reader may not know: engagements for a department, and who is late for everybody outside."""
    result = found.result
    data: dict[str, Any] = {
        "type": "annual_result",
        "bureau": found.bureau_name,
        "agency": result.agency_name,
        "year": result.year,
        "revision": found.round.revision,
        "state": found.round.state.value,
        "published_at": found.round.published_at.isoformat() if found.round.published_at else None,
        "is_superseded": found.is_superseded,
        "is_reference": result.is_reference,
        "engine": result.engine_version,
        "score": {"numerator": result.numerator, "denominator": result.denominator},
        "rounded": None if result.rounded is None else format_scaled(result.rounded, result.places),
        "grade": result.grade,
        "rank": result.rank,
        "ranked_count": result.ranked_count,
        "measures": result.measure_scores,
        "engagement_count": result.engagement_count,
        "missing_count": result.missing_count,
    }
    if result_policies.sees_engagement_scores(actor):
        data |= {"inputs": result.inputs, "trace": result.trace}
        if not result_policies.sees_fees(actor):
            data["inputs"] = inputs_without_fees(result.inputs)
            data["trace"] = trace_without_fees(result.trace)
    if not result_policies.sees_exact_weights(actor, result):
        data |= {
            "score": None,
            "measures": measures_without_fees(result.measure_scores),
            "left_out": ["fee", "exact_weights"],
            "note": gettext(
                "本年度按合同金额加权。数据不含合同金额，权重和由其得出的各项为四舍五入后的数，不能据此精确复算。"
            ),
        }
    if result_policies.sees_agency_findings(actor) and result.agency_findings:
        data["agency_findings"] = result.agency_findings
    if result_policies.sees_who_is_late(actor):
        data["missing"] = result.missing
    return data


def _agency_findings(actor: Actor, result: AnnualResult) -> list[AgencyFindingLine]:
    kept = result.agency_findings
    days = {(each["provision"], date.fromisoformat(each["fact_on"])) for each in kept}
    return agency_finding_lines(kept, _findings_open(actor, result), provisions_on(db.session(), days))


def _findings_open(actor: Actor, result: AnnualResult) -> frozenset[int]:
    return open_findings(db.session(), actor, [each["finding_id"] for each in result.agency_findings])


def _page(actor: Actor, found: queries.FoundResult) -> ResultPage:
    session, result = db.session(), found.result
    ids = [data["engagement_id"] for data in result.inputs["engagements"]]
    keys = [key for key in result.measure_scores if key]
    may_open_sheets = actor.has(Permission.SHEETS_READ)
    return result_page(
        result,
        found.grades,
        titles=queries.measure_titles(session, keys, reader_language()) if keys else {},
        engagement_ids=queries.visible_engagements(session, actor, ids),
        sheet_ids=queries.visible_sheets(session, actor, ids) if may_open_sheets else frozenset(),
        is_exact=result_policies.sees_exact_weights(actor, result),
    )


def _year(actor: Actor, found: queries.FoundResult) -> YearParts | None:
    """None for a year without rules of its own."""
    if found.round.year_rules_id is None:
        return None
    session, result = db.session(), found.result
    form = (result.inputs.get("form") or {}).get("sheet_id")
    sheet_ids: frozenset[int] = frozenset()
    if form is not None and actor.has(Permission.SHEETS_READ):
        sheet_ids = queries.visible_sheets(session, actor, [], [form])
    is_exact = result_policies.sees_exact_weights(actor, result)
    return year_parts(result, plan_of_round(session, found.round), found.grades, sheet_ids, is_exact=is_exact)


def _assignments(actor: Actor, result: AnnualResult) -> list[Any]:
    if not actor.is_bureau:
        return []
    return list(queries.assignments_of(db.session(), result.id))


def _can(actor: Actor, found: queries.FoundResult) -> dict[str, bool]:
    is_published = found.round.state is RoundState.PUBLISHED
    can_assign = result_policies.can_assign(actor, found.result)
    return {
        "see_engagements": result_policies.sees_engagement_scores(actor),
        "fees": result_policies.sees_fees(actor),
        "see_round": actor.has(Permission.ROUNDS_READ),
        "see_missing": result_policies.sees_who_is_late(actor),
        "see_assignments": actor.is_bureau and is_published,
        "assign": can_assign and is_published and not found.is_superseded,
        "end": can_assign,
    }
