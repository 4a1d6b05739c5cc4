"""The bureau shows an evaluation to a further department."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from agencyqa.accounts.queries import body_choices
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.auth.roles import BodyKind
from agencyqa.clock import day_before, today, utc_now
from agencyqa.errors import Forbidden
from agencyqa.evaluations import policies, services
from agencyqa.evaluations.forms.fields import AssignForm, EndForm
from agencyqa.evaluations.models import RecordAssignment
from agencyqa.evaluations.queries.records import names_of
from agencyqa.evaluations.routes import bp
from agencyqa.evaluations.routes.loading import load
from agencyqa.extensions import db
from agencyqa.web.loading import one_or_404


@bp.route("/<int:record_id>/assign", methods=["GET", "POST"])
@requires(Permission.EVALUATIONS_ASSIGN)
def assign(record_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    record = load(record_id)
    if not policies.can_assign(actor, record):
        raise Forbidden("only_bureau_assigns_evaluation")
    names = names_of(session, record)
    form = AssignForm()
    parties = {names.commissioner_id, names.evaluated_unit_id}
    form.department_id.look_in(
        partial(
            body_choices,
            session,
            {BodyKind.DEPARTMENT},
            bureau_ids={record.bureau_id},
            without=parties,
        )
    )
    if not form.is_submitted():
        form.valid_from.data = today()
    if form.validate_on_submit():
        with form.catching():
            services.assign_record(
                actor,
                session,
                record,
                department_id=form.department_id.data,
                valid_from=form.valid_from.data,
                valid_to=form.valid_to.data,
                now=utc_now(),
            )
            session.commit()
            flash(gettext("已分配。"), "success")
            return redirect(url_for("evaluations.show", record_id=record_id, _anchor="assignments"))
    page = render_template("evaluations/assign.html", form=form, record_id=record_id, object=names.object)
    return page, form.status


@bp.route("/<int:record_id>/assignments/<int:assignment_id>/end", methods=["GET", "POST"])
@requires(Permission.EVALUATIONS_ASSIGN)
def end_assignment(record_id: int, assignment_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    record = load(record_id)
    if not policies.can_assign(actor, record):
        raise Forbidden("only_bureau_assigns_evaluation")
    assignment = one_or_404(
        select(RecordAssignment).where(
            RecordAssignment.id == assignment_id,
            RecordAssignment.engagement_id == record.engagement_id,
        )
    )
    names = names_of(session, record)
    form = EndForm()
    if not form.is_submitted():
        form.last_day.data = day_before(today())
    if form.validate_on_submit():
        with form.catching():
            services.end_assignment(
                actor, session, record, assignment, last_day=form.last_day.data, now=utc_now()
            )
            session.commit()
            flash(gettext("已设定截止日。"), "success")
            return redirect(url_for("evaluations.show", record_id=record_id, _anchor="assignments"))
    page = render_template(
        "evaluations/end_assignment.html", form=form, record_id=record_id, object=names.object
    )
    return page, form.status
