"""Plain values of a dataclass, as JSON keeps them, and the dataclass again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar, get_args, get_type_hints

T = TypeVar("T")


def dump(data: Any) -> dict[str, Any]:
    """Dates as ISO text, choices as their values. What its class does not show (``repr=False``) is left out."""
    return {each.name: _plain(getattr(data, each.name)) for each in fields(data) if each.repr}


def load(kind: type[T], values: Mapping[str, Any]) -> T:
    """What is not there keeps the default of the class."""
    hints = get_type_hints(kind)
    found = {
        each.name: _full(hints[each.name], values[each.name])
        for each in fields(kind)  # type: ignore[arg-type]
        if each.name in values
    }
    return kind(**found)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return dump(value)
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def _full(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    for kind in get_args(hint) or (hint,):
        if is_dataclass(kind):
            return load(kind, value)  # type: ignore[arg-type]
        if kind is date:
            return date.fromisoformat(value)
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return kind(value)
    return value
