"""The life of a milestone, pure: (state, action) → next state."""

from __future__ import annotations

from agencyqa.engagements.schedule.enums import MilestoneAction, MilestoneState
from agencyqa.errors import WrongState

A, S = MilestoneAction, MilestoneState

STEPS: dict[tuple[MilestoneState, MilestoneAction], MilestoneState] = {
    # Later, by hand, standing still, going on: the date moves, the milestone is still to come.
    (S.PLANNED, A.MOVE): S.PLANNED,
    (S.PLANNED, A.FINISH): S.DONE,
    (S.PLANNED, A.CANCEL): S.CANCELLED,
    (S.DONE, A.REOPEN): S.PLANNED,
}


def next_state(state: MilestoneState, action: MilestoneAction) -> MilestoneState:
    """Raise WrongState where the table has no such step."""
    try:
        return STEPS[state, action]
    except KeyError:
        raise WrongState("milestone_wrong_state", state=state, action=action) from None
