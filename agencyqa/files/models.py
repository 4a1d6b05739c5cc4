from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.db import Base, Choice, Identified, UtcDateTime
from agencyqa.files.enums import FaultKind, FileKind, ScanState, UploadState


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


class PartialUpload(Identified, Base):
    """A file that comes in parts. Its bytes lie in the data folder until the form takes it or nobody wants it.

    Only the membership that opened it may see or continue it. ``place`` is the path of the form it was opened
    for; ``received`` counts the bytes that have arrived, of the ``size`` that was announced.
    """

    __tablename__ = "partial_uploads"
    __table_args__ = (
        CheckConstraint("size > 0", name="size_positive"),
        CheckConstraint("received BETWEEN 0 AND size", name="received_within_size"),
        Index(None, "membership_id", "state", "expires_at", "id"),
        Index(None, "state", "expires_at", "id"),
    )

    token: Mapped[str] = mapped_column(String(43), unique=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("memberships.id"))
    place: Mapped[str] = mapped_column(String(300))
    file_name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[UploadState] = mapped_column(Choice(UploadState))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Moves on with every part.
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Where the form led that took it: whoever asks again because the answer was lost is told the same.
    location: Mapped[str | None] = mapped_column(Text)


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
