"""Saying which account of the agency is whose."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.agencies import queries, services
from agencyqa.agencies.models import Person
from agencyqa.agencies.people_forms import AccountForm
from agencyqa.agencies.routes import bp
from agencyqa.agencies.routes.loading import load_appointment, load_to_change, name_of
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.extensions import db
from agencyqa.i18n import aside


@bp.route("/<int:agency_id>/people/<int:appointment_id>/account", methods=["GET", "POST"])
@requires(Permission.AGENCIES_WRITE)
def link_account(agency_id: int, appointment_id: int) -> ResponseReturnValue:
    load_to_change(agency_id)
    appointment, session = load_appointment(agency_id, appointment_id), db.session()
    person = session.get_one(Person, appointment.person_id)
    name = person.name
    form = AccountForm()
    form.user_id.choices = [
        (each.id, aside(each.display_name, each.username))
        for each in queries.agency_accounts(session, agency_id, today())
    ]
    if not form.is_submitted():
        form.user_id.data = person.user_id
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.link_account(current_actor(), session, appointment, form.user_id.data, now=utc_now())
            session.commit()
            flash(gettext("登录账号已登记。"), "success")
            return redirect(url_for("agencies.person", agency_id=agency_id, appointment_id=appointment_id))
    page = render_template(
        "agencies/account.html",
        form=form,
        agency_id=agency_id,
        appointment_id=appointment_id,
        name=name_of(agency_id),
        person=name,
        action=request.path,
    )
    return page, form.status
