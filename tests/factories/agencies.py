"""Agencies in registers, their people, qualifications and ties, made by the services themselves."""

from __future__ import annotations

import itertools
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from stdnum.cn import uscc

from agencyqa.accounts.models import Body
from agencyqa.agencies import services
from agencyqa.agencies.applied import AppliedPerson, AppliedQualification
from agencyqa.agencies.enums import AgencyKind, Entry, Standing, StandingAction, TieKind
from agencyqa.agencies.models import (
    Agency,
    AgencyProfile,
    Application,
    Appointment,
    Person,
    Qualification,
    Registration,
    StandingChange,
    Tie,
)
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.measures.services import load_reference_data
from tests.factories.accounts import NOW

ENTERED_ON = date(2018, 1, 1)
ENDED_ON = date(2022, 3, 1)
HANDLING = "CJ4/handling"
TABLES = (
    Agency,
    AgencyProfile,
    Registration,
    StandingChange,
    Qualification,
    Person,
    Appointment,
    Tie,
    AuditEntry,
)
# Far above the numbers that a test names itself, however many agencies were made before it.
_numbers = itertools.count(1_000_000)


def make_credit_code(number: int | None = None) -> str:
    """A code with a right check character; a new one on every call."""
    stem = f"91310105{next(_numbers) if number is None else number:09d}"
    return stem + str(uscc.calc_check_digit(stem))


def officer_of(bureau: Body) -> Actor:
    """An officer of the bureau without an account."""
    return Actor(
        user_id=None,
        user_name="officer",
        membership_id=None,
        role=Role.BUREAU_SUPERVISOR,
        body_id=bureau.id,
        body_kind=BodyKind.BUREAU,
        body_name=bureau.name,
        bureau_id=bureau.id,
        bureau_ids=frozenset({bureau.id}),
    )


def profile_data(name: str, kind: AgencyKind = AgencyKind.CONSULTING_FIRM) -> services.ProfileData:
    return services.ProfileData(
        name=name,
        kind=kind,
        legal_representative="王明",
        founded_on=date(2010, 5, 1),
        address="长宁路 1 号",
        contact_name="李静",
        contact_phone="021-12345678",
        contact_email="office@example.com",
    )


def make_agency(
    session: Session,
    bureau: Body,
    name: str | None = None,
    *,
    standing: Standing = Standing.REGISTERED,
    kind: AgencyKind = AgencyKind.CONSULTING_FIRM,
    credit_code: str | None = None,
    entered_on: date = ENTERED_ON,
) -> Agency:
    """In the bureau's register since 2018; a suspension or removal took effect on 2022-03-01.

    A code that another bureau's register has enters the same agency here too.
    """
    code = credit_code or make_credit_code()
    if name is None:
        name = f"测试{code[8:17].lstrip('0')}号咨询有限公司"
    entry = Entry.APPLICATION if standing is Standing.APPLIED else Entry.ADMISSION
    data = services.AgencyData(code, profile_data(name, kind), entered_on, entry)
    agency = services.register_agency(officer_of(bureau), session, data, now=NOW)
    if standing in {Standing.SUSPENDED, Standing.REMOVED}:
        load_reference_data(session, NOW)
        action = StandingAction.SUSPEND if standing is Standing.SUSPENDED else StandingAction.REMOVE
        decide(session, bureau, agency, action)
    return agency


def registration_of(session: Session, agency: Agency, bureau: Body) -> Registration:
    return session.scalars(
        select(Registration).where(Registration.agency_id == agency.id, Registration.bureau_id == bureau.id)
    ).one()


def decide(
    session: Session,
    bureau: Body,
    agency: Agency,
    action: StandingAction,
    effective_on: date = ENDED_ON,
    reason: str = "检查发现问题",
) -> None:
    """The measures must be loaded for a decision to the agency's disadvantage."""
    registration = registration_of(session, agency, bureau)
    key = HANDLING if action.is_adverse else None
    services.decide_standing(
        officer_of(bureau),
        session,
        registration,
        services.DecisionData(action, effective_on, reason, key),
        seen_version=registration.version,
        now=NOW,
    )


def make_evaluator(
    session: Session,
    bureau: Body,
    agency: Agency,
    name: str = "赵敏",
    *,
    licence: str | None = None,
    valid_from: date = ENTERED_ON,
    valid_to: date | None = None,
) -> Appointment:
    person = services.PersonData(
        name=name,
        title="高级会计师",
        licence=licence or f"注册会计师 {next(_numbers):08d}",
        work_since=date(2005, 7, 1),
        evaluation_since=date(2012, 1, 1),
    )
    actor = officer_of(bureau)
    appointment = services.appoint_evaluator(
        actor, session, agency, services.AppointmentData(person, valid_from), now=NOW
    )
    if valid_to is not None:
        services.end_appointment(actor, session, appointment, on=valid_to, now=NOW)
    return appointment


def place_of(session: Session, person_id: int) -> Appointment:
    """The latest appointment of the person."""
    statement = select(Appointment).where(Appointment.person_id == person_id)
    return session.scalars(statement.order_by(Appointment.id.desc()).limit(1)).one()


def change_facts(
    session: Session, bureau: Body, appointment: Appointment, *, now: datetime = NOW, **changes: Any
) -> None:
    """Fields of ``services.PersonChange``; what is not named stays as it is."""
    person = session.get_one(Person, appointment.person_id)
    known = {each.name: getattr(person, each.name) for each in fields(services.PersonData)}
    services.change_person(
        officer_of(bureau),
        session,
        appointment,
        person,
        services.PersonChange(**(known | changes)),
        seen_version=person.version,
        now=now,
    )


def make_qualification(
    session: Session,
    bureau: Body,
    agency: Agency,
    name: str = "会计师事务所执业证书",
    *,
    issued_on: date | None = date(2018, 1, 1),
    expires_on: date | None = None,
) -> Qualification:
    data = services.QualificationData(name, "沪-001", "市财政局", issued_on, expires_on)
    return services.add_qualification(officer_of(bureau), session, agency, data, now=NOW)


def make_tie(
    session: Session,
    bureau: Body,
    agency: Agency,
    body: Body,
    kind: TieKind = TieKind.SHAREHOLDING,
    *,
    valid_from: date = ENTERED_ON,
    valid_to: date | None = None,
) -> Tie:
    data = services.TieData(body.id, kind, valid_from, valid_to)
    return services.declare_tie(officer_of(bureau), session, agency, data, now=NOW)


def application_data(name: str = "辛咨询有限公司", **changes: str) -> services.ApplicationData:
    return services.ApplicationData(
        changes.get("credit_code") or make_credit_code(),
        profile_data(name),
        "专门从事绩效评价",
        has_declared=True,
    )


def complete_application(session: Session, application: Application, person: str = "周正") -> None:
    """With a qualification and a principal evaluator, handed in."""
    for item in (
        AppliedQualification("会计师事务所执业证书", "沪-9", "市财政局", date(2018, 1, 1)),
        AppliedPerson(person, "高级会计师", "", date(2005, 7, 1), date(2012, 1, 1)),
    ):
        if item.dump() not in [*application.qualifications, *application.people]:
            services.add_to_application(session, application, item, now=NOW)
    services.submit_application(session, application, now=NOW)


def row_counts(session: Session) -> list[int]:
    """Of every table of the register and of the log, to show that a refused write changed nothing."""
    # Entries of the log are written when a transaction ends.
    session.commit()
    return [session.scalars(select(func.count()).select_from(table)).one() for table in TABLES]
