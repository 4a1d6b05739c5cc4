"""Filling in the record of a spot check, and closing it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import utc_now
from agencyqa.extensions import db
from agencyqa.inspections import pages
from agencyqa.inspections.checklist_format import items_of
from agencyqa.inspections.enums import CheckAction
from agencyqa.inspections.forms import CloseForm, answers_of, record_form
from agencyqa.inspections.models import Checklist
from agencyqa.inspections.numbering import check_label
from agencyqa.inspections.routes import bp
from agencyqa.inspections.routes.loading import load_check_to_write
from agencyqa.inspections.services import recording as services


@bp.route("/<int:check_id>/record", methods=["GET", "POST"])
@requires(Permission.INSPECTIONS_WRITE)
def answer(check_id: int) -> ResponseReturnValue:
    check = load_check_to_write(check_id, CheckAction.ANSWER)
    session = db.session()
    items = items_of(session.get_one(Checklist, check.checklist_id))
    form = record_form(items, check.answers, summary=check.summary, version=check.version)
    view = pages.checklist_view(session, check)
    label = check_label(check.year, check.number)
    if form.validate_on_submit():
        with form.catching():
            services.write_answers(
                current_actor(),
                session,
                check,
                answers_of(form, items),
                form.summary.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            session.commit()
            flash(gettext("检查记录已保存。"), "success")
            return redirect(url_for("inspections.show", check_id=check_id))
    page = render_template("inspections/record.html", form=form, check_id=check_id, label=label, view=view)
    return page, form.status


@bp.route("/<int:check_id>/close", methods=["GET", "POST"])
@requires(Permission.INSPECTIONS_WRITE)
def close(check_id: int) -> ResponseReturnValue:
    check = load_check_to_write(check_id, CheckAction.RECORD)
    session = db.session()
    form = CloseForm(obj=check)
    left = services.unanswered(check, session.get_one(Checklist, check.checklist_id))
    label = check_label(check.year, check.number)
    if form.validate_on_submit():
        with form.catching():
            services.close_record(
                current_actor(),
                session,
                check,
                leave_unanswered=form.leave_unanswered.data,
                seen_version=form.version.data,
                now=utc_now(),
            )
            session.commit()
            flash(gettext("检查记录已办结，现在可以向机构告知问题。"), "success")
            return redirect(url_for("inspections.show", check_id=check_id))
    page = render_template(
        "inspections/close.html", form=form, check_id=check_id, label=label, left=len(left)
    )
    return page, form.status
