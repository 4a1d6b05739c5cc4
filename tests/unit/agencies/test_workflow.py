from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agencyqa.agencies.enums import ApplicationAction, ApplicationState, Standing, StandingAction
from agencyqa.agencies.workflow import (
    APPLICATION_TRANSITIONS,
    BUREAU_ACTIONS,
    TRANSITIONS,
    is_decided,
    next_application_state,
    next_standing,
    open_actions,
)


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


@given(st.lists(st.tuples(st.sampled_from(ApplicationAction), st.booleans()), max_size=30))
def test_random_walks_of_an_application(steps: list[tuple[ApplicationAction, bool]]) -> None:
    """No step by the wrong side; nothing is decided that was not handed in; after a decision nothing happens."""
    state: ApplicationState | None = None
    is_submitted = False
    for action, by_bureau in steps:
        after = next_application_state(state, action, by_bureau=by_bureau)
        if after is None:
            continue
        assert by_bureau is (action in BUREAU_ACTIONS)
        assert state is None or not is_decided(state)
        if after in {ApplicationState.ADMITTED, ApplicationState.REFUSED}:
            assert state is ApplicationState.SUBMITTED
            assert is_submitted
        is_submitted = after is ApplicationState.SUBMITTED
        state = after


def test_every_state_of_an_application_is_reached_and_left_or_final() -> None:
    assert set(APPLICATION_TRANSITIONS.values()) == set(ApplicationState)
    assert {state for state in ApplicationState if is_decided(state)} == {
        ApplicationState.ADMITTED,
        ApplicationState.REFUSED,
        ApplicationState.WITHDRAWN,
    }
