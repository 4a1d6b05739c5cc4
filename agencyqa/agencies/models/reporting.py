"""What an agency says of its own record: changes it proposes, and its report on itself for a year."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.agencies.enums import Matter, ProposalState, ReportState
from agencyqa.agencies.models.register import ProfileColumns
from agencyqa.db import Base, Choice, Identified, Json, UtcDateTime, Versioned


class ProfileProposal(ProfileColumns, Identified, Versioned, Base):
    """A version of the profile that stands beside the record until a bureau has decided.

    ``base_number`` is the version it was made from: when that is no longer the current one, it cannot be confirmed.
    """

    __tablename__ = "profile_proposals"
    __table_args__ = (
        Index(None, "bureau_id", "state", "id"),
        Index(
            "uq_profile_proposals_open",
            "agency_id",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
        Index(None, "agency_id"),
    )

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    base_number: Mapped[int] = mapped_column(Integer)
    state: Mapped[ProposalState] = mapped_column(Choice(ProposalState))
    effective_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decision_reason: Mapped[str] = mapped_column(Text, default="")


class RecordProposal(Identified, Versioned, Base):
    """Anything else in its record that an agency wants entered, changed or ended: see ``Matter``.

    ``payload`` holds plain values of what the service of the matter takes (see ``plain``), ``target_id`` the row that
    is to change, ``seen`` what that row held when the change was proposed. The file proves it, or is what is to stand
    in the record.
    """

    __tablename__ = "record_proposals"
    __table_args__ = (
        Index(None, "bureau_id", "state", "id"),
        Index(None, "agency_id"),
        Index(None, "file_id"),
    )

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    matter: Mapped[Matter] = mapped_column(Choice(Matter))
    target_id: Mapped[int | None] = mapped_column(BigInteger)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    seen: Mapped[dict[str, Any]] = mapped_column(Json)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    file_name: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[ProposalState] = mapped_column(Choice(ProposalState))
    reason: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    form_token: Mapped[str | None] = mapped_column(String(32), unique=True)


class ReportYear(Identified, Base):
    """A bureau asks the agencies of its register for their reports on a year.

    ``due_on`` lies ``working_days`` after ``opened_on``, and is counted again where the calendar changes.
    """

    __tablename__ = "report_years"
    __table_args__ = (UniqueConstraint("bureau_id", "year"),)

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    year: Mapped[int] = mapped_column(Integer)
    opened_on: Mapped[date]
    working_days: Mapped[int] = mapped_column(Integer)
    due_on: Mapped[date]
    is_due_provisional: Mapped[bool] = mapped_column(Boolean)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class SelfReport(Identified, Versioned, Base):
    """One agency's report to one bureau. ``record`` is what its record showed when it was handed in."""

    __tablename__ = "self_reports"
    __table_args__ = (
        UniqueConstraint("report_year_id", "agency_id"),
        Index(None, "agency_id"),
        Index(None, "report_year_id", "state", "id"),
    )

    report_year_id: Mapped[int] = mapped_column(ForeignKey("report_years.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    state: Mapped[ReportState] = mapped_column(Choice(ReportState))
    statement: Mapped[str] = mapped_column(Text, default="")
    independence: Mapped[str] = mapped_column(Text, default="")
    violations: Mapped[str] = mapped_column(Text, default="")
    is_record_right: Mapped[bool] = mapped_column(Boolean, default=False)
    record: Mapped[dict[str, Any] | None] = mapped_column(Json)
    first_submitted_on: Mapped[date | None]
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decision_reason: Mapped[str] = mapped_column(Text, default="")
