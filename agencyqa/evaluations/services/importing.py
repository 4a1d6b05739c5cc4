"""A workbook for a draft: received first, stored only when its author has seen what it would put there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from agencyqa.audit.record import record as log
from agencyqa.auth.actor import Actor
from agencyqa.errors import NotVisible, WrongState
from agencyqa.evaluations.checks import Result
from agencyqa.evaluations.data import RecordData
from agencyqa.evaluations.models import EvaluationImport, EvaluationRecord
from agencyqa.evaluations.services.access import DRAFTS_READER, expect_draft
from agencyqa.evaluations.services.drafting import save_draft


def receive_workbook(
    actor: Actor, session: Session, record: EvaluationRecord, *, file_id: int, file_name: str, now: datetime
) -> EvaluationImport:
    """Keep which file was handed in for which state of the draft; the draft itself stays as it is.

    Raise NotVisible, Forbidden, WrongState.
    """
    expect_draft(actor, session, record)
    made = EvaluationImport(
        record_id=record.id,
        file_id=file_id,
        file_name=file_name[:200],
        record_version=record.version,
        handed_in_at=now,
        handed_in_by_id=actor.user_id,
    )
    session.add(made)
    session.flush()
    log(
        session, actor, "evaluations.workbook.received", made, now=now, bureau_id=DRAFTS_READER,
        record_id=record.id, file_name=made.file_name,
    )  # fmt: skip
    return made


def confirm_import(
    actor: Actor,
    session: Session,
    record: EvaluationRecord,
    received: EvaluationImport,
    data: RecordData,
    *,
    seen_version: int | None,
    now: datetime,
) -> Result:
    """Put the workbook's content in the place of the draft's, all of it or nothing.

    ``seen_version`` is the draft's version behind the page on which this was decided. Raise as ``save_draft`` does.
    """
    if received.record_id != record.id:
        raise NotVisible()
    expect_draft(actor, session, record)
    if received.confirmed_at is not None:
        raise WrongState("import_already_confirmed")
    result = save_draft(actor, session, record, data, seen_version=seen_version, now=now)
    record.file_id, record.file_name = received.file_id, received.file_name
    received.confirmed_at = now
    session.flush()
    log(
        session, actor, "evaluations.workbook.imported", record, now=now, bureau_id=DRAFTS_READER,
        file_name=received.file_name, indicators=len(data.indicators), problems=len(data.problems),
    )  # fmt: skip
    return result
