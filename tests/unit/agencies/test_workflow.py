from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agencyqa.agencies.enums import (
    ApplicationAction,
    ApplicationState,
    ProposalAction,
    ProposalState,
    ReportAction,
    ReportState,
    Standing,
    StandingAction,
)
from agencyqa.agencies.workflow import (
    APPLICATION_TRANSITIONS,
    BUREAU_ACTIONS,
    PROPOSAL_OF_BUREAU,
    PROPOSAL_TRANSITIONS,
    REPORT_OF_BUREAU,
    REPORT_TRANSITIONS,
    TRANSITIONS,
    is_decided,
    next_application_state,
    next_proposal_state,
    next_report_state,
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


@given(st.lists(st.tuples(st.sampled_from(ReportAction), st.booleans()), max_size=30))
def test_random_walks_of_a_report(steps: list[tuple[ReportAction, bool]]) -> None:
    """What is handed in is never changed until it is returned, and what is accepted never again."""
    state: ReportState | None = None
    for action, by_bureau in steps:
        after = next_report_state(state, action, by_bureau=by_bureau)
        if after is None:
            continue
        assert by_bureau is (action in REPORT_OF_BUREAU)
        assert state is not ReportState.ACCEPTED
        if action in {ReportAction.SAVE, ReportAction.SUBMIT}:
            assert state in {ReportState.DUE, ReportState.RETURNED}
        state = after


@given(st.lists(st.tuples(st.sampled_from(ProposalAction), st.booleans()), max_size=10))
def test_random_walks_of_a_proposal(steps: list[tuple[ProposalAction, bool]]) -> None:
    state: ProposalState | None = None
    for action, by_bureau in steps:
        after = next_proposal_state(state, action, by_bureau=by_bureau)
        if after is not None:
            assert by_bureau is (action in PROPOSAL_OF_BUREAU)
            assert state in {None, ProposalState.PROPOSED}
            state = after


def test_every_state_is_reached() -> None:
    assert set(REPORT_TRANSITIONS.values()) == set(ReportState)
    assert set(PROPOSAL_TRANSITIONS.values()) == set(ProposalState)
