"""The stage of the demo year: bureaus, departments, accounts, tables of shares and grades, agencies and objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session
from stdnum.cn import uscc

from agencyqa.accounts.models import Body
from agencyqa.accounts.services.administration import BodyData, create_body
from agencyqa.agencies.enums import Entry, TieKind
from agencyqa.agencies.models import Agency, Appointment
from agencyqa.agencies.services.evaluators import AppointmentData, PersonData, appoint_evaluator
from agencyqa.agencies.services.person_accounts import link_account
from agencyqa.agencies.services.profiles import ProfileData
from agencyqa.agencies.services.qualifications import QualificationData, add_qualification
from agencyqa.agencies.services.registration import AgencyData, register_agency
from agencyqa.agencies.services.ties import TieData, declare_tie
from agencyqa.assessments.services.tables import GradeRow, add_grade_table, add_share_table
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.clock import local_date
from agencyqa.demo import content
from agencyqa.demo.content import AgencyContent, DepartmentContent
from agencyqa.demo.people import People
from agencyqa.duties.enums import Duty, TermKind
from agencyqa.duties.terms import TermData, set_term
from agencyqa.engagements.archive.services import set_retention
from agencyqa.engagements.deliverables.enums import Basis, DeliverableKind
from agencyqa.engagements.deliverables.requirements import Requirement
from agencyqa.engagements.deliverables.services import TableData, enter_table
from agencyqa.measures.enums import Purpose, WorkKind

YUAN = 100
WAN = 10_000 * YUAN
# Positions in DEPARTMENTS and AGENCIES: whom the first agency advises, and who is suspended in the open year.
TIED_DEPARTMENT, SUSPENDED_AGENCY = 6, 10
INVENTED = "演示用虚构数据，非任何财政局的规定"
GRADES = (
    GradeRow("excellent", "优", "Excellent", 900000),
    GradeRow("good", "良", "Good", 800000),
    GradeRow("fair", "中", "Fair", 600000),
    GradeRow("poor", "差", "Poor", 0),
)


@dataclass
class Stage:
    """What the story needs to find again."""

    session: Session
    people: People
    bureau: Body
    other_bureau: Body
    departments: list[Body] = field(default_factory=list)
    units: list[list[Body]] = field(default_factory=list)
    agencies: list[Agency] = field(default_factory=list)
    evaluators: list[list[int]] = field(default_factory=list)
    officers: dict[int, str] = field(default_factory=dict)
    managers: dict[int, str] = field(default_factory=dict)

    def actor(self, person: content.Person, now: datetime) -> Actor:
        return self.people.actor(person.username, local_date(now))

    def officer(self, body_id: int, now: datetime) -> Actor:
        return self.people.actor(self.officers[body_id], local_date(now))

    def agency_manager(self, agency_id: int, now: datetime) -> Actor:
        return self.people.actor(self.managers[agency_id], local_date(now))

    def agency_signer(self, agency_id: int, now: datetime) -> Actor:
        """Who hands in. Only the first agency has people besides its manager."""
        is_first = agency_id == self.agencies[0].id
        return self.actor(content.EVALUATOR, now) if is_first else self.agency_manager(agency_id, now)

    def reviewers(self, agency_id: int, now: datetime) -> list[Actor]:
        """Three different people, in the order of the levels; the last answers for the agency."""
        manager = self.managers[agency_id]
        if agency_id == self.agencies[0].id:
            names = [content.STAFF.username, content.EVALUATOR.username, manager]
        else:
            names = [f"{manager}-staff", f"{manager}-evaluator", manager]
        return [self.people.actor(name, local_date(now)) for name in names]

    def agency_staff(self, agency_id: int, now: datetime) -> Actor:
        """Who uploads and fills in."""
        is_first = agency_id == self.agencies[0].id
        return self.actor(content.STAFF, now) if is_first else self.agency_manager(agency_id, now)


def build(session: Session, people: People, open_year: int, now: datetime) -> Stage:
    city = people.found_bureau(content.CITY_BUREAU, now)
    administrator = people.administrator

    def bureau(name: str) -> Body:
        return create_body(
            administrator, session, BodyData(BodyKind.BUREAU, name, parent_id=city.id), now=now
        )

    stage = Stage(session, people, bureau(content.DISTRICT_BUREAU), bureau(content.OTHER_BUREAU))
    _add_bureau_people(stage, city, now)
    for number, department in enumerate(content.DEPARTMENTS):
        _add_department(stage, department, number, now)
    _add_tables(stage, open_year, now)
    _add_terms(stage, now)
    return stage


def _add_bureau_people(stage: Stage, city: Body, now: datetime) -> None:
    add = stage.people.add
    for person, body, role, can_sign_in in (
        (content.SUPERVISOR, stage.bureau, Role.BUREAU_SUPERVISOR, True),
        (content.SECOND_SUPERVISOR, stage.bureau, Role.BUREAU_SUPERVISOR, True),
        (content.LEAD, stage.bureau, Role.BUREAU_LEAD, True),
        (content.CITY_SUPERVISOR, city, Role.BUREAU_SUPERVISOR, True),
        (content.OTHER_SUPERVISOR, stage.other_bureau, Role.BUREAU_LEAD, True),
    ):
        add(person.username, person.name, body, role, now, can_sign_in=can_sign_in)
    data = BodyData(BodyKind.OBSERVER, content.OBSERVER, bureau_id=stage.bureau.id)
    observer = create_body(stage.people.administrator, stage.session, data, now=now)
    person = content.OBSERVER_PERSON
    add(person.username, person.name, observer, Role.OBSERVER, now, can_sign_in=True)


def _add_department(stage: Stage, department: DepartmentContent, number: int, now: datetime) -> None:
    administrator = stage.people.administrator
    data = BodyData(BodyKind.DEPARTMENT, department.name, code=department.code, bureau_id=stage.bureau.id)
    body = create_body(administrator, stage.session, data, now=now)
    stage.departments.append(body)
    is_first = number == 0
    username = content.DEPARTMENT_OFFICER.username if is_first else f"department{number + 1}"
    stage.officers[body.id] = username
    stage.people.add(
        username, content.OFFICERS[number], body, Role.DEPARTMENT_OFFICER, now, can_sign_in=is_first
    )
    stage.units.append([])
    for position, name in enumerate(department.units):
        unit = create_body(
            administrator,
            stage.session,
            BodyData(
                BodyKind.DEPARTMENT,
                name,
                code=f"{department.code}{position + 1:02}",
                parent_id=body.id,
                bureau_id=stage.bureau.id,
            ),
            now=now,
        )
        stage.units[-1].append(unit)
        count = sum(len(units) for units in stage.units)
        stage.officers[unit.id] = f"unit{count}"
        officer = content.UNIT_OFFICERS[count - 1]
        stage.people.add(f"unit{count}", officer, unit, Role.DEPARTMENT_OFFICER, now)


def _add_tables(stage: Stage, open_year: int, now: datetime) -> None:
    lead = stage.actor(content.LEAD, now)
    for valid_from, shares in (
        (date(2018, 1, 1), ((Purpose.EVALUATED_UNIT, Fraction(1)),)),
        (date(2021, 9, 18), ((Purpose.BUREAU, Fraction(7, 10)), (Purpose.EVALUATED_UNIT, Fraction(3, 10)))),
        (
            date(open_year, 1, 1),
            (
                (Purpose.BUREAU, Fraction(6, 10)),
                (Purpose.EVALUATED_UNIT, Fraction(3, 10)),
                (Purpose.COMMISSIONER, Fraction(1, 10)),
            ),
        ),
    ):
        add_share_table(lead, stage.session, valid_from=valid_from, source=INVENTED, shares=shares, now=now)
    add_grade_table(
        lead,
        stage.session,
        valid_from=date(2018, 1, 1),
        source=INVENTED,
        bands=GRADES,
        places=2,
        now=now,
    )


# How long what waits for the bureau may wait, in working days.
OWN_LIMITS = (
    (Duty.APPLICATION, 20),
    (Duty.PROPOSAL, 10),
    (Duty.ACCEPTANCE, 10),
    (Duty.SHEET_REVIEW, 10),
    (Duty.FINDING, 15),
    (Duty.VERIFICATION, 10),
)


def _add_terms(stage: Stage, now: datetime) -> None:
    """A table of the bureau's own for ex-ante work; for the rest the shipped terms hold. And what it allows itself."""
    lead, valid_from = stage.actor(content.LEAD, now), date(2021, 9, 18)
    for duty, days in OWN_LIMITS:
        set_term(lead, stage.session, TermData(TermKind.LIMIT, duty, days, valid_from, INVENTED), now=now)
    reminder = TermData(TermKind.REMINDER, None, 5, valid_from, INVENTED)
    set_term(lead, stage.session, reminder, now=now)
    # Each district says for itself for how long its files are kept, and without that none can be sealed.
    for who in (content.LEAD, content.OTHER_SUPERVISOR):
        set_retention(stage.actor(who, now), stage.session, date(2021, 1, 1), 10, INVENTED, now=now)
    items = (
        Requirement(DeliverableKind.PLAN, True, Basis.CONTRACT_SIGNED, 10),
        Requirement(DeliverableKind.REPORT, True, Basis.CONTRACT_DUE, 0),
    )
    enter_table(lead, stage.session, TableData(WorkKind.EX_ANTE, valid_from, INVENTED, items), now=now)


