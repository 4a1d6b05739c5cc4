"""Who sees and moves rectification orders, answers and the files that prove them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Select
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.inspections.models import (
    EvidenceFile,
    Inspector,
    RecordTemplate,
    RectificationAnswer,
    RectificationOrder,
    SpotCheck,
)


def visible(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition behind ``visible_to``: the bureau's orders, or the agency's own. Nobody else sees one."""
    if not actor.has(Permission.INSPECTIONS_READ):
        return sa.false()
    if actor.is_bureau:
        return RectificationOrder.bureau_id.in_(actor.bureau_ids)
    if actor.is_agency:
        return RectificationOrder.agency_id == actor.body_id
    return sa.false()


def visible_to(actor: Actor) -> Select[RectificationOrder]:
    return sa.select(RectificationOrder).where(visible(actor))


def answer_visible(actor: Actor) -> sa.ColumnElement[bool]:
    """Of orders the actor may see: while it is being written, an answer is the agency's alone."""
    if not actor.has(Permission.INSPECTIONS_READ):
        return sa.false()
    if actor.is_agency:
        return sa.true()
    return RectificationAnswer.submitted_at.is_not(None) if actor.is_bureau else sa.false()


def visible_evidence(actor: Actor) -> Select[EvidenceFile]:
    """Files handed in with an answer. One withdrawn before the answer was handed in is nobody's evidence."""
    return (
        sa.select(EvidenceFile)
        .join(RectificationAnswer, RectificationAnswer.id == EvidenceFile.answer_id)
        .join(RectificationOrder, RectificationOrder.id == RectificationAnswer.order_id)
        .where(visible(actor), answer_visible(actor), EvidenceFile.withdrawn_at.is_(None))
    )


def can_issue(actor: Actor, check: SpotCheck) -> bool:
    return (
        actor.has(Permission.FINDINGS_DECIDE)
        and actor.has(Permission.RECTIFICATIONS_VERIFY)
        and actor.bureau_id == check.bureau_id
    )


def can_answer(actor: Actor, order: RectificationOrder) -> bool:
    return (
        actor.has(Permission.RECTIFICATIONS_ANSWER) and actor.is_agency and actor.body_id == order.agency_id
    )


def can_verify(actor: Actor, order: RectificationOrder) -> bool:
    """Whoever issued the order may verify it. Whether a conflict stops a person, the service looks up."""
    return actor.has(Permission.RECTIFICATIONS_VERIFY) and actor.bureau_id == order.bureau_id


def has_conflict(session: Session, actor: Actor, spot_check_id: int) -> bool:
    """Whether the person declared a conflict of interest as an inspector of this spot check."""
    statement = sa.select(Inspector.id).where(
        Inspector.spot_check_id == spot_check_id,
        Inspector.user_id == actor.user_id,
        Inspector.has_conflict.is_(True),
    )
    return session.scalar(statement.limit(1)) is not None


def can_change_template(actor: Actor) -> bool:
    """The paper on which a bureau prints its records is the bureau's own business."""
    return actor.has(Permission.INSPECTIONS_WRITE) and actor.is_bureau and actor.bureau_id is not None


def visible_templates(actor: Actor) -> Select[RecordTemplate]:
    statement = sa.select(RecordTemplate)
    if not can_change_template(actor):
        return statement.where(sa.false())
    return statement.where(RecordTemplate.bureau_id == actor.bureau_id)
