from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.agencies.enums import TieKind
from agencyqa.db import Base, Choice, Identified, UtcDateTime


class Tie(Identified, Base):
    """A declared, dated relation that makes the agency dependent on a body."""

    __tablename__ = "ties"
    __table_args__ = (Index(None, "agency_id", "body_id"),)

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    kind: Mapped[TieKind] = mapped_column(Choice(TieKind))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    form_token: Mapped[str | None] = mapped_column(String(32), unique=True)
