"""Whatever an agency wants changed in its record stands beside it until its bureau has confirmed it."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies import queries, services
from agencyqa.agencies.enums import (
    CredentialKind,
    DocumentKind,
    Matter,
    PersonRole,
    ProposalAction,
    ProposalState,
    Standing,
    TieKind,
)
from agencyqa.agencies.models import (
    AgencyDocument,
    Appointment,
    Branch,
    Credential,
    Person,
    PersonRecord,
    Qualification,
    RecordProposal,
    Tie,
)
from agencyqa.agencies.queries.entry_proposals import MOST
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.errors import Forbidden, Invalid, NotVisible, Stale, WrongState
from agencyqa.notifications.models import InboxMessage
from tests.client import Client
from tests.factories.accounts import NOW, actor_of, make_bureau, make_department, make_member, sign_in
from tests.factories.agencies import make_agency, make_evaluator, make_tie, officer_of
from tests.factories.files import make_stored, pdf
from tests.integration.agencies.entry_case import TODAY, Case, licence_of, make_case

B = ProposalAction
NOTHING = services.WithdrawalData()


@pytest.fixture
def case(session: Session) -> Case:
    return make_case(session)


def counted(session: Session, table: Any) -> int:
    return len(session.scalars(select(table)).all())


def test_each_matter_enters_the_record_once_it_is_confirmed(app: Flask, session: Session, case: Case) -> None:
    services.load_reference_data(session, NOW)
    place = make_evaluator(session, case.bureau, case.agency)
    school = make_department(session, case.bureau, "区教育局")
    tie = make_tie(session, case.bureau, case.agency, school)
    branch = services.open_branch(
        officer_of(case.bureau),
        session,
        case.agency,
        services.BranchData("甲分部", date(2019, 1, 1)),
        now=NOW,
    )
    wrong = make_wrong_entries(session, case, place)
    wrong[Matter.TIE_WITHDRAWAL] = make_tie(session, case.bureau, case.agency, school, TieKind.OTHER)
    person = services.PersonData("钱进", "高级会计师", "", date(2005, 1, 1), date(2010, 1, 1))
    changed = services.PersonChange("赵敏", "教授", "", date(2005, 7, 1), date(2012, 1, 1))
    proposals = [
        case.propose(Matter.QUALIFICATION, services.QualificationData("执业证书", "1")),
        case.propose(Matter.PERSON, services.AppointmentData(person, TODAY, role=PersonRole.STAFF)),
        case.propose(Matter.PERSON_CHANGE, changed, target_id=place.id),
        case.propose(
            Matter.CREDENTIAL, services.CredentialData(CredentialKind.TITLE, "教授"), target_id=place.id
        ),
        case.propose(Matter.TIE, services.TieData(school.id, TieKind.ADVISORY, TODAY)),
        case.propose(Matter.TIE_END, services.EndData(TODAY), target_id=tie.id),
        case.propose(Matter.BRANCH, services.BranchData("乙分部", TODAY)),
        case.propose(Matter.BRANCH_END, services.EndData(TODAY), target_id=branch.id),
        case.propose(
            Matter.DOCUMENT,
            services.DocumentData(DocumentKind.TRAINING, TODAY),
            stored=make_stored(app, session, pdf("rules")),
            file_name="制度.pdf",
        ),
        *(case.propose(matter, NOTHING, target_id=row.id) for matter, row in wrong.items()),
        case.propose(Matter.PERSON_END, services.EndData(TODAY, "退休"), target_id=place.id),
    ]
    assert {item.matter for item in proposals} == set(Matter)
    tables = (Qualification, Credential, AgencyDocument)
    assert [counted(session, table) for table in tables] == [1, 1, 0]
    assert {row.withdrawn_at for row in wrong.values()} == {None}
    assert (tie.valid_to, branch.valid_to, place.valid_to) == (None, None, None)
    for proposal in proposals:
        case.decide(proposal)
        assert proposal.state is ProposalState.CONFIRMED
    assert [counted(session, table) for table in tables] == [2, 2, 1]
    # What was wrong stays in the record, withdrawn for the reason that the agency gave.
    assert {(row.withdrawn_at, row.withdrawal_reason) for row in wrong.values()} == {(NOW, "情况有变")}
    assert (tie.valid_to, branch.valid_to, place.valid_to, place.end_reason) == (TODAY, TODAY, TODAY, "退休")
    assert session.get_one(Person, place.person_id).title == "教授"
    assert set(session.scalars(select(Branch.name))) == {"甲分部", "乙分部"}
    assert counted(session, Tie) == 3
    assert session.scalars(select(Person.name).where(Person.name == "钱进")).one()
    with pytest.raises(WrongState):
        case.decide(proposals[0])
    session.commit()
    logged = session.scalars(select(AuditEntry.event).where(AuditEntry.target_type == "record_proposals"))
    assert sorted(logged) == ["agencies.proposal.confirmed"] * 14 + ["agencies.proposal.made"] * 14
    told = select(InboxMessage.code).where(InboxMessage.membership_id == case.member.id)
    assert session.scalars(told).all() == ["proposal_decided"] * 14


Wrong = dict[Matter, Qualification | Credential | PersonRecord | Tie]


def make_wrong_entries(session: Session, case: Case, place: Appointment) -> Wrong:
    """By the matter that withdraws it, what the bureau entered by mistake."""
    officer = officer_of(case.bureau)
    title = services.CredentialData(CredentialKind.TITLE, "讲师")
    record = services.RecordData(TODAY, "区财政局", "不良执业")
    return {
        Matter.QUALIFICATION_WITHDRAWAL: services.add_qualification(
            officer, session, case.agency, services.QualificationData("错录证书"), now=NOW
        ),
        Matter.CREDENTIAL_WITHDRAWAL: services.add_credential(officer, session, place, title, now=NOW),
        Matter.RECORD_WITHDRAWAL: services.enter_record(officer, session, place, record, now=NOW),
    }


def test_who_may_propose_what_was_entered_wrong(session: Session, case: Case) -> None:
    """Not what another agency holds, what is withdrawn already or what another bureau entered."""
    place = make_evaluator(session, case.bureau, case.agency)
    wrong = make_wrong_entries(session, case, place)
    other = make_agency(session, case.bureau, "乙评估有限公司")
    rival = Case(
        session,
        case.bureau,
        other,
        make_member(session, session.get_one(Body, other.id), Role.AGENCY_MANAGER),
        case.officer,
    )
    for matter, row in wrong.items():
        with pytest.raises(NotVisible):
            rival.propose(matter, NOTHING, target_id=row.id)
    foreign = make_bureau(session, "静安区财政局")
    record = services.enter_record(
        officer_of(case.bureau), session, place, services.RecordData(TODAY, "甲", "乙"), now=NOW
    )
    record.bureau_id = foreign.id
    session.flush()
    with pytest.raises(Invalid) as caught:
        case.propose(Matter.RECORD_WITHDRAWAL, NOTHING, target_id=record.id)
    assert caught.value.fields == {"bureau_id": ("not_a_choice", {})}
    qualification, credential = (
        wrong[Matter.QUALIFICATION_WITHDRAWAL],
        wrong[Matter.CREDENTIAL_WITHDRAWAL],
    )
    case.decide(case.propose(Matter.QUALIFICATION_WITHDRAWAL, NOTHING, target_id=qualification.id))
    with pytest.raises(Invalid, match="entry_withdrawn"):
        case.propose(Matter.QUALIFICATION_WITHDRAWAL, NOTHING, target_id=qualification.id)
    # Whoever has left the agency is not for it to speak of.
    yesterday = TODAY - timedelta(days=1)
    services.end_appointment(officer_of(case.bureau), session, place, on=yesterday, reason="x", now=NOW)
    with pytest.raises(NotVisible):
        case.propose(Matter.CREDENTIAL_WITHDRAWAL, NOTHING, target_id=credential.id)


def test_a_wrong_entry_is_withdrawn_from_page_to_page(client: Client, session: Session, case: Case) -> None:
    place = make_evaluator(session, case.bureau, case.agency)
    wrong = make_wrong_entries(session, case, place)
    sign_in(client, case.member)
    home = f"/agencies/{case.agency.id}"
    assert "提出撤销 错录证书" in client.get(home).text
    shown = client.get(f"{home}/people/{place.id}").text
    assert "提出撤销 讲师" in shown
    qualification = wrong[Matter.QUALIFICATION_WITHDRAWAL]
    form = client.get(f"{home}/proposals/entries/new/qualification_withdrawal?target={qualification.id}")
    assert "错录证书" in client.page(form).text
    assert client.submit(form, "main-form", why="录入时写错名称").status_code == 302
    assert qualification.withdrawn_at is None
    client.post("/sign-out")
    sign_in(client, case.officer)
    (proposal,) = session.scalars(select(RecordProposal)).all()
    page = client.get(f"{home}/proposals/entries/{proposal.id}")
    assert "撤销录入有误的资质" in client.page(page).text
    assert client.submit(page, "main-form", action="confirm").status_code == 302
    assert (qualification.withdrawn_at is None, qualification.withdrawal_reason) == (False, "录入时写错名称")
    assert "录入时写错名称" in client.page(client.get(home)).text


def test_what_cannot_be_proposed(session: Session, case: Case) -> None:
    data = services.QualificationData("执业证书")
    staff = make_member(session, session.get_one(Body, case.agency.id), Role.AGENCY_STAFF)
    other = make_agency(session, case.bureau, "乙评估有限公司")
    place = make_evaluator(session, case.bureau, other)
    foreign = make_bureau(session, "静安区财政局")
    for actor in (actor_of(session, staff), officer_of(case.bureau)):
        with pytest.raises(Forbidden):
            services.propose_entry(
                actor,
                session,
                case.agency,
                case.bureau.id,
                Matter.QUALIFICATION,
                data,
                reason="x",
                now=NOW,
            )
    with pytest.raises(NotVisible):
        case.propose(Matter.PERSON_END, services.EndData(TODAY), target_id=place.id)
    with pytest.raises(Invalid) as caught:
        services.propose_entry(
            case.manager,
            session,
            case.agency,
            foreign.id,
            Matter.QUALIFICATION,
            data,
            reason="x",
            now=NOW,
        )
    assert caught.value.fields == {"bureau_id": ("not_a_choice", {})}
    case.propose(Matter.QUALIFICATION, data)
    own = make_evaluator(session, case.bureau, case.agency, "孙行")
    known = services.PersonChange(
        "孙行", "高级会计师", licence_of(session, own), date(2005, 7, 1), date(2012, 1, 1)
    )
    for matter, wrong, more, fields in (
        (Matter.QUALIFICATION, data, {}, set()),
        (Matter.QUALIFICATION, services.QualificationData(" "), {"reason": " "}, {"name", "why"}),
        (Matter.DOCUMENT, services.DocumentData(DocumentKind.TRAINING, TODAY), {}, {"file"}),
        (Matter.PERSON_CHANGE, known, {"target_id": own.id}, set()),
        (Matter.PERSON_END, services.EndData(date(2017, 12, 31)), {"target_id": own.id}, {"on"}),
    ):
        with pytest.raises(Invalid) as refused:
            case.propose(matter, wrong, **more)
        assert set(refused.value.fields) == fields
    assert counted(session, RecordProposal) == 1


def test_a_change_made_from_an_older_record_is_not_confirmed(session: Session, case: Case) -> None:
    place = make_evaluator(session, case.bureau, case.agency)
    changed = services.PersonChange("赵敏", "教授", "", date(2005, 7, 1), date(2012, 1, 1))
    proposal = case.propose(Matter.PERSON_CHANGE, changed, target_id=place.id)
    person = session.get_one(Person, place.person_id)
    services.change_person(
        officer_of(case.bureau),
        session,
        place,
        person,
        services.PersonChange("赵敏", "研究员", "", date(2005, 7, 1), date(2012, 1, 1)),
        seen_version=person.version,
        now=NOW,
    )
    with pytest.raises(Stale):
        case.decide(proposal)
    session.rollback()


def test_a_bureau_decides_about_what_was_put_to_it(session: Session, case: Case) -> None:
    proposal = case.propose(Matter.QUALIFICATION, services.QualificationData("执业证书"))
    other = make_bureau(session, "静安区财政局")
    make_agency(session, other, "甲咨询有限公司", credit_code=case.agency.credit_code)
    with pytest.raises(NotVisible):
        services.decide_entry_proposal(
            officer_of(other), session, proposal, B.CONFIRM, reason="", seen_version=1, now=NOW
        )
    with pytest.raises(Stale):
        services.decide_entry_proposal(
            officer_of(case.bureau), session, proposal, B.CONFIRM, reason="", seen_version=0, now=NOW
        )
    with pytest.raises(Invalid):
        case.decide(proposal, B.DECLINE)
    session.rollback()


def test_a_removed_agency_proposes_nothing(session: Session) -> None:
    bureau = make_bureau(session)
    agency = make_agency(session, bureau, standing=Standing.REMOVED)
    member = make_member(session, session.get_one(Body, agency.id), Role.AGENCY_MANAGER)
    with pytest.raises(Invalid):
        services.propose_entry(
            actor_of(session, member),
            session,
            agency,
            bureau.id,
            Matter.QUALIFICATION,
            services.QualificationData("执业证书"),
            reason="x",
            now=NOW,
        )


def test_the_pages_of_both_sides(client: Client, session: Session, case: Case) -> None:
    place = make_evaluator(session, case.bureau, case.agency)
    home = f"/agencies/{case.agency.id}"
    new = f"{home}/proposals/entries/new"
    sign_in(client, case.member)
    for matter in Matter:
        target = f"?target={place.id}" if services.DEEDS[matter].target is Appointment else ""
        expected = 404 if services.DEEDS[matter].target not in {None, Appointment} else 200
        assert client.get(f"{new}/{matter}{target}").status_code == expected, matter
    assert client.get(f"{new}/nothing").status_code == 404
    form = client.get(f"{new}/qualification")
    sent = {"name": "=cmd()", "why": "新取得", "file": (BytesIO(pdf("proof")), "证书.pdf")}
    assert client.submit(form, "main-form", **sent).status_code == 302
    sent["file"] = (BytesIO(pdf("proof")), "证书.pdf")
    twice = client.submit(form, "main-form", **sent)
    assert (twice.status_code, counted(session, RecordProposal)) == (422, 1)
    form = client.get(f"{new}/person_change?target={place.id}")
    assert client.submit(form, "main-form", title="教授", why="评聘").status_code == 302
    first, second = session.scalars(select(RecordProposal).order_by(RecordProposal.id))
    page = f"{home}/proposals/entries/{second.id}"
    shown = client.page(client.get(page)).text
    assert "高级会计师" in shown
    assert "教授" in shown
    assert "有不良执业记录" not in shown
    assert client.post(f"{home}/proposals/entries/{first.id}/decide").status_code == 403
    client.post("/sign-out")
    sign_in(client, case.officer)
    assert "登记资质" in client.page(client.get(home)).text
    address = f"{home}/proposals/entries/{first.id}"
    assert client.get(f"{address}/file").data == pdf("proof")
    assert client.get(f"{page}/file").status_code == 404
    stale = client.get(address)
    declined = client.submit(stale, "main-form", action="decline")
    assert declined.status_code == 422
    assert client.submit(stale, "main-form", action="confirm").status_code == 302
    assert client.submit(stale, "main-form", action="confirm").status_code == 409
    assert [item.name for item in session.scalars(select(Qualification))] == ["=cmd()"]
    assert client.submit(client.get(page), "main-form", action="confirm").status_code == 302
    assert session.get_one(Person, place.person_id).title == "教授"
    client.post("/sign-out")
    sign_in(client, make_member(session, make_bureau(session, "静安区财政局"), Role.BUREAU_LEAD))
    assert client.get(address).status_code == 404


def test_what_waits_is_never_pushed_out_by_what_is_settled(session: Session, case: Case) -> None:
    waiting = case.propose(Matter.QUALIFICATION, services.QualificationData("执业证书"))
    for number in range(MOST + 1):
        settled = case.propose(Matter.QUALIFICATION, services.QualificationData(f"证书 {number}"))
        services.withdraw_entry_proposal(case.manager, session, settled, now=NOW + timedelta(1))
    rows = queries.proposals_of(session, case.manager, case.agency.id)
    assert (len(rows), rows[0].id) == (MOST, waiting.id)
