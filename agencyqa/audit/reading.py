"""An entry in the reader's words: the typed diff and the facts beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from agencyqa.audit.events import event_label, field_label, target_label
from agencyqa.audit.policies import may_read_detail
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

    def __init__(self, entry: Any, actor: Actor) -> None:
        self.entry = entry
        self.is_readable = may_read_detail(actor, entry.event)

    def drawn_from(self) -> tuple[Any, ...]:
        """All that stands in the row, so that one that was tampered with is shown as it stands."""
        return (*self.entry, self.is_readable)

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
            Change(field_label(name), shown(name, before), shown(name, after))
            for name, (before, after) in changes.items()
        )

    @cached_property
    def facts(self) -> tuple[tuple[str, str], ...]:
        detail = self._detail if self.is_readable else {}
        return tuple(
            (field_label(name), shown(name, value)) for name, value in detail.items() if name != "changes"
        )


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
