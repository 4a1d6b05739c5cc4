from __future__ import annotations

from agencyqa.agencies.enums import Standing, StandingAction
from agencyqa.agencies.workflow import TRANSITIONS, next_standing, open_actions


def test_open_actions() -> None:
    assert {standing: open_actions(standing) for standing in Standing} == {
        Standing.APPLIED: (StandingAction.ADMIT, StandingAction.DECLINE),
        Standing.REGISTERED: (StandingAction.SUSPEND, StandingAction.REMOVE),
        Standing.SUSPENDED: (StandingAction.RESTORE, StandingAction.REMOVE),
        Standing.REMOVED: (StandingAction.READMIT,),
    }


def test_whole_table() -> None:
    found = {
        (standing, action): result
        for standing in (None, *Standing)
        for action in StandingAction
        if (result := next_standing(standing, action)) is not None
    }
    assert found == TRANSITIONS
    assert found == {
        (None, StandingAction.APPLY): Standing.APPLIED,
        (Standing.APPLIED, StandingAction.ADMIT): Standing.REGISTERED,
        (Standing.APPLIED, StandingAction.DECLINE): Standing.REMOVED,
        (Standing.REGISTERED, StandingAction.SUSPEND): Standing.SUSPENDED,
        (Standing.REGISTERED, StandingAction.REMOVE): Standing.REMOVED,
        (Standing.SUSPENDED, StandingAction.RESTORE): Standing.REGISTERED,
        (Standing.SUSPENDED, StandingAction.REMOVE): Standing.REMOVED,
        (Standing.REMOVED, StandingAction.READMIT): Standing.REGISTERED,
    }


def test_adverse_decisions() -> None:
    assert [action for action in StandingAction if action.is_adverse] == [
        StandingAction.DECLINE,
        StandingAction.SUSPEND,
        StandingAction.REMOVE,
    ]
