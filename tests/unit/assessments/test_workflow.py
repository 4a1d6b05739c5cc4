"""The states of a sheet: the table itself, and what no walk through it may ever do."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agencyqa.assessments.enums import SheetAction, SheetState
from agencyqa.assessments.workflow import DECIDED, EDITABLE, allows, next_state
from agencyqa.errors import WrongState

S, A = SheetState, SheetAction


@pytest.mark.parametrize(
    ("state", "action", "following"),
    [
        (S.DRAFT, A.SAVE, S.DRAFT),
        (S.DRAFT, A.SUBMIT, S.SUBMITTED),
        (S.SUBMITTED, A.RETURN, S.RETURNED),
        (S.RETURNED, A.SAVE, S.RETURNED),
        (S.RETURNED, A.SUBMIT, S.SUBMITTED),
        (S.SUBMITTED, A.FINALISE, S.FINAL),
        (S.FINAL, A.PUBLISH, S.PUBLISHED),
        (S.FINAL, A.CORRECT, S.FINAL),
        (S.PUBLISHED, A.CORRECT, S.PUBLISHED),
    ],
)
def test_allowed_steps(state: SheetState, action: SheetAction, following: SheetState) -> None:
    assert next_state(state, action) is following


def test_nothing_else_is_allowed() -> None:
    assert sum(allows(state, action) for state in SheetState for action in SheetAction) == 9


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (S.SUBMITTED, "sheet_already_submitted"),
        (S.FINAL, "sheet_already_final"),
        (S.PUBLISHED, "sheet_already_published"),
    ],
)
def test_a_second_submission_says_what_happened(state: SheetState, code: str) -> None:
    with pytest.raises(WrongState) as caught:
        next_state(state, A.SUBMIT)
    assert caught.value.code == code


def test_a_draft_cannot_be_decided() -> None:
    with pytest.raises(WrongState) as caught:
        next_state(S.DRAFT, A.FINALISE)
    assert caught.value.code == "sheet_not_submitted"


@settings(deadline=None)
@given(st.lists(st.sampled_from(list(SheetAction)), max_size=40))
def test_random_walks_keep_the_promises(actions: list[SheetAction]) -> None:
    state = SheetState.DRAFT
    was_final = was_published = False
    submissions = decisions = 0
    for action in actions:
        try:
            following = next_state(state, action)
        except WrongState:
            assert not allows(state, action)
            continue
        if action is A.SAVE:
            assert state in EDITABLE
            assert not was_final
        submissions += action is A.SUBMIT
        decisions += action in {A.RETURN, A.FINALISE}
        state = following
        was_final = was_final or state is S.FINAL
        was_published = was_published or state is S.PUBLISHED
        # Nothing is decided that was not submitted first, and what is decided stays decided.
        assert decisions <= submissions
        assert (state in DECIDED) == was_final
        assert (state is S.PUBLISHED) == was_published
