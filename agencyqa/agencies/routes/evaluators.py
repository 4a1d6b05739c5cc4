from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from agencyqa.agencies import queries, services
from agencyqa.agencies.models import Person
from agencyqa.agencies.people_forms import AppointmentForm, EndAppointmentForm, PersonForm
from agencyqa.agencies.routes import bp
from agencyqa.agencies.routes.loading import keyring, load_appointment, load_to_change, name_of
from agencyqa.agencies.services import AppointmentData
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.extensions import db


@bp.route("/<int:agency_id>/evaluators/new", methods=["GET", "POST"])
@requires(Permission.AGENCIES_WRITE)
def appoint(agency_id: int) -> ResponseReturnValue:
    agency, registration = load_to_change(agency_id)
    form = AppointmentForm()
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.appoint_evaluator(
                current_actor(),
                db.session(),
                agency,
                AppointmentData(
                    form.person(),
                    form.valid_from.data,
                    form.note.data,
                    form.role.data,
                    form.identity_number.data,
                ),
                form_token=form.form_token.data,
                keys=keyring(),
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("人员任职已登记。"), "success")
            return _back(agency_id)
    conditions = queries.conditions_in_force(
        db.session(), registration.bureau_id, form.valid_from.data or today()
    )
    return (
        render_template(
            "agencies/appoint.html",
            form=form,
            agency_id=agency_id,
            name=name_of(agency_id),
            conditions=conditions,
            conditions_provision=queries.conditions_provision(db.session(), conditions, today()),
        ),
        form.status,
    )


@bp.route("/<int:agency_id>/evaluators/<int:appointment_id>", methods=["GET", "POST"])
@requires(Permission.AGENCIES_WRITE)
def change_person(agency_id: int, appointment_id: int) -> ResponseReturnValue:
    load_to_change(agency_id)
    appointment = load_appointment(agency_id, appointment_id)
    person = db.session.get_one(Person, appointment.person_id)
    form = PersonForm(obj=person)
    name = person.name
    if form.validate_on_submit():
        with form.catching():
            services.change_person(
                current_actor(),
                db.session(),
                appointment,
                person,
                form.change(),
                seen_version=form.version.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("已保存。"), "success")
            return _back(agency_id)
    return (
        render_template(
            "agencies/person.html",
            form=form,
            agency_id=agency_id,
            name=name_of(agency_id),
            person=name,
        ),
        form.status,
    )


@bp.route("/<int:agency_id>/evaluators/<int:appointment_id>/end", methods=["GET", "POST"])
@requires(Permission.AGENCIES_WRITE)
def end_appointment(agency_id: int, appointment_id: int) -> ResponseReturnValue:
    load_to_change(agency_id)
    appointment = load_appointment(agency_id, appointment_id)
    person = db.session.get_one(Person, appointment.person_id).name
    form = EndAppointmentForm()
    if form.validate_on_submit():
        with form.catching():
            services.end_appointment(
                current_actor(),
                db.session(),
                appointment,
                on=form.on.data,
                reason=form.reason.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("人员任职已终止。"), "success")
            return _back(agency_id)
    return (
        render_template(
            "agencies/end.html",
            form=form,
            agency_id=agency_id,
            name=name_of(agency_id),
            title=gettext("终止人员任职"),
            question=gettext("终止%(person)s在本机构的任职？", person=person),
            consequences=[
                gettext("最后一日之后签订的合同不能再由其参加或担任主评人。"),
                gettext("已有的委托业务和评分不受影响。"),
            ],
        ),
        form.status,
    )


def _back(agency_id: int) -> ResponseReturnValue:
    return redirect(url_for("agencies.show", agency_id=agency_id, _anchor="evaluators"))
