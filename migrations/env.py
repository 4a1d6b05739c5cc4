"""How Alembic reaches the application's database and models; run through ``flask db``."""

from __future__ import annotations

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
    with db.engine.connect() as connection:
        _run(connection)
        connection.commit()


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
