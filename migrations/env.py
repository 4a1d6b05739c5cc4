"""How Alembic reaches the application's database and models; run through ``flask db``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

from agencyqa.extensions import db


def run_migrations() -> None:
    given: Connection | None = context.config.attributes.get("connection")
    if given is not None:
        _run(given)
        return
    with db.engine.connect() as connection, _free_to_rebuild(connection):
        _run(connection)
        _refuse_broken_links(connection)
        connection.commit()


@contextmanager
def _free_to_rebuild(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by building it anew and dropping the old one, which links to it would forbid.

    The setting cannot change inside a transaction, so it goes past the session to the driver.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        if connection.in_transaction():
            connection.rollback()
        driver.execute("PRAGMA foreign_keys = ON")


def _refuse_broken_links(connection: Connection) -> None:
    """What was not checked on the way is checked before anything is kept."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise SystemExit(f"The migration left rows whose links lead nowhere: {broken[:5]}")


def _plain_types(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """A migration names the database's type, not our decorator, which may change after it was written."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def _run(connection: Connection) -> None:
    options = dict(current_app.extensions["migrate"].configure_args)
    options.setdefault("compare_type", True)
    options["render_item"] = _plain_types
    context.configure(connection=connection, target_metadata=db.metadata, **options)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations need a database: constraints are looked up in it.")
run_migrations()
