"""What every table shares: the declarative base, column types, and how each database opens a transaction."""

import enum
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar, TypeVarTuple

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry

from agencyqa.clock import today
from agencyqa.errors import Stale
from agencyqa.i18n import language

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Names every constraint, so that a violation can be told to the field of a form that caused it."""

    metadata = sa.MetaData(naming_convention=NAMING)


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware instant. SQLite drops time zones, so both databases store UTC without one."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """One step, as lists read a time in every row. SQLite keeps times as text."""
        return _utc_of_text if dialect.name == "sqlite" else _utc


def _utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=UTC)


def _utc_of_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


E = TypeVar("E", bound=enum.StrEnum)
Columns = TypeVarTuple("Columns")
P = ParamSpec("P")
T = TypeVar("T")


class Choice(sa.types.TypeDecorator[E]):
    """A StrEnum kept as its text, so that a new member needs no change of the schema."""

    impl = sa.String(40)
    cache_ok = True

    def __init__(self, members: type[E]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        return None if value is None else self.members(value).value

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], E | None]:
        """A lookup and nothing else: a list reads some hundred, and the decorator's own way takes ten times that."""
        return _Members(self.members).__getitem__


class _Members(dict[Any, Any]):
    """Each text with its member; a text of which there is none is told as the enumeration tells it."""

    def __init__(self, members: type[enum.StrEnum]) -> None:
        super().__init__({member.value: member for member in members})
        self[None] = None
        self.members = members

    def __missing__(self, text: Any) -> Any:
        return self.members(text)


class Choices(sa.types.TypeDecorator[tuple[E, ...]]):
    """Several members of a StrEnum in the order of the enumeration, kept as ``,one,two,`` so that one can be found."""

    impl = sa.String(300)
    cache_ok = True

    def __init__(self, members: type[E]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: tuple[E, ...] | None, dialect: Dialect) -> str:
        chosen = [member.value for member in self.members if member in (value or ())]
        return f",{','.join(chosen)}," if chosen else ""

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[E, ...]:
        return tuple(self.members(part) for part in (value or "").split(",") if part)


# SQLite only counts a primary key up by itself when the column is a plain INTEGER.
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# JSON text keeps the order of keys on both databases, which the audit chain and scheme hashes rely on.
Json = sa.JSON()


def open_period(valid_from: Any, valid_to: Any, day: date) -> sa.ColumnElement[bool]:
    """Rows whose period holds ``day``; an empty end means 'until further notice', the last day counts."""
    return sa.and_(valid_from <= day, sa.or_(valid_to.is_(None), valid_to >= day))


class Identified:
    id: Mapped[int] = mapped_column(BigId, primary_key=True, sort_order=-10)


class SettledRowChanged(RuntimeError):
    """A programme tried to alter or delete a row that stands for good; no user can cause it."""


def altered(row: Any) -> set[str]:
    """The attributes of a row that the next flush would write."""
    return {each.key for each in sa.inspect(row).attrs if each.history.has_changes()}


def held(row: Any, name: str) -> Any:
    """What the database still holds for an attribute, whatever was set since; None for a new row."""
    history = sa.inspect(row).attrs[name].load_history()
    return (history.deleted or history.unchanged or (None,))[0]


def is_going(row: Any) -> bool:
    """Whether the next flush deletes it."""
    session = sa.inspect(row).session
    return session is not None and row in session.deleted


class Versioned:
    """A counter that each update raises; a write from a stale page fails instead of overwriting."""

    version: Mapped[int] = mapped_column(sa.Integer, sort_order=90)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        return {"version_id_col": cls.version}


def check_version(thing: Versioned, seen: int | None) -> None:
    """Raise Stale unless the page from which the write comes showed the newest version."""
    if seen is None or thing.version != seen:
        raise Stale()


def read_rows(
    session: Session, statement: sa.Select[*Columns], parameters: Mapping[str, Any] | None = None
) -> sa.Result[*Columns]:
    """Rows of columns, as ``session.execute`` gives them, in the same transaction.

    Without the machinery that turns rows into objects, which costs 0.15 ms a statement whether it has objects to make
    or not. A statement that selects a whole class is none for this.
    """
    session.flush()
    connection = session.info.get(_CONNECTION)
    if connection is None:
        connection = session.info[_CONNECTION] = session.connection()
    rows: sa.Result[*Columns] = connection.execute(statement, parameters)
    return rows


# Asking the session for its connection costs as much as half of a small statement, and it is one as long as its
# transaction is.
_CONNECTION = "agencyqa_connection"


@event.listens_for(Session, "after_transaction_end")
def _forget_connection(session: Session, transaction: Any) -> None:
    session.info.pop(_CONNECTION, None)


def kept(build: Callable[P, T]) -> Callable[P, T]:
    """A statement that depends on its arguments alone is put together once for the same ones.

    That costs the ORM up to ten times what it costs to send it, most of all the search for an equal one that was
    compiled before. An actor among the arguments counts with all that he is, so nobody is answered with the statement
    of somebody else; so do the day, which policies ask, and the reader's language, in which words are looked up. For
    builders that ask neither the hour nor the database.
    """

    return _keeping(build, _kept)


def kept_large(build: Callable[P, T]) -> Callable[P, T]:
    """The same for what joins statements of all areas: few of them, for each takes two to four megabytes."""
    return _keeping(build, _kept_large)


def _keeping(build: Callable[P, T], keeper: Callable[..., Any]) -> Callable[P, T]:
    @wraps(build)
    def found(*args: P.args, **kwargs: P.kwargs) -> T:
        result: T = keeper(build, today(), language(), args, tuple(kwargs.items()))
        return result

    return found


def _build(
    build: Callable[..., Any],
    day: date,
    reader: str,
    args: tuple[Any, ...],
    named: tuple[tuple[str, Any], ...],
) -> Any:
    return build(*args, **dict(named))


# Some 30 KB each.
_kept = lru_cache(maxsize=500)(_build)
_kept_large = lru_cache(maxsize=20)(_build)


_read_only: ContextVar[bool] = ContextVar("agencyqa_read_only", default=False)


@contextmanager
def reading() -> Iterator[None]:
    """Transactions begun inside only read, so SQLite need not take its single write lock for them."""
    token = _read_only.set(True)
    try:
        yield
    finally:
        _read_only.reset(token)


def set_reading(value: bool) -> None:
    """The same for a whole request, whose start and end are two separate calls."""
    _read_only.set(value)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # The driver's own transaction handling breaks savepoints, so we begin transactions ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = NORMAL", "busy_timeout = 10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        # A transaction that reads first and writes later cannot wait for another writer; one that
        # announces its intention can.
        connection.exec_driver_sql("BEGIN" if _read_only.get() else "BEGIN IMMEDIATE")
