from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.db import Base, Choice, Identified, UtcDateTime
from agencyqa.duties.enums import Duty, TermKind


class DutyTerm(Identified, Base):
    """A number of working days that a bureau set, from a day on, until the next row of the same kind: dated data.

    A limit is what the bureau gives itself for one kind of duty; with empty ``working_days`` there is none any more. A
    reminder is how long before a due date those whose turn it is are told; it is for all duties. Never changed.
    """

    __tablename__ = "duty_terms"
    __table_args__ = (
        UniqueConstraint("bureau_id", "kind", "duty", "valid_from"),
        CheckConstraint("(kind = 'limit') = (duty IS NOT NULL)", name="limit_of_one_duty"),
        # An empty duty is equal to nothing, so the one reminder of a day needs an index of its own.
        Index(
            "uq_duty_terms_reminder",
            "bureau_id",
            "valid_from",
            unique=True,
            sqlite_where=text("duty IS NULL"),
            postgresql_where=text("duty IS NULL"),
        ),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    kind: Mapped[TermKind] = mapped_column(Choice(TermKind))
    duty: Mapped[Duty | None] = mapped_column(Choice(Duty))
    working_days: Mapped[int | None] = mapped_column(Integer)
    valid_from: Mapped[date]
    source: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class CalendarFeed(Identified, Base):
    """A calendar address of one membership. It is signed over ``nonce``, so a new row makes the old one worthless."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        Index(
            "uq_calendar_feeds_open",
            "membership_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    membership_id: Mapped[int] = mapped_column(ForeignKey("memberships.id"))
    nonce: Mapped[str] = mapped_column(String(43))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
