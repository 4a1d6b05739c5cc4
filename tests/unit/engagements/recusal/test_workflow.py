"""A check that was opened again: its table, and what no walk through it may do."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from agencyqa.engagements.recusal.enums import CaseAction, CaseState
from agencyqa.engagements.recusal.workflow import CHOICES, PENDING, STEPS, choices, next_state
from agencyqa.errors import WrongState

A, S = CaseAction, CaseState


def test_the_table() -> None:
    assert {
        (S.OPEN, A.CONTINUE): S.CONTINUED,
        (S.OPEN, A.REPLACE): S.REPLACING,
        (S.OPEN, A.TERMINATE): S.TERMINATED,
        (S.OPEN, A.SETTLE): S.REPLACED,
        (S.REPLACING, A.SETTLE): S.REPLACED,
        (S.REPLACING, A.TERMINATE): S.TERMINATED,
        (S.OPEN, A.RECORD): S.RECORDED,
        (S.REPLACING, A.RECORD): S.RECORDED,
        (S.OPEN, A.LIFT): S.LIFTED,
        (S.REPLACING, A.LIFT): S.LIFTED,
    } == STEPS
    assert {S.OPEN, S.REPLACING} == PENDING
    assert choices(S.OPEN) == (A.CONTINUE, A.REPLACE, A.TERMINATE)
    assert choices(S.REPLACING) == (A.TERMINATE,)
    # Work that is done: nobody is replaced but who has left already, and nothing is terminated.
    assert choices(S.OPEN, is_running=False) == (A.CONTINUE,)
    assert choices(S.OPEN, is_running=False, has_left=True) == (A.CONTINUE, A.REPLACE)
    # In a year whose results are final no contract ends or is taken up again: what is found is put on record.
    assert choices(S.OPEN, is_final=True) == (A.CONTINUE, A.REPLACE, A.RECORD)
    assert choices(S.OPEN, is_running=False, is_final=True) == (A.CONTINUE, A.RECORD)
    assert choices(S.OPEN, is_running=False, has_left=True, is_final=True) == (
        A.CONTINUE,
        A.REPLACE,
        A.RECORD,
    )
    assert choices(S.REPLACING, is_final=True) == (A.RECORD,)
    assert set(CHOICES) == {*choices(S.OPEN), *choices(S.OPEN, is_final=True)}
    assert choices(S.RECORDED) == choices(S.CONTINUED) == choices(S.REPLACED) == choices(S.TERMINATED) == ()
    assert choices(S.LIFTED) == ()


@settings(max_examples=80)
@given(st.lists(st.sampled_from(CaseAction), max_size=10))
def test_no_walk_decides_twice_or_gets_stuck(actions: list[CaseAction]) -> None:
    state = S.OPEN
    for action in actions:
        try:
            following = next_state(state, action)
        except WrongState:
            assert (state, action) not in STEPS
            continue
        # What was decided stays decided, and to continue is only possible while nobody is being replaced.
        assert state in PENDING
        assert not (state is S.REPLACING and action is A.CONTINUE)
        state = following
    # Every state that waits has a way on, whatever the work and its year are.
    for running, left, final in itertools.product((True, False), repeat=3):
        offered = choices(state, is_running=running, has_left=left, is_final=final)
        # Somebody is only being replaced while the work runs.
        assert state not in PENDING or offered or (state is S.REPLACING and not running)
