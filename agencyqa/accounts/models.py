from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from agencyqa.auth.roles import BodyKind, Role
from agencyqa.db import Base, Choice, Identified, UtcDateTime, Versioned


class Body(Identified, Versioned, Base):
    """The identity of a bureau, agency, department or unit, or observer.

    Bureaus form a tree (municipal over district), and so do departments over their units. An agency has no
    parent: it is one body for all bureaus. A department and an observer hang below the bureau they answer to.
    """

    __tablename__ = "bodies"
    __table_args__ = (Index(None, "kind", "sort_key", "id"), Index(None, "parent_id"))

    kind: Mapped[BodyKind] = mapped_column(Choice(BodyKind))
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(60), default="")
    # Neither database can sort Chinese by itself, so a pinyin key is stored beside the name.
    sort_key: Mapped[str] = mapped_column(String(400))
    code: Mapped[str | None] = mapped_column(String(40), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    # The bureau in whose territory a department or observer stands; a bureau names itself, an agency nobody.
    bureau_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class User(Identified, Versioned, Base):
    __tablename__ = "users"

    username: Mapped[str] = mapped_column(String(80), unique=True)
    display_name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str | None] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(10), default="zh_CN")
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Membership(Identified, Base):
    """A role of a person in a body for a period, both days included; a session acts under exactly one."""

    __tablename__ = "memberships"
    __table_args__ = (Index(None, "user_id"), Index(None, "body_id"))

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    body_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    role: Mapped[Role] = mapped_column(Choice(Role))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    user: Mapped[User] = relationship(lazy="raise")
    body: Mapped[Body] = relationship(lazy="raise")


class SignIn(Identified, Base):
    """A session of a browser. The cookie carries its key; ending the row ends the session everywhere."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index(None, "user_id"),)

    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("memberships.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="raise")
    membership: Mapped[Membership | None] = relationship(lazy="raise")


class Invitation(Identified, Base):
    """A one-time link with which an invited person sets the first (or a new) password."""

    __tablename__ = "invitations"
    __table_args__ = (Index(None, "user_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class SignInThrottle(Base):
    """Failed sign-ins per account name and per address; kept in the database, for all workers count together."""

    __tablename__ = "sign_in_throttles"
    __table_args__ = (UniqueConstraint("kind", "key_hash"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    key_hash: Mapped[str] = mapped_column(String(64))
    failures: Mapped[int] = mapped_column(Integer, default=0)
    window_started_at: Mapped[datetime] = mapped_column(UtcDateTime)


class InstallationFact(Base):
    """A few words that hold for the whole database, such as that it was filled with demo data."""

    __tablename__ = "installation_facts"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))
