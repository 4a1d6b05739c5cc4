"""Deliverables with their files and receipts, made by the services wherever these have the say."""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.actor import Actor, system_actor
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.engagements.deliverables import services
from agencyqa.engagements.deliverables.enums import Decision, DeliverableKind, DeliverableState
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion, Submission
from agencyqa.engagements.models import Engagement
from agencyqa.files.models import StoredFile
from tests.factories.accounts import NOW
from tests.factories.files import make_stored, make_stored_row
from tests.factories.reviews import make_passed_review


def agency_actor(engagement: Engagement, role: Role = Role.AGENCY_MANAGER) -> Actor:
    """Somebody of the agency without an account."""
    return Actor(None, "经办人", None, role, engagement.agency_id, BodyKind.AGENCY)


def commissioner_actor(session: Session, engagement: Engagement) -> Actor:
    """Somebody of the commissioner without an account; a bureau's officer where the bureau commissioned."""
    body = session.get_one(Body, engagement.commissioner_id)
    if body.kind is BodyKind.BUREAU:
        return bureau_actor(engagement)
    return Actor(None, "委托方", None, Role.DEPARTMENT_OFFICER, body.id, BodyKind.DEPARTMENT, body.name)


def bureau_actor(engagement: Engagement, role: Role = Role.BUREAU_SUPERVISOR) -> Actor:
    bureau_id = engagement.bureau_id
    return Actor(
        None,
        "监管人员",
        None,
        role,
        bureau_id,
        BodyKind.BUREAU,
        "财政局",
        bureau_id=bureau_id,
        bureau_ids=frozenset({bureau_id}),
    )


def make_slots(
    session: Session, engagement: Engagement, *, now: datetime = NOW
) -> dict[DeliverableKind, Deliverable]:
    """The whole list by the shipped table, with the dates that follow from the contract."""
    services.load_requirement_tables(session, now)
    services.ensure_expected(system_actor("tests"), session, engagement, now=now)
    return slots_of(session, engagement)


def slots_of(session: Session, engagement: Engagement) -> dict[DeliverableKind, Deliverable]:
    """What there is, without the further deliverables of no kind."""
    statement = select(Deliverable).where(
        Deliverable.engagement_id == engagement.id, Deliverable.kind != DeliverableKind.OTHER
    )
    return {row.kind: row for row in session.scalars(statement.order_by(Deliverable.id))}


def make_deliverable(
    session: Session,
    engagement: Engagement,
    kind: DeliverableKind = DeliverableKind.REPORT,
    *,
    number: int = 1,
    title: str = "",
    is_required: bool = True,
    due_on: date | None = None,
    is_due_provisional: bool = False,
    state: DeliverableState = DeliverableState.EXPECTED,
    is_overdue: bool = False,
    late_days: int | None = None,
    first_submitted_at: datetime | None = None,
) -> Deliverable:
    """One row as it is told, without a list around it."""
    made = Deliverable(
        bureau_id=engagement.bureau_id,
        agency_id=engagement.agency_id,
        engagement_id=engagement.id,
        kind=kind,
        number=number,
        title=title,
        is_required=is_required,
        due_on=due_on,
        is_due_provisional=is_due_provisional,
        due_reason="",
        state=state,
        is_overdue=is_overdue,
        late_days=late_days,
        is_lateness_provisional=False,
        first_submitted_at=first_submitted_at,
        last_submitted_at=first_submitted_at,
        created_at=NOW,
    )
    session.add(made)
    session.flush()
    return made


def make_version(
    session: Session,
    engagement: Engagement,
    deliverable: Deliverable,
    *,
    stored: StoredFile | None = None,
    name: str = "报告.pdf",
    now: datetime = NOW,
) -> DeliverableVersion:
    """Uploaded and not handed in; a row without content unless ``stored`` is given."""
    stored = stored or make_stored_row(session)
    actor = agency_actor(engagement)
    return services.add_version(actor, session, deliverable, stored, name, now=now)


def hand_in(session: Session, engagement: Engagement, *, now: datetime = NOW) -> Submission:
    """Everything that was uploaded; as the service does, it asks for the required kinds beside a report.

    A report is handed in as one that was reviewed.
    """
    make_passed_review(session, engagement)
    return services.submit(agency_actor(engagement), session, engagement, now=now)


def make_handed_in(
    session: Session,
    engagement: Engagement,
    kind: DeliverableKind = DeliverableKind.REPORT,
    *,
    app: Flask | None = None,
    name: str = "报告.pdf",
    due_on: date | None = None,
    now: datetime = NOW,
) -> DeliverableVersion:
    """One deliverable with one version under a receipt. With ``app`` the content is real and can be read."""
    deliverable = make_deliverable(session, engagement, kind, due_on=due_on)
    stored = None if app is None else make_stored(app, session)
    version = make_version(session, engagement, deliverable, stored=stored, name=name, now=now)
    hand_in(session, engagement, now=now)
    return version


def decide(
    session: Session,
    engagement: Engagement,
    deliverable: Deliverable,
    decision: Decision,
    reason: str = "数据与底稿不符",
    *,
    now: datetime = NOW,
) -> DeliverableVersion:
    return services.decide(
        commissioner_actor(session, engagement),
        session,
        deliverable,
        decision,
        reason,
        seen_version=deliverable.version,
        now=now,
    )
