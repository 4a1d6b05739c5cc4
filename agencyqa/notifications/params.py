"""The figures of a message as JSON and back, so that dates and choices are shown in the reader's way later."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any


def to_json(params: Mapping[str, Any]) -> dict[str, Any]:
    """Raise TypeError for a value that cannot be kept."""
    return {name: _plain(name, value) for name, value in params.items()}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, StrEnum):
        return {"choice": f"{type(value).__module__}:{type(value).__name__}", "value": value.value}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"a message cannot hold {name}: {type(value).__name__}")


def from_json(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _revived(value) for name, value in stored.items()}


def _revived(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if "moment" in value:
        return datetime.fromisoformat(value["moment"])
    if "day" in value:
        return date.fromisoformat(value["day"])
    module, _, name = str(value.get("choice", "")).partition(":")
    members = getattr(sys.modules.get(module), name, None) if name else None
    if isinstance(members, type) and issubclass(members, StrEnum) and value["value"] in list(members):
        return members(value["value"])
    # The choice is gone from the program; its code is better than nothing.
    return value.get("value")
