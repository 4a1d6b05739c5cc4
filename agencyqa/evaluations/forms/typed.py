"""Rows of a page as they were typed, and what the buttons beside them do to them. Pure text, nothing is checked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

# The text of each box of a row by the name of its field.
TypedRow = dict[str, str]

INDICATOR_FIELDS = ("level", "dimension", "name", "weight", "score", "target", "actual", "evidence")
PROBLEM_FIELDS = ("key", "kind", "department_id", "amount", "facts", "recommendation")
INDICATOR, PROBLEM = "i", "p"
FIELDS = {INDICATOR: INDICATOR_FIELDS, PROBLEM: PROBLEM_FIELDS}
# Where only these are filled in, nobody has written anything.
_PRESET = frozenset({"level", "dimension", "key", "kind", "department_id"})
# More rows than a page ever offers; what lies beyond was not typed on one.
_READ_AT_MOST = 400
_ACTION = re.compile(r"(?P<table>[ip])-(?P<verb>add|remove|up|down)-(?P<row>\d{1,4})")


def read_rows(form: Mapping[str, str], table: str) -> list[TypedRow]:
    """The rows of one table of the page, in their order; ``table`` is INDICATOR or PROBLEM."""
    count = form.get(f"{table}-count", "")
    rows = min(int(count), _READ_AT_MOST) if count.isascii() and count.isdigit() and len(count) < 6 else 0
    return [{name: form.get(f"{table}{row}-{name}", "") for name in FIELDS[table]} for row in range(rows)]


def boxes(rows: Sequence[TypedRow], table: str) -> dict[str, str]:
    """The rows under the names of the page, numbered anew."""
    return {f"{table}{row}-{name}": text for row, typed in enumerate(rows) for name, text in typed.items()}


def is_blank(row: TypedRow) -> bool:
    return not any(text.strip() for name, text in row.items() if name not in _PRESET)


def is_action(text: str) -> bool:
    return _ACTION.fullmatch(text) is not None


def act(tables: dict[str, list[TypedRow]], action: str, blank: Mapping[str, TypedRow]) -> int | None:
    """Do what a button says to the tables and return the row to look at; an unknown word does nothing.

    ``i-add-3`` adds an indicator behind the first three rows, ``i-up-3`` moves row 3 (from 0) with everything below it
    in the tree. ``blank`` holds an empty row of each table.
    """
    match = _ACTION.fullmatch(action)
    if match is None:
        return None
    table, row = match["table"], int(match["row"])
    rows = tables[table]
    if match["verb"] == "add":
        row = min(row, len(rows))
        rows.insert(row, _next_row(table, rows[row - 1] if row else None, blank[table]))
        return row
    if row >= len(rows):
        return None
    if match["verb"] == "remove":
        del rows[row]
        return min(row, len(rows) - 1) if rows else None
    return _move(rows, row, up=match["verb"] == "up", is_tree=table == INDICATOR)


def _next_row(table: str, above: TypedRow | None, blank: TypedRow) -> TypedRow:
    """An empty row that continues the one above: the same level, and the same part of the tree."""
    made = dict(blank)
    if above is not None and table == INDICATOR:
        made["level"], made["dimension"] = above["level"], above["dimension"]
    if above is not None and table == PROBLEM:
        made["department_id"] = above["department_id"]
    return made


def _move(rows: list[TypedRow], row: int, *, up: bool, is_tree: bool) -> int:
    levels = [_level(each) if is_tree else 1 for each in rows]
    end = _end(levels, row)
    block = rows[row:end]
    if up:
        target = row - 1
        while target >= 0 and levels[target] > levels[row]:
            target -= 1
        if target < 0 or levels[target] < levels[row]:
            return row
        rows[target:end] = block + rows[target:row]
        return target
    if end >= len(rows) or levels[end] < levels[row]:
        return row
    following = _end(levels, end)
    rows[row:following] = rows[end:following] + block
    return row + following - end


def _end(levels: Sequence[int], row: int) -> int:
    """The first row behind that no longer lies below ``row`` in the tree."""
    end = row + 1
    while end < len(levels) and levels[end] > levels[row]:
        end += 1
    return end


def _level(row: TypedRow) -> int:
    text = row["level"].strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 1
