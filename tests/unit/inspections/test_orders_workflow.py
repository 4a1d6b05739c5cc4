from __future__ import annotations

import random
from itertools import product

import pytest

from agencyqa.errors import WrongState
from agencyqa.inspections.enums import OrderAction, OrderState
from agencyqa.inspections.order_workflow import AWAITS_ANSWER, OPEN, allows, next_state

ANSWER, VERIFY, REJECT = OrderAction.ANSWER, OrderAction.VERIFY, OrderAction.REJECT
CLOSE, LIFT = OrderAction.CLOSE, OrderAction.LIFT
ISSUED, ANSWERED, REJECTED = OrderState.ISSUED, OrderState.ANSWERED, OrderState.REJECTED
VERIFIED, CLOSED = OrderState.VERIFIED, OrderState.CLOSED


def test_every_step() -> None:
    steps = {
        (state, action): next_state(state, action)
        for state, action in product(OrderState, OrderAction)
        if allows(state, action)
    }
    assert steps == {
        (ISSUED, ANSWER): ANSWERED,
        (ISSUED, LIFT): CLOSED,
        (ANSWERED, VERIFY): VERIFIED,
        (ANSWERED, REJECT): REJECTED,
        (ANSWERED, LIFT): CLOSED,
        (REJECTED, ANSWER): ANSWERED,
        (REJECTED, LIFT): CLOSED,
        (VERIFIED, REJECT): REJECTED,
        (VERIFIED, CLOSE): CLOSED,
    }
    assert {ISSUED, REJECTED} == AWAITS_ANSWER
    assert {ISSUED, ANSWERED, REJECTED, VERIFIED} == OPEN


@pytest.mark.parametrize(
    ("state", "action", "code"),
    [
        (ISSUED, VERIFY, "order_not_answered"),
        (ANSWERED, ANSWER, "order_already_answered"),
        (REJECTED, REJECT, "order_already_rejected"),
        (VERIFIED, VERIFY, "order_already_verified"),
        (CLOSED, CLOSE, "order_already_closed"),
    ],
)
def test_every_refusal(state: OrderState, action: OrderAction, code: str) -> None:
    with pytest.raises(WrongState) as refusal:
        next_state(state, action)
    assert (refusal.value.code, refusal.value.params) == (code, {"state": state, "action": action})


@pytest.mark.parametrize("seed", range(40))
def test_random_walks_keep_the_order_of_things(seed: int) -> None:
    """Whatever people click, nothing is judged before it was handed in, and a closed order stays closed."""
    chance = random.Random(seed)
    state = ISSUED
    taken: list[OrderAction] = []
    for _ in range(60):
        action = chance.choice(list(OrderAction))
        try:
            following = next_state(state, action)
        except WrongState:
            assert not allows(state, action)
            continue
        assert state is not CLOSED
        if action in {VERIFY, REJECT}:
            assert taken[-1] in ({ANSWER} if state is ANSWERED else {VERIFY})
        if action is CLOSE:
            assert taken[-1] is VERIFY
        if action is ANSWER:
            assert not taken or taken[-1] is REJECT
        taken.append(action)
        state = following
    assert taken.count(ANSWER) >= taken.count(VERIFY)
