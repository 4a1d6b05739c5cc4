"""People of the register: who they are, what they may call themselves, and in which agency they work."""

from datetime import date, datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from agencyqa.agencies.enums import CredentialKind, Education, PersonRole, SensitiveField
from agencyqa.db import Base, Choice, Identified, UtcDateTime, Versioned


class Person(Identified, Versioned, Base):
    """A person of the register, not an account; may be linked to one.

    ``changed_at`` moves with every appointment, so that two agencies cannot win the same person at once. Identity
    number, birth date and private contact are no columns here: see ``SealedField``. Education to
    ``has_disqualifying_record`` are what holds today; what held on another day says ``PersonVersion``.
    """

    __tablename__ = "persons"
    __table_args__ = (Index(None, "name"),)

    name: Mapped[str] = mapped_column(String(80))
    education: Mapped[Education | None] = mapped_column(Choice(Education))
    title: Mapped[str] = mapped_column(String(120), default="")
    licence: Mapped[str] = mapped_column(String(200), default="")
    work_since: Mapped[date | None]
    evaluation_since: Mapped[date | None]
    has_disqualifying_record: Mapped[bool] = mapped_column(Boolean, default=False)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), unique=True)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PersonVersion(Identified, Base):
    """What is known of a person from ``valid_from`` on until the next version. Never changed, never deleted.

    Of several from the same day the one entered last holds. ``agency_id``: in whose record it was entered.
    """

    __tablename__ = "person_versions"
    __table_args__ = (Index(None, "person_id", "valid_from", "id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"))
    valid_from: Mapped[date]
    education: Mapped[Education | None] = mapped_column(Choice(Education))
    title: Mapped[str] = mapped_column(String(120))
    licence: Mapped[str] = mapped_column(String(200))
    work_since: Mapped[date | None]
    evaluation_since: Mapped[date | None]
    has_disqualifying_record: Mapped[bool] = mapped_column(Boolean)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Appointment(Identified, Base):
    """A person's place in an agency for a period. A principal evaluator practises in one agency at a time.

    ``note`` holds why somebody was appointed although a condition was not met.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        Index(None, "agency_id", "role", "valid_to"),
        Index(None, "person_id"),
        # Closed periods are compared by the service; of the open ones the database itself allows one.
        Index(
            "uq_appointments_open",
            "person_id",
            unique=True,
            sqlite_where=text("valid_to IS NULL AND role = 'principal_evaluator'"),
            postgresql_where=text("valid_to IS NULL AND role = 'principal_evaluator'"),
        ),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agencies.id"))
    role: Mapped[PersonRole] = mapped_column(Choice(PersonRole), default=PersonRole.PRINCIPAL_EVALUATOR)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")
    end_reason: Mapped[str] = mapped_column(Text, default="")
    form_token: Mapped[str | None] = mapped_column(String(32), unique=True)

    person: Mapped[Person] = relationship(lazy="raise")


class Credential(Identified, Base):
    """A title or licence of a person. A wrong entry is withdrawn, never deleted."""

    __tablename__ = "credentials"
    __table_args__ = (Index(None, "person_id"), Index(None, "expires_on"))

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    kind: Mapped[CredentialKind] = mapped_column(Choice(CredentialKind))
    name: Mapped[str] = mapped_column(String(120))
    number: Mapped[str] = mapped_column(String(80), default="")
    issuer: Mapped[str] = mapped_column(String(200), default="")
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")
    form_token: Mapped[str | None] = mapped_column(String(32), unique=True)


class PersonRecord(Identified, Base):
    """A decision against a person that bars from being a principal evaluator, to ``bars_until`` or without end."""

    __tablename__ = "person_records"
    __table_args__ = (Index(None, "person_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    bureau_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    decided_on: Mapped[date]
    bars_until: Mapped[date | None]
    authority: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")
    form_token: Mapped[str | None] = mapped_column(String(32), unique=True)


class SealedField(Identified, Base):
    """A sensitive fact about a person, sealed under the key ``key_id``; see ``sealing``.

    ``lookup`` finds the person of an identity number again without opening any row; empty for the other fields.
    """

    __tablename__ = "sealed_fields"
    __table_args__ = (
        UniqueConstraint("person_id", "field"),
        Index(None, "key_id", "id"),
        # A person stands once in the register, whoever enters him.
        Index("uq_sealed_fields_lookup", "lookup", unique=True),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    field: Mapped[SensitiveField] = mapped_column(Choice(SensitiveField))
    key_id: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[str] = mapped_column(Text)
    lookup: Mapped[str | None] = mapped_column(String(64))
