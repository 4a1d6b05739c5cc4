"""The states of a version of a scheme, as one table. Pure: (state, action) → next state."""

from __future__ import annotations

from agencyqa.errors import WrongState
from agencyqa.measures.enums import SchemeAction, SchemeState

A, S = SchemeAction, SchemeState

# What is published never changes; another version takes its place.
STEPS: dict[tuple[SchemeState, SchemeAction], SchemeState] = {
    (S.DRAFT, A.SAVE): S.DRAFT,
    (S.DRAFT, A.PUBLISH): S.PUBLISHED,
}


def next_state(state: SchemeState, action: SchemeAction) -> SchemeState:
    """Raise WrongState where the table has no such step."""
    following = STEPS.get((state, action))
    if following is None:
        raise WrongState("scheme_not_draft", state=state, action=action)
    return following
