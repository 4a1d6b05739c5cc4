"""The database decides; this says which field of a form it objected to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Index, MetaData, Table, UniqueConstraint
from sqlalchemy.exc import IntegrityError

from agencyqa.db import Base
from agencyqa.errors import Invalid

# Constraint name → (field of the form, error code).
Constraints = Mapping[str, tuple[str, str]]

_SQLITE_COLUMNS = re.compile(r"UNIQUE constraint failed: (?!index )(?P<columns>\w+\.\w+(?:, \w+\.\w+)*)")
_SQLITE_NAMED = re.compile(r"(?:CHECK constraint failed: |UNIQUE constraint failed: index ')(?P<name>\w+)")


def constraint_errors(error: IntegrityError, constraints: Constraints) -> Invalid | None:
    """The violation as an error of a field, or None where the form does not know the constraint."""
    for name in violated(error):
        if name in constraints:
            field, code = constraints[name]
            return Invalid("invalid", **{field: code})
    return None


def violated(error: IntegrityError, metadata: MetaData = Base.metadata) -> set[str]:
    """The names the violated constraint may have; PostgreSQL tells the name, SQLite tells the columns."""
    diagnosis: Any = getattr(error.orig, "diag", None)
    if diagnosis is not None:
        return {diagnosis.constraint_name} if diagnosis.constraint_name else set()
    text = str(error.orig)
    if match := _SQLITE_NAMED.search(text):
        return {match["name"]}
    if match := _SQLITE_COLUMNS.search(text):
        pairs = [item.split(".") for item in match["columns"].split(", ")]
        table = metadata.tables.get(pairs[0][0])
        return set() if table is None else _unique_names(table, {column for _, column in pairs})
    return set()


def _unique_names(table: Table, columns: set[str]) -> set[str]:
    candidates: list[UniqueConstraint | Index] = [
        *(item for item in table.constraints if isinstance(item, UniqueConstraint)),
        *(item for item in table.indexes if item.unique),
    ]
    return {str(item.name) for item in candidates if {column.name for column in item.columns} == columns}
