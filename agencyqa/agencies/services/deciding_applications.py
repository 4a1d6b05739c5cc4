"""What the bureau decides about an application: return it, refuse it, or admit the agency into the register."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.applied import AppliedPerson, AppliedQualification
from agencyqa.agencies.enums import ApplicationAction, Entry, Standing, StandingAction
from agencyqa.agencies.history import FIELDS
from agencyqa.agencies.models import Agency, Application, Registration
from agencyqa.agencies.policies import can_decide_applications, can_register, visible_applications
from agencyqa.agencies.queries.applications import papers_of_application
from agencyqa.agencies.queries.record import own_registration
from agencyqa.agencies.services.applications import expect_open, note_step
from agencyqa.agencies.services.evaluators import AppointmentData, PersonData, appoint_evaluator
from agencyqa.agencies.services.organisation import add_document
from agencyqa.agencies.services.profiles import ProfileData
from agencyqa.agencies.services.qualifications import QualificationData, add_qualification
from agencyqa.agencies.services.registration import AgencyData, register_agency
from agencyqa.agencies.services.standing import DecisionData, decide_standing
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.errors import Forbidden, Invalid, NotVisible, Refused
from agencyqa.files.models import StoredFile
from agencyqa.measures.queries import provision_in_force

A = ApplicationAction


def decide_application(
    actor: Actor,
    session: Session,
    application: Application,
    action: ApplicationAction,
    *,
    reason: str,
    provision_key: str | None = None,
    effective_on: date,
    seen_version: int | None,
    now: datetime,
) -> Agency | None:
    """Return for supplements, refuse (with the provision), or admit: then the agency stands in the register.

    Raise NotVisible, Forbidden, Stale, WrongState, Invalid, and Refused where somebody practises elsewhere.
    """
    if session.scalar(visible_applications(actor).where(Application.id == application.id)) is None:
        raise NotVisible()
    if action is A.RETURN:
        if not can_register(actor):
            raise Forbidden()
    elif not can_decide_applications(actor):
        raise Forbidden()
    check_version(application, seen_version)
    state = expect_open(application, action, by_bureau=True)
    if not reason.strip():
        raise Invalid(reason="required")
    if action is A.REFUSE and provision_key is None:
        raise Invalid(provision_key="provision_needed")
    provision = provision_in_force(session, provision_key, effective_on) if provision_key else None
    if provision_key and provision is None:
        raise Invalid(provision_key="provision_not_in_force")
    application.state = state
    # The application first: of two decisions at once the second stops here.
    application.changed_at = now
    session.flush()
    agency = None
    if action is A.ADMIT:
        agency = _admit(actor, session, application, effective_on, reason, provision_key, now)
        application.agency_id = agency.id
    note_step(
        actor,
        session,
        application,
        action,
        now,
        reason.strip(),
        provision.id if provision else None,
        provision_key,
    )
    return agency


def _admit(
    actor: Actor,
    session: Session,
    application: Application,
    effective_on: date,
    reason: str,
    provision_key: str | None,
    now: datetime,
) -> Agency:
    assert application.submitted_at is not None
    profile = ProfileData(**{name: getattr(application, name) for name in FIELDS})
    agency = session.scalars(
        select(Agency).where(Agency.credit_code == application.credit_code)
    ).one_or_none()
    registration = own_registration(session, actor, agency.id) if agency else None
    if agency is None or registration is None:
        data = AgencyData(
            application.credit_code, profile, local_date(application.submitted_at), Entry.APPLICATION
        )
        agency = register_agency(actor, session, data, now=now)
        registration = own_registration(session, actor, agency.id)
        assert registration is not None
    action = _way_in(session, agency, registration)
    decide_standing(
        actor,
        session,
        registration,
        DecisionData(action, effective_on, reason, provision_key),
        seen_version=registration.version,
        now=now,
    )
    _take_over(actor, session, agency, application, effective_on, reason.strip(), now)
    return agency


def _way_in(session: Session, agency: Agency, registration: Registration) -> StandingAction:
    if registration.standing is Standing.APPLIED:
        return StandingAction.ADMIT
    if registration.standing is Standing.REMOVED:
        return StandingAction.READMIT
    name = session.scalars(select(Body.name).where(Body.id == agency.id)).one()
    raise Invalid(
        "already_in_register",
        credit_code=("already_in_register", {"name": name, "standing": registration.standing}),
    )


def _take_over(
    actor: Actor,
    session: Session,
    agency: Agency,
    application: Application,
    day: date,
    reason: str,
    now: datetime,
) -> None:
    """Qualifications, papers and people of the application, through the services that the pages use."""
    for qualification in map(AppliedQualification.load, application.qualifications):
        data = QualificationData(
            qualification.name,
            qualification.number,
            qualification.issuer,
            qualification.issued_on,
            qualification.expires_on,
        )
        add_qualification(actor, session, agency, data, now=now)
    for paper in papers_of_application(session, application.id):
        stored = session.get_one(StoredFile, paper.file_id)
        try:
            add_document(actor, session, agency, paper.kind, stored, paper.file_name, valid_from=day, now=now)
        except Invalid as error:
            # An agency that comes back may hand in the very paper that its record holds.
            if "file" not in error.fields:
                raise
    for person in map(AppliedPerson.load, application.people):
        known = PersonData(
            person.name, person.title, person.licence, person.work_since, person.evaluation_since
        )
        try:
            _appoint(actor, session, agency, known, day, reason, now)
        except Refused as error:
            raise Refused(
                "application_evaluator_elsewhere", provision=error.provision, person=person.name
            ) from None
        except Invalid as error:
            if "name" not in error.fields:
                raise
            # An agency that comes back may still have its people.


def _appoint(
    actor: Actor, session: Session, agency: Agency, person: PersonData, day: date, reason: str, now: datetime
) -> None:
    """Who does not meet the conditions is admitted by the reason of the decision, which stays with the appointment."""
    try:
        with session.begin_nested():
            appoint_evaluator(actor, session, agency, AppointmentData(person, day), now=now)
    except Invalid as error:
        if "note" not in error.fields:
            raise
        appoint_evaluator(actor, session, agency, AppointmentData(person, day, note=reason), now=now)
