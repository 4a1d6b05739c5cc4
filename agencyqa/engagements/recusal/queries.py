from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body, Membership, User
from agencyqa.agencies.models import Appointment, Person
from agencyqa.auth.actor import Actor
from agencyqa.db import kept, open_period
from agencyqa.engagements.contents import may_hold
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal.enums import CaseState, ExemptionState
from agencyqa.engagements.recusal.models import (
    DeclarationExemption,
    IndependenceDeclaration,
    RecusalCase,
    RecusalTerms,
)
from agencyqa.engagements.recusal.policies import case_visible
from agencyqa.engagements.recusal.text import Parties
from agencyqa.engagements.recusal.workflow import PENDING
from agencyqa.engagements.team.models import TeamMember
from agencyqa.engagements.team.queries import members_of
from agencyqa.objects.models import EvaluationObject
from agencyqa.web.once import once
from agencyqa.web.tables import Key


@dataclass(frozen=True)
class Signer:
    """Somebody who is or was in the team, with what he signed, the newest first."""

    person_id: int
    name: str
    is_present: bool
    declarations: tuple[Row[*tuple[Any, ...]], ...]
    exemption: DeclarationExemption | None = None
    # After he was exempted he was entered in the team anew.
    has_returned: bool = False

    @property
    def is_awaited(self) -> bool:
        """Whether the file still waits for what this person has to sign."""
        return not self.declarations and (self.exemption is None or self.has_returned)


def signers_of(session: Session, engagement_id: int) -> list[Signer]:
    """Those in the team now, the principal evaluator first, then those who left."""
    names: dict[int, str] = {}
    present: set[int] = set()
    for place in members_of(session, engagement_id):
        names.setdefault(place.person_id, place.name)
        if place.valid_to is None:
            present.add(place.person_id)
    signed: dict[int, list[Row[*tuple[Any, ...]]]] = {}
    for row in declarations_of(session, engagement_id):
        signed.setdefault(row.person_id, []).append(row)
    exempt = {each.person_id: each for each in exemptions_of(session, engagement_id) if each.is_granted}
    returned = _returned(session, engagement_id) if exempt else frozenset()
    # Sorting keeps the order in which they joined.
    return [
        Signer(
            person_id,
            names[person_id],
            person_id in present,
            tuple(signed.get(person_id, ())),
            exempt.get(person_id),
            person_id in returned,
        )
        for person_id in sorted(names, key=lambda person_id: person_id not in present)
    ]


