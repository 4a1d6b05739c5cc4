"""Whose matter a content is: the rows that own it lie in higher areas, which name here the bureaus of each."""

from __future__ import annotations

from sqlalchemy import Select, select, union
from sqlalchemy.orm import Session

# (content, bureau) of rows that the bureau may read. What it may not read yet is no matter of it.
Owned = Select[int | None, int]
_OWNED: dict[str, tuple[Owned, ...]] = {}


def register_owned(area: str, statements: tuple[Owned, ...]) -> None:
    _OWNED[area] = statements


def registered_owned() -> list[Owned]:
    return [each for statements in _OWNED.values() for each in statements]


def bureaus_of(session: Session, file_id: int) -> list[int]:
    """The bureaus in whose matters the content stands; several where the same file was handed in to several."""
    rows = [statement.subquery() for statement in registered_owned()]
    if not rows:
        return []
    found = union(*(select(each.c[1].label("bureau_id")).where(each.c[0] == file_id) for each in rows))
    return sorted(bureau_id for bureau_id in session.scalars(found) if bureau_id is not None)
