from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.agencies.enums import TieKind
from agencyqa.db import Base, Choice, Identified, UtcDateTime


class Tie(Identified, Base):
    """A declared, dated relation of the agency, or of one of its people (``person_id``), with another side.

    The other side is a body, a person or firm outside the system (``other_name``), or somebody of a body (both).
    ``share`` is in ten-thousandths of the whole. ``bureau_id`` is the bureau whose tie it is: that of the body, else
    the one that entered it. A wrong entry is withdrawn, never deleted; what asks for ties passes it over.
    """

    __tablename__ = "ties"
    __table_args__ = (Index(None, "agency_id", "body_id"), Index(None, "person_id"), Index(None, "body_id"))

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    other_name: Mapped[str] = mapped_column(String(200), default="")
    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    kind: Mapped[TieKind] = mapped_column(Choice(TieKind))
    share: Mapped[int | None] = mapped_column(Integer)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")
    form_token: Mapped[str | None] = mapped_column(String(32), unique=True)
