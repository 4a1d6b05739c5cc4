"""However people act, no level is skipped and nobody takes two."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agencyqa.engagements.review.enums import ReviewAction as A
from agencyqa.engagements.review.enums import ReviewState as S
from agencyqa.engagements.review.workflow import LEVELS, STEPS, expect_other_person, is_open, next_state
from agencyqa.errors import WrongState

ENDS = {S.PASSED, S.RETURNED, S.WITHDRAWN}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(S, A)))
def test_every_state_and_action(state: S, action: A) -> None:
    """Open states have all three ways on, ended ones none: what changes then is a new review."""
    assert is_open(state) is (state not in ENDS)
    if is_open(state):
        after = next_state(state, action)
        assert after is (S.RETURNED if action is A.RETURN else S.WITHDRAWN if action is A.WITHDRAW else after)
    else:
        assert (state, action) not in STEPS
        with pytest.raises(WrongState, match="review_wrong_state"):
            next_state(state, action)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(A), st.integers(1, 4)), max_size=12))
def test_random_walks(acts: list[tuple[A, int]]) -> None:
    state, passed = S.LEVEL_1, list[int]()
    for action, person in acts:
        try:
            after = next_state(state, action)
            if action is not A.WITHDRAW:
                expect_other_person(person, passed)
        except WrongState:
            continue
        if action is A.PASS:
            assert LEVELS[state] == len(passed) + 1
            passed.append(person)
        state = after
    assert len(set(passed)) == len(passed)
    assert (state is S.PASSED) is (len(passed) == 3)
