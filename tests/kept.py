"""What many tests begin with is made once by each worker and database, and laid down again for each further test.

A district with its people takes the services a tenth of a second, a whole city two. Hundreds of tests begin with the
same one, and each finds it as it was made: the same rows, and the same loaded objects in a session of its own.
"""

from __future__ import annotations

import functools
import io
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from agencyqa.audit.models import AuditEntry
from agencyqa.db import Base
from agencyqa.files.errors import ContentMissing
from agencyqa.files.models import StoredFile
from agencyqa.files.services import open_stored

Given = ParamSpec("Given")
Made = TypeVar("Made")
Identity = tuple[type[Any], tuple[Any, ...]]


@dataclass
class _Objects:
    """The stored objects that a value holds, and those that had been loaded with them."""

    known: set[Identity] = field(default_factory=set)
    # Which relation of which object was loaded, and with what.
    relations: list[tuple[Identity, str, Identity | list[Identity] | None]] = field(default_factory=list)

    def note(self, thing: Any) -> Identity:
        state = sa.inspect(thing)
        identity: Identity = (type(thing), state.identity)
        if identity not in self.known:
            self.known.add(identity)
            for relation in state.mapper.relationships:
                if relation.key in state.dict:
                    held = state.dict[relation.key]
                    if relation.uselist:
                        self.relations.append((identity, relation.key, [self.note(each) for each in held]))
                    else:
                        other = None if held is None else self.note(held)
                        self.relations.append((identity, relation.key, other))
        return identity

    def load(self, session: Session) -> dict[Any, Any]:
        """The same objects in another session, with the same relations loaded."""
        keys: dict[type[Any], list[Any]] = {}
        for model, (key,) in self.known:
            keys.setdefault(model, []).append(key)
        found: dict[Any, Any] = {}
        for model, wanted in keys.items():
            (column,) = sa.inspect(model).primary_key
            for thing in session.scalars(sa.select(model).where(column.in_(wanted))):
                found[model, sa.inspect(thing).identity] = thing
        for identity, name, held in self.relations:
            value = [found[each] for each in held] if isinstance(held, list) else held and found[held]
            set_committed_value(found[identity], name, value)
        return found


class _Writer(pickle.Pickler):
    """Names stored objects by their keys; the session and the application are those of the test that reads."""

    def __init__(self, target: io.BytesIO, objects: _Objects) -> None:
        super().__init__(target)
        self.objects = objects

    def persistent_id(self, thing: Any) -> Any:
        if isinstance(thing, Session):
            return Session
        if isinstance(thing, Flask):
            return Flask
        return self.objects.note(thing) if isinstance(thing, Base) else None


class _Reader(pickle.Unpickler):
    def __init__(self, source: io.BytesIO, held: dict[Any, Any]) -> None:
        super().__init__(source)
        self.held = held

    def persistent_load(self, name: Any) -> Any:
        return self.held[name]


# ------------------------------------------------------------------------------------------------------- rows


class _Rows:
    """Every row of a database, taken out and put back by the driver: no service, no type and no event in between."""

    def __init__(self, session: Session) -> None:
        self.inserts: list[tuple[str, tuple[Any, ...]]] = []
        take = self._from_sqlite if session.connection().dialect.name == "sqlite" else self._from_postgresql
        for table in Base.metadata.sorted_tables:
            take(session, table)

    def _from_sqlite(self, session: Session, table: sa.Table) -> None:
        rows = _cursor(session).execute(f"SELECT * FROM {table.name}").fetchall()
        if rows:
            # One statement for all rows, for some refer to others of the same table.
            places = ", ".join(["(" + ", ".join("?" * len(rows[0])) + ")"] * len(rows))
            values = tuple(value for row in rows for value in row)
            self.inserts.append((f"INSERT INTO {table.name} VALUES {places}", values))

    def _from_postgresql(self, session: Session, table: sa.Table) -> None:
        names = ", ".join(column.name for column in table.columns)
        quoted = ", ".join(f"quote_nullable({column.name}::text)" for column in table.columns)
        rows = f"string_agg('(' || concat_ws(', ', {quoted}) || ')', ', ')"
        (values,) = _cursor(session).execute(f"SELECT {rows} FROM {table.name}").fetchone()
        if values is not None:
            self.inserts.append((f"INSERT INTO {table.name} ({names}) VALUES {values}", ()))

    def put_into(self, session: Session) -> None:
        cursor = _cursor(session)
        if session.connection().dialect.name == "sqlite":
            for statement, values in self.inserts:
                cursor.execute(statement, values)
        else:
            # All of them in one message to the server.
            cursor.execute("; ".join(statement for statement, _ in self.inserts))


def _cursor(session: Session) -> Any:
    return session.connection().connection.cursor()


@functools.cache
def _any_row() -> str:
    return " OR ".join(f"EXISTS (SELECT 1 FROM {table.name})" for table in Base.metadata.sorted_tables)


def _is_empty(session: Session) -> bool:
    session.flush()
    if _cursor(session).execute(f"SELECT {_any_row()}").fetchone()[0]:
        return False
    # An entry of the log that still waits would be written, and kept, with what comes now.
    session.commit()
    return session.scalar(sa.select(AuditEntry.id).limit(1)) is None


# ------------------------------------------------------------------------------------------------------- values


@dataclass(frozen=True)
class _Kept:
    rows: _Rows
    objects: _Objects
    value: bytes

    def read(self, session: Session, app: Flask | None) -> Any:
        held = {**self.objects.load(session), Session: session, Flask: app}
        return _Reader(io.BytesIO(self.value), held).load()


_kept: dict[tuple[Any, ...], _Kept] = {}


def kept(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """For a function of a session, and of an application or none, whose work is the same each time.

    Where the database holds something already, or is not the one that a worker undoes after each test, the function
    is called as it stands.
    """

    @functools.wraps(make)
    def laid_down(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        session: Any = args[0]
        app: Any = args[1] if len(args) > 1 else None
        bind = session.get_bind()
        if not isinstance(bind, sa.Connection) or not _is_empty(session):
            return make(*args, **kwargs)
        key = (make, str(bind.engine.url), app)
        found = _kept.get(key)
        if found is not None:
            found.rows.put_into(session)
            if app is None or _has_contents(session, app):
                made: Made = found.read(session, app)
                return made
            session.rollback()
        value, target, objects = make(*args, **kwargs), io.BytesIO(), _Objects()
        session.flush()
        _Writer(target, objects).dump(value)
        # Entries of the log are written at the end of a transaction only.
        session.commit()
        _kept[key] = _Kept(_Rows(session), objects, target.getvalue())
        # The first test gets what the others get.
        again: Made = _kept[key].read(session, app)
        return again

    return laid_down


def _has_contents(session: Session, app: Flask) -> bool:
    """Whether another test, which cleans up, has left the stored files in their place."""
    with app.app_context():
        try:
            for stored in session.scalars(sa.select(StoredFile)):
                open_stored(stored).close()
        except ContentMissing:
            return False
    return True
