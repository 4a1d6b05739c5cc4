from datetime import date, datetime

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
)
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.db import Base, Choice, Identified, UtcDateTime, Versioned
from agencyqa.engagements.enums import EngagementState
from agencyqa.measures.enums import WorkKind


class Engagement(Identified, Versioned, Base):
    """A commission: who asked which agency to evaluate what. ``fee`` is in fen.

    ``assessment_year`` is the key of the annual roll-up. It is set from the contract date; only the lead changes
    it, with a reason, before results are final.
    """

    __tablename__ = "engagements"
    __table_args__ = (
        UniqueConstraint("bureau_id", "contract_number"),
        Index(None, "bureau_id", "assessment_year", "id"),
        Index(None, "agency_id", "id"),
        Index(None, "commissioner_id"),
        Index(None, "evaluated_unit_id"),
        Index(None, "object_id"),
        # The nightly search for what is overdue, and the dashboards' list of what falls due.
        Index(None, "state", "due_on"),
        # The board, its counts, and the orders of a bureau's list.
        Index(None, "bureau_id", "state", "due_on"),
        Index(None, "bureau_id", "due_on", "id"),
        Index(None, "bureau_id", "fee", "id"),
        CheckConstraint("due_on >= contract_signed_on", name="due_after_contract"),
        CheckConstraint("completed_on >= contract_signed_on", name="completed_after_contract"),
        CheckConstraint("fee >= 0", name="fee_not_negative"),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    object_id: Mapped[int] = mapped_column(ForeignKey("evaluation_objects.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    commissioner_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    evaluated_unit_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    principal_evaluator_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    work_kind: Mapped[WorkKind] = mapped_column(Choice(WorkKind))
    # Clerical help is the one thing an agency may do for negative-list work; it issues no report.
    is_clerical_only: Mapped[bool] = mapped_column(Boolean, default=False)
    contract_number: Mapped[str] = mapped_column(String(80))
    contract_signed_on: Mapped[date]
    due_on: Mapped[date]
    completed_on: Mapped[date | None]
    terminated_on: Mapped[date | None]
    termination_reason: Mapped[str] = mapped_column(Text, default="")
    fee: Mapped[int] = mapped_column(BigInteger)
    assessment_year: Mapped[int] = mapped_column(Integer)
    # Why the lead moved the year away from that of the contract date; empty where it was not moved.
    year_reason: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[EngagementState] = mapped_column(Choice(EngagementState))
    # Set once by the nightly job when the due date has passed, so that lists need no arithmetic.
    is_overdue: Mapped[bool] = mapped_column(Boolean, default=False)
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
