from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from agencyqa.db import (
    Base,
    Choice,
    Identified,
    Json,
    SettledRowChanged,
    UtcDateTime,
    Versioned,
    altered,
    held,
)
from agencyqa.engagements.deliverables.enums import (
    Basis,
    Decision,
    DeliverableKind,
    DeliverableState,
    DueCause,
)
from agencyqa.files.enums import FileKind
from agencyqa.measures.enums import Tag, WorkKind


class RequirementTable(Identified, Base):
    """Which deliverables a kind of work needs, and by when, from a contract date on: dated data of a bureau.

    A table without a bureau is shipped and holds where the bureau has none of its own; one without a kind of work is
    for every kind that has none of its own.
    """

    __tablename__ = "requirement_tables"
    __table_args__ = (Index(None, "bureau_id", "valid_from"),)

    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    work_kind: Mapped[WorkKind | None] = mapped_column(Choice(WorkKind))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    # [{"kind": "plan", "required": true, "basis": "contract_signed", "working_days": 15}, ...]
    items: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    source: Mapped[str] = mapped_column(Text)
    provision_key: Mapped[str | None] = mapped_column(String(80))
    tag: Mapped[Tag] = mapped_column(Choice(Tag))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Deliverable(Identified, Versioned, Base):
    """One thing an agency owes or hands in for an engagement; its files are versions.

    Every kind stands once, except ``OTHER``, which ``number`` tells apart. ``due_on`` is empty where nothing was
    agreed; ``is_due_provisional`` says that the public holidays on the way were not published yet. A date that was
    counted keeps the day it was counted from and the number of working days, so that it can be counted again; one
    with a ``basis`` follows the contract, one without was set by hand.
    """

    __tablename__ = "deliverables"
    __table_args__ = (
        UniqueConstraint("engagement_id", "kind", "number"),
        Index(None, "agency_id", "state", "due_on"),
        Index(None, "bureau_id", "state", "due_on"),
        # The nightly search for what is late or falls due, whoever owes it.
        Index(None, "due_on", "id"),
        # The orders of a bureau's list, and the few rows that its two filters of lateness look for.
        Index(None, "bureau_id", "due_on"),
        Index(None, "bureau_id", "last_submitted_at"),
        Index(
            "ix_deliverables_missed",
            "bureau_id",
            "state",
            "due_on",
            sqlite_where=text("is_overdue = 1 AND first_submitted_at IS NULL"),
            postgresql_where=text("is_overdue AND first_submitted_at IS NULL"),
        ),
        Index(
            "ix_deliverables_paused",
            "bureau_id",
            sqlite_where=text("paused_on IS NOT NULL"),
            postgresql_where=text("paused_on IS NOT NULL"),
        ),
        Index(
            "ix_deliverables_belated",
            "bureau_id",
            "state",
            "due_on",
            sqlite_where=text("late_days > 0"),
            postgresql_where=text("late_days > 0"),
        ),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagements.id"))
    kind: Mapped[DeliverableKind] = mapped_column(Choice(DeliverableKind))
    number: Mapped[int] = mapped_column(Integer, default=1)
    title: Mapped[str] = mapped_column(String(200), default="")
    is_required: Mapped[bool] = mapped_column(Boolean)
    due_on: Mapped[date | None]
    is_due_provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    # The table by which it was expected; a new table leaves engagements that are there alone.
    requirement_table_id: Mapped[int | None] = mapped_column(ForeignKey("requirement_tables.id"))
    basis: Mapped[Basis | None] = mapped_column(Choice(Basis))
    counted_from: Mapped[date | None]
    working_days: Mapped[int | None] = mapped_column(Integer)
    # Since when the term stands still; empty while it runs.
    paused_on: Mapped[date | None]
    # Why the bureau set the date by hand.
    due_reason: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[DeliverableState] = mapped_column(Choice(DeliverableState))
    # Told once by the nightly job; a later hand-in leaves it, for it was overdue.
    is_overdue: Mapped[bool] = mapped_column(Boolean, default=False)
    # Counted when it was first handed in: working days after the due date, 0 on time, empty before or without a date.
    late_days: Mapped[int | None] = mapped_column(Integer)
    is_lateness_provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    first_submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DueChange(Identified, Base):
    """A due date that was moved, and why. Never changed."""

    __tablename__ = "due_changes"
    __table_args__ = (Index(None, "deliverable_id", "id"),)

    deliverable_id: Mapped[int] = mapped_column(ForeignKey("deliverables.id"))
    cause: Mapped[DueCause] = mapped_column(Choice(DueCause))
    before_on: Mapped[date | None]
    after_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    # By whose word a term became longer or stood still.
    authority: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Submission(Identified, Base):
    """An agency's act of handing in: the receipt names every file with its hash and time. Never changed."""

    __tablename__ = "submissions"
    __table_args__ = (UniqueConstraint("engagement_id", "number"),)

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagements.id"))
    number: Mapped[int] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(Text, default="")
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # The receipt as data under the SHA-256 of its canonical JSON.
    receipt: Mapped[dict[str, Any]] = mapped_column(Json)
    receipt_hash: Mapped[str] = mapped_column(String(64))
    form_token: Mapped[str | None] = mapped_column(String(32), unique=True)


class DeliverableVersion(Identified, Base):
    """One uploaded file. Without a submission only the agency sees it, and may take it back."""

    __tablename__ = "deliverable_versions"
    __table_args__ = (
        UniqueConstraint("deliverable_id", "number"),
        Index(None, "file_id"),
        Index(None, "submission_id"),
        # When the newest decision on a deliverable was.
        Index(None, "deliverable_id", "decided_at"),
    )

    deliverable_id: Mapped[int] = mapped_column(ForeignKey("deliverables.id"))
    number: Mapped[int] = mapped_column(Integer)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    # As it was called where it came from, cleaned; shown and used for downloads, never as a path.
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    file_kind: Mapped[FileKind] = mapped_column(Choice(FileKind))
    note: Mapped[str] = mapped_column(Text, default="")
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submissions.id"), active_history=True)
    decision: Mapped[Decision | None] = mapped_column(Choice(Decision), active_history=True)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decision_reason: Mapped[str] = mapped_column(Text, default="")


_DECISION = frozenset({"decision", "decision_reason", "decided_at", "decided_by_id"})


@event.listens_for(Submission, "before_update")
@event.listens_for(DueChange, "before_update")
def _keep_row(mapper: Mapper[Any], connection: Connection, row: Submission | DueChange) -> None:
    if altered(row):
        raise SettledRowChanged(f"{row.__tablename__} {row.id}")


@event.listens_for(DeliverableVersion, "before_update")
def _keep_version(
    mapper: Mapper[DeliverableVersion], connection: Connection, version: DeliverableVersion
) -> None:
    """A file is never another one; it is handed in or withdrawn once, and what was decided on it stands."""
    free = frozenset({"submission_id", "withdrawn_at"})
    if held(version, "submission_id") is not None:
        free = _DECISION if held(version, "decision") is None else frozenset()
    if wrong := altered(version) - free:
        raise SettledRowChanged(f"version {version.id}: {sorted(wrong)}")


@event.listens_for(Submission, "before_delete")
@event.listens_for(DueChange, "before_delete")
@event.listens_for(DeliverableVersion, "before_delete")
def _keep_all(mapper: Mapper[Any], connection: Connection, row: Identified) -> None:
    raise SettledRowChanged(f"{type(row).__name__} {row.id}")
