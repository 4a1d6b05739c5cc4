"""Sensitive fields of a person: written without being shown, shown once for a reason that is logged."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.agencies import queries, services
from agencyqa.agencies.people_forms import PrivateForm, ShowPrivateForm
from agencyqa.agencies.policies import can_show_private
from agencyqa.agencies.routes import bp
from agencyqa.agencies.routes.loading import keyring, load, load_appointment, load_to_change, name_of
from agencyqa.agencies.routes.people import person_page
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.errors import Forbidden
from agencyqa.extensions import db


@bp.route("/<int:agency_id>/people/<int:appointment_id>/private", methods=["GET", "POST"])
@requires(Permission.AGENCIES_WRITE)
def change_private(agency_id: int, appointment_id: int) -> ResponseReturnValue:
    load_to_change(agency_id)
    appointment = load_appointment(agency_id, appointment_id)
    person_id = appointment.person_id
    form = PrivateForm()
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.change_private(
                current_actor(),
                db.session(),
                appointment,
                form.data_object(),
                keys=keyring(),
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("敏感信息已加密保存。"), "success")
            return redirect(url_for("agencies.person", agency_id=agency_id, appointment_id=appointment_id))
    return (
        render_template(
            "agencies/private.html",
            form=form,
            agency_id=agency_id,
            appointment_id=appointment_id,
            name=name_of(agency_id),
            person=queries.person_name(db.session(), person_id),
            kept=queries.sealed_fields_of(db.session(), person_id),
        ),
        form.status,
    )


@bp.post("/<int:agency_id>/people/<int:appointment_id>/private/show")
@requires(Permission.PRIVATE_SHOW)
def show_private(agency_id: int, appointment_id: int) -> ResponseReturnValue:
    """An answer that no cache keeps and no address repeats; leaving the page hides it again."""
    load(agency_id)
    actor, session = current_actor(), db.session()
    own = queries.own_registration(session, actor, agency_id) if actor.bureau_id is not None else None
    appointment = load_appointment(agency_id, appointment_id)
    if not can_show_private(actor, appointment, own, today()):
        raise Forbidden()
    form, shown = ShowPrivateForm(), {}
    if form.validate_on_submit():
        with form.catching():
            found = services.show_private(
                current_actor(),
                db.session(),
                appointment,
                reason=form.reason.data,
                keys=keyring(),
                now=utc_now(),
            )
            shown = {name.value: text for name, text in found.items()}
            db.session.commit()
    return person_page(agency_id, appointment_id, form, shown)
