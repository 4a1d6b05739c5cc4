"""Who declared himself independent, who was exempted and what was decided, as data of a sealed archive."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import User
from agencyqa.agencies.models import Person
from agencyqa.engagements.archive.contents import data_of_rows
from agencyqa.engagements.recusal.enums import ExemptionState
from agencyqa.engagements.recusal.models import (
    DeclarationExemption,
    IndependenceDeclaration,
    RecusalCase,
)


def declarations_kept(session: Session, engagement_id: int) -> list[dict[str, Any]]:
    """Word by word as they were signed, with the hash of each, also of those who have left the team."""
    return data_of_rows(
        session,
        select(
            Person.name.label("person"),
            IndependenceDeclaration.number,
            IndependenceDeclaration.is_independent,
            IndependenceDeclaration.way,
            IndependenceDeclaration.signed_on,
            IndependenceDeclaration.text,
            IndependenceDeclaration.sha256,
        )
        .join(Person, Person.id == IndependenceDeclaration.person_id)
        .where(IndependenceDeclaration.engagement_id == engagement_id)
        .order_by(IndependenceDeclaration.id),
    )


def exemptions_kept(
    session: Session, engagement_id: int, state: ExemptionState | None = None
) -> list[dict[str, Any]]:
    """Whom the bureau exempted from signing, also where it took that back, unless only one ``state`` is wanted."""
    return data_of_rows(
        session,
        select(
            Person.name.label("person"),
            DeclarationExemption.state,
            DeclarationExemption.cause,
            DeclarationExemption.reason,
            DeclarationExemption.authority,
            DeclarationExemption.granted_at,
            DeclarationExemption.granted_by_name,
            DeclarationExemption.withdrawn_at,
            DeclarationExemption.withdrawn_by_name,
            DeclarationExemption.withdrawal_reason,
        )
        .join(Person, Person.id == DeclarationExemption.person_id)
        .where(
            DeclarationExemption.engagement_id == engagement_id,
            sa.true() if state is None else DeclarationExemption.state == state,
        )
        .order_by(DeclarationExemption.id),
    )


def cases_kept(session: Session, engagement_id: int) -> list[dict[str, Any]]:
    """Each check that was opened again, what it found then, and the last word about it."""
    return data_of_rows(
        session,
        select(
            Person.name.label("person"),
            RecusalCase.cause,
            RecusalCase.findings,
            RecusalCase.state,
            RecusalCase.opened_at,
            RecusalCase.action,
            RecusalCase.reason,
            RecusalCase.decided_at,
            User.display_name.label("decided_by"),
        )
        .outerjoin(Person, Person.id == RecusalCase.person_id)
        .outerjoin(User, User.id == RecusalCase.decided_by_id)
        .where(RecusalCase.engagement_id == engagement_id)
        .order_by(RecusalCase.id),
    )
