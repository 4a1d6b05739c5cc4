"""Exempting from the declaration who can sign none any more, by the bureau and on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.queries import member_ids
from agencyqa.agencies.models import Person
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.engagements.deliverables.services.access import hold_engagement, reason_of
from agencyqa.engagements.deliverables.services.pauses import Grounds, Problems
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal.enums import ExemptionAction, ExemptionCause
from agencyqa.engagements.recusal.models import DeclarationExemption
from agencyqa.engagements.recusal.policies import can_exempt, exemption_visible
from agencyqa.engagements.recusal.queries import Signer, able_to_sign, signers_of
from agencyqa.engagements.recusal.workflow import next_exemption
from agencyqa.errors import Forbidden, Invalid, NotVisible
from agencyqa.notifications.services import tell

# Constraint → (field, code): two officers at once.
EXEMPTION_CONSTRAINTS = {"uq_declaration_exemptions_granted": ("person_id", "recusal_exempt_already")}


@dataclass(frozen=True)
class ExemptionData:
    person_id: int
    cause: ExemptionCause
    grounds: Grounds


def grant_exemption(
    actor: Actor, session: Session, engagement: Engagement, data: ExemptionData, *, now: datetime
) -> DeclarationExemption:
    """Never of somebody who can still sign: who works for the agency or has an account there.

    Whoever died or left without a word is first entered so in the register. Raise NotVisible, Forbidden, Invalid.
    """
    engagement = hold_engagement(actor, session, engagement)
    if not can_exempt(actor, engagement):
        raise Forbidden()
    problems = _whom(session, engagement, data.person_id, now) | data.grounds.problems()
    if problems:
        raise Invalid("invalid", **problems)
    exemption = DeclarationExemption(
        engagement_id=engagement.id,
        person_id=data.person_id,
        state=next_exemption(None, ExemptionAction.GRANT),
        cause=data.cause,
        reason=data.grounds.reason.strip(),
        authority=data.grounds.authority.strip(),
        granted_at=now,
        granted_by_id=actor.user_id,
        granted_by_name=actor.user_name,
    )
    session.add(exemption)
    session.flush()
    record(
        session,
        actor,
        "recusal.exemption.granted",
        exemption,
        now=now,
        bureau_id=engagement.bureau_id,
        engagement_id=engagement.id,
        person_id=data.person_id,
        cause=data.cause,
        reason=exemption.reason,
        authority=exemption.authority,
    )
    _tell(session, engagement, exemption, "recusal_exempted", now)
    return exemption


def withdraw_exemption(
    actor: Actor,
    session: Session,
    exemption: DeclarationExemption,
    reason: str,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """One that was granted wrongly; it stays on record. Raise NotVisible, Forbidden, Stale, WrongState, Invalid."""
    seen = select(DeclarationExemption.id).where(
        exemption_visible(actor), DeclarationExemption.id == exemption.id
    )
    if session.scalar(seen) is None:
        raise NotVisible()
    engagement = hold_engagement(actor, session, session.get_one(Engagement, exemption.engagement_id))
    if not can_exempt(actor, engagement):
        raise Forbidden()
    session.refresh(exemption)
    check_version(exemption, seen_version)
    before, state = exemption.state, next_exemption(exemption.state, ExemptionAction.WITHDRAW)
    text = reason_of(reason)
    exemption.state, exemption.withdrawal_reason = state, text
    exemption.withdrawn_at, exemption.withdrawn_by_id = now, actor.user_id
    exemption.withdrawn_by_name = actor.user_name
    session.flush()
    record(
        session,
        actor,
        "recusal.exemption.withdrawn",
        exemption,
        now=now,
        bureau_id=engagement.bureau_id,
        changes={"state": (before, state)},
        engagement_id=engagement.id,
        person_id=exemption.person_id,
        reason=text,
    )
    _tell(session, engagement, exemption, "recusal_exemption_withdrawn", now)


def who_cannot_sign(session: Session, engagement: Engagement, now: datetime) -> list[Signer]:
    """Whom the bureau can exempt now, in the order of the page."""
    signers = signers_of(session, engagement.id)
    waiting = [each for each in signers if each.is_awaited and each.exemption is None]
    able = able_to_sign(session, engagement, [each.person_id for each in waiting], local_date(now))
    return [each for each in waiting if each.person_id not in able and not _works(engagement, each)]


def _works(engagement: Engagement, signer: Signer) -> bool:
    """Whoever stands in the team while the work runs signs, or his place is taken from him first."""
    return signer.is_present and engagement.state is EngagementState.CONTRACTED


def _whom(session: Session, engagement: Engagement, person_id: int, now: datetime) -> Problems:
    signer = next((each for each in signers_of(session, engagement.id) if each.person_id == person_id), None)
    if signer is None:
        return {"person_id": "not_a_choice"}
    if signer.declarations:
        return {"person_id": ("recusal_has_signed", {"person": signer.name})}
    if signer.exemption is not None:
        return {"person_id": "recusal_exempt_already"}
    if _works(engagement, signer):
        return {"person_id": ("recusal_exempt_in_team", {"person": signer.name})}
    if able_to_sign(session, engagement, [person_id], local_date(now)):
        return {"person_id": ("recusal_can_still_sign", {"person": signer.name})}
    return {}


def _tell(
    session: Session, engagement: Engagement, exemption: DeclarationExemption, code: str, now: datetime
) -> None:
    """Whoever seals the file."""
    params: dict[str, Any] = {
        "contract": engagement.contract_number,
        "person": session.get_one(Person, exemption.person_id).name,
    }
    tell(
        session,
        member_ids(session, engagement.agency_id, {Role.AGENCY_MANAGER}, day=local_date(now)),
        code,
        now=now,
        endpoint="archive.show",
        endpoint_values={"engagement_id": engagement.id},
        **params,
    )
