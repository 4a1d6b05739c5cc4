from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.db import Base, Choice, Identified, UtcDateTime, Versioned
from agencyqa.engagements.planning.enums import PlanState
from agencyqa.measures.enums import WorkKind


class AnnualPlan(Identified, Versioned, Base):
    """A version of a bureau's catalogue of evaluations for a year; the next ``number`` adjusts an approved one."""

    __tablename__ = "annual_plans"
    __table_args__ = (
        UniqueConstraint("bureau_id", "year", "number"),
        # Of a year one version is approved, and one is being drafted.
        Index(
            "uq_annual_plans_approved",
            "bureau_id",
            "year",
            unique=True,
            sqlite_where=text("state = 'approved'"),
            postgresql_where=text("state = 'approved'"),
        ),
        Index(
            "uq_annual_plans_draft",
            "bureau_id",
            "year",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    year: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[PlanState] = mapped_column(Choice(PlanState))
    # Why an approved plan is adjusted; empty for the first version.
    reason: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class PlanLine(Identified, Base):
    """One evaluation of the catalogue. ``budget`` in fen; whether it was commissioned is read from the engagements."""

    __tablename__ = "plan_lines"
    __table_args__ = (
        UniqueConstraint("plan_id", "object_id", "work_kind"),
        Index(None, "object_id", "work_kind"),
        CheckConstraint("budget >= 0", name="budget_not_negative"),
    )

    plan_id: Mapped[int] = mapped_column(ForeignKey("annual_plans.id"))
    object_id: Mapped[int] = mapped_column(ForeignKey("evaluation_objects.id"))
    work_kind: Mapped[WorkKind] = mapped_column(Choice(WorkKind))
    commissioner_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    evaluated_unit_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    budget: Mapped[int | None] = mapped_column(BigInteger)
    due_on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
