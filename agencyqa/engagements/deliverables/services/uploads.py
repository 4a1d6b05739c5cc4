"""Files an agency puts beside what it owes. Until they are handed in they are its own affair."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.engagements.deliverables import workflow
from agencyqa.engagements.deliverables.enums import DeliverableKind, DeliverableState
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion
from agencyqa.engagements.deliverables.policies import can_upload, visible_to, visible_versions
from agencyqa.engagements.deliverables.requirements import CONCLUSIONS
from agencyqa.engagements.deliverables.services.access import hold, hold_deliverable, hold_engagement
from agencyqa.engagements.deliverables.services.expected import ensure_expected
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.review.gate import expect_not_under_review
from agencyqa.errors import Forbidden, Invalid, NotVisible, Refused, WrongState
from agencyqa.files.models import StoredFile

# Further things may be handed in, but a list without an end is a mistake or an attack.
MOST_OTHERS = 50
MOST_VERSIONS = 200


def check_can_upload(actor: Actor, session: Session, deliverable: Deliverable) -> Engagement:
    """Asked before a byte is read, and again when all are there. Raise NotVisible, Forbidden, WrongState, Refused."""
    if session.scalar(visible_to(actor).where(Deliverable.id == deliverable.id)) is None:
        raise NotVisible()
    engagement = session.get_one(Engagement, deliverable.engagement_id)
    _expect_open(actor, engagement, deliverable)
    expect_not_under_review(session, engagement.id, deliverable.kind)
    return engagement


def add_version(
    actor: Actor,
    session: Session,
    deliverable: Deliverable,
    stored: StoredFile,
    name: str,
    *,
    note: str = "",
    now: datetime,
) -> DeliverableVersion:
    """Raise as ``check_can_upload``, and Invalid where the newest file of the deliverable has the same content."""
    engagement = hold_deliverable(actor, session, deliverable)
    _expect_open(actor, engagement, deliverable)
    expect_not_under_review(session, engagement.id, deliverable.kind)
    # A content that came for the first time has no number yet.
    session.flush()
    newest = session.scalars(
        select(DeliverableVersion)
        .where(DeliverableVersion.deliverable_id == deliverable.id, DeliverableVersion.withdrawn_at.is_(None))
        .order_by(DeliverableVersion.number.desc())
        .limit(1)
    ).one_or_none()
    if newest is not None and newest.sha256 == stored.sha256:
        raise Invalid("invalid", file=("deliverable_same_file", {"number": newest.number}))
    last = session.scalar(
        select(func.max(DeliverableVersion.number)).where(DeliverableVersion.deliverable_id == deliverable.id)
    )
    if (last or 0) >= MOST_VERSIONS:
        raise Invalid("invalid", file=("deliverable_too_many_versions", {"count": MOST_VERSIONS}))
    version = DeliverableVersion(
        deliverable_id=deliverable.id,
        number=(last or 0) + 1,
        file_id=stored.id,
        file_name=name,
        sha256=stored.sha256,
        size=stored.size,
        file_kind=stored.kind,
        note=note.strip(),
        uploaded_at=now,
        uploaded_by_id=actor.user_id,
        decision_reason="",
    )
    session.add(version)
    session.flush()
    record(
        session,
        actor,
        "deliverables.version.uploaded",
        version,
        now=now,
        # The bureau learns of a file when it is handed in.
        bureau_id=None,
        deliverable_id=deliverable.id,
        kind=deliverable.kind,
        number=version.number,
        file_name=version.file_name,
        sha256=version.sha256,
        size=version.size,
    )
    return version


def withdraw_version(
    actor: Actor, session: Session, version: DeliverableVersion, *, now: datetime
) -> Deliverable:
    """Take back a file that was not handed in. Raise NotVisible, Forbidden, WrongState."""
    if session.scalar(visible_versions(actor).where(DeliverableVersion.id == version.id)) is None:
        raise NotVisible()
    deliverable = session.get_one(Deliverable, version.deliverable_id)
    engagement = hold(session, deliverable.engagement_id)
    session.refresh(version)
    if not can_upload(actor, engagement):
        raise Forbidden()
    if version.submission_id is not None:
        raise WrongState("deliverable_version_handed_in")
    expect_not_under_review(session, engagement.id, deliverable.kind)
    if version.withdrawn_at is None:
        version.withdrawn_at = now
        session.flush()
        record(
            session,
            actor,
            "deliverables.version.withdrawn",
            version,
            now=now,
            bureau_id=None,
            deliverable_id=deliverable.id,
            kind=deliverable.kind,
            number=version.number,
            file_name=version.file_name,
        )
    return deliverable


def add_other(
    actor: Actor, session: Session, engagement: Engagement, title: str, *, now: datetime
) -> Deliverable:
    """Something the contract asks for besides the usual. Raise NotVisible, Forbidden, WrongState, Invalid."""
    engagement = hold_engagement(actor, session, engagement)
    if not can_upload(actor, engagement):
        raise Forbidden()
    workflow.expect_open(engagement.state, DeliverableKind.OTHER, DeliverableState.EXPECTED)
    if not title.strip():
        raise Invalid("invalid", title="required")
    ensure_expected(actor, session, engagement, now=now, with_past_dates=False)
    others = session.execute(
        select(Deliverable.number, Deliverable.title).where(
            Deliverable.engagement_id == engagement.id, Deliverable.kind == DeliverableKind.OTHER
        )
    ).all()
    if title.strip() in {row.title for row in others}:
        raise Invalid("invalid", title="deliverable_title_taken")
    if len(others) >= MOST_OTHERS:
        raise Invalid("invalid", title=("deliverable_too_many_others", {"count": MOST_OTHERS}))
    deliverable = Deliverable(
        bureau_id=engagement.bureau_id,
        agency_id=engagement.agency_id,
        engagement_id=engagement.id,
        kind=DeliverableKind.OTHER,
        number=max((row.number for row in others), default=0) + 1,
        title=title.strip(),
        is_required=False,
        is_due_provisional=False,
        due_reason="",
        state=DeliverableState.EXPECTED,
        is_overdue=False,
        is_lateness_provisional=False,
        created_at=now,
    )
    session.add(deliverable)
    session.flush()
    record(
        session,
        actor,
        "deliverables.deliverable.added",
        deliverable,
        now=now,
        bureau_id=engagement.bureau_id,
        deliverable_title=deliverable.title,
    )
    return deliverable


def _expect_open(actor: Actor, engagement: Engagement, deliverable: Deliverable) -> None:
    if not can_upload(actor, engagement):
        raise Forbidden()
    if (
        engagement.is_clerical_only
        and deliverable.kind in CONCLUSIONS
        and engagement.state is not EngagementState.TERMINATED
    ):
        raise Refused("deliverable_clerical_only", provision="CY6/negative_list", kind=deliverable.kind)
    workflow.expect_open(engagement.state, deliverable.kind, deliverable.state)
