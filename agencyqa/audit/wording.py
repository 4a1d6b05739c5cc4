"""Fields of the log whose data is named by keys: the area that keeps what the keys mean hands in how it is read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy.orm import Session


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
