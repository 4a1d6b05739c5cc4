from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy import Select

from agencyqa.agencies.enums import ApplicationState
from agencyqa.agencies.models import (
    Agency,
    AgencyImport,
    Application,
    Appointment,
    ProfileProposal,
    RecordProposal,
    Registration,
    ReportYear,
    SelfReport,
    Tie,
)
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission


def registration_visible(actor: Actor) -> sa.ColumnElement[bool]:
    """Standing is shown only by the register it belongs to: the actor's bureaus', or the agency's own rows."""
    if not actor.has(Permission.AGENCIES_READ):
        return sa.false()
    if actor.is_bureau or actor.is_observer:
        return Registration.bureau_id.in_(actor.bureau_ids)
    if actor.is_agency:
        return Registration.agency_id == actor.body_id
    return sa.false()


def visible(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition behind ``visible_to``, for statements that read columns of agencies."""
    if not actor.has(Permission.AGENCIES_READ):
        return sa.false()
    if actor.is_agency:
        return Agency.id == actor.body_id
    entered = sa.exists().where(Registration.agency_id == Agency.id, registration_visible(actor))
    return entered.correlate(Agency)


def visible_to(actor: Actor) -> Select[Agency]:
    """The shared identity of an agency: for bureaus and observers where a register they read has it."""
    return sa.select(Agency).where(visible(actor))


def visible_registrations(actor: Actor) -> Select[Registration]:
    return sa.select(Registration).where(registration_visible(actor))


def tie_visible(actor: Actor) -> sa.ColumnElement[bool]:
    """A tie belongs to the bureau that entered it, to which the body answers; another district's is not shown."""
    if not actor.has(Permission.AGENCIES_READ):
        return sa.false()
    if actor.is_bureau or actor.is_observer:
        return Tie.bureau_id.in_(actor.bureau_ids)
    if actor.is_agency:
        return Tie.agency_id == actor.body_id
    return sa.false()


def visible_imports(actor: Actor) -> Select[AgencyImport]:
    """Workbooks handed in for a register are the business of those who keep it."""
    statement = sa.select(AgencyImport)
    if not can_register(actor):
        return statement.where(sa.false())
    return statement.where(AgencyImport.bureau_id == actor.bureau_id)


def visible_applications(actor: Actor) -> Select[Application]:
    """To the bureau that was asked, once they are submitted, or from the start where it had invited."""
    statement = sa.select(Application)
    if not can_register(actor):
        return statement.where(sa.false())
    is_shown = sa.or_(
        Application.state != ApplicationState.DRAFT,
        Application.is_invited,
        Application.submitted_at.is_not(None),
    )
    return statement.where(Application.bureau_id == actor.bureau_id, is_shown)


def can_register(actor: Actor) -> bool:
    return actor.has(Permission.AGENCIES_WRITE) and actor.bureau_id is not None


def can_change(actor: Actor, registration: Registration | None) -> bool:
    """``registration``: the agency's row in the actor's own register. Districts' rows are only read."""
    return can_register(actor) and registration is not None and registration.bureau_id == actor.bureau_id


def can_decide(actor: Actor, registration: Registration | None) -> bool:
    return (
        actor.has(Permission.STANDING_DECIDE)
        and actor.bureau_id is not None
        and registration is not None
        and registration.bureau_id == actor.bureau_id
    )


def can_export(actor: Actor) -> bool:
    return actor.has(Permission.AGENCIES_EXPORT)


def can_show_private(
    actor: Actor, appointment: Appointment, registration: Registration | None, day: date
) -> bool:
    """Sensitive fields, on a logged request: the bureau in whose register the agency stands, and its manager.

    The manager only as long as the person works there: what is entered later is no business of a former employer.
    """
    if not actor.has(Permission.PRIVATE_SHOW):
        return False
    is_there = appointment.valid_to is None or appointment.valid_to >= day
    is_employer = actor.is_agency and actor.body_id == appointment.agency_id and is_there
    return can_change(actor, registration) or is_employer


def read_until(actor: Actor, appointment: Appointment, day: date) -> date | None:
    """The last day whose entries about the person a former employer reads; None for who reads all of them."""
    is_over = appointment.valid_to is not None and appointment.valid_to < day
    return appointment.valid_to if actor.is_agency and is_over else None


def can_see_records(actor: Actor, agency_id: int) -> bool:
    """Decisions against a person: bureaus, and the agency itself; not who only watches."""
    return actor.is_bureau or (actor.is_agency and actor.body_id == agency_id)


def can_decide_applications(actor: Actor) -> bool:
    return can_register(actor) and actor.has(Permission.STANDING_DECIDE)


def can_enter_conditions(actor: Actor) -> bool:
    """What agencies and principal evaluators must bring is laid down by the lead of a bureau."""
    return actor.has(Permission.CONDITIONS_WRITE) and actor.bureau_id is not None


def can_keep_documents(actor: Actor, registration: Registration | None) -> bool:
    """Licences and internal rules that a bureau got on paper; the agency proposes them like any other entry."""
    return actor.has(Permission.DOCUMENTS_WRITE) and can_change(actor, registration)


def visible_proposals(actor: Actor) -> Select[ProfileProposal]:
    """To the agency, and to the bureau it was put to."""
    statement = sa.select(ProfileProposal)
    if actor.is_bureau and actor.has(Permission.AGENCIES_READ):
        return statement.where(ProfileProposal.bureau_id.in_(actor.bureau_ids))
    if actor.is_agency and actor.has(Permission.AGENCIES_READ):
        return statement.where(ProfileProposal.agency_id == actor.body_id)
    return statement.where(sa.false())


def visible_record_proposals(actor: Actor) -> Select[RecordProposal]:
    """As the ones about the profile."""
    statement = sa.select(RecordProposal)
    if actor.is_bureau and actor.has(Permission.AGENCIES_READ):
        return statement.where(RecordProposal.bureau_id.in_(actor.bureau_ids))
    if actor.is_agency and actor.has(Permission.AGENCIES_READ):
        return statement.where(RecordProposal.agency_id == actor.body_id)
    return statement.where(sa.false())


def visible_reports(actor: Actor) -> Select[SelfReport]:
    """To the agency from the start; to the bureaus that may read it, who learn its words once it is handed in."""
    statement = sa.select(SelfReport).join(ReportYear, ReportYear.id == SelfReport.report_year_id)
    if actor.is_bureau and actor.has(Permission.AGENCIES_READ):
        return statement.where(ReportYear.bureau_id.in_(actor.bureau_ids))
    if actor.is_agency and actor.has(Permission.AGENCIES_READ):
        return statement.where(SelfReport.agency_id == actor.body_id)
    return statement.where(sa.false())


def can_propose(actor: Actor, agency_id: int) -> bool:
    return actor.has(Permission.RECORD_PROPOSE) and actor.is_agency and actor.body_id == agency_id
