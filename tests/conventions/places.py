"""A city with two districts, and a word on everything in them that tells at once from whose drawer it fell."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership
from agencyqa.agencies import services
from agencyqa.agencies.enums import ApplicationState, CredentialKind, DocumentKind, Matter, StandingAction
from agencyqa.agencies.models import Agency, Appointment, SelfReport
from agencyqa.agencies.services import (
    BranchData,
    CredentialData,
    RecordData,
    add_credential,
    add_document,
    begin_application,
    enter_record,
    open_branch,
    open_report_year,
    propose_change,
)
from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.models import AnnualResult
from agencyqa.assessments.services.assignments import assign_result
from agencyqa.assessments.services.publication import publish_round
from agencyqa.auth.roles import Role
from agencyqa.inspections.models import Checklist
from agencyqa.measures.enums import Purpose
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.services import draft_scheme
from agencyqa.notifications.models import InboxMessage
from agencyqa.notifications.services import tell
from tests.conventions.commissions import SIGNED, put_contract, put_independence, put_plan, put_selection
from tests.conventions.evidence import put_evidence
from tests.conventions.rules import put_credit
from tests.factories.accounts import (
    NOW,
    actor_of,
    make_bureau,
    make_department,
    make_member,
    make_observer,
    make_user,
)
from tests.factories.agencies import (
    application_data,
    complete_application,
    decide,
    make_agency,
    make_evaluator,
    make_qualification,
    make_tie,
    officer_of,
    profile_data,
)
from tests.factories.assessments import load_schemes, make_grade_table, make_share_table
from tests.factories.engagements import make_engagement
from tests.factories.files import make_stored, make_upload, pdf
from tests.factories.measures import scheme_text
from tests.factories.objects import make_object
from tests.factories.rounds import make_round, make_sheet
from tests.kept import kept

# The number of the one work whose sheets are still being filled in.
OPEN = 6


@dataclass
class Drawer:
    """What belongs together: numbers of rows by the name they have in an address, and words seen nowhere else."""

    words: set[str] = field(default_factory=set)
    rows: dict[str, list[int]] = field(default_factory=dict)

    def put(self, argument: str, row_id: int) -> None:
        self.rows.setdefault(argument, []).append(row_id)


@dataclass
class Places:
    session: Session
    # With an application there are files too, and everything that is found in them.
    app: Flask | None = None
    people: dict[str, Membership] = field(default_factory=dict)
    checklists: dict[int, Checklist] = field(default_factory=dict)
    drawers: dict[str, Drawer] = field(default_factory=dict)

    def drawer(self, name: str) -> Drawer:
        return self.drawers.setdefault(name, Drawer())

    def person(self, name: str, body: Body, role: Role) -> Membership:
        word = f"人员{name}"
        membership = make_member(self.session, body, role, make_user(self.session, display_name=word))
        self.people[name] = membership
        own = self.drawer(f"account {name}")
        own.words.add(word)
        own.put("user_id", membership.user_id)
        own.put("membership_id", membership.id)
        mail = self.drawer(f"mail {name}")
        mail.words.add(f"MAIL-{name.upper()}")
        tell(
            self.session,
            [membership.id],
            "qualification_expiring",
            now=NOW,
            agency=f"MAIL-{name.upper()}",
            qualification="证书",
            expires_on="2022-12-31",
            days=30,
        )
        self.session.flush()
        newest = select(InboxMessage.id).where(InboxMessage.membership_id == membership.id)
        mail.put("message_id", self.session.scalars(newest).one())
        return membership

    def agency(self, name: str, *bureaus: Body) -> Agency:
        """In the registers of these bureaus, with a person, a paper and a manager of its own."""
        first = bureaus[0]
        agency = make_agency(self.session, first, f"机构{name}")
        for bureau in bureaus[1:]:
            make_agency(self.session, bureau, f"机构{name}", credit_code=agency.credit_code)
        own = self.drawer(f"agency {name}")
        own.words |= {f"机构{name}", f"主评{name}", f"证照{name}"}
        own.put("agency_id", agency.id)
        own.put("appointment_id", make_evaluator(self.session, first, agency, f"主评{name}").id)
        self.papers(name, first, own)
        own.put("qualification_id", make_qualification(self.session, first, agency, f"证照{name}").id)
        manager = self.person(f"manager {name}", self.session.get_one(Body, agency.id), Role.AGENCY_MANAGER)
        self.drawer(f"account manager {name}").put("upload_id", make_upload(self.session, manager).id)
        return agency

    def application(self, name: str, bureau: Body) -> None:
        """Handed in to this bureau, by somebody who has no account."""
        made, _ = begin_application(self.session, bureau.id, application_data(f"申请{name}"), now=NOW)
        complete_application(self.session, made)
        own = self.drawer(f"application {name}")
        own.words.add(f"申请{name}")
        own.put("application_id", made.id)
        if self.app is not None:
            stored = make_stored(self.app, self.session, pdf(f"paper {name}"))
            made.state = ApplicationState.RETURNED
            kind, file_name = DocumentKind.TRAINING, f"材料{name}.pdf"
            paper = services.add_paper(self.session, made, kind, stored, file_name, now=NOW)
            made.state = ApplicationState.SUBMITTED
            own.words.add(f"材料{name}")
            own.put("paper_id", paper.id)

    def papers(self, name: str, bureau: Body, own: Drawer) -> None:
        """What a person of the agency has to show, and what is held against him."""
        appointment = self.session.get_one(Appointment, own.rows["appointment_id"][0])
        officer = officer_of(bureau)
        own.words |= {f"职称{name}", f"处分{name}"}
        credential = CredentialData(CredentialKind.TITLE, f"职称{name}")
        own.put("credential_id", add_credential(officer, self.session, appointment, credential, now=NOW).id)
        agency_id = appointment.agency_id
        branch = BranchData(f"分部{name}", date(2017, 1, 1))
        own.words.add(f"分部{name}")
        agency = self.session.get_one(Agency, agency_id)
        own.put("branch_id", open_branch(officer, self.session, agency, branch, now=NOW).id)
        if self.app is not None:
            self.rule(name, bureau, agency, self.app)
        entry = RecordData(date(2017, 1, 1), "协会", f"处分{name}", date(2017, 12, 31))
        own.put("record_id", enter_record(officer, self.session, appointment, entry, now=NOW).id)

    def own_words(self, name: str, agency: Agency, bureau: Body) -> None:
        """What the agency proposes to one bureau, and reports to it."""
        manager = actor_of(self.session, self.people[f"manager {name}"])
        own = self.drawer(f"said {name}")
        wanted = replace(profile_data(f"机构{name}"), address=f"新址{name}")
        proposal = propose_change(
            manager,
            self.session,
            agency,
            bureau.id,
            wanted,
            effective_on=date(2022, 6, 1),
            reason=f"缘由{name}",
            now=NOW,
        )
        own.words |= {f"新址{name}", f"缘由{name}"}
        own.put("proposal_id", proposal.id)
        paper = services.QualificationData(f"拟登证照{name}")
        entry = services.propose_entry(
            manager,
            self.session,
            agency,
            bureau.id,
            Matter.QUALIFICATION,
            paper,
            reason=f"事由{name}",
            now=NOW,
        )
        own.words |= {f"拟登证照{name}", f"事由{name}"}
        own.put("entry_id", entry.id)

    def report_year(self, letter: str) -> None:
        """One report of each agency of the register; what they say stays in drafts."""
        lead = actor_of(self.session, self.people[f"lead {letter}"])
        year = open_report_year(
            lead, self.session, year=2021, opened_on=date(2022, 3, 1), working_days=20, now=NOW
        )
        for row in self.session.scalars(select(SelfReport).where(SelfReport.report_year_id == year.id)):
            name = self.session.get_one(Body, row.agency_id).name.removeprefix("机构")
            own = self.drawer(f"report {name} {letter}")
            own.put("report_id", row.id)

    def rule(self, name: str, bureau: Body, agency: Agency, app: Flask) -> None:
        own, stored = self.drawer(f"agency {name}"), make_stored(app, self.session, pdf(f"rule {name}"))
        made = add_document(
            officer_of(bureau),
            self.session,
            agency,
            DocumentKind.TRAINING,
            stored,
            f"制度{name}.pdf",
            valid_from=date(2017, 1, 1),
            now=NOW,
        )
        own.words.add(f"制度{name}")
        own.put("document_id", made.id)

    def work(self, name: str, bureau: Body, agency: Agency, unit: Body, number: int) -> None:
        """A scored engagement. ``number`` makes its fee, its scores and so every figure its own."""
        session = self.session
        thing = make_object(session, bureau, unit, f"项目{name}", code=f"CODE-{name}")
        engagement = make_engagement(
            session,
            bureau,
            agency,
            unit,
            thing=thing,
            contract_number=f"HT-{name}",
            signed_on=SIGNED,
            fee=77_000_000 + number * 10_101,
        )
        version = session.scalars(select(SchemeVersion).order_by(SchemeVersion.id).limit(1)).one()
        own, scores = self.drawer(f"work {name}"), self.drawer(f"scores {name}")
        answers = self.drawer(f"answers {name}")
        own.words |= {f"项目{name}", f"CODE-{name}", f"HT-{name}", f"{770_000 + number * 101.01:,.2f}"}
        own.put("object_id", thing.id)
        own.put("engagement_id", engagement.id)
        put_independence(self, name, bureau, engagement)
        put_selection(self, name, bureau, agency, unit, engagement)
        agency_name = session.get_one(Body, agency.id).name.removeprefix("机构")
        put_contract(self, name, agency_name, engagement)
        state = SheetState.DRAFT if number == OPEN else SheetState.FINAL
        given = (
            (Purpose.BUREAU, 61 + number + 0.1234, scores),
            (Purpose.EVALUATED_UNIT, 81.4321 - number, answers),
        )
        for role, total, drawer in given:
            sheet = make_sheet(session, engagement, role, version, total, state=state)
            drawer.words.add(f"{total:.4f}")
            drawer.put("sheet_id", sheet.id)
        if self.app is not None and number != OPEN:
            put_evidence(self, self.app, name, bureau, agency, engagement, unit)

    def district(self, letter: str, city: Body) -> Body:
        bureau = make_bureau(self.session, f"财政局{letter}", parent=city)
        self.drawer(f"bureau {letter}").put("body_id", bureau.id)
        make_share_table(self.session, bureau)
        make_grade_table(self.session, bureau)
        for role in (Role.BUREAU_SUPERVISOR, Role.BUREAU_LEAD, Role.SYSTEM_ADMINISTRATOR):
            self.person(f"{role.value.rpartition('_')[2]} {letter}", bureau, role)
        self.application(letter, bureau)
        self.person(f"observer {letter}", make_observer(self.session, bureau, f"观察{letter}"), Role.OBSERVER)
        text = scheme_text(key=f"own-{letter.lower()}", title=f"方案{letter}", valid_from=date(2030, 1, 1))
        # What is published all may read; a draft is its bureau's own.
        drafter = actor_of(self.session, self.people[f"supervisor {letter}"])
        draft = draft_scheme(drafter, self.session, text, now=NOW)
        self.session.flush()
        schemes = self.drawer(f"draft {letter}")
        schemes.words.add(f"方案{letter}")
        schemes.put("version_id", draft.id)
        return bureau

    def department(self, name: str, bureau: Body, parent: Body | None = None) -> Body:
        made = make_department(self.session, bureau, f"部门{name}", parent)
        own = self.drawer(f"department {name}")
        own.words.add(f"部门{name}")
        own.put("body_id", made.id)
        self.person(f"officer {name}", made, Role.DEPARTMENT_OFFICER)
        return made

    def tie(self, name: str, bureau: Body, agency: Agency, body: Body) -> None:
        self.drawer(f"tie {name}").put("tie_id", make_tie(self.session, bureau, agency, body).id)

    def publish(self, letter: str) -> None:
        """The year of a district; each result lies in a drawer with the name of its agency."""
        session = self.session
        lead = actor_of(session, self.people[f"lead {letter}"])
        found = make_round(session, lead)
        publish_round(
            lead,
            session,
            found,
            seen_version=found.version,
            accept_provisional=True,
            provisional_reason="按期发布",
            now=NOW,
        )
        self.drawer(f"year {letter}").put("round_id", found.id)
        for result in session.scalars(select(AnnualResult).where(AnnualResult.round_id == found.id)):
            name = result.agency_name.removeprefix("机构")
            own = self.drawer(f"result {name} {letter}")
            own.put("result_id", result.id)
            assert result.rounded is not None
            own.words.add(f"{result.rounded / 10**result.places:.{result.places}f}")

    def assign(self, letter: str, name: str, department: Body) -> None:
        lead = actor_of(self.session, self.people[f"lead {letter}"])
        result = self.session.get_one(
            AnnualResult, self.drawer(f"result {name} {letter}").rows["result_id"][0]
        )
        made = assign_result(
            lead,
            self.session,
            result,
            department_id=department.id,
            valid_from=date(2022, 1, 1),
            valid_to=None,
            now=NOW,
        )
        self.session.flush()
        self.drawer(f"year {letter}").put("assignment_id", made.id)


@kept
def build_places(session: Session, app: Flask | None = None) -> Places:
    """A1 and A2 work for district A, B1 for district B, S for both, which think differently of it."""
    load_schemes(session)
    places = Places(session, app)
    city = make_bureau(session, "市财政局")
    places.person("supervisor C", city, Role.BUREAU_SUPERVISOR)
    a, b = places.district("A", city), places.district("B", city)
    first, second, other = (
        places.department("A1", a),
        places.department("A2", a),
        places.department("B1", b),
    )
    places.department("U1", a, first)
    agency_a1, agency_a2 = places.agency("A1", a), places.agency("A2", a)
    agency_b1, shared = places.agency("B1", b), places.agency("S", a, b)
    places.tie("A2 A", a, agency_a2, first)
    places.tie("B1 B", b, agency_b1, other)
    places.tie("S B", b, shared, other)
    for number, (name, bureau, agency, unit) in enumerate(
        (
            ("A1", a, agency_a1, first),
            ("A2", a, agency_a2, second),
            ("B1", b, agency_b1, other),
            ("SA", a, shared, second),
            ("SB", b, shared, other),
        ),
        start=1,
    ):
        places.work(name, bureau, agency, unit, number)
    for name, agency, bureau in (("A1", agency_a1, a), ("B1", agency_b1, b)):
        places.own_words(name, agency, bureau)
    for letter, bureau in (("A", a), ("B", b)):
        put_plan(places, letter, bureau)
    for letter in "AB":
        places.publish(letter)
        places.report_year(letter)
    places.assign("A", "A2", second)
    places.assign("B", "S", other)
    places.work("A1 next", a, agency_a1, first, OPEN)
    # Last, for work is not given to an agency that is suspended.
    for bureau, letter in ((a, "A"), (b, "B")):
        action = StandingAction.SUSPEND
        decide(session, bureau, shared, action, reason=f"处理理由{letter}")
        places.drawer(f"standing {letter}").words.add(f"处理理由{letter}")
        put_credit(places, letter)
    session.commit()
    return places
