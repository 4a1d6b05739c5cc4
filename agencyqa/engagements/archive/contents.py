"""What was decided and when things were due and done, as data of a sealed archive. Names of people are left out."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import RowMapping, Select, select
from sqlalchemy.orm import Session

from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion, DueChange
from agencyqa.engagements.schedule.models import Milestone, MilestoneStep


def plain(row: RowMapping) -> dict[str, Any]:
    """Days and moments as text; the numbers of rows mean nothing outside."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
        if name not in {"id", "owner_id"}
    }


def data_of_rows(session: Session, statement: Select[*tuple[Any, ...]]) -> list[dict[str, Any]]:
    """The rows of a statement, each as data by the names of its columns."""
    return [plain(row._mapping) for row in session.execute(statement)]


def decisions_of(session: Session, engagement_id: int) -> list[dict[str, Any]]:
    """Each deliverable with its dates, how they moved, and what was said to each version."""
    rows = session.execute(
        select(
            Deliverable.id,
            Deliverable.kind,
            Deliverable.number,
            Deliverable.title,
            Deliverable.is_required,
            Deliverable.state,
            Deliverable.due_on,
            Deliverable.late_days,
        )
        .where(Deliverable.engagement_id == engagement_id)
        .order_by(Deliverable.id)
    ).all()
    ids = [row.id for row in rows]
    decided = session.execute(
        select(
            DeliverableVersion.deliverable_id.label("owner_id"),
            DeliverableVersion.number,
            DeliverableVersion.sha256,
            DeliverableVersion.decision,
            DeliverableVersion.decided_at,
            DeliverableVersion.decision_reason,
        )
        .where(DeliverableVersion.deliverable_id.in_(ids), DeliverableVersion.submission_id.is_not(None))
        .order_by(DeliverableVersion.id)
    ).all()
    moved = session.execute(
        select(
            DueChange.deliverable_id.label("owner_id"),
            DueChange.cause,
            DueChange.before_on,
            DueChange.after_on,
            DueChange.reason,
            DueChange.authority,
            DueChange.changed_at,
        )
        .where(DueChange.deliverable_id.in_(ids))
        .order_by(DueChange.id)
    ).all()
    return [
        {
            **plain(row._mapping),
            "versions": [plain(each._mapping) for each in decided if each.owner_id == row.id],
            "moves": [plain(each._mapping) for each in moved if each.owner_id == row.id],
        }
        for row in rows
    ]


def milestones_of(session: Session, engagement_id: int) -> list[dict[str, Any]]:
    """Each milestone with everything that happened to it."""
    rows = session.execute(
        select(
            Milestone.id,
            Milestone.kind,
            Milestone.title,
            Milestone.party,
            Milestone.state,
            Milestone.due_on,
            Milestone.done_on,
            Milestone.late_days,
        )
        .where(Milestone.engagement_id == engagement_id)
        .order_by(Milestone.id)
    ).all()
    steps = session.execute(
        select(
            MilestoneStep.milestone_id.label("owner_id"),
            MilestoneStep.kind,
            MilestoneStep.before_on,
            MilestoneStep.after_on,
            MilestoneStep.on_day,
            MilestoneStep.text,
            MilestoneStep.authority,
            MilestoneStep.at,
        )
        .where(MilestoneStep.milestone_id.in_([row.id for row in rows]))
        .order_by(MilestoneStep.id)
    ).all()
    return [
        {**plain(row._mapping), "steps": [plain(each._mapping) for each in steps if each.owner_id == row.id]}
        for row in rows
    ]
