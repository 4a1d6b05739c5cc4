"""The team of an engagement."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.engagements.hooks import leave_listeners
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.team.enums import TeamRole
from agencyqa.engagements.team.models import TeamMember


def begin_team(actor: Actor, session: Session, engagement: Engagement, *, now: datetime) -> None:
    """The principal evaluator whom the contract names, from the day it was signed. The rules were asked before."""
    if engagement.principal_evaluator_id is not None:
        enter(
            actor,
            session,
            engagement,
            engagement.principal_evaluator_id,
            TeamRole.PRINCIPAL_EVALUATOR,
            valid_from=engagement.contract_signed_on,
            reason="",
            now=now,
        )


def enter(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    person_id: int,
    role: TeamRole,
    *,
    valid_from: date,
    reason: str,
    now: datetime,
) -> TeamMember:
    """One row with its entry in the log; whether it may be was asked before."""
    member = TeamMember(
        engagement_id=engagement.id,
        person_id=person_id,
        role=role,
        valid_from=valid_from,
        reason=reason,
        entered_at=now,
        entered_by_id=actor.user_id,
    )
    session.add(member)
    session.flush()
    record(
        session,
        actor,
        "team.member.joined",
        member,
        now=now,
        bureau_id=engagement.bureau_id,
        engagement_id=engagement.id,
        person_id=person_id,
        role=role,
        valid_from=valid_from,
        reason=reason,
    )
    return member


def follow_contract(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    changes: Mapping[str, tuple[Any, Any]],
    *,
    now: datetime,
) -> None:
    """A correction of the contract corrects the team that it named.

    ``changes`` are those of the contract: field → (before, after).
    """
    present = session.scalars(
        select(TeamMember)
        .where(TeamMember.engagement_id == engagement.id, TeamMember.valid_to.is_(None))
        .order_by(TeamMember.id)
    ).all()
    if "contract_signed_on" in changes:
        before, after = changes["contract_signed_on"]
        for member in present:
            if member.valid_from == before:
                member.valid_from = after
                _log(actor, session, engagement, member, "corrected", now, valid_from=(before, after))
    is_led_anew = "principal_evaluator_id" in changes
    gone = set()
    for member in present:
        leads = member.role is TeamRole.PRINCIPAL_EVALUATOR
        # Another agency brings other people.
        if "agency_id" in changes or (is_led_anew and leads):
            leave(actor, session, engagement, member, on=local_date(now), reason="", now=now)
            gone.add(member.person_id)
    if (gone or is_led_anew) and engagement.principal_evaluator_id is not None:
        day = local_date(now) if present else engagement.contract_signed_on
        role = TeamRole.PRINCIPAL_EVALUATOR
        person_id = engagement.principal_evaluator_id
        enter(actor, session, engagement, person_id, role, valid_from=day, reason="", now=now)
        gone.discard(person_id)
    tell_left(actor, session, engagement, gone, now=now)


def tell_left(
    actor: Actor, session: Session, engagement: Engagement, gone: Collection[int], *, now: datetime
) -> None:
    for listener in leave_listeners if gone else ():
        listener(actor, session, engagement, frozenset(gone), now)


def leave(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    member: TeamMember,
    *,
    on: date,
    reason: str,
    now: datetime,
) -> None:
    """``on`` is the last day; somebody who was to join later never joined."""
    member.valid_to, member.end_reason = max(on, member.valid_from), reason
    _log(actor, session, engagement, member, "left", now, valid_to=(None, member.valid_to))


def _log(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    member: TeamMember,
    verb: str,
    now: datetime,
    **changes: tuple[Any, Any],
) -> None:
    session.flush()
    record(
        session,
        actor,
        f"team.member.{verb}",
        member,
        now=now,
        bureau_id=engagement.bureau_id,
        changes=changes,
        engagement_id=engagement.id,
        person_id=member.person_id,
        reason=member.end_reason if verb == "left" else "",
    )
