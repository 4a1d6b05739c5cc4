"""An entry in the reader's words: the typed diff and the facts beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from agencyqa.audit.events import event_label, field_label, target_label
from agencyqa.audit.policies import may_read_detail
from agencyqa.auth.actor import Actor
from agencyqa.i18n import gettext
from agencyqa.web import formats

_LONGEST = 300


class Change(NamedTuple):
    field: str
    before: str
    after: str


class EntryLine(NamedTuple):
    entry: Any
    event: str
    target: str
    changes: tuple[Change, ...]
    facts: tuple[tuple[str, str], ...]
    is_hidden: bool


def entry_line(row: Any, actor: Actor) -> EntryLine:
    readable = may_read_detail(actor, row.event)
    detail: Mapping[str, Any] = row.detail if readable else {}
    changes = detail.get("changes", {})
    return EntryLine(
        row,
        event_label(row.event),
        target_label(row.target_type),
        tuple(
            Change(field_label(name), shown(name, before), shown(name, after))
            for name, (before, after) in changes.items()
        ),
        tuple((field_label(name), shown(name, value)) for name, value in detail.items() if name != "changes"),
        not readable and bool(row.detail),
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
