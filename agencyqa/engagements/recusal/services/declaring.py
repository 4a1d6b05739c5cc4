"""Declarations of independence: each is kept word by word, and a newer one stands beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.models import Person
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.engagements.deliverables.services.access import hold_engagement
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal.enums import SigningWay
from agencyqa.engagements.recusal.models import IndependenceDeclaration
from agencyqa.engagements.recusal.policies import can_record_paper, can_sign
from agencyqa.engagements.recusal.queries import parties_of
from agencyqa.engagements.recusal.services.cases import open_for_declaration
from agencyqa.engagements.recusal.text import declaration_text, text_hash
from agencyqa.engagements.team.models import TeamMember
from agencyqa.errors import Forbidden, Invalid


@dataclass(frozen=True)
class DeclarationData:
    """``signed_on``: the day on the paper; who signs here himself signs today."""

    person_id: int
    is_independent: bool
    signed_on: date
    statement: str = ""


# Constraint → (field, code): the same form sent twice.
CONSTRAINTS = {"uq_independence_declarations_form_token": ("person_id", "already_submitted")}


def sign_declaration(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    data: DeclarationData,
    *,
    form_token: str | None = None,
    now: datetime,
) -> IndependenceDeclaration:
    """By the person himself, or by the agency's manager for what was signed on paper.

    One that states a conflict opens the check again. Raise NotVisible, Forbidden, Invalid.
    """
    engagement = hold_engagement(actor, session, engagement)
    if not can_sign(actor, engagement):
        raise Forbidden("recusal_not_yours_to_sign")
    way = _way(actor, session, data.person_id)
    problems: dict[str, str | tuple[str, dict[str, object]]] = {}
    # Who left the team signs too for the work of those days.
    in_team = select(TeamMember.id).where(
        TeamMember.engagement_id == engagement.id, TeamMember.person_id == data.person_id
    )
    if session.scalars(in_team).first() is None:
        problems["person_id"] = "not_a_choice"
    today = local_date(now)
    if data.signed_on > today:
        problems["signed_on"] = "day_in_future"
    elif way is SigningWay.SELF and data.signed_on != today:
        problems["signed_on"] = "recusal_signs_today"
    if not data.is_independent and not data.statement.strip():
        problems["statement"] = "required"
    if problems:
        raise Invalid("invalid", **problems)
    text = declaration_text(
        parties_of(session, engagement, data.person_id),
        is_independent=data.is_independent,
        statement=data.statement,
    )
    last = session.scalar(
        select(sa.func.max(IndependenceDeclaration.number)).where(
            IndependenceDeclaration.engagement_id == engagement.id,
            IndependenceDeclaration.person_id == data.person_id,
        )
    )
    declaration = IndependenceDeclaration(
        engagement_id=engagement.id,
        person_id=data.person_id,
        number=(last or 0) + 1,
        is_independent=data.is_independent,
        statement=data.statement.strip(),
        text=text,
        sha256=text_hash(text),
        way=way,
        signed_on=data.signed_on,
        recorded_at=now,
        recorded_by_id=actor.user_id,
        recorded_by_name=actor.user_name,
        form_token=form_token,
    )
    session.add(declaration)
    session.flush()
    record(
        session,
        actor,
        "recusal.declaration.signed",
        declaration,
        now=now,
        bureau_id=engagement.bureau_id,
        engagement_id=engagement.id,
        person_id=data.person_id,
        number=declaration.number,
        is_independent=declaration.is_independent,
        way=way,
        signed_on=data.signed_on,
        sha256=declaration.sha256,
    )
    if not declaration.is_independent:
        open_for_declaration(actor, session, engagement, declaration, now=now)
    return declaration


def _way(actor: Actor, session: Session, person_id: int) -> SigningWay:
    """Raise Forbidden for whoever is neither the person nor answers for the agency."""
    own = session.scalars(select(Person.user_id).where(Person.id == person_id)).one_or_none()
    if own is not None and own == actor.user_id:
        return SigningWay.SELF
    if can_record_paper(actor):
        return SigningWay.PAPER
    raise Forbidden("recusal_not_yours_to_sign")
