"""Handing a draft in, and beginning the correction of what was handed in."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.errors import Forbidden
from agencyqa.evaluations import policies, services
from agencyqa.evaluations.checks import MISSING
from agencyqa.evaluations.enums import RecordState
from agencyqa.evaluations.forms.fields import ReasonForm, SubmitForm
from agencyqa.evaluations.routes import bp
from agencyqa.evaluations.routes.loading import engagement_of, load
from agencyqa.evaluations.views import view_of
from agencyqa.evaluations.words import check_from
from agencyqa.extensions import db


@bp.route("/<int:record_id>/submit", methods=["GET", "POST"])
@requires(Permission.EVALUATIONS_WRITE)
def submit(record_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    record = load(record_id)
    if not policies.is_author(actor, record.agency_id):
        raise Forbidden()
    form = SubmitForm(obj=record)
    if not form.is_submitted() and record.state is not RecordState.DRAFT:
        return redirect(url_for("evaluations.show", record_id=record_id))
    is_complete = all(check_from(stored).severity != MISSING for stored in record.checks)
    view = view_of(session, record)
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.submit_record(actor, session, record, seen_version=form.version.data, now=utc_now())
            session.commit()
            flash(gettext("评价结果已提交。"), "success")
            return redirect(url_for("evaluations.show", record_id=record_id))
    page = render_template(
        "evaluations/submit.html", form=form, view=view, record_id=record_id, is_complete=is_complete
    )
    return page, form.status


@bp.route("/<int:record_id>/correct", methods=["GET", "POST"])
@requires(Permission.EVALUATIONS_WRITE)
def correct(record_id: int) -> ResponseReturnValue:
    actor, session = current_actor(), db.session()
    record = load(record_id)
    if not policies.is_author(actor, record.agency_id):
        raise Forbidden()
    if record.state is not RecordState.SUBMITTED:
        return redirect(url_for("evaluations.edit", record_id=record_id))
    form = ReasonForm(obj=record)
    engagement = engagement_of(record)
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            made = services.correct_record(actor, session, record, form.reason.data, now=utc_now())
            session.commit()
            flash(gettext("已按原内容建立更正草稿。提交之前，原版本仍为当前版本。"), "success")
            return redirect(url_for("evaluations.edit", record_id=made.id))
    page = render_template(
        "evaluations/correct.html", form=form, record_id=record_id, contract=engagement.contract_number
    )
    return page, form.status
