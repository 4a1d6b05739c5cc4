from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.db import Base, Choice, Identified, UtcDateTime, Versioned
from agencyqa.objects.enums import BudgetType, ObjectKind


class EvaluationObject(Identified, Versioned, Base):
    """What is evaluated: the money of ``budget_year``. ``amount`` is in fen."""

    __tablename__ = "evaluation_objects"
    __table_args__ = (
        UniqueConstraint("bureau_id", "budget_year", "code"),
        Index(None, "bureau_id", "budget_year", "id"),
        Index(None, "department_id"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[ObjectKind] = mapped_column(Choice(ObjectKind))
    budget_type: Mapped[BudgetType] = mapped_column(Choice(BudgetType))
    budget_year: Mapped[int] = mapped_column(Integer)
    department_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    amount: Mapped[int | None] = mapped_column(BigInteger)
    is_purchase_of_services: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
