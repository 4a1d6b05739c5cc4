"""The states of an annual round, as one table. Pure: (state, action) → next state."""

from __future__ import annotations

from agencyqa.assessments.enums import RoundAction, RoundState
from agencyqa.errors import WrongState

# A correction leaves the published round as it is: it begins a new revision, which is open.
TABLE: dict[tuple[RoundState, RoundAction], RoundState] = {
    (RoundState.OPEN, RoundAction.COMPUTE): RoundState.OPEN,
    (RoundState.OPEN, RoundAction.PUBLISH): RoundState.PUBLISHED,
    (RoundState.PUBLISHED, RoundAction.CORRECT): RoundState.PUBLISHED,
}

_REFUSALS: dict[RoundState, str] = {
    RoundState.PUBLISHED: "round_already_published",
    RoundState.OPEN: "round_still_open",
}


def allows(state: RoundState, action: RoundAction) -> bool:
    return (state, action) in TABLE


def next_state(state: RoundState, action: RoundAction) -> RoundState:
    """Raise WrongState where the table has no such step."""
    following = TABLE.get((state, action))
    if following is None:
        raise WrongState(_REFUSALS[state], state=state, action=action)
    return following
