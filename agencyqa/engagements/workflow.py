"""The life of an engagement, pure: (state, action) → next state."""

from __future__ import annotations

from agencyqa.engagements.enums import EngagementAction, EngagementState
from agencyqa.errors import WrongState

A, S = EngagementAction, EngagementState

STEPS: dict[tuple[EngagementState, EngagementAction], EngagementState] = {
    (S.CONTRACTED, A.EDIT): S.CONTRACTED,
    (S.CONTRACTED, A.COMPLETE): S.COMPLETED,
    (S.CONTRACTED, A.TERMINATE): S.TERMINATED,
    (S.COMPLETED, A.EDIT): S.COMPLETED,
    # Completion entered by mistake is taken back; a terminated contract stays terminated.
    (S.COMPLETED, A.REOPEN): S.CONTRACTED,
}


def next_state(state: EngagementState, action: EngagementAction) -> EngagementState:
    """Raise WrongState where the table has no such step."""
    try:
        return STEPS[state, action]
    except KeyError:
        raise WrongState("engagement_wrong_state", state=state, action=action) from None


def allowed(state: EngagementState) -> frozenset[EngagementAction]:
    return frozenset(action for start, action in STEPS if start is state)
