from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.db import Base, Choice, Identified, Json, UtcDateTime, Versioned
from agencyqa.engagements.selection.enums import SelectionMethod, SelectionState
from agencyqa.measures.enums import WorkKind


class Selection(Identified, Versioned, Base):
    """How an agency was found for a piece of work: method, candidates, reasons. One decision leads to one contract."""

    __tablename__ = "selections"
    __table_args__ = (
        UniqueConstraint("engagement_id"),
        Index(None, "bureau_id", "held_on", "id"),
        Index(None, "commissioner_id", "held_on", "id"),
        Index(None, "object_id", "state"),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    object_id: Mapped[int] = mapped_column(ForeignKey("evaluation_objects.id"))
    work_kind: Mapped[WorkKind] = mapped_column(Choice(WorkKind))
    commissioner_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    evaluated_unit_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    method: Mapped[SelectionMethod] = mapped_column(Choice(SelectionMethod))
    method_reason: Mapped[str] = mapped_column(Text, default="")
    held_on: Mapped[date]
    state: Mapped[SelectionState] = mapped_column(Choice(SelectionState))
    chosen_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    # Why this one was chosen, or why the selection came to nothing.
    reason: Mapped[str] = mapped_column(Text, default="")
    engagement_id: Mapped[int | None] = mapped_column(ForeignKey("engagements.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class SelectionCandidate(Identified, Base):
    """``offer`` in fen, ``score`` in ten-thousandths of a point; both empty where the method knows none.

    ``findings`` are the hard stops as they stood on the day of the decision, empty where nothing kept the agency out.
    """

    __tablename__ = "selection_candidates"
    __table_args__ = (
        UniqueConstraint("selection_id", "agency_id"),
        CheckConstraint("offer >= 0", name="offer_not_negative"),
    )

    selection_id: Mapped[int] = mapped_column(ForeignKey("selections.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    offer: Mapped[int | None] = mapped_column(BigInteger)
    score: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(Text, default="")
    findings: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class AgencyExclusion(Identified, Base):
    """The use of a result: for this time the agency is not chosen. A wrong entry is withdrawn, never deleted.

    ``assessment_year`` and ``grade`` name the result it rests on, where it rests on one.
    """

    __tablename__ = "agency_exclusions"
    __table_args__ = (
        Index(None, "agency_id", "bureau_id", "valid_from"),
        CheckConstraint("valid_to >= valid_from", name="ends_after_start"),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    assessment_year: Mapped[int | None] = mapped_column(Integer)
    grade: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")
    form_token: Mapped[str | None] = mapped_column(String(32), unique=True)
