"""The people of an agency, the page of one of them, his titles, licences and records."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from agencyqa.agencies import queries, services
from agencyqa.agencies.events import FIELDS
from agencyqa.agencies.forms import WithdrawForm
from agencyqa.agencies.models import Credential, PersonRecord
from agencyqa.agencies.people_forms import CredentialForm, PeopleFilter, RecordForm, ShowPrivateForm
from agencyqa.agencies.person_facts import NAMES, PUBLIC, history, in_force, known_until, timeline
from agencyqa.agencies.policies import (
    can_change,
    can_propose,
    can_register,
    can_see_records,
    can_show_private,
    read_until,
)
from agencyqa.agencies.routes import bp
from agencyqa.agencies.routes.loading import (
    load,
    load_appointment,
    load_to_change,
    name_of,
    name_seen,
)
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.extensions import db
from agencyqa.web.loading import one_or_404
from agencyqa.web.tables import paginate


@bp.get("/<int:agency_id>/people")
@requires(Permission.AGENCIES_READ)
def people(agency_id: int) -> ResponseReturnValue:
    name = name_seen(agency_id)
    actor, session = current_actor(), db.session()
    filters = PeopleFilter.read()
    statement = queries.people_rows(
        agency_id,
        day=today(),
        role=filters.role.data,
        q=filters.q.data,
        is_past=bool(filters.is_past.data),
    )
    page = paginate(session, statement, queries.PEOPLE_ORDER, request.args)
    is_former_employer = actor.is_agency and filters.is_past.data
    return render_template(
        "agencies/people.html",
        agency_id=agency_id,
        name=name,
        page=page,
        known=queries.facts_when_left(session, agency_id, page.rows) if is_former_employer else {},
        filters=filters,
        today=today(),
        can={
            "change": can_register(actor) and queries.is_in_own_register(session, actor, agency_id),
            "propose": can_propose(actor, agency_id),
        },
    )


@bp.get("/<int:agency_id>/people/<int:appointment_id>")
@requires(Permission.AGENCIES_READ)
def person(agency_id: int, appointment_id: int) -> ResponseReturnValue:
    return person_page(agency_id, appointment_id, ShowPrivateForm(formdata=None), {})


def person_page(
    agency_id: int, appointment_id: int, form: ShowPrivateForm, shown: dict[str, str]
) -> ResponseReturnValue:
    """``shown``: sensitive fields in the clear, once they were asked for with a reason."""
    load(agency_id)
    actor, session = current_actor(), db.session()
    appointment = load_appointment(agency_id, appointment_id)
    own = queries.own_registration(session, actor, agency_id) if actor.bureau_id is not None else None
    conditions = queries.conditions_in_force(session, _register(agency_id), today())
    until = read_until(actor, appointment, today())
    versions = known_until(
        queries.fact_versions(session, [appointment.person_id])[appointment.person_id], until, agency_id
    )
    can = {
        "change": can_change(actor, own),
        "records": can_see_records(actor, agency_id),
        "private": can_show_private(actor, appointment, own, today()),
        # Whoever else he works for now may have given him another one.
        "account": can_see_records(actor, agency_id) and until is None,
        "propose": can_propose(actor, agency_id) and appointment.valid_to is None,
    }
    page = render_template(
        "agencies/person_page.html",
        agency_id=agency_id,
        name=name_of(agency_id),
        view=queries.person_view(session, appointment, today(), conditions),
        facts=in_force(timeline(versions), until or today()),
        history=history(versions, NAMES if can["records"] else PUBLIC),
        labels=FIELDS,
        places=queries.appointments_of_person(session, appointment.person_id, agency_id),
        credentials=queries.credentials_of(session, appointment.person_id, today(), until),
        records=queries.records_of(session, appointment.person_id, until) if can["records"] else [],
        account=queries.account_of(session, appointment.person_id) if can["account"] else None,
        kept=queries.sealed_fields_of(session, appointment.person_id) if can["private"] else [],
        shown=shown,
        form=form,
        today=today(),
        bureau_id=actor.bureau_id,
        is_bureau=actor.is_bureau,
        until=until,
        why_withdrawn=queries.why_withdrawn,
        can=can,
    )
    return page, form.status


def _register(agency_id: int) -> int | None:
    """Whose conditions are shown: the reader's own bureau's, else those of the first register that he sees."""
    actor = current_actor()
    if actor.bureau_id is not None:
        return actor.bureau_id
    found = queries.registrations_of(db.session(), actor, agency_id)
    return found[0].registration.bureau_id if found else None


@bp.route("/<int:agency_id>/people/<int:appointment_id>/credentials/new", methods=["GET", "POST"])
@requires(Permission.AGENCIES_WRITE)
def add_credential(agency_id: int, appointment_id: int) -> ResponseReturnValue:
    load_to_change(agency_id)
    appointment = load_appointment(agency_id, appointment_id)
    form = CredentialForm()
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.add_credential(
                current_actor(),
                db.session(),
                appointment,
                form.data_object(),
                form_token=form.form_token.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("已登记。"), "success")
            return _back(agency_id, appointment_id)
    return _form_page("agencies/credential.html", form, agency_id, appointment_id)


@bp.route("/<int:agency_id>/people/<int:appointment_id>/records/new", methods=["GET", "POST"])
@requires(Permission.AGENCIES_WRITE)
def enter_record(agency_id: int, appointment_id: int) -> ResponseReturnValue:
    load_to_change(agency_id)
    appointment = load_appointment(agency_id, appointment_id)
    form = RecordForm()
    if form.validate_on_submit():
        with form.catching(services.CONSTRAINTS):
            services.enter_record(
                current_actor(),
                db.session(),
                appointment,
                form.data_object(),
                form_token=form.form_token.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("已登记。"), "success")
            return _back(agency_id, appointment_id)
    return _form_page("agencies/person_record.html", form, agency_id, appointment_id)


@bp.route(
    "/<int:agency_id>/people/<int:appointment_id>/credentials/<int:credential_id>/withdraw",
    methods=["GET", "POST"],
)
@requires(Permission.AGENCIES_WRITE)
def withdraw_credential(agency_id: int, appointment_id: int, credential_id: int) -> ResponseReturnValue:
    load_to_change(agency_id)
    appointment = load_appointment(agency_id, appointment_id)
    item = one_or_404(
        select(Credential).where(
            Credential.id == credential_id, Credential.person_id == appointment.person_id
        )
    )
    return _withdraw(agency_id, appointment_id, item, gettext("撤销“%(name)s”这条记录？", name=item.name))


@bp.route(
    "/<int:agency_id>/people/<int:appointment_id>/records/<int:record_id>/withdraw", methods=["GET", "POST"]
)
@requires(Permission.AGENCIES_WRITE)
def withdraw_record(agency_id: int, appointment_id: int, record_id: int) -> ResponseReturnValue:
    _, registration = load_to_change(agency_id)
    appointment = load_appointment(agency_id, appointment_id)
    item = one_or_404(
        select(PersonRecord).where(
            PersonRecord.id == record_id,
            PersonRecord.person_id == appointment.person_id,
            PersonRecord.bureau_id == registration.bureau_id,
        )
    )
    return _withdraw(agency_id, appointment_id, item, gettext("撤销这条不良执业记录？"))


def _withdraw(
    agency_id: int, appointment_id: int, item: Credential | PersonRecord, question: str
) -> ResponseReturnValue:
    form = WithdrawForm()
    if form.validate_on_submit():
        with form.catching():
            services.withdraw_entry(
                current_actor(),
                db.session(),
                load_appointment(agency_id, appointment_id),
                item,
                reason=form.reason.data,
                now=utc_now(),
            )
            db.session.commit()
            flash(gettext("记录已撤销。"), "success")
            return _back(agency_id, appointment_id)
    return _form_page("agencies/withdraw_entry.html", form, agency_id, appointment_id, question=question)


def _form_page(
    template: str,
    form: CredentialForm | RecordForm | WithdrawForm,
    agency_id: int,
    appointment_id: int,
    **more: str,
) -> ResponseReturnValue:
    person = queries.person_name(db.session(), load_appointment(agency_id, appointment_id).person_id)
    return (
        render_template(
            template,
            form=form,
            agency_id=agency_id,
            appointment_id=appointment_id,
            name=name_of(agency_id),
            person=person,
            **more,
        ),
        form.status,
    )


def _back(agency_id: int, appointment_id: int) -> ResponseReturnValue:
    return redirect(url_for("agencies.person", agency_id=agency_id, appointment_id=appointment_id))