def credit_code(number: int) -> str:
    """Right by its check character, and in a region that does not exist."""
    base = f"91999999MADEM{number:04}"
    return base + uscc.calc_check_digit(base)


def profile_of(each: AgencyContent, number: int) -> ProfileData:
    return ProfileData(
        name=each.name,
        kind=each.kind,
        legal_representative=each.representative,
        founded_on=date(2004 + number, 3 + number % 9, 12),
        address=f"云汀市望洲区演示路{100 + number * 8}号",
        contact_name=each.evaluators[0],
        contact_phone=f"000-5550{number + 1:04}",
        on_credit_platform=number % 3 == 0,
    )


def add_agency(stage: Stage, agency_content: AgencyContent, number: int, now: datetime) -> None:
    """Registered at once, with a qualification and its principal evaluators."""
    session, supervisor, day = stage.session, stage.actor(content.SUPERVISOR, now), local_date(now)
    agency = register_agency(
        supervisor,
        session,
        AgencyData(
            credit_code(number + 1),
            profile_of(agency_content, number),
            effective_on=day,
            entry=Entry.ADMISSION,
            reason="材料齐全，符合入库条件。",
        ),
        now=now,
    )
    stage.agencies.append(agency)
    # Some qualifications end within the year that is still open, so that the warnings have something to warn of.
    ends = date(now.year + 3, 1 + number % 12, 28) if number % 4 else None
    add_qualification(
        supervisor,
        session,
        agency,
        QualificationData(
            agency_content.qualification,
            number=f"YT-{2010 + number}-{number + 1:03}",
            issuer="云汀市行业主管部门（演示）",
            issued_on=date(2015, 6, 1),
            expires_on=ends,
        ),
        now=now,
    )
    stage.evaluators.append(
        [
            _appoint(stage, supervisor, agency, name, number * 2 + position, now)
            for position, name in enumerate(agency_content.evaluators)
        ]
    )


