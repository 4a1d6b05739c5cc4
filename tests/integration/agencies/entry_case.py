"""A registered agency that proposes entries to its bureau, and the officer who decides about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership
from agencyqa.agencies import services
from agencyqa.agencies.enums import Matter, ProposalAction
from agencyqa.agencies.models import Agency, Appointment, Person, RecordProposal
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from tests.factories.accounts import NOW, actor_of, make_bureau, make_member
from tests.factories.agencies import make_agency, officer_of

TODAY = local_date(NOW)


@dataclass
class Case:
    session: Session
    bureau: Body
    agency: Agency
    member: Membership
    officer: Membership

    @property
    def manager(self) -> Actor:
        return actor_of(self.session, self.member)

    def propose(self, matter: Matter, data: Any, **more: Any) -> RecordProposal:
        given = {"reason": "情况有变", "now": NOW, **more}
        return services.propose_entry(
            self.manager, self.session, self.agency, self.bureau.id, matter, data, **given
        )

    def decide(
        self, proposal: RecordProposal, action: ProposalAction = ProposalAction.CONFIRM, reason: str = ""
    ) -> None:
        services.decide_entry_proposal(
            officer_of(self.bureau),
            self.session,
            proposal,
            action,
            reason=reason,
            seen_version=proposal.version,
            now=NOW,
        )


def make_case(session: Session) -> Case:
    bureau = make_bureau(session)
    agency = make_agency(session, bureau, "甲咨询有限公司")
    manager = make_member(session, session.get_one(Body, agency.id), Role.AGENCY_MANAGER)
    return Case(session, bureau, agency, manager, make_member(session, bureau, Role.BUREAU_SUPERVISOR))


def licence_of(session: Session, place: Appointment) -> str:
    return session.get_one(Person, place.person_id).licence
