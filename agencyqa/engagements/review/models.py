from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from agencyqa.db import (
    Base,
    Choice,
    Identified,
    SettledRowChanged,
    UtcDateTime,
    Versioned,
    altered,
    held,
)
from agencyqa.engagements.review.enums import LevelDecision, MarkKind, ReviewState


class InternalReview(Identified, Versioned, Base):
    """One run of an agency's three levels over the report files that it is about to hand in."""

    __tablename__ = "internal_reviews"
    __table_args__ = (UniqueConstraint("engagement_id", "number"), Index(None, "state", "opened_at"))

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagements.id"))
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[ReviewState] = mapped_column(Choice(ReviewState))
    note: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReviewedFile(Identified, Base):
    """A file version that a review is about. The set is fixed when the review begins."""

    __tablename__ = "reviewed_files"
    __table_args__ = (UniqueConstraint("review_id", "version_id"), Index(None, "version_id"))

    review_id: Mapped[int] = mapped_column(ForeignKey("internal_reviews.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("deliverable_versions.id"))


class ReviewStep(Identified, Base):
    """What one person decided at one level. The database, too, lets nobody take two levels of a review."""

    __tablename__ = "review_steps"
    __table_args__ = (
        UniqueConstraint("review_id", "level"),
        UniqueConstraint("review_id", "decided_by_id"),
    )

    review_id: Mapped[int] = mapped_column(ForeignKey("internal_reviews.id"))
    level: Mapped[int] = mapped_column(Integer)
    decision: Mapped[LevelDecision] = mapped_column(Choice(LevelDecision))
    note: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class ReviewComment(Identified, Base):
    """What a reviewer found, where, and what the team says to it. No level is passed over an open one."""

    __tablename__ = "review_comments"
    __table_args__ = (UniqueConstraint("review_id", "number"),)

    review_id: Mapped[int] = mapped_column(ForeignKey("internal_reviews.id"))
    number: Mapped[int] = mapped_column(Integer)
    level: Mapped[int] = mapped_column(Integer)
    # Page, section or table, in words.
    place: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answer: Mapped[str] = mapped_column(Text, default="", active_history=True)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class ReviewMark(Identified, Base):
    """A signature or a seal that the reviewed report bears on paper, as the agency records it."""

    __tablename__ = "review_marks"
    __table_args__ = (Index(None, "review_id"),)

    review_id: Mapped[int] = mapped_column(ForeignKey("internal_reviews.id"))
    kind: Mapped[MarkKind] = mapped_column(Choice(MarkKind))
    # Who signed, or which seal was set.
    name: Mapped[str] = mapped_column(String(120))
    set_on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


_ANSWER = frozenset({"answer", "answered_at", "answered_by_id"})


@event.listens_for(ReviewedFile, "before_update")
@event.listens_for(ReviewStep, "before_update")
@event.listens_for(ReviewMark, "before_update")
@event.listens_for(ReviewComment, "before_update")
def _keep_row(mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    """A comment is answered once; nothing else is ever changed."""
    is_open = isinstance(row, ReviewComment) and held(row, "answer") == ""
    if wrong := altered(row) - (_ANSWER if is_open else frozenset()):
        raise SettledRowChanged(f"{row.__tablename__} {row.id}: {sorted(wrong)}")


@event.listens_for(ReviewedFile, "before_delete")
@event.listens_for(ReviewStep, "before_delete")
@event.listens_for(ReviewMark, "before_delete")
@event.listens_for(ReviewComment, "before_delete")
def _keep_all(mapper: Mapper[Any], connection: Connection, row: Identified) -> None:
    raise SettledRowChanged(f"{type(row).__name__} {row.id}")
