"""What the system itself knows of the work on an engagement: what came late, and what never came."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import Session

from agencyqa.clock import local_date
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.deliverables.requirements import TABLE_KINDS
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.measures.enums import FaultSource
from agencyqa.measures.models import FaultCode
from agencyqa.measures.occurrences import Occurrence

LATE = {kind: f"late_{kind.value}" for kind in TABLE_KINDS}
MISSING = {kind: f"missing_{kind.value}" for kind in TABLE_KINDS}


def occurrences(session: Session, engagement_ids: Collection[int]) -> list[Occurrence]:
    """By engagement, lateness before what is missing, in the order of the deliverables.

    A required deliverable is missing when the engagement was completed without it, or once the nightly job found its
    due date passed; from its hand-in on it is late instead. A terminated contract owes nothing.
    """
    is_late = Deliverable.late_days > 0
    is_missing = and_(
        Deliverable.is_required,
        Deliverable.first_submitted_at.is_(None),
        or_(Engagement.state == EngagementState.COMPLETED, Deliverable.is_overdue),
    )
    rows = session.execute(
        select(
            Deliverable.id,
            Deliverable.engagement_id,
            Deliverable.kind,
            Deliverable.due_on,
            Deliverable.late_days,
            Deliverable.is_lateness_provisional,
            Deliverable.is_due_provisional,
            Deliverable.first_submitted_at,
            Engagement.completed_on,
            Engagement.due_on.label("contract_due_on"),
        )
        .join(Engagement, Engagement.id == Deliverable.engagement_id)
        .where(
            Deliverable.engagement_id.in_(engagement_ids),
            Deliverable.kind.in_(TABLE_KINDS),
            Engagement.state != EngagementState.TERMINATED,
            or_(is_late, is_missing),
        )
        .order_by(Deliverable.engagement_id, Deliverable.id)
    ).all()
    if not rows:
        return []
    provisions = _provisions(session)
    found = [
        _late(row, provisions) if row.first_submitted_at is not None else _missing(row, provisions)
        for row in rows
    ]
    return sorted(found, key=lambda each: (each.engagement_id, each.source is not FaultSource.LATENESS))


def _provisions(session: Session) -> dict[str, str]:
    codes = [*LATE.values(), *MISSING.values()]
    rows = session.execute(select(FaultCode.code, FaultCode.provision_key).where(FaultCode.code.in_(codes)))
    return {row.code: row.provision_key for row in rows}


def _late(row: Row[*tuple[Any, ...]], provisions: dict[str, str]) -> Occurrence:
    fault = LATE[row.kind]
    return Occurrence(
        key=f"late:{row.id}",
        engagement_id=row.engagement_id,
        source=FaultSource.LATENESS,
        fault=fault,
        count=row.late_days,
        fact_on=row.due_on,
        provision=provisions.get(fault, ""),
        params={
            "kind": row.kind.value,
            "due_on": row.due_on.isoformat(),
            "submitted_on": local_date(row.first_submitted_at).isoformat(),
            "days": row.late_days,
        },
        endpoint="deliverables.of_engagement",
        endpoint_values={"engagement_id": row.engagement_id},
        is_provisional=row.is_lateness_provisional,
    )


def _missing(row: Row[*tuple[Any, ...]], provisions: dict[str, str]) -> Occurrence:
    fault = MISSING[row.kind]
    fact_on = row.due_on or row.completed_on or row.contract_due_on
    return Occurrence(
        key=f"missing:{row.id}",
        engagement_id=row.engagement_id,
        source=FaultSource.MISSING,
        fault=fault,
        count=1,
        fact_on=fact_on,
        provision=provisions.get(fault, ""),
        params={"kind": row.kind.value, "fact_on": fact_on.isoformat()},
        endpoint="deliverables.of_engagement",
        endpoint_values={"engagement_id": row.engagement_id},
        is_provisional=row.due_on is not None and row.is_due_provisional,
    )


def readable(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a fact with its kind as a choice, so that a sentence shows it in the reader's language."""
    return {**params, "kind": DeliverableKind(params["kind"])} if "kind" in params else dict(params)
