from __future__ import annotations

from itertools import product

import pytest

from agencyqa.assessments.enums import RoundAction, RoundState
from agencyqa.assessments.round_workflow import allows, next_state
from agencyqa.errors import WrongState

COMPUTE, PUBLISH, CORRECT = RoundAction.COMPUTE, RoundAction.PUBLISH, RoundAction.CORRECT
OPEN, PUBLISHED = RoundState.OPEN, RoundState.PUBLISHED


def test_every_step() -> None:
    steps = {(state, action) for state, action in product(RoundState, RoundAction) if allows(state, action)}
    assert steps == {(OPEN, COMPUTE), (OPEN, PUBLISH), (PUBLISHED, CORRECT)}
    assert next_state(OPEN, COMPUTE) is OPEN
    assert next_state(OPEN, PUBLISH) is PUBLISHED
    # What was published stays published; the correction is another row.
    assert next_state(PUBLISHED, CORRECT) is PUBLISHED


@pytest.mark.parametrize(
    ("state", "action", "code"),
    [
        (PUBLISHED, COMPUTE, "round_already_published"),
        (PUBLISHED, PUBLISH, "round_already_published"),
        (OPEN, CORRECT, "round_still_open"),
    ],
)
def test_every_refusal(state: RoundState, action: RoundAction, code: str) -> None:
    with pytest.raises(WrongState) as refusal:
        next_state(state, action)
    assert (refusal.value.code, refusal.value.params) == (code, {"state": state, "action": action})
