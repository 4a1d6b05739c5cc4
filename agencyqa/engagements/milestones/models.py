from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.db import Base, Identified, UtcDateTime


class TermPause(Identified, Base):
    """Days that a term leaves out, because supplements are awaited: from the first to the last, both included.

    Without ``ended_on`` it lasts. Of one term at most one pause lasts, and none begins before another has ended.
    """

    __tablename__ = "term_pauses"
    __table_args__ = (
        Index(None, "deliverable_id", "id"),
        CheckConstraint("ended_on >= began_on", name="ended_after_beginning"),
    )

    deliverable_id: Mapped[int] = mapped_column(ForeignKey("deliverables.id"))
    began_on: Mapped[date]
    ended_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)
    authority: Mapped[str] = mapped_column(Text)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # What came, or why the term goes on; and whether it began anew.
    ending: Mapped[str] = mapped_column(Text, default="")
