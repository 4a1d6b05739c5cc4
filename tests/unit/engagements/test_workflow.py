from __future__ import annotations

import itertools

import pytest

from agencyqa.engagements.enums import EngagementAction as A
from agencyqa.engagements.enums import EngagementState as S
from agencyqa.engagements.workflow import allowed, next_state
from agencyqa.errors import WrongState

STEPS = {
    (S.CONTRACTED, A.EDIT): S.CONTRACTED,
    (S.CONTRACTED, A.COMPLETE): S.COMPLETED,
    (S.CONTRACTED, A.TERMINATE): S.TERMINATED,
    (S.COMPLETED, A.EDIT): S.COMPLETED,
    (S.COMPLETED, A.REOPEN): S.CONTRACTED,
}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(S, A)))
def test_every_state_and_action(state: S, action: A) -> None:
    if (state, action) in STEPS:
        assert next_state(state, action) is STEPS[state, action]
        assert action in allowed(state)
    else:
        with pytest.raises(WrongState, match="engagement_wrong_state"):
            next_state(state, action)
        assert action not in allowed(state)
