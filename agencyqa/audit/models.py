from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.db import Base, Identified, Json, UtcDateTime

# What a system administrator is responsible for; everything else may hold scores or what leads to them.
ADMINISTRATOR_AREAS = ("accounts", "auth", "jobs", "session")


def administrator_rows(prefix: str = "") -> str:
    """SQL for entries of these areas and for refusals. Said with its values: only so is the index of them found."""
    areas = " OR ".join(f"{prefix}event LIKE '{area}.%'" for area in ADMINISTRATOR_AREAS)
    return f"{prefix}refused OR {areas}"


class AuditEntry(Identified, Base):
    """One successful write or one refusal. Never updated, never deleted.

    ``hash`` covers every other column and ``previous_hash``, so a changed, removed or inserted row breaks the
    chain from there on. People and things are kept as plain numbers: the log must outlive them.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        UniqueConstraint("sequence"),
        Index(None, "target_type", "target_id", "sequence"),
        Index(None, "bureau_id", "sequence"),
        Index(None, "actor_user_id", "sequence"),
        # The few entries that a system administrator reads.
        Index(
            "ix_audit_entries_administrator",
            "sequence",
            sqlite_where=text(administrator_rows()),
            postgresql_where=text(administrator_rows()),
        ),
    )

    sequence: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    event: Mapped[str] = mapped_column(String(80))
    refused: Mapped[bool] = mapped_column(Boolean, default=False)
    actor_user_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_membership_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_body_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_name: Mapped[str] = mapped_column(String(200))
    bureau_id: Mapped[int | None] = mapped_column(BigInteger)
    target_type: Mapped[str] = mapped_column(String(60))
    target_id: Mapped[int | None] = mapped_column(BigInteger)
    detail: Mapped[dict[str, Any]] = mapped_column(Json)
    request_id: Mapped[str] = mapped_column(String(40), default="")
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The end of the chain: a single row, locked while entries are appended."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
