from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    event,
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
from agencyqa.files.enums import FileKind
from agencyqa.inspections.enums import Channel, CheckState, FindingState, OrderState, Severity
from agencyqa.measures.enums import Tag


class Checklist(Identified, Base):
    """What inspectors look at, as dated data. Without a bureau it is shipped and holds where a bureau has none."""

    __tablename__ = "checklists"
    __table_args__ = (Index(None, "bureau_id", "valid_from"),)

    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    title: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(300), default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    # [{"key": "contract", "text": "...", "text_en": "...", "provision": "CJ4/contract", "fault": "..." or null}, ...]
    # A row never changes: checks point to the list they were made with.
    items: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    source: Mapped[str] = mapped_column(Text)
    tag: Mapped[Tag] = mapped_column(Choice(Tag))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    form_token: Mapped[str | None] = mapped_column(String(32), unique=True)


class SpotCheck(Identified, Versioned, Base):
    """A bureau's look at one engagement, or (engagement empty) at an agency as a whole."""

    __tablename__ = "spot_checks"
    __table_args__ = (
        UniqueConstraint("bureau_id", "year", "number"),
        Index(None, "bureau_id", "state", "id"),
        Index(None, "agency_id", "id"),
        Index(None, "engagement_id"),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    # Shown as 抽查2026-007: stable, never given twice.
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    engagement_id: Mapped[int | None] = mapped_column(ForeignKey("engagements.id"))
    checked_on: Mapped[date]
    channel: Mapped[Channel] = mapped_column(Choice(Channel))
    purpose: Mapped[str] = mapped_column(Text, default="")
    checklist_id: Mapped[int] = mapped_column(ForeignKey("checklists.id"))
    # {item key: {"answer": Answer, "note": "..."}}; while the check is planned, an item not answered yet is absent.
    answers: Mapped[dict[str, Any]] = mapped_column(Json)
    summary: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[CheckState] = mapped_column(Choice(CheckState), active_history=True)
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    form_token: Mapped[str | None] = mapped_column(String(32), unique=True)


class Inspector(Identified, Base):
    """Who carries out a spot check. At least two, none with a conflict; each says so himself."""

    __tablename__ = "inspectors"
    __table_args__ = (UniqueConstraint("spot_check_id", "user_id"), Index(None, "user_id"))

    spot_check_id: Mapped[int] = mapped_column(ForeignKey("spot_checks.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    declared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What the inspector declared; a conflict takes the person off before the record is closed.
    has_conflict: Mapped[bool | None] = mapped_column(Boolean)
    conflict_note: Mapped[str] = mapped_column(Text, default="")


class Finding(Identified, Versioned, Base):
    """A fault found in a spot check. Facts and fault stay as they are once the agency has been told.

    ``fact_on`` decides which version of a measure is cited. ``occurrences`` counts how often the fault was found.
    """

    __tablename__ = "findings"
    __table_args__ = (
        UniqueConstraint("bureau_id", "year", "number"),
        Index(None, "bureau_id", "state", "id"),
        Index(None, "agency_id", "state", "id"),
        Index(None, "engagement_id", "state"),
        Index(None, "spot_check_id"),
        CheckConstraint("occurrences > 0", name="occurrences_positive"),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    # Shown as 问题2026-031: stable, never given twice.
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    spot_check_id: Mapped[int] = mapped_column(ForeignKey("spot_checks.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    engagement_id: Mapped[int | None] = mapped_column(ForeignKey("engagements.id"))
    fault_code: Mapped[str] = mapped_column(String(40))
    occurrences: Mapped[int] = mapped_column(Integer)
    severity: Mapped[Severity] = mapped_column(Choice(Severity))
    facts: Mapped[str] = mapped_column(Text)
    fact_on: Mapped[date]
    provision_id: Mapped[int | None] = mapped_column(ForeignKey("provisions.id"))
    provision_key: Mapped[str] = mapped_column(String(80))
    state: Mapped[FindingState] = mapped_column(Choice(FindingState), active_history=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    notified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    statement_due_on: Mapped[date | None]
    # Kept to count the term again once the holidays on the way are known.
    statement_working_days: Mapped[int | None] = mapped_column(Integer)
    is_statement_due_provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    statement: Mapped[str] = mapped_column(Text, default="")
    stated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stated_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # Why it stands although the agency disagrees, or why it was dropped.
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")
    order_id: Mapped[int | None] = mapped_column(ForeignKey("rectification_orders.id"))
    form_token: Mapped[str | None] = mapped_column(String(32), unique=True)


class EvidenceFile(Identified, Base):
    """A file that proves a finding, backs an agency's statement, or comes with a rectification answer.

    Exactly one of the three owners is set. A wrong file is withdrawn, never deleted.
    """

    __tablename__ = "evidence_files"
    __table_args__ = (
        Index(None, "finding_id"),
        Index(None, "answer_id"),
        Index(None, "file_id"),
        CheckConstraint("(finding_id IS NULL) <> (answer_id IS NULL)", name="one_owner"),
    )

    finding_id: Mapped[int | None] = mapped_column(ForeignKey("findings.id"))
    # The agency's own evidence for its statement stands with the finding too.
    is_statement: Mapped[bool] = mapped_column(Boolean, default=False)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("rectification_answers.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    file_kind: Mapped[FileKind] = mapped_column(Choice(FileKind))
    note: Mapped[str] = mapped_column(Text, default="")
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RectificationOrder(Identified, Versioned, Base):
    """A bureau's order to put final findings of one spot check right within a term in working days."""

    __tablename__ = "rectification_orders"
    __table_args__ = (
        UniqueConstraint("bureau_id", "year", "number"),
        Index(None, "bureau_id", "state", "due_on"),
        Index(None, "agency_id", "state", "due_on"),
        Index(None, "spot_check_id"),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    # Shown as 整改2026-004.
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    spot_check_id: Mapped[int] = mapped_column(ForeignKey("spot_checks.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    demand: Mapped[str] = mapped_column(Text)
    issued_on: Mapped[date]
    working_days: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date]
    is_due_provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    is_overdue: Mapped[bool] = mapped_column(Boolean, default=False)
    provision_id: Mapped[int | None] = mapped_column(ForeignKey("provisions.id"))
    provision_key: Mapped[str] = mapped_column(String(80))
    state: Mapped[OrderState] = mapped_column(Choice(OrderState))
    recheck_on: Mapped[date | None]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # Why it was closed although nobody looked on the spot, or because every finding was withdrawn.
    close_reason: Mapped[str] = mapped_column(Text, default="")
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RectificationAnswer(Identified, Versioned, Base):
    """What an agency did about an order. A late one is taken and marked; none is ever changed."""

    __tablename__ = "rectification_answers"
    __table_args__ = (UniqueConstraint("order_id", "number"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("rectification_orders.id"))
    number: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    # Empty while the agency still gathers evidence; then only the agency sees it.
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, active_history=True)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # The term that held when it was handed in; a rejection sets the order a new one.
    due_on: Mapped[date | None]
    late_days: Mapped[int | None] = mapped_column(Integer)
    is_lateness_provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OrderReview(Identified, Base):
    """A supervisor's verdict on an answer, or the later re-check on the spot."""

    __tablename__ = "order_reviews"
    __table_args__ = (UniqueConstraint("order_id", "number"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("rectification_orders.id"))
    number: Mapped[int] = mapped_column(Integer)
    answer_id: Mapped[int] = mapped_column(ForeignKey("rectification_answers.id"))
    is_recheck: Mapped[bool] = mapped_column(Boolean, default=False)
    is_accepted: Mapped[bool] = mapped_column(Boolean)
    note: Mapped[str] = mapped_column(Text)
    # The new term that a rejection sets.
    due_on: Mapped[date | None]
    reviewed_on: Mapped[date]
    reviewed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class RecordTemplate(Identified, Base):
    """A Word template by which a bureau prints its records; the newest holds.

    The shipped one is no file: a row without one says that the bureau went back to it.
    """

    __tablename__ = "record_templates"
    __table_args__ = (UniqueConstraint("bureau_id", "number"),)

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    number: Mapped[int] = mapped_column(Integer)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    file_name: Mapped[str] = mapped_column(String(200), default="")
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


# What a recorded check says of the day; its number and its target never change at all.
_CHECK_IDENTITY = frozenset({"bureau_id", "year", "number", "agency_id", "engagement_id", "created_at"})
_CHECK_FACTS = frozenset(
    {"checked_on", "channel", "purpose", "checklist_id", "answers", "summary", "recorded_at"}
)
_FINDING_IDENTITY = frozenset(
    {
        "bureau_id",
        "year",
        "number",
        "spot_check_id",
        "agency_id",
        "engagement_id",
        "created_at",
        "created_by_id",
    }
)
_FINDING_FACTS = frozenset(
    {"fault_code", "occurrences", "severity", "facts", "fact_on", "provision_id", "provision_key"}
)


@event.listens_for(SpotCheck, "before_update")
def _keep_check(mapper: Mapper[SpotCheck], connection: Connection, check: SpotCheck) -> None:
    fixed = _CHECK_IDENTITY
    if held(check, "state") is not CheckState.PLANNED:
        fixed = fixed | _CHECK_FACTS | {"state"}
    if changed := altered(check) & fixed:
        raise SettledRowChanged(f"spot check {check.id}: {sorted(changed)}")


@event.listens_for(Finding, "before_update")
def _keep_finding(mapper: Mapper[Finding], connection: Connection, finding: Finding) -> None:
    fixed = _FINDING_IDENTITY
    if held(finding, "state") is not FindingState.DRAFT:
        fixed = fixed | _FINDING_FACTS
    if changed := altered(finding) & fixed:
        raise SettledRowChanged(f"finding {finding.id}: {sorted(changed)}")


@event.listens_for(RectificationAnswer, "before_update")
def _keep_answer(
    mapper: Mapper[RectificationAnswer], connection: Connection, answer: RectificationAnswer
) -> None:
    if held(answer, "submitted_at") is not None and (changed := altered(answer)):
        raise SettledRowChanged(f"answer {answer.id}: {sorted(changed)}")


@event.listens_for(OrderReview, "before_update")
def _keep_review(mapper: Mapper[OrderReview], connection: Connection, review: OrderReview) -> None:
    if changed := altered(review):
        raise SettledRowChanged(f"review {review.id}: {sorted(changed)}")


@event.listens_for(RectificationOrder, "before_delete")
@event.listens_for(RectificationAnswer, "before_delete")
@event.listens_for(OrderReview, "before_delete")
@event.listens_for(Checklist, "before_delete")
@event.listens_for(SpotCheck, "before_delete")
@event.listens_for(Finding, "before_delete")
@event.listens_for(EvidenceFile, "before_delete")
def _keep_row(mapper: Mapper[Base], connection: Connection, thing: Identified) -> None:
    """A number that was given out is never given again, so its row stays."""
    raise SettledRowChanged(f"{type(thing).__name__} {thing.id}")
