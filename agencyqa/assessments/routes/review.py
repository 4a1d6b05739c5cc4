"""The bureau's decisions on a sheet."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.assessments import policies, workflow
from agencyqa.assessments.enums import SheetAction
from agencyqa.assessments.forms.fields import CorrectForm, FinaliseForm, ReturnForm
from agencyqa.assessments.queries.scorers import scorer_ids
from agencyqa.assessments.routes import bp
from agencyqa.assessments.routes.context import SheetContext, load_sheet
from agencyqa.assessments.routes.record import sheet_record
from agencyqa.assessments.services.review import correct_sheet, finalise_sheet, return_sheet
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.errors import Forbidden
from agencyqa.extensions import db


@bp.route("/sheets/<int:sheet_id>/return", methods=["GET", "POST"])
@requires(Permission.SHEETS_FINALISE)
def return_to_scorer(sheet_id: int) -> ResponseReturnValue:
    context = _reviewable(sheet_id)
    form = ReturnForm()
    if form.validate_on_submit():
        with form.catching():
            return_sheet(
                current_actor(),
                db.session(),
                context.sheet,
                reason=form.reason.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("评分表已退回，评分单位已收到通知。"), "success")
            return redirect(url_for("assessments.sheet", sheet_id=sheet_id))
    if not form.is_submitted():
        if not workflow.allows(context.sheet.state, SheetAction.RETURN):
            return redirect(url_for("assessments.sheet", sheet_id=sheet_id))
        form.version.data = context.sheet.version
    return render_template("assessments/return.html", form=form, context=context), form.status


@bp.route("/sheets/<int:sheet_id>/finalise", methods=["GET", "POST"])
@requires(Permission.SHEETS_FINALISE)
def finalise(sheet_id: int) -> ResponseReturnValue:
    context = _reviewable(sheet_id)
    form = FinaliseForm()
    if form.validate_on_submit():
        with form.catching():
            finalise_sheet(
                current_actor(),
                db.session(),
                context.sheet,
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("评分表已定稿。"), "success")
            return redirect(url_for("assessments.sheet", sheet_id=sheet_id))
    if not form.is_submitted():
        if not workflow.allows(context.sheet.state, SheetAction.FINALISE):
            return redirect(url_for("assessments.sheet", sheet_id=sheet_id))
        form.version.data = context.sheet.version
    record = sheet_record(current_actor(), context, with_changes=True)
    return render_template(
        "assessments/finalise.html", form=form, context=context, record=record
    ), form.status


@bp.route("/sheets/<int:sheet_id>/correct", methods=["GET", "POST"])
@requires(Permission.SHEETS_FINALISE)
def correct(sheet_id: int) -> ResponseReturnValue:
    actor = current_actor()
    context = load_sheet(actor, sheet_id)
    if actor.bureau_id != context.sheet.bureau_id:
        raise Forbidden("only_bureau_corrects")
    form = CorrectForm()
    if form.validate_on_submit():
        with form.catching():
            following = correct_sheet(
                actor,
                db.session(),
                context.sheet,
                reason=form.reason.data,
                due_on=form.due_on.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("更正已开启，新一版评分表由原评分单位填写。"), "success")
            return redirect(url_for("assessments.sheet", sheet_id=following.id))
    elif not policies.can_correct(actor, context.sheet):
        return redirect(url_for("assessments.sheet", sheet_id=sheet_id))
    return render_template("assessments/correct.html", form=form, context=context), form.status


def _reviewable(sheet_id: int) -> SheetContext:
    """Raise Forbidden before the page is shown to somebody who could not use it."""
    actor = current_actor()
    context = load_sheet(actor, sheet_id)
    if actor.bureau_id != context.sheet.bureau_id:
        raise Forbidden("only_bureau_decides")
    scorers = scorer_ids(db.session(), [context.sheet.id])
    if not policies.is_reviewer(actor, context.sheet, scorers):
        raise Forbidden("scorer_may_not_decide")
    return context
