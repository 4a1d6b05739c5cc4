"""What a state table leaves open: who may take each step, and what the log calls it.

Every area that has a ``workflow.py`` says so in its ``lifecycles.py``; the pictures in ``docs/states`` and the random
walks of the tests are made from that. Pure: no database, no request.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from agencyqa.auth.permissions import Permission
from agencyqa.auth.roles import PERMISSIONS, Role


class Stranger(StrEnum):
    """Who acts without an account: somebody who holds a secret address, or a job when the time has come."""

    APPLICANT = "applicant"
    CLOCK = "clock"


Who = Role | Stranger
# (state or None, action) → state. The keys of a mapping do not vary, and every area has enumerations of its own.
Table = Mapping[Any, StrEnum]


@dataclass(frozen=True)
class Act:
    """``events`` are the codes of the audit log; an action that is logged by what came of it has several."""

    who: frozenset[Who]
    events: tuple[str, ...]


def by(permission: Permission, *events: str) -> Act:
    """Whoever holds the permission; policies narrow it further to the rows of his own body."""
    return Act(frozenset(role for role in Role if permission in PERMISSIONS[role]), events)


def by_lead(permission: Permission, *events: str) -> Act:
    """For a permission that supervisors hold too, but where the policy asks for the lead."""
    return Act(by(permission, *events).who & {Role.BUREAU_LEAD}, events)


def by_applicant(*events: str) -> Act:
    return Act(frozenset({Stranger.APPLICANT}), events)


@dataclass(frozen=True)
class LifeCycle:
    """One state table with what belongs to it.

    ``target`` is the database table whose rows have these states. Where the state table has no step from nothing,
    ``start`` is the state of a new row and ``begin`` the act that makes it. ``ends`` are the states in which a row
    stays: no step leads from there to another state.
    """

    name: str
    target: str
    table: Table
    acts: Mapping[Any, Act]
    ends: frozenset[StrEnum]
    start: StrEnum | None = None
    begin: Act | None = None

    @property
    def states(self) -> tuple[StrEnum, ...]:
        """All members of the enumeration, also those that the table forgot."""
        return tuple(type(next(iter(self.table.values()))))

    def step(self, state: StrEnum | None, action: StrEnum, who: Who) -> StrEnum | None:
        """The state afterwards; None where the table or the role does not allow it."""
        act = self.acts.get(action)
        if act is None or who not in act.who:
            return None
        return self.table.get((state, action))

    def ways_on(self, state: StrEnum) -> frozenset[StrEnum]:
        """The other states that one step reaches."""
        return frozenset(
            after for (before, _), after in self.table.items() if before is state and after is not state
        )
