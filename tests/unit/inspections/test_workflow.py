"""The states of checks and findings: the tables themselves, and what no walk through them may ever do."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencyqa.errors import WrongState
from agencyqa.inspections.enums import CheckAction, CheckState, FindingAction, FindingState
from agencyqa.inspections.workflow import (
    CHECKS,
    FINDINGS,
    check_actions,
    finding_actions,
    next_check_state,
    next_finding_state,
)

F, A = FindingState, FindingAction


def test_every_step_of_a_finding() -> None:
    assert {
        (state, action): next_finding_state(state, action)
        for state in F
        for action in A
        if action in finding_actions(state)
    } == {
        (F.DRAFT, A.EDIT): F.DRAFT,
        (F.DRAFT, A.NOTIFY): F.NOTIFIED,
        (F.DRAFT, A.DROP): F.DROPPED,
        (F.NOTIFIED, A.STATE): F.NOTIFIED,
        (F.NOTIFIED, A.FINALISE): F.FINAL,
        (F.NOTIFIED, A.DROP): F.DROPPED,
        (F.FINAL, A.WITHDRAW): F.WITHDRAWN,
    }


def test_a_check_moves_only_while_it_is_planned() -> None:
    assert check_actions(CheckState.PLANNED) == frozenset(CheckAction)
    assert check_actions(CheckState.RECORDED) == check_actions(CheckState.CANCELLED) == frozenset()
    with pytest.raises(WrongState) as refused:
        next_check_state(CheckState.RECORDED, CheckAction.ANSWER)
    assert (refused.value.code, refused.value.params["state"]) == ("check_wrong_state", CheckState.RECORDED)


@settings(max_examples=60)
@given(st.lists(st.sampled_from(list(FindingAction)), max_size=12))
def test_no_walk_makes_a_finding_final_unheard(actions: list[FindingAction]) -> None:
    """Nor edits it once told, nor leaves an end."""
    state, told = F.DRAFT, False
    for action in actions:
        try:
            following = next_finding_state(state, action)
        except WrongState:
            assert (state, action) not in FINDINGS
            continue
        assert state not in {F.DROPPED, F.WITHDRAWN}
        if action is A.EDIT:
            assert not told
        if following in {F.FINAL, F.WITHDRAWN}:
            assert told
        told = told or action is A.NOTIFY
        state = following
    assert (state in {F.NOTIFIED, F.FINAL, F.WITHDRAWN}) <= told


@settings(max_examples=40)
@given(st.lists(st.sampled_from(list(CheckAction)), max_size=8))
def test_a_check_ends_once(actions: list[CheckAction]) -> None:
    state, ends = CheckState.PLANNED, 0
    for action in actions:
        if (state, action) in CHECKS:
            state = next_check_state(state, action)
            ends += state is not CheckState.PLANNED
    assert ends <= 1
