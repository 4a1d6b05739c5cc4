from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text, UniqueConstraint, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from agencyqa.db import (
    Base,
    Identified,
    SettledRowChanged,
    UtcDateTime,
)


class RetentionRule(Identified, Base):
    """For how many years archives are kept that are sealed from ``valid_from`` on: dated data with a source."""

    __tablename__ = "retention_rules"
    __table_args__ = (
        UniqueConstraint("bureau_id", "valid_from"),
        CheckConstraint("years BETWEEN 1 AND 100", name="years_possible"),
    )

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    valid_from: Mapped[date]
    years: Mapped[int] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class SealedArchive(Identified, Base):
    """The file of a finished engagement: one zip with a manifest of hashes. Never changed, never taken away.

    ``keep_until`` was fixed by the rule in force on the day of sealing and stays as it was.
    """

    __tablename__ = "sealed_archives"
    __table_args__ = (UniqueConstraint("engagement_id", "number"),)

    engagement_id: Mapped[int] = mapped_column(ForeignKey("engagements.id"))
    # What came after the seal is sealed as the next one; the ones before stay.
    number: Mapped[int] = mapped_column(Integer)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"), index=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("retention_rules.id"))
    manifest_hash: Mapped[str] = mapped_column(String(64))
    keep_until: Mapped[date]
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sealed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


@event.listens_for(SealedArchive, "before_update")
@event.listens_for(SealedArchive, "before_delete")
@event.listens_for(RetentionRule, "before_update")
@event.listens_for(RetentionRule, "before_delete")
def _keep(mapper: Mapper[Any], connection: Connection, row: Identified) -> None:
    raise SettledRowChanged(f"{type(row).__name__} {row.id}")
