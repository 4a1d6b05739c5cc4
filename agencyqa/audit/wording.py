"""What the log says with codes and keys: the area that knows their meaning hands in how they are read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy.orm import Session

from agencyqa.db import Base, Choice, Choices
from agencyqa.web.labels import label_of


class Wording(Protocol):
    """Of one thing, in the reader's language."""

    def name(self, key: str) -> str:
        """What the key stands for; the key itself where nothing is known of it."""

    def value(self, value: Any) -> str:
        """What is kept under a key; "" where nothing is."""


# The wording of each of these things of one table; one statement, however many they are.
Reader = Callable[[Session, Collection[int]], Mapping[int, Wording]]
_readers: dict[tuple[str, str], Reader] = {}


def register_wording(target_type: str, fields: Iterable[str], reader: Reader) -> None:
    _readers.update({(target_type, field): reader for field in fields})


# Of facts that stand in no column of their table, and of facts that are called otherwise there.
_choices: dict[tuple[str, str], type[StrEnum] | None] = {}


def register_choices(target_type: str, **fields: type[StrEnum]) -> None:
    """Which enumeration a fact beside the changes is of; columns of the table itself are known."""
    _choices.update({(target_type, field): members for field, members in fields.items()})


def choice_label(target_type: str, field: str, text: str) -> str:
    """A member of an enumeration in the reader's words; any other text as it stands."""
    key = (target_type, field)
    if key not in _choices:
        table = Base.metadata.tables.get(target_type)
        column = None if table is None else table.columns.get(field)
        kind = None if column is None else column.type
        _choices[key] = kind.members if isinstance(kind, Choice | Choices) else None
    members = _choices[key]
    try:
        return text if members is None else label_of(members(text))
    except ValueError:
        # A member that was taken out since is still told by its code.
        return text


class Words:
    """For the entries of a page: read for all things of a kind when the first of them is put into words."""

    def __init__(self, session: Session, rows: Sequence[Any]) -> None:
        self._session, self._rows = session, rows
        self._found: dict[Reader, Mapping[int, Wording]] = {}

    def of(self, row: Any, field: str) -> Wording | None:
        """None for a field that is none of these."""
        reader = _readers.get((row.target_type, field))
        if reader is None:
            return None
        if reader not in self._found:
            ids = {each.target_id for each in self._rows if each.target_type == row.target_type} - {None}
            self._found[reader] = reader(self._session, ids)
        return self._found[reader].get(row.target_id)
