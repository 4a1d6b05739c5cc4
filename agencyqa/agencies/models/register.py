from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import AgencyKind, DocumentKind, Sector, Standing, StandingAction
from agencyqa.db import Base, Choice, Choices, Identified, UtcDateTime, Versioned
from agencyqa.measures.models import Provision


class Agency(Versioned, Base):
    """One row per unified social credit code; it extends a body, whose id it shares.

    ``changed_at`` moves with every new profile, so that two officers cannot write one from the same page.
    """

    __tablename__ = "agencies"

    id: Mapped[int] = mapped_column(ForeignKey("bodies.id"), primary_key=True, autoincrement=False)
    credit_code: Mapped[str] = mapped_column(String(18), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    body: Mapped[Body] = relationship(lazy="raise")


class ProfileColumns:
    """What is said of an agency, as the register holds it and as an application or a proposal wants it."""

    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[AgencyKind] = mapped_column(Choice(AgencyKind))
    founded_on: Mapped[date | None]
    legal_representative: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(300), default="")
    contact_name: Mapped[str] = mapped_column(String(80), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    contact_email: Mapped[str] = mapped_column(String(200), default="")
    on_credit_platform: Mapped[bool] = mapped_column(Boolean, default=False)
    platform_number: Mapped[str] = mapped_column(String(80), default="")
    platform_filed_on: Mapped[date | None]
    # Of a branch that is a legal person itself, and so registers itself; "" for every other agency.
    head_office_code: Mapped[str] = mapped_column(String(18), default="")
    sectors: Mapped[tuple[Sector, ...]] = mapped_column(Choices(Sector), default=())


class AgencyProfile(ProfileColumns, Identified, Base):
    """What the register says of an agency from a day on. A change is a new row; none is overwritten."""

    __tablename__ = "agency_profiles"
    __table_args__ = (UniqueConstraint("agency_id", "number"), Index(None, "agency_id", "is_current"))

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    number: Mapped[int] = mapped_column(Integer)
    is_current: Mapped[bool] = mapped_column(Boolean)
    effective_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Qualification(Identified, Base):
    """``form_token`` makes a form that is sent twice count once."""

    __tablename__ = "qualifications"
    __table_args__ = (Index(None, "agency_id"), Index(None, "expires_on"))

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    name: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(80), default="")
    issuer: Mapped[str] = mapped_column(String(200), default="")
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    # A wrong entry is withdrawn, never deleted.
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")
    form_token: Mapped[str | None] = mapped_column(String(32), unique=True)


class Branch(Identified, Base):
    """A branch without legal personality: it lives inside its head office. One that closed has ``valid_to``."""

    __tablename__ = "branches"
    __table_args__ = (Index(None, "agency_id"),)

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(300), default="")
    head: Mapped[str] = mapped_column(String(80), default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    form_token: Mapped[str | None] = mapped_column(String(32), unique=True)


class AgencyDocument(Identified, Base):
    """A version of an internal rule. A newer number of the same kind takes its place; none is deleted."""

    __tablename__ = "agency_documents"
    __table_args__ = (UniqueConstraint("agency_id", "kind", "number"), Index(None, "file_id"))

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    kind: Mapped[DocumentKind] = mapped_column(Choice(DocumentKind))
    number: Mapped[int] = mapped_column(Integer)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    valid_from: Mapped[date]
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Registration(Identified, Versioned, Base):
    """An agency in one bureau's register. ``standing`` is the newest decision of ``standing_changes``."""

    __tablename__ = "registrations"
    __table_args__ = (UniqueConstraint("agency_id", "bureau_id"), Index(None, "bureau_id", "standing"))

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    standing: Mapped[Standing] = mapped_column(Choice(Standing))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StandingChange(Identified, Base):
    __tablename__ = "standing_changes"
    __table_args__ = (UniqueConstraint("registration_id", "number"),)

    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    number: Mapped[int] = mapped_column(Integer)
    action: Mapped[StandingAction] = mapped_column(Choice(StandingAction))
    standing: Mapped[Standing] = mapped_column(Choice(Standing))
    effective_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    # The rule as it stood on that day, in the version then in force, and its stable key.
    provision_id: Mapped[int | None] = mapped_column(ForeignKey("provisions.id"))
    provision_key: Mapped[str | None] = mapped_column(String(80))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)

    provision: Mapped[Provision | None] = relationship(lazy="raise")


class AgencyImport(Identified, Versioned, Base):
    """A workbook of agencies that an officer handed in for the register of a bureau.

    Until ``confirmed_at`` it is only looked at. ``added`` counts agencies new to the system, ``joined`` those known
    elsewhere that came into this register, ``skipped`` those that stood in it already.
    """

    __tablename__ = "agency_imports"
    __table_args__ = (Index(None, "bureau_id", "id"), Index(None, "file_id"))

    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    added: Mapped[int] = mapped_column(Integer, default=0)
    joined: Mapped[int] = mapped_column(Integer, default=0)
    skipped: Mapped[int] = mapped_column(Integer, default=0)
