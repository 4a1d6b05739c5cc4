"""What the agency for which somebody worked reads of him after he left: what was entered until then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership
from agencyqa.agencies import services
from agencyqa.agencies.enums import CredentialKind, Matter, PersonRole, ProposalState
from agencyqa.agencies.models import Agency, Appointment, Credential, Person, PersonRecord
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from tests.client import Client
from tests.factories.accounts import NOW, actor_of, make_bureau, make_member, sign_in, user_of
from tests.factories.agencies import make_agency, make_evaluator, officer_of

TODAY = local_date(NOW)
BEFORE = NOW - timedelta(days=20)


@dataclass
class Case:
    session: Session
    bureau: Body
    first: Agency
    second: Agency
    place: Appointment
    manager: Membership

    def enter(self, place: Appointment, what: str, now: datetime) -> tuple[Credential, PersonRecord]:
        title = services.CredentialData(
            CredentialKind.TITLE, f"{what}职称", f"证字{what}", expires_on=date(2031, 1, 1)
        )
        record = services.RecordData(local_date(now), f"{what}机关", f"{what}事由")
        officer = officer_of(self.bureau)
        return (
            services.add_credential(officer, self.session, place, title, now=now),
            services.enter_record(officer, self.session, place, record, now=now),
        )

    def leave(self, on: date) -> None:
        services.end_appointment(
            officer_of(self.bureau), self.session, self.place, on=on, reason="离职", now=NOW
        )


@pytest.fixture
def case(session: Session) -> Case:
    bureau = make_bureau(session)
    first, second = (
        make_agency(session, bureau, "甲咨询有限公司"),
        make_agency(session, bureau, "乙咨询有限公司"),
    )
    place = make_evaluator(session, bureau, first)
    manager = make_member(session, session.get_one(Body, first.id), Role.AGENCY_MANAGER)
    return Case(session, bureau, first, second, place, manager)


def test_nothing_that_was_entered_after_somebody_left(
    client: Client, session: Session, case: Case, new_client: Callable[[], Client]
) -> None:
    known = case.enter(case.place, "从前", BEFORE)
    case.enter(case.place, "错录", BEFORE)
    case.leave(TODAY - timedelta(days=9))
    later = Appointment(
        person_id=case.place.person_id,
        agency_id=case.second.id,
        role=PersonRole.STAFF,
        valid_from=TODAY - timedelta(days=5),
    )
    session.add(later)
    session.flush()
    entered = case.enter(later, "后来", NOW)
    for item in known:
        services.withdraw_entry(officer_of(case.bureau), session, later, item, reason="后来的缘故", now=NOW)
    account = make_member(session, session.get_one(Body, case.second.id), Role.AGENCY_STAFF)
    session.get_one(Person, later.person_id).user_id = account.user_id
    username = user_of(session, account).username
    session.commit()
    home = f"/agencies/{case.first.id}"
    sign_in(client, case.manager)
    page = client.get(f"{home}/people/{case.place.id}").text
    seen = ("从前职称", "从前机关", "错录事由", "已撤销", "后来", username)
    assert [each in page for each in seen] == [True, True, True, True, False, False]
    assert "2031" not in client.get(f"{home}/people?is_past=y").text
    new = f"{home}/proposals/entries/new"
    for matter, target in (
        ("credential_withdrawal", entered[0].id),
        ("record_withdrawal", entered[1].id),
        ("credential", case.place.id),
        ("person_change", case.place.id),
    ):
        assert client.get(f"{new}/{matter}?target={target}").status_code == 404
    # The bureau, and where he works now, read all of it.
    officer, employer = new_client(), new_client()
    sign_in(officer, make_member(session, case.bureau, Role.BUREAU_SUPERVISOR))
    sign_in(employer, make_member(session, session.get_one(Body, case.second.id), Role.AGENCY_MANAGER))
    for reader, address in (
        (officer, f"{home}/people/{case.place.id}"),
        (employer, f"/agencies/{case.second.id}/people/{later.id}"),
    ):
        page = reader.get(address).text
        assert [each in page for each in (*seen, "后来的缘故")] == [True] * 7


def test_who_left_before_the_decision(client: Client, session: Session, case: Case) -> None:
    """The bureau is told why the withdrawal cannot be confirmed, and declines it."""
    title, record = case.enter(case.place, "错录", BEFORE)
    manager = actor_of(session, case.manager)
    proposals = [
        services.propose_entry(
            manager,
            session,
            case.first,
            case.bureau.id,
            matter,
            services.WithdrawalData(),
            target_id=target.id,
            reason="录入有误",
            now=BEFORE,
        )
        for matter, target in ((Matter.CREDENTIAL_WITHDRAWAL, title), (Matter.RECORD_WITHDRAWAL, record))
    ]
    case.leave(TODAY - timedelta(days=9))
    session.commit()
    sign_in(client, make_member(session, case.bureau, Role.BUREAU_SUPERVISOR))
    for proposal in proposals:
        page = client.get(f"/agencies/{case.first.id}/proposals/entries/{proposal.id}")
        answer = client.submit(page, "main-form", action="confirm")
        assert (answer.status_code, "此人已不在该机构任职" in client.page(answer).text) == (422, True)
        assert proposal.state is ProposalState.PROPOSED
        answer = client.submit(answer, "main-form", action="decline", reason="已离职")
        assert (answer.status_code, proposal.state) == (302, ProposalState.DECLINED)
    assert (title.withdrawn_at, record.withdrawn_at) == (None, None)
