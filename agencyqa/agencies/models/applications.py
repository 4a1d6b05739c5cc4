from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.agencies.enums import ApplicationAction, ApplicationState, DocumentKind
from agencyqa.agencies.models.register import ProfileColumns
from agencyqa.db import Base, Choice, Identified, Json, UtcDateTime, Versioned


class Application(ProfileColumns, Identified, Versioned, Base):
    """What an agency says of itself when it asks a bureau to be registered; it has no account yet.

    Whoever has the link may fill it in: only the hash of its secret is kept. ``qualifications`` and ``people`` are
    lists of plain values (see ``applied``) until the bureau admits them into the register.
    """

    __tablename__ = "agency_applications"
    __table_args__ = (Index(None, "bureau_id", "state", "id"), Index(None, "credit_code"))

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    state: Mapped[ApplicationState] = mapped_column(Choice(ApplicationState))
    credit_code: Mapped[str] = mapped_column(String(18))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    is_invited: Mapped[bool] = mapped_column(Boolean, default=False)
    statement: Mapped[str] = mapped_column(Text, default="")
    has_declared: Mapped[bool] = mapped_column(Boolean, default=False)
    qualifications: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    people: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    form_token: Mapped[str | None] = mapped_column(String(32), unique=True)


class ApplicationFile(Identified, Base):
    """A paper that an applicant handed in. One that is taken out again stays, with the time when that was."""

    __tablename__ = "application_files"
    __table_args__ = (Index(None, "application_id"), Index(None, "file_id"))

    application_id: Mapped[int] = mapped_column(ForeignKey("agency_applications.id"))
    kind: Mapped[DocumentKind] = mapped_column(Choice(DocumentKind))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApplicationEvent(Identified, Base):
    """One step of an application; nothing of it is changed afterwards. ``by_id`` is empty for the applicant."""

    __tablename__ = "application_events"
    __table_args__ = (UniqueConstraint("application_id", "number"),)

    application_id: Mapped[int] = mapped_column(ForeignKey("agency_applications.id"))
    number: Mapped[int] = mapped_column(Integer)
    action: Mapped[ApplicationAction] = mapped_column(Choice(ApplicationAction))
    reason: Mapped[str] = mapped_column(Text, default="")
    provision_id: Mapped[int | None] = mapped_column(ForeignKey("provisions.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
