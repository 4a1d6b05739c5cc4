"""The states of an evaluation record, as one table. Pure: (state, action) → next state."""

from __future__ import annotations

from agencyqa.errors import WrongState
from agencyqa.evaluations.enums import RecordAction, RecordState

A, S = RecordAction, RecordState

# A correction leaves the record as it is: the figures change in a new version, which begins as a draft.
STEPS: dict[tuple[RecordState, RecordAction], RecordState] = {
    (S.DRAFT, A.SAVE): S.DRAFT,
    (S.DRAFT, A.SUBMIT): S.SUBMITTED,
    (S.SUBMITTED, A.CORRECT): S.SUBMITTED,
}


def next_state(state: RecordState, action: RecordAction) -> RecordState:
    """Raise WrongState where the table has no such step."""
    following = STEPS.get((state, action))
    if following is None:
        code = "correction_under_way" if action is A.CORRECT else "evaluation_already_submitted"
        raise WrongState(code, state=state, action=action)
    return following