@once
def declarations_of(session: Session, engagement_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """By person, the newest first. Everybody who sees the engagement sees them: they are made towards all parties."""
    if not may_hold(session, engagement_id, IndependenceDeclaration):
        return []
    return session.execute(
        select(
            IndependenceDeclaration.id,
            IndependenceDeclaration.person_id,
            IndependenceDeclaration.number,
            IndependenceDeclaration.is_independent,
            IndependenceDeclaration.statement,
            IndependenceDeclaration.way,
            IndependenceDeclaration.signed_on,
            IndependenceDeclaration.recorded_at,
            IndependenceDeclaration.recorded_by_name,
            IndependenceDeclaration.sha256,
            Person.name,
        )
        .join(Person, Person.id == IndependenceDeclaration.person_id)
        .where(IndependenceDeclaration.engagement_id == engagement_id)
        .order_by(IndependenceDeclaration.person_id, IndependenceDeclaration.number.desc())
    ).all()


@once
def exemptions_of(session: Session, engagement_id: int) -> Sequence[DeclarationExemption]:
    """Also those that were withdrawn, in the order in which they were granted."""
    if not may_hold(session, engagement_id, DeclarationExemption):
        return []
    return session.scalars(
        select(DeclarationExemption)
        .where(DeclarationExemption.engagement_id == engagement_id)
        .order_by(DeclarationExemption.id)
    ).all()


def _returned(session: Session, engagement_id: int) -> frozenset[int]:
    """Whom an exemption covers no longer."""
    found = select(TeamMember.person_id).join(
        DeclarationExemption,
        sa.and_(
            DeclarationExemption.engagement_id == TeamMember.engagement_id,
            DeclarationExemption.person_id == TeamMember.person_id,
            DeclarationExemption.state == ExemptionState.GRANTED,
            DeclarationExemption.granted_at < TeamMember.entered_at,
        ),
    )
    return frozenset(session.scalars(found.where(TeamMember.engagement_id == engagement_id)))


def awaits_declaration() -> sa.ColumnElement[bool]:
    """Of engagements: somebody who is or was in the team has signed nothing, and nobody exempted him."""
    signed = sa.exists().where(
        IndependenceDeclaration.engagement_id == TeamMember.engagement_id,
        IndependenceDeclaration.person_id == TeamMember.person_id,
    )
    exempt = sa.exists().where(
        DeclarationExemption.engagement_id == TeamMember.engagement_id,
        DeclarationExemption.person_id == TeamMember.person_id,
        DeclarationExemption.state == ExemptionState.GRANTED,
        # Whoever comes back to the team works on the contract, and signs.
        DeclarationExemption.granted_at >= TeamMember.entered_at,
    )
    return sa.exists().where(TeamMember.engagement_id == Engagement.id, ~signed, ~exempt)


def able_to_sign(
    session: Session, engagement: Engagement, person_ids: Collection[int], day: date
) -> frozenset[int]:
    """Who of these works for the agency on the day, on paper at least, or signs in there with an account of his own."""
    if not person_ids:
        return frozenset()
    employed = sa.exists().where(
        Appointment.person_id == Person.id,
        Appointment.agency_id == engagement.agency_id,
        open_period(Appointment.valid_from, Appointment.valid_to, day),
    )
    signs_in = sa.exists().where(
        User.id == Person.user_id,
        User.is_active,
        Membership.user_id == User.id,
        Membership.body_id == engagement.agency_id,
        open_period(Membership.valid_from, Membership.valid_to, day),
    )
    found = select(Person.id).where(Person.id.in_(person_ids), sa.or_(employed, signs_in))
    return frozenset(session.scalars(found))


_DECIDER = aliased(User)


@once
def cases_of(session: Session, actor: Actor, engagement_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """(case, person, decided_by), the newest first."""
    if not may_hold(session, engagement_id, RecusalCase):
        return []
    return session.execute(
        select(RecusalCase, Person.name.label("person"), _DECIDER.display_name.label("decided_by"))
        .outerjoin(Person, Person.id == RecusalCase.person_id)
        .outerjoin(_DECIDER, _DECIDER.id == RecusalCase.decided_by_id)
        .where(case_visible(actor), RecusalCase.engagement_id == engagement_id)
        .order_by(RecusalCase.opened_at.desc(), RecusalCase.id.desc())
    ).all()


def has_left(session: Session, engagement_id: int, person_id: int | None) -> bool:
    """Whether somebody of the team is in it no longer; never of the agency itself."""
    return person_id is not None and not any(
        place.person_id == person_id and place.valid_to is None
        for place in members_of(session, engagement_id)
    )


def has_pending_case(session: Session, engagement_id: int) -> bool:
    statement = select(RecusalCase.id).where(
        RecusalCase.engagement_id == engagement_id, RecusalCase.state.in_(PENDING)
    )
    return session.scalars(statement.limit(1)).first() is not None


def parties_of(session: Session, engagement: Engagement, person_id: int) -> Parties:
    """The names as they stand now."""
    agency, commissioner, unit, department = (aliased(Body) for _ in range(4))
    row = session.execute(
        select(
            Person.name.label("person"),
            agency.name.label("agency"),
            EvaluationObject.name.label("thing"),
            commissioner.name.label("commissioner"),
            unit.name.label("unit"),
            department.name.label("department"),
        )
        .select_from(EvaluationObject)
        .join(Person, Person.id == person_id)
        .join(agency, agency.id == engagement.agency_id)
        .join(commissioner, commissioner.id == engagement.commissioner_id)
        .join(unit, unit.id == engagement.evaluated_unit_id)
        .join(department, department.id == EvaluationObject.department_id)
        .where(EvaluationObject.id == engagement.object_id)
    ).one()
    return Parties(contract=engagement.contract_number, **row._mapping)


def terms_rows(session: Session, bureau_ids: Collection[int]) -> list[RecusalTerms]:
    """The terms of these bureaus and the shipped ones, the newest first."""
    statement = select(RecusalTerms).where(
        sa.or_(RecusalTerms.bureau_id.is_(None), RecusalTerms.bureau_id.in_(bureau_ids))
    )
    order = (RecusalTerms.bureau_id.is_(None), RecusalTerms.valid_from.desc(), RecusalTerms.id.desc())
    return list(session.scalars(statement.order_by(*order)))


def running_about(session: Session, agency_id: int, bureau_id: int, day: date) -> list[Engagement]:
    """Running engagements of an agency in a bureau whose contract had been signed by the day."""
    from_now = select(Engagement).where(
        Engagement.agency_id == agency_id,
        Engagement.bureau_id == bureau_id,
        Engagement.state == EngagementState.CONTRACTED,
        Engagement.contract_signed_on <= day,
    )
    return list(session.scalars(from_now.order_by(Engagement.id)))


CASE_ORDER = (Key(RecusalCase.opened_at, descending=True), Key(RecusalCase.id, descending=True))


@kept
def case_rows(actor: Actor, *, state: CaseState | None = None) -> Select[*tuple[Any, ...]]:
    """Rows of the list, without an order: page it with ``CASE_ORDER``."""
    agency = aliased(Body)
    statement = (
        select(
            RecusalCase.id,
            RecusalCase.engagement_id,
            RecusalCase.cause,
            RecusalCase.state,
            RecusalCase.opened_at,
            RecusalCase.decided_at,
            Engagement.contract_number,
            EvaluationObject.name.label("object"),
            agency.name.label("agency"),
            Person.name.label("person"),
        )
        .join(Engagement, Engagement.id == RecusalCase.engagement_id)
        .join(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .join(agency, agency.id == Engagement.agency_id)
        .outerjoin(Person, Person.id == RecusalCase.person_id)
        .where(case_visible(actor))
    )
    return statement if state is None else statement.where(RecusalCase.state == state)
