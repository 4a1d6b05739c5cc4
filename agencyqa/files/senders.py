"""The people behind memberships. Accounts know them, which this room does not import: the application hands it in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from flask import current_app
from sqlalchemy.orm import Session

from agencyqa.auth.roles import Role

_KEY = "agencyqa.files.senders"


@dataclass(frozen=True)
class Sender:
    name: str
    body_name: str
    role: Role


class Senders(Protocol):
    def __call__(self, session: Session, membership_ids: Collection[int]) -> Mapping[int, Sender]:
        """Each of them by one statement, also where a membership or an account has ended."""


def register_senders(extensions: dict[str, object], found: Senders) -> None:
    extensions[_KEY] = found


def senders(session: Session, membership_ids: Collection[int]) -> Mapping[int, Sender]:
    find: Senders = current_app.extensions[_KEY]
    return find(session, membership_ids) if membership_ids else {}
