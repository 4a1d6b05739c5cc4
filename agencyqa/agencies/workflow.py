"""The standing of an agency in one register: (standing, action) → standing. Pure."""

from __future__ import annotations

from agencyqa.agencies.enums import Standing, StandingAction

S, A = Standing, StandingAction

TRANSITIONS: dict[tuple[Standing | None, StandingAction], Standing] = {
    (None, A.APPLY): S.APPLIED,
    (S.APPLIED, A.ADMIT): S.REGISTERED,
    (S.APPLIED, A.DECLINE): S.REMOVED,
    (S.REGISTERED, A.SUSPEND): S.SUSPENDED,
    (S.REGISTERED, A.REMOVE): S.REMOVED,
    (S.SUSPENDED, A.RESTORE): S.REGISTERED,
    (S.SUSPENDED, A.REMOVE): S.REMOVED,
    (S.REMOVED, A.READMIT): S.REGISTERED,
}


def next_standing(standing: Standing | None, action: StandingAction) -> Standing | None:
    """None where the action is not open in this standing."""
    return TRANSITIONS.get((standing, action))


def open_actions(standing: Standing) -> tuple[StandingAction, ...]:
    return tuple(action for (before, action) in TRANSITIONS if before is standing)
