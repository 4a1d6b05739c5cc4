"""The life of a selection, pure: (state, action) → next state."""

from __future__ import annotations

from agencyqa.engagements.selection.enums import SelectionAction, SelectionState
from agencyqa.errors import WrongState

A, S = SelectionAction, SelectionState

STEPS: dict[tuple[SelectionState, SelectionAction], SelectionState] = {
    (S.DRAFT, A.EDIT): S.DRAFT,
    (S.DRAFT, A.DECIDE): S.DECIDED,
    (S.DRAFT, A.CANCEL): S.CANCELLED,
    (S.DECIDED, A.USE): S.USED,
    # The contract was entered for this work by mistake and is about other work.
    (S.USED, A.RELEASE): S.DECIDED,
    # The chosen agency did not sign; the record stays as it was decided.
    (S.DECIDED, A.CANCEL): S.CANCELLED,
}


def next_state(state: SelectionState, action: SelectionAction) -> SelectionState:
    """Raise WrongState where the table has no such step."""
    try:
        return STEPS[state, action]
    except KeyError:
        raise WrongState("selection_wrong_state", state=state, action=action) from None


def allowed(state: SelectionState) -> frozenset[SelectionAction]:
    return frozenset(action for start, action in STEPS if start is state)
