"""Loading one object through the statement of what the actor may see."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from flask import request
from sqlalchemy import Select

from agencyqa.errors import NotVisible
from agencyqa.extensions import db

T = TypeVar("T")
C = TypeVar("C", bound=StrEnum)
_LONGEST_ID = 18


def given_id(name: str) -> int | None:
    """A row's number from the address, or None where nothing stands there that could be one."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID else None


def given_choice(name: str, kind: type[C]) -> C | None:
    """One of a list from the address, or None where nothing stands there that is in it."""
    try:
        return kind(request.args.get(name, ""))
    except ValueError:
        return None


def one_or_404(statement: Select[T]) -> T:
    """Raise NotVisible both for what does not exist and for what this actor may not see."""
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotVisible()
    return found
