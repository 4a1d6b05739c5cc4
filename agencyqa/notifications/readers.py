"""The person behind a membership. Accounts know it, which this room does not import: the application hands it in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor


@dataclass(frozen=True)
class Reader:
    """``locale`` as the user has chosen it."""

    actor: Actor
    email: str
    locale: str


class Directory(Protocol):
    def reader(self, session: Session, membership_id: int, day: date) -> Reader | None:
        """None unless person, body and membership are active on ``day`` and an address is known."""

    def addressed(self, session: Session, membership_ids: Collection[int], day: date) -> Collection[int]:
        """Those of the memberships for which ``reader`` would find somebody."""


# It holds no state, so every application of a process has the same.
_known: list[Directory] = []


def register_directory(found: Directory) -> None:
    if found not in _known:
        _known.append(found)


def directory() -> Directory:
    return _known[0]
