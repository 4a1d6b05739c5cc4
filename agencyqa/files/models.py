from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.db import Base, Choice, Identified, UtcDateTime
from agencyqa.files.enums import FaultKind, FileKind, ScanState


class StoredFile(Identified, Base):
    """A content, kept once whatever the number of its owners; ``size`` is in bytes.

    Who handed it in, under which name and for what stands in the row of the area that owns it: nobody is ever let
    at a content because he knows its hash.
    """

    __tablename__ = "stored_files"
    __table_args__ = (
        CheckConstraint("size > 0", name="size_positive"),
        Index(None, "scan_state", "id"),
        Index(None, "verified_at", "id"),
    )

    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[FileKind] = mapped_column(Choice(FileKind))
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    scan_state: Mapped[ScanState] = mapped_column(Choice(ScanState))
    scanned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The name the scanner gave to what it found.
    scan_detail: Mapped[str] = mapped_column(String(200), default="")
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FileFault(Identified, Base):
    """Something the comparison of rows and store found; ``ended_at`` when it was no longer so."""

    __tablename__ = "file_faults"
    __table_args__ = (Index(None, "ended_at", "id"),)

    kind: Mapped[FaultKind] = mapped_column(Choice(FaultKind))
    # The content's hash, or the key of an object that no row names.
    key: Mapped[str] = mapped_column(String(300))
    size: Mapped[int | None] = mapped_column(BigInteger)
    detail: Mapped[str] = mapped_column(Text, default="")
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FileCheck(Identified, Base):
    """One run of the comparison, with what it looked at."""

    __tablename__ = "file_checks"

    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    files: Mapped[int] = mapped_column(Integer)
    bytes: Mapped[int] = mapped_column(BigInteger)
    faults: Mapped[int] = mapped_column(Integer)
    # Uploads that were broken off and whose remains were taken away.
    cleared: Mapped[int] = mapped_column(Integer)
