from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Select

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements import policies as engagement_policies
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion, Submission
from agencyqa.engagements.hooks import scored
from agencyqa.engagements.models import Engagement

# What the evaluated unit reads: what is said about it, never how the agency worked.
UNIT_KINDS = frozenset({DeliverableKind.DRAFT, DeliverableKind.REPORT, DeliverableKind.RECTIFICATION_REPORT})


def visible(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition behind ``visible_to``, for statements that read columns of ``Deliverable``."""
    if not actor.has(Permission.DELIVERABLES_READ):
        return sa.false()
    if actor.is_bureau:
        return Deliverable.bureau_id.in_(actor.bureau_ids)
    if actor.is_agency:
        return Deliverable.agency_id == actor.body_id
    if actor.is_department:
        of_unit = sa.and_(
            Deliverable.engagement_id.in_(_engagements(Engagement.evaluated_unit_id, actor)),
            Deliverable.kind.in_(UNIT_KINDS),
            Deliverable.first_submitted_at.is_not(None),
        )
        return sa.or_(Deliverable.engagement_id.in_(_engagements(Engagement.commissioner_id, actor)), of_unit)
    if actor.is_expert:
        return sa.and_(_scored(actor, Deliverable.engagement_id), Deliverable.first_submitted_at.is_not(None))
    return sa.false()


def visible_to(actor: Actor) -> Select[Deliverable]:
    """Bureau: the bureau's. Agency: its own. Department: as commissioner all, as evaluated unit what was handed in
    of the kinds that speak about it. Expert: what was handed in of the engagements he scores. Observers: none."""
    return sa.select(Deliverable).where(visible(actor))


def version_visible(actor: Actor) -> sa.ColumnElement[bool]:
    """For statements that join ``Deliverable``: a file that was not handed in is the agency's alone."""
    there = DeliverableVersion.withdrawn_at.is_(None)
    if actor.is_agency:
        return sa.and_(visible(actor), there)
    return sa.and_(visible(actor), there, DeliverableVersion.submission_id.is_not(None))


def visible_versions(actor: Actor) -> Select[DeliverableVersion]:
    return (
        sa.select(DeliverableVersion)
        .join(Deliverable, Deliverable.id == DeliverableVersion.deliverable_id)
        .where(version_visible(actor))
    )


def submission_visible(actor: Actor) -> sa.ColumnElement[bool]:
    """For statements that join ``Engagement``. A receipt names every kind, so the evaluated unit sees none."""
    if not actor.has(Permission.DELIVERABLES_READ):
        return sa.false()
    if actor.is_bureau:
        return Engagement.bureau_id.in_(actor.bureau_ids)
    if actor.is_agency:
        return Engagement.agency_id == actor.body_id
    if actor.is_department:
        return Engagement.commissioner_id == actor.body_id
    return sa.false()


def visible_submissions(actor: Actor) -> Select[Submission]:
    return (
        sa.select(Submission)
        .join(Engagement, Engagement.id == Submission.engagement_id)
        .where(submission_visible(actor))
    )


def engagements_read(actor: Actor) -> Select[Engagement]:
    """Where the actor may open the list of files: an expert scores an engagement without seeing its own page."""
    if actor.is_expert:
        return sa.select(Engagement).where(_scored(actor, Engagement.id))
    return engagement_policies.visible_to(actor)


def _scored(actor: Actor, column: sa.orm.InstrumentedAttribute[int]) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(column.in_(ids(actor)) for ids in scored))


def _engagements(column: sa.orm.InstrumentedAttribute[int], actor: Actor) -> Select[int]:
    return sa.select(Engagement.id).where(column == actor.body_id)


# The rest asks about an engagement that the actor may see.


def sees_terms(actor: Actor, engagement: Engagement) -> bool:
    """Due dates, lateness, decisions and what is still owed concern the parties of the contract and the bureau."""
    if not actor.has(Permission.DELIVERABLES_READ):
        return False
    if actor.is_department:
        return engagement.commissioner_id == actor.body_id
    return actor.is_agency or actor.is_bureau


def can_upload(actor: Actor, engagement: Engagement) -> bool:
    return actor.has(Permission.DELIVERABLES_UPLOAD) and engagement.agency_id == actor.body_id


def can_submit(actor: Actor, engagement: Engagement) -> bool:
    return actor.has(Permission.DELIVERABLES_SUBMIT) and engagement.agency_id == actor.body_id


def can_decide(actor: Actor, engagement: Engagement) -> bool:
    """Who commissioned the work accepts it, be it a department or the bureau itself."""
    return actor.has(Permission.DELIVERABLES_ACCEPT) and engagement.commissioner_id == actor.body_id


def can_change_due(actor: Actor, engagement: Engagement) -> bool:
    """A municipal bureau reads its districts' engagements but writes only its own."""
    return actor.has(Permission.DEADLINES_WRITE) and engagement.bureau_id == actor.bureau_id


def can_expect(actor: Actor, engagement: Engagement) -> bool:
    return can_upload(actor, engagement) or can_change_due(actor, engagement)


def can_read_tables(actor: Actor) -> bool:
    return actor.has(Permission.DEADLINES_WRITE)


def can_enter_tables(actor: Actor) -> bool:
    return actor.has(Permission.REQUIREMENTS_WRITE) and actor.bureau_id is not None
