"""An entry in the reader's words: the typed diff and the facts beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from agencyqa.audit.events import event_label, field_label, system_label, target_label
from agencyqa.audit.policies import may_read_detail
from agencyqa.audit.wording import Wording, Words, choice_label
from agencyqa.auth.actor import Actor
from agencyqa.i18n import gettext
from agencyqa.web import formats
from agencyqa.web.kept_markup import DrawnFrom

_LONGEST = 300


class Change(NamedTuple):
    field: str
    before: str
    after: str


class EntryLine(DrawnFrom):
    """One row of ``queries.entry_rows``. Its words are looked for only where they were not drawn before."""

    def __init__(self, entry: Any, actor: Actor, words: Words) -> None:
        self.entry = entry
        self._words = words
        self.is_readable = may_read_detail(actor, entry.event)

    def drawn_from(self) -> tuple[Any, ...]:
        """All that stands in the row, so that one that was tampered with is shown as it stands."""
        return (*self.entry, self.is_readable)

    @property
    def actor(self) -> str:
        """The person, or the part of the system that acted by itself."""
        name: str = self.entry.actor_name
        return name if self.entry.actor_user_id is not None else system_label(name)

    @property
    def event(self) -> str:
        return event_label(self.entry.event)

    @property
    def target(self) -> str:
        return target_label(self.entry.target_type)

    @cached_property
    def _detail(self) -> Mapping[str, Any]:
        detail: Mapping[str, Any] = json.loads(self.entry.detail)
        return detail

    @property
    def is_hidden(self) -> bool:
        return not self.is_readable and bool(self._detail)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        changes = self._detail.get("changes", {}) if self.is_readable else {}
        return tuple(
            change
            for name, (before, after) in changes.items()
            for change in _changes(
                name, self._told(name, before), self._told(name, after), self._words.of(self.entry, name)
            )
        )

    @cached_property
    def facts(self) -> tuple[tuple[str, str], ...]:
        detail = self._detail if self.is_readable else {}
        return tuple(
            (field_label(name), _fact(name, self._told(name, value), self._words.of(self.entry, name)))
            for name, value in detail.items()
            if name != "changes"
        )

    def _told(self, name: str, value: Any) -> Any:
        """Choices by their labels, whatever else stands there as it is."""
        if isinstance(value, list):
            return [self._told(name, each) for each in value]
        if isinstance(value, str):
            return choice_label(self.entry.target_type, name, value)
        return value


def entry_lines(session: Session, rows: Sequence[Any], actor: Actor) -> list[EntryLine]:
    """Rows of ``queries.entry_rows``; what they say by keys is read for all of them at once, if any is drawn."""
    words = Words(session, rows)
    return [EntryLine(row, actor, words) for row in rows]


def _changes(name: str, before: Any, after: Any, wording: Wording | None) -> list[Change]:
    """Of data that is named by keys, what changed under each key."""
    if wording is None:
        return [Change(field_label(name), shown(name, before), shown(name, after))]
    old, new = before or {}, after or {}
    return [
        Change(
            wording.name(key),
            shown(name, wording.value(old.get(key))),
            shown(name, wording.value(new.get(key))),
        )
        for key in {**old, **new}
        if old.get(key) != new.get(key)
    ]


def _fact(name: str, value: Any, wording: Wording | None) -> str:
    if wording is not None and isinstance(value, list):
        return shown(name, [wording.name(key) for key in value])
    return shown(name, value)


def shown(name: str, value: Any) -> str:
    """A stored value as text; names ending in ``_points`` and ``_fen`` hold marks and money."""
    if isinstance(value, bool):
        return str(gettext("是") if value else gettext("否"))
    if value is None or value in ("", [], {}):
        return formats.NOTHING
    text = _joined(name, value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _joined(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        pairs = (f"{field_label(key)}{gettext('：')}{shown(key, item)}" for key, item in value.items())
        return str(gettext("；")).join(pairs)
    if isinstance(value, list):
        return str(gettext("、")).join(shown(name, item) for item in value)
    return str(formats.parameters({name: value})[name])
