"""Who may do what with the archive of an engagement that the actor may see."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.archive.models import RetentionRule, SealedArchive
from agencyqa.engagements.archive.queries import is_outdated
from agencyqa.engagements.deliverables import policies as deliverable_policies
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.policies import reads_contract, visible


def sees_status(actor: Actor, engagement: Engagement) -> bool:
    """The parties of the contract and the bureau; the evaluated unit reads nothing of it."""
    return deliverable_policies.sees_terms(actor, engagement)


def seen(actor: Actor) -> sa.ColumnElement[bool]:
    """The same for statements."""
    if not actor.has(Permission.DELIVERABLES_READ):
        return sa.false()
    return sa.and_(visible(actor), reads_contract(actor))


def is_unsealed() -> sa.ColumnElement[bool]:
    """Of engagements: the work is done and its file was never sealed."""
    sealed = sa.exists().where(SealedArchive.engagement_id == Engagement.id)
    return sa.and_(Engagement.state == EngagementState.COMPLETED, ~sealed)


def awaits_seal() -> sa.ColumnElement[bool]:
    """The work is done, and no seal holds all of it: its file was never sealed, or something came after that.

    For the few engagements of one agency: it looks through the file of each of them.
    """
    return sa.and_(Engagement.state == EngagementState.COMPLETED, sa.or_(is_unsealed(), is_outdated()))


def can_read(actor: Actor, engagement: Engagement) -> bool:
    """It names the reviewers of the agency, so the commissioner knows only that it is sealed."""
    return sees_status(actor, engagement) and (actor.is_agency or actor.is_bureau)


def can_seal(actor: Actor, engagement: Engagement) -> bool:
    return deliverable_policies.can_submit(actor, engagement)


def can_set_retention(actor: Actor) -> bool:
    return actor.has(Permission.REQUIREMENTS_WRITE) and actor.bureau_id is not None


def rule_on(session: Session, bureau_id: int, day: date) -> RetentionRule | None:
    return session.scalars(
        select(RetentionRule)
        .where(RetentionRule.bureau_id == bureau_id, RetentionRule.valid_from <= day)
        .order_by(RetentionRule.valid_from.desc())
        .limit(1)
    ).one_or_none()