def _appoint(stage: Stage, supervisor: Actor, agency: Agency, name: str, number: int, now: datetime) -> int:
    appointment = appoint_evaluator(
        supervisor,
        stage.session,
        agency,
        AppointmentData(
            PersonData(
                name,
                title="高级会计师" if number % 2 else "注册会计师",
                licence=f"演示证书 {number + 1:04}",
                work_since=date(2006 + number % 8, 7, 1),
                evaluation_since=date(2012 + number % 6, 9, 1),
            ),
            valid_from=local_date(now),
        ),
        now=now,
    )
    return appointment.person_id


def add_agency_people(stage: Stage, now: datetime) -> None:
    first = stage.session.get_one(Body, stage.agencies[0].id)
    for person, role in (
        (content.AGENCY_MANAGER, Role.AGENCY_MANAGER),
        (content.EVALUATOR, Role.PRINCIPAL_EVALUATOR),
        (content.STAFF, Role.AGENCY_STAFF),
    ):
        stage.people.add(person.username, person.name, first, role, now, can_sign_in=True)
    stage.managers[first.id] = content.AGENCY_MANAGER.username
    _link_evaluator(stage, now)
    for number, agency in enumerate(stage.agencies[1:], start=2):
        body = stage.session.get_one(Body, agency.id)
        each, username = content.AGENCIES[number - 1], f"agency{number}"
        stage.managers[body.id] = username
        stage.people.add(username, each.representative, body, Role.AGENCY_MANAGER, now)
        evaluator, staff = each.evaluators[0], content.AGENCY_STAFF_NAMES[number - 2]
        stage.people.add(f"{username}-evaluator", evaluator, body, Role.PRINCIPAL_EVALUATOR, now)
        stage.people.add(f"{username}-staff", staff, body, Role.AGENCY_STAFF, now)


def _link_evaluator(stage: Stage, now: datetime) -> None:
    """The principal evaluator who signs in signs his own declarations."""
    evaluator, session = stage.actor(content.EVALUATOR, now), stage.session
    place = session.scalars(
        select(Appointment).where(
            Appointment.agency_id == stage.agencies[0].id, Appointment.person_id == stage.evaluators[0][0]
        )
    ).one()
    link_account(stage.actor(content.SUPERVISOR, now), session, place, evaluator.user_id, now=now)


def declare_first_tie(stage: Stage, now: datetime) -> None:
    """Why one agency never gets the work of one department."""
    declare_tie(
        stage.actor(content.SUPERVISOR, now),
        stage.session,
        stage.agencies[0],
        TieData(
            stage.departments[TIED_DEPARTMENT].id,
            TieKind.ADVISORY,
            local_date(now) - timedelta(days=200),
            note="常年担任该单位内部控制顾问",
        ),
        now=now,
    )
