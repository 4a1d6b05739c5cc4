"""Which rows of a record a reader may follow to their evidence; each area's own policies decide."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.assessments.evidence import FactRow
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.models import Engagement
from agencyqa.evaluations.models import EvaluationRecord
from agencyqa.evaluations.policies import visible as record_visible
from agencyqa.inspections.models import Finding
from agencyqa.inspections.policies import finding_visible
from agencyqa.measures.enums import FaultSource


def open_keys(session: Session, actor: Actor, facts: Iterable[FactRow]) -> frozenset[str]:
    """The keys of the rows whose page the actor may open; at most one statement for each kind of source."""
    by_source: dict[str, list[FactRow]] = {}
    for row in facts:
        by_source.setdefault(row["source"], []).append(row)
    found: set[str] = set()
    if rows := by_source.get(FaultSource.FINDING):
        ids = {row["endpoint_values"]["finding_id"]: row["key"] for row in rows}
        found |= {ids[each] for each in open_findings(session, actor, ids)}
    if rows := by_source.get(FaultSource.ARITHMETIC):
        records = {row["endpoint_values"]["record_id"] for row in rows}
        seen = session.scalars(
            sa.select(EvaluationRecord.id).where(EvaluationRecord.id.in_(records), record_visible(actor))
        )
        visible = frozenset(seen)
        found |= {row["key"] for row in rows if row["endpoint_values"]["record_id"] in visible}
    terms = [*by_source.get(FaultSource.LATENESS, ()), *by_source.get(FaultSource.MISSING, ())]
    if terms and _sees_terms(session, actor, terms[0]["endpoint_values"]["engagement_id"]):
        found |= {row["key"] for row in terms}
    return frozenset(found)


def open_findings(session: Session, actor: Actor, finding_ids: Collection[int]) -> frozenset[int]:
    """Those of the findings that the actor may open; who reads no inspections at all need not be looked up."""
    if not finding_ids or not actor.has(Permission.INSPECTIONS_READ):
        return frozenset()
    statement = sa.select(Finding.id).where(Finding.id.in_(finding_ids), finding_visible(actor))
    return frozenset(session.scalars(statement))


def _sees_terms(session: Session, actor: Actor, engagement_id: int) -> bool:
    """Due dates and lateness concern the parties of the contract and the bureau, not the evaluated unit."""
    if not actor.has(Permission.DELIVERABLES_READ):
        return False
    if not actor.is_department:
        return actor.is_bureau or actor.is_agency
    statement = sa.select(Engagement.commissioner_id).where(Engagement.id == engagement_id)
    return session.scalar(statement) == actor.body_id
