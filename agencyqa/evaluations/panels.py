"""What this area adds to the pages of engagements and objects, and to the story of an engagement."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.hooks import TrailEntry, trail_sources
from agencyqa.engagements.locks import evidence_locks
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.panels import engagement_panels
from agencyqa.evaluations import policies
from agencyqa.evaluations.enums import RecordState
from agencyqa.evaluations.models import EvaluationRecord
from agencyqa.evaluations.queries.problems import answers_of
from agencyqa.evaluations.queries.records import grades_in, records_of_engagement, records_of_object
from agencyqa.evaluations.queries.submitters import submissions
from agencyqa.extensions import db
from agencyqa.objects.hooks import object_panels
from agencyqa.objects.models import EvaluationObject
from agencyqa.web.panels import rendered


def records_panel(actor: Actor, engagement: Engagement) -> Markup | str:
    """The versions that the actor may see, and the first step for the agency."""
    if not actor.has(Permission.EVALUATIONS_READ):
        return ""
    session = db.session()
    rows = records_of_engagement(session, actor, engagement.id)
    can_start = policies.can_start(actor, engagement) and not rows
    if not rows and not can_start:
        return ""
    return rendered(
        "evaluations/_of_engagement.html",
        rows=rows,
        grades=grades_in(session, rows),
        engagement_id=engagement.id,
        can={"start": can_start},
    )


def records_of_object_panel(actor: Actor, thing: EvaluationObject) -> Markup | str:
    if not actor.has(Permission.EVALUATIONS_READ):
        return ""
    session = db.session()
    rows = records_of_object(session, actor, thing.id)
    if not rows:
        return ""
    return rendered("evaluations/_of_object.html", rows=rows, grades=grades_in(session, rows))


def trail(session: Session, actor: Actor, engagement: Engagement) -> Iterable[TrailEntry]:
    """Versions handed in and answers to their problems, for whoever may see the record."""
    versions = submissions(session, actor, engagement.id)
    if not versions:
        return []
    entries = [
        TrailEntry(
            at=row.submitted_at,
            code="evaluation_submitted" if row.fault_count else "evaluation_sound",
            params={"revision": row.revision, "faults": row.fault_count},
            actor_name=row.submitted_by or "",
            body_id=engagement.agency_id,
            tone="warning" if row.fault_count else "success",
            endpoint="evaluations.show",
            endpoint_values={"record_id": row.id},
        )
        for row in versions
    ]
    current = next((row for row in versions if row.is_current), versions[-1])
    entries += [
        TrailEntry(
            at=row.answered_at,
            code="evaluation_answered",
            params={"department": row.department, "state": row.state},
            actor_name=row.answered_by or "",
            body_id=row.department_id,
            endpoint="evaluations.show",
            endpoint_values={"record_id": current.id},
        )
        for row in answers_of(session, engagement.id)
    ]
    return entries


def fixed_fields(session: Session, engagement: Engagement) -> frozenset[str]:
    """A record belongs to its agency and object; one that was handed in is addressed to the parties as well."""
    states = set(
        session.scalars(
            select(EvaluationRecord.state).where(EvaluationRecord.engagement_id == engagement.id).distinct()
        )
    )
    if RecordState.SUBMITTED in states:
        return frozenset({"agency_id", "object_id", "commissioner_id", "evaluated_unit_id"})
    return frozenset({"agency_id", "object_id"}) if states else frozenset()


def register() -> None:
    """Called when the routes are loaded; a second call changes nothing."""
    if records_panel not in engagement_panels:
        engagement_panels.append(records_panel)
    if records_of_object_panel not in object_panels:
        object_panels.append(records_of_object_panel)
    if trail not in trail_sources:
        trail_sources.append(trail)
    if fixed_fields not in evidence_locks:
        evidence_locks.append(fixed_fields)
