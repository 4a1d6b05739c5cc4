"""The three levels, pure: (state, action) → next state, and who may take which level."""

from __future__ import annotations

from collections.abc import Collection

from agencyqa.engagements.review.enums import ReviewAction, ReviewState
from agencyqa.errors import WrongState

A, S = ReviewAction, ReviewState

LEVELS: dict[ReviewState, int] = {S.LEVEL_1: 1, S.LEVEL_2: 2, S.LEVEL_3: 3}

STEPS: dict[tuple[ReviewState, ReviewAction], ReviewState] = {
    (S.LEVEL_1, A.PASS): S.LEVEL_2,
    (S.LEVEL_2, A.PASS): S.LEVEL_3,
    (S.LEVEL_3, A.PASS): S.PASSED,
    # A return ends the review: the changed files begin again with the first level.
    (S.LEVEL_1, A.RETURN): S.RETURNED,
    (S.LEVEL_2, A.RETURN): S.RETURNED,
    (S.LEVEL_3, A.RETURN): S.RETURNED,
    (S.LEVEL_1, A.WITHDRAW): S.WITHDRAWN,
    (S.LEVEL_2, A.WITHDRAW): S.WITHDRAWN,
    (S.LEVEL_3, A.WITHDRAW): S.WITHDRAWN,
}


def is_open(state: ReviewState) -> bool:
    return state in LEVELS


def next_state(state: ReviewState, action: ReviewAction) -> ReviewState:
    """Raise WrongState where the table has no such step."""
    try:
        return STEPS[state, action]
    except KeyError:
        raise WrongState("review_wrong_state", state=state, action=action) from None


def expect_other_person(user_id: int, earlier: Collection[int]) -> None:
    """``earlier``: who took a level of this review. Raise WrongState: nobody reviews his own review."""
    if user_id in earlier:
        raise WrongState("review_same_person")
