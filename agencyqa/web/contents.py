"""Which tables hold anything at all of a thing, so that its page need not ask each of those that do not."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.db import Base
from agencyqa.web.once import is_one_page, once

# What hangs on a row that hangs on the thing: (table, its column).
THROUGH = {
    "engagement_id": (
        ("due_changes", "deliverable_id"),
        ("term_pauses", "deliverable_id"),
        ("rectification_orders", "spot_check_id"),
    )
}


def may_hold(session: Session, owner: str, owner_id: int, model: type[Any]) -> bool:
    """False where no row of ``model`` names ``owner_id`` in its column ``owner``, such as ``"agency_id"``.

    All tables are asked in one statement, once a page; outside ``one_page`` always True: there a single question costs
    less. Who may see a row is still the reader's question.
    """
    if not is_one_page():
        return True
    name = model.__tablename__
    return name not in _questions(owner) or name in _tables_with_rows(session, owner, owner_id)


@once
def _tables_with_rows(session: Session, owner: str, owner_id: int) -> frozenset[str]:
    row = session.execute(sa.select(*_questions(owner).values()), {"owner_id": owner_id}).one()
    return frozenset(name for name, is_held in row._mapping.items() if is_held)


@cache
def _questions(owner: str) -> dict[str, sa.Label[bool]]:
    """By the name of the table; only such as find their rows in an index."""
    wanted: sa.BindParameter[int] = sa.bindparam("owner_id")
    tables = Base.metadata.tables
    found = {
        name: sa.exists().where(table.c[owner] == wanted).label(name)
        for name, table in sorted(tables.items())
        if owner in table.c and _is_indexed(table, owner)
    }
    for name, column in THROUGH.get(owner, ()):
        key = next(iter(tables[name].c[column].foreign_keys)).column
        held = sa.exists().where(tables[name].c[column] == key, key.table.c[owner] == wanted)
        found[name] = held.label(name)
    return found


def _is_indexed(table: sa.Table, column: str) -> bool:
    sorted_by = [index.columns for index in table.indexes if not _is_partial(index)]
    sorted_by += [each.columns for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    return any(next(iter(columns)).name == column for columns in sorted_by if len(columns))


def _is_partial(index: sa.Index) -> bool:
    return any(index.dialect_options[name].get("where") is not None for name in ("sqlite", "postgresql"))
