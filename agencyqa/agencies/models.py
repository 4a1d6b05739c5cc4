from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import AgencyKind, Standing, StandingAction, TieKind
from agencyqa.db import Base, Choice, Identified, UtcDateTime, Versioned
from agencyqa.measures.enums import Tag
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


class AgencyProfile(Identified, Base):
    """What the register says of an agency from a day on. A change is a new row; none is overwritten."""

    __tablename__ = "agency_profiles"
    __table_args__ = (UniqueConstraint("agency_id", "number"), Index(None, "agency_id", "is_current"))

    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    number: Mapped[int] = mapped_column(Integer)
    is_current: Mapped[bool] = mapped_column(Boolean)
    effective_on: Mapped[date]
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[AgencyKind] = mapped_column(Choice(AgencyKind))
    founded_on: Mapped[date | None]
    legal_representative: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(300), default="")
    contact_name: Mapped[str] = mapped_column(String(80), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    contact_email: Mapped[str] = mapped_column(String(200), default="")
    on_credit_platform: Mapped[bool] = mapped_column(Boolean, default=False)
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


class Person(Identified, Versioned, Base):
    """A person of the register, not an account; may be linked to one.

    ``changed_at`` moves with every appointment, so that two agencies cannot win the same person at once.
    """

    __tablename__ = "persons"
    __table_args__ = (Index(None, "name"),)

    name: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(120), default="")
    licence: Mapped[str] = mapped_column(String(200), default="")
    work_since: Mapped[date | None]
    evaluation_since: Mapped[date | None]
    has_disqualifying_record: Mapped[bool] = mapped_column(Boolean, default=False)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), unique=True)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Appointment(Identified, Base):
    """A principal evaluator practises in one agency at a time.

    ``note`` holds why somebody was appointed although a condition was not met.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        Index(None, "agency_id"),
        Index(None, "person_id"),
        # Closed periods are compared by the service; of the open ones the database itself allows one.
        Index(
            "uq_appointments_open",
            "person_id",
            unique=True,
            sqlite_where=text("valid_to IS NULL"),
            postgresql_where=text("valid_to IS NULL"),
        ),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    form_token: Mapped[str | None] = mapped_column(String(32), unique=True)

    person: Mapped[Person] = relationship(lazy="raise")


class EvaluatorCondition(Identified, Base):
    """What a principal evaluator must bring, as dated data that a bureau can replace by its own."""

    __tablename__ = "evaluator_conditions"

    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    min_work_years: Mapped[int] = mapped_column(Integer)
    min_evaluation_years: Mapped[int] = mapped_column(Integer)
    needs_title_or_licence: Mapped[bool] = mapped_column(Boolean)
    provision_key: Mapped[str] = mapped_column(String(80))
    tag: Mapped[Tag] = mapped_column(Choice(Tag))


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
