"""The states of a rectification order, as one table. Pure: (state, action) → next state."""

from __future__ import annotations

from agencyqa.errors import WrongState
from agencyqa.inspections.enums import OrderAction, OrderState

# A re-check that fails is a rejection too; one that passes, and the decision to make none, closes the order. Lifting
# needs more than a state: that no finding under the order stands any longer.
TABLE: dict[tuple[OrderState, OrderAction], OrderState] = {
    (OrderState.ISSUED, OrderAction.ANSWER): OrderState.ANSWERED,
    (OrderState.ISSUED, OrderAction.LIFT): OrderState.CLOSED,
    (OrderState.ANSWERED, OrderAction.VERIFY): OrderState.VERIFIED,
    (OrderState.ANSWERED, OrderAction.REJECT): OrderState.REJECTED,
    (OrderState.ANSWERED, OrderAction.LIFT): OrderState.CLOSED,
    (OrderState.REJECTED, OrderAction.ANSWER): OrderState.ANSWERED,
    (OrderState.REJECTED, OrderAction.LIFT): OrderState.CLOSED,
    (OrderState.VERIFIED, OrderAction.REJECT): OrderState.REJECTED,
    (OrderState.VERIFIED, OrderAction.CLOSE): OrderState.CLOSED,
}

# The agency's turn, with a term that runs.
AWAITS_ANSWER = frozenset(state for state, action in TABLE if action is OrderAction.ANSWER)
OPEN = frozenset(OrderState) - {OrderState.CLOSED}

# What somebody reads who comes too late, for instance with the second click of a double click.
_REFUSALS: dict[OrderState, str] = {
    OrderState.ISSUED: "order_not_answered",
    OrderState.ANSWERED: "order_already_answered",
    OrderState.REJECTED: "order_already_rejected",
    OrderState.VERIFIED: "order_already_verified",
    OrderState.CLOSED: "order_already_closed",
}


def allows(state: OrderState, action: OrderAction) -> bool:
    return (state, action) in TABLE


def next_state(state: OrderState, action: OrderAction) -> OrderState:
    """Raise WrongState where the table has no such step."""
    following = TABLE.get((state, action))
    if following is None:
        raise WrongState(_REFUSALS[state], state=state, action=action)
    return following
