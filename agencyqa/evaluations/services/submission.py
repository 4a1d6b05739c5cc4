"""Handing in an evaluation: from then on it stays as it is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.audit.record import record as log
from agencyqa.auth.actor import Actor
from agencyqa.db import check_version
from agencyqa.engagements.hooks import tell_evidence_changed
from agencyqa.errors import Invalid
from agencyqa.evaluations import workflow
from agencyqa.evaluations.checks import examine
from agencyqa.evaluations.enums import RecordAction
from agencyqa.evaluations.models import EvaluationRecord
from agencyqa.evaluations.notices import announce_record
from agencyqa.evaluations.queries.content import content_of, standard_for
from agencyqa.evaluations.services.access import expect_draft
from agencyqa.evaluations.services.drafting import put_result
from agencyqa.evaluations.standards import rules_of


def submit_record(
    actor: Actor, session: Session, record: EvaluationRecord, *, seen_version: int | None, now: datetime
) -> None:
    """Hand in the draft. What does not add up is handed in with it and counted as found; missing figures are not.

    Raise NotVisible, Forbidden, WrongState, Stale, and Invalid ``record_incomplete``.
    """
    engagement = expect_draft(actor, session, record, hold=True)
    check_version(record, seen_version)
    standard = standard_for(session, engagement)
    result = examine(content_of(session, record).statement(), rules_of(standard))
    if not result.is_complete:
        raise Invalid("record_incomplete")
    earlier = session.scalars(
        select(EvaluationRecord).where(
            EvaluationRecord.engagement_id == record.engagement_id,
            EvaluationRecord.id != record.id,
            EvaluationRecord.is_current,
        )
    ).all()
    for each in earlier:
        each.is_current = False
    session.flush()
    record.standard_id = None if standard is None else standard.id
    put_result(record, result)
    record.is_current = True
    before, record.state = record.state, workflow.next_state(record.state, RecordAction.SUBMIT)
    record.submitted_at = now
    record.submitted_by_id = actor.user_id
    session.flush()
    log(
        session,
        actor,
        "evaluations.record.submitted",
        record,
        now=now,
        bureau_id=record.bureau_id,
        changes={"state": (before, record.state)},
        engagement_id=record.engagement_id,
        revision=record.revision,
        stated_total_points=record.stated_total,
        computed_total_points=record.computed_total,
        faults=record.fault_count,
    )
    announce_record(session, engagement, record, now=now)
    tell_evidence_changed(session, record.engagement_id, now=now)
