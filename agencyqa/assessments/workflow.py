"""The states of a score sheet, as one table. Pure: (state, action) → next state."""

from __future__ import annotations

from agencyqa.assessments.enums import SheetAction, SheetState
from agencyqa.errors import WrongState

# A correction leaves the sheet as it is: the figures change in a new revision, which begins as a draft.
TABLE: dict[tuple[SheetState, SheetAction], SheetState] = {
    (SheetState.DRAFT, SheetAction.SAVE): SheetState.DRAFT,
    (SheetState.DRAFT, SheetAction.SUBMIT): SheetState.SUBMITTED,
    (SheetState.RETURNED, SheetAction.SAVE): SheetState.RETURNED,
    (SheetState.RETURNED, SheetAction.SUBMIT): SheetState.SUBMITTED,
    (SheetState.SUBMITTED, SheetAction.RETURN): SheetState.RETURNED,
    (SheetState.SUBMITTED, SheetAction.FINALISE): SheetState.FINAL,
    (SheetState.FINAL, SheetAction.PUBLISH): SheetState.PUBLISHED,
    (SheetState.FINAL, SheetAction.CORRECT): SheetState.FINAL,
    (SheetState.PUBLISHED, SheetAction.CORRECT): SheetState.PUBLISHED,
}

EDITABLE = frozenset(state for state, action in TABLE if action is SheetAction.SAVE)
# The figures of a sheet count towards a result only from here on.
DECIDED = frozenset({SheetState.FINAL, SheetState.PUBLISHED})

# What a scorer reads who comes too late, for instance with the second click of a double click.
_REFUSALS: dict[SheetState, str] = {
    SheetState.SUBMITTED: "sheet_already_submitted",
    SheetState.FINAL: "sheet_already_final",
    SheetState.PUBLISHED: "sheet_already_published",
}


def allows(state: SheetState, action: SheetAction) -> bool:
    return (state, action) in TABLE


def next_state(state: SheetState, action: SheetAction) -> SheetState:
    """Raise WrongState where the table has no such step."""
    following = TABLE.get((state, action))
    if following is None:
        raise WrongState(_REFUSALS.get(state, "sheet_not_submitted"), state=state, action=action)
    return following
