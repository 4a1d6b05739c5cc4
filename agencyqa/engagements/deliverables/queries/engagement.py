"""Reads for the pages of one engagement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, case, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import User
from agencyqa.auth.actor import Actor
from agencyqa.engagements.contents import may_hold
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.deliverables.models import (
    Deliverable,
    DeliverableVersion,
    DueChange,
    RequirementTable,
    Submission,
)
from agencyqa.engagements.deliverables.policies import submission_visible, version_visible, visible
from agencyqa.engagements.milestones.models import TermPause
from agencyqa.engagements.milestones.pauses import pause_rows
from agencyqa.engagements.models import Engagement
from agencyqa.files.enums import FileKind
from agencyqa.files.models import StoredFile
from agencyqa.web.once import once

Rows = Sequence[Row[*tuple[Any, ...]]]

# The order in which work is done and read.
KIND_ORDER = case(
    {kind.value: position for position, kind in enumerate(DeliverableKind)}, value=Deliverable.kind, else_=99
)
# Which documents a scorer wants beside the sheet, the most telling first.
READING_ORDER = case(
    {
        kind.value: position
        for position, kind in enumerate(
            (
                DeliverableKind.REPORT,
                DeliverableKind.RECTIFICATION_REPORT,
                DeliverableKind.DRAFT,
                DeliverableKind.PLAN,
                DeliverableKind.WORK_PAPERS,
            )
        )
    },
    value=Deliverable.kind,
    else_=99,
)


@dataclass(frozen=True)
class Slot:
    """A deliverable with its files, newest first, and the moves of its date, newest first."""

    row: Row[*tuple[Any, ...]]
    versions: list[Row[*tuple[Any, ...]]] = field(default_factory=list)
    moves: list[Row[*tuple[Any, ...]]] = field(default_factory=list)
    pauses: list[Row[*tuple[Any, ...]]] = field(default_factory=list)

    @property
    def handed_in(self) -> list[Row[*tuple[Any, ...]]]:
        return [version for version in self.versions if version.submission_id is not None]


@once
def slots_of(session: Session, actor: Actor, engagement_id: int) -> list[Slot]:
    """All deliverables of an engagement that the actor sees, with the versions the actor sees; four statements."""
    if not may_hold(session, engagement_id, Deliverable):
        return []
    rows = session.execute(
        select(
            Deliverable.id,
            Deliverable.kind,
            Deliverable.number,
            Deliverable.title,
            Deliverable.is_required,
            Deliverable.due_on,
            Deliverable.is_due_provisional,
            Deliverable.paused_on,
            Deliverable.basis,
            Deliverable.counted_from,
            Deliverable.working_days,
            Deliverable.due_reason,
            Deliverable.state,
            Deliverable.is_overdue,
            Deliverable.late_days,
            Deliverable.is_lateness_provisional,
            Deliverable.first_submitted_at,
            Deliverable.version,
        )
        .where(Deliverable.engagement_id == engagement_id, visible(actor))
        .order_by(KIND_ORDER, Deliverable.number, Deliverable.id)
    ).all()
    slots = {row.id: Slot(row) for row in rows}
    for version in version_rows(session, actor, engagement_id):
        slots[version.deliverable_id].versions.append(version)
    for move in _moves(session, list(slots)) if may_hold(session, engagement_id, DueChange) else ():
        slots[move.deliverable_id].moves.append(move)
    for pause in pause_rows(session, list(slots)) if may_hold(session, engagement_id, TermPause) else ():
        slots[pause.deliverable_id].pauses.append(pause)
    return list(slots.values())


_UPLOADER, _SUBMITTER, _DECIDER = (aliased(User) for _ in range(3))
# What a page shows of a file wherever it stands.
_OF_VERSION: tuple[Any, ...] = (
    DeliverableVersion.id,
    DeliverableVersion.number,
    DeliverableVersion.file_name,
    DeliverableVersion.file_kind,
    DeliverableVersion.sha256,
    DeliverableVersion.size,
    DeliverableVersion.note,
    DeliverableVersion.uploaded_at,
    DeliverableVersion.submission_id,
    DeliverableVersion.decision,
    DeliverableVersion.decided_at,
    DeliverableVersion.decision_reason,
    StoredFile.scan_state,
    Submission.number.label("submission_number"),
    Submission.submitted_at,
)


def version_rows(session: Session, actor: Actor, engagement_id: int) -> Rows:
    """The files of an engagement that the actor sees, the newest of each deliverable first."""
    return session.execute(
        select(
            *_OF_VERSION,
            DeliverableVersion.deliverable_id,
            _UPLOADER.display_name.label("uploaded_by"),
            _SUBMITTER.display_name.label("submitted_by"),
            _DECIDER.display_name.label("decided_by"),
        )
        .join(Deliverable, Deliverable.id == DeliverableVersion.deliverable_id)
        .join(StoredFile, StoredFile.id == DeliverableVersion.file_id)
        .outerjoin(Submission, Submission.id == DeliverableVersion.submission_id)
        .outerjoin(_UPLOADER, _UPLOADER.id == DeliverableVersion.uploaded_by_id)
        .outerjoin(_SUBMITTER, _SUBMITTER.id == Submission.submitted_by_id)
        .outerjoin(_DECIDER, _DECIDER.id == DeliverableVersion.decided_by_id)
        .where(Deliverable.engagement_id == engagement_id, version_visible(actor))
        .order_by(DeliverableVersion.deliverable_id, DeliverableVersion.number.desc(), DeliverableVersion.id)
    ).all()


def _moves(session: Session, deliverable_ids: list[int]) -> Rows:
    return session.execute(
        select(
            DueChange.deliverable_id,
            DueChange.cause,
            DueChange.before_on,
            DueChange.after_on,
            DueChange.reason,
            DueChange.authority,
            DueChange.changed_at,
            User.display_name.label("changed_by"),
        )
        .outerjoin(User, User.id == DueChange.changed_by_id)
        .where(DueChange.deliverable_id.in_(deliverable_ids))
        .order_by(DueChange.deliverable_id, DueChange.id.desc())
    ).all()


def submission_rows(session: Session, actor: Actor, engagement_id: int) -> Rows:
    """The receipts of an engagement that the actor may read, newest first."""
    return session.execute(
        select(
            Submission.id,
            Submission.number,
            Submission.submitted_at,
            Submission.receipt_hash,
            User.display_name.label("submitted_by"),
        )
        .join(Engagement, Engagement.id == Submission.engagement_id)
        .outerjoin(User, User.id == Submission.submitted_by_id)
        .where(Submission.engagement_id == engagement_id, submission_visible(actor))
        .order_by(Submission.number.desc())
    ).all()


def viewable_reports(session: Session, actor: Actor, engagement_id: int) -> Rows:
    """The newest PDF of each deliverable handed in that the actor may read, for ``deliverables/_beside.html``.

    Rows of id, kind, title, number, file_name, size and submitted_at; the report first.
    """
    rows = session.execute(
        select(
            DeliverableVersion.id,
            DeliverableVersion.deliverable_id,
            DeliverableVersion.number,
            DeliverableVersion.file_name,
            DeliverableVersion.size,
            Deliverable.kind,
            Deliverable.title,
            Submission.submitted_at,
        )
        .join(Deliverable, Deliverable.id == DeliverableVersion.deliverable_id)
        .join(Submission, Submission.id == DeliverableVersion.submission_id)
        .where(
            Deliverable.engagement_id == engagement_id,
            version_visible(actor),
            DeliverableVersion.file_kind == FileKind.PDF,
        )
        .order_by(
            READING_ORDER,
            Deliverable.number,
            DeliverableVersion.deliverable_id,
            DeliverableVersion.number.desc(),
        )
    ).all()
    newest: dict[int, Row[*tuple[Any, ...]]] = {}
    for row in rows:
        newest.setdefault(row.deliverable_id, row)
    return list(newest.values())


def version_row(session: Session, actor: Actor, version_id: int) -> Row[*tuple[Any, ...]]:
    """One file the actor sees, with its deliverable; the caller has loaded it already."""
    return session.execute(
        select(
            *_OF_VERSION,
            Deliverable.kind,
            Deliverable.title,
            Deliverable.due_on,
            Deliverable.is_due_provisional,
            Deliverable.late_days,
            Deliverable.state,
        )
        .join(Deliverable, Deliverable.id == DeliverableVersion.deliverable_id)
        .join(StoredFile, StoredFile.id == DeliverableVersion.file_id)
        .outerjoin(Submission, Submission.id == DeliverableVersion.submission_id)
        .where(DeliverableVersion.id == version_id, version_visible(actor))
    ).one()


def table_rows(session: Session, bureau_ids: Sequence[int]) -> list[RequirementTable]:
    """The tables that hold for these bureaus and those that held, a bureau's own before the shipped."""
    statement = (
        select(RequirementTable)
        .where(RequirementTable.bureau_id.in_(bureau_ids) | RequirementTable.bureau_id.is_(None))
        .order_by(
            RequirementTable.bureau_id.is_(None),
            RequirementTable.bureau_id,
            RequirementTable.valid_from.desc(),
            RequirementTable.id.desc(),
        )
    )
    return list(session.scalars(statement))
