from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
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
    SettledRowChanged,
    UtcDateTime,
    altered,
    held,
)
from agencyqa.engagements.opinions.enums import Outcome
from agencyqa.scoring import SCALE

FULL_SCORE = 100 * SCALE


class UnitOpinion(Identified, Base):
    """What the evaluated unit says to the draft, and what the agency made of it. Neither is ever changed."""

    __tablename__ = "unit_opinions"
    __table_args__ = (
        UniqueConstraint("engagement_id", "number"),
        # Most were answered long ago.
        Index(
            "ix_unit_opinions_unanswered",
            "engagement_id",
            "written_at",
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagements.id"))
    # The version of the draft that the unit had before it.
    version_id: Mapped[int] = mapped_column(ForeignKey("deliverable_versions.id"))
    number: Mapped[int] = mapped_column(Integer)
    place: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[Outcome | None] = mapped_column(Choice(Outcome), active_history=True)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class PlanReview(Identified, Base):
    """What one expert said of an evaluation plan. ``score`` is in ten-thousandths of a point, of 100 points."""

    __tablename__ = "plan_reviews"
    __table_args__ = (
        Index(None, "engagement_id", "id"),
        CheckConstraint(f"score BETWEEN 0 AND {FULL_SCORE}", name="score_of_a_hundred"),
    )

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagements.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("deliverable_versions.id"))
    expert: Mapped[str] = mapped_column(String(120))
    # Title and place of work, as the record of the review names them.
    position: Mapped[str] = mapped_column(String(200), default="")
    score: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    held_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


_ANSWER = frozenset({"outcome", "answer", "answered_at", "answered_by_id"})


@event.listens_for(UnitOpinion, "before_update")
@event.listens_for(PlanReview, "before_update")
def _keep_row(mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    """An opinion is answered once; nothing else is ever changed."""
    is_open = isinstance(row, UnitOpinion) and held(row, "outcome") is None
    if wrong := altered(row) - (_ANSWER if is_open else frozenset()):
        raise SettledRowChanged(f"{row.__tablename__} {row.id}: {sorted(wrong)}")


@event.listens_for(UnitOpinion, "before_delete")
@event.listens_for(PlanReview, "before_delete")
def _keep_all(mapper: Mapper[Any], connection: Connection, row: Identified) -> None:
    raise SettledRowChanged(f"{type(row).__name__} {row.id}")
