"""The lives of a check that was opened again and of an exemption from signing, pure: (state, action) → next state."""

from __future__ import annotations

from agencyqa.engagements.recusal.enums import CaseAction, CaseState, ExemptionAction, ExemptionState
from agencyqa.errors import WrongState

A, S = CaseAction, CaseState

STEPS: dict[tuple[CaseState, CaseAction], CaseState] = {
    (S.OPEN, A.CONTINUE): S.CONTINUED,
    (S.OPEN, A.REPLACE): S.REPLACING,
    (S.OPEN, A.TERMINATE): S.TERMINATED,
    # The person may have left before anybody decided.
    (S.OPEN, A.SETTLE): S.REPLACED,
    (S.REPLACING, A.SETTLE): S.REPLACED,
    # The tie was entered wrongly: there is nothing left to judge, nor anybody to replace for it.
    (S.OPEN, A.LIFT): S.LIFTED,
    (S.REPLACING, A.LIFT): S.LIFTED,
    # Nobody else could be found.
    (S.REPLACING, A.TERMINATE): S.TERMINATED,
    # The results of the year are final: the work counts as it was published, and the file says what was found.
    (S.OPEN, A.RECORD): S.RECORDED,
    (S.REPLACING, A.RECORD): S.RECORDED,
}
EXEMPTION_STEPS: dict[tuple[ExemptionState | None, ExemptionAction], ExemptionState] = {
    (None, ExemptionAction.GRANT): ExemptionState.GRANTED,
    (ExemptionState.GRANTED, ExemptionAction.WITHDRAW): ExemptionState.WITHDRAWN,
}
# Which wait for somebody.
PENDING = frozenset(state for state, _ in STEPS)
# What a supervisor chooses; the rest follows from a change of the team or from the register.
CHOICES = (A.CONTINUE, A.REPLACE, A.TERMINATE, A.RECORD)


def next_state(state: CaseState, action: CaseAction) -> CaseState:
    """Raise WrongState where the table has no such step."""
    try:
        return STEPS[state, action]
    except KeyError:
        raise WrongState("recusal_case_closed", state=state, action=action) from None


def next_exemption(state: ExemptionState | None, action: ExemptionAction) -> ExemptionState:
    """Raise WrongState where the table has no such step."""
    try:
        return EXEMPTION_STEPS[state, action]
    except KeyError:
        raise WrongState("recusal_exemption_closed", state=state, action=action) from None


def choices(
    state: CaseState, *, is_running: bool = True, has_left: bool = False, is_final: bool = False
) -> tuple[CaseAction, ...]:
    """What can be chosen. ``has_left``: whom it is about is in the team no longer; ``is_final``: so are the results of
    the year, and no contract of it ends or is taken up again.

    Work that is done has nobody to replace and nothing to terminate before its completion is taken back.
    """
    possible = {A.CONTINUE}
    if is_running or has_left:
        possible.add(A.REPLACE)
    if is_final:
        possible.add(A.RECORD)
    elif is_running:
        possible.add(A.TERMINATE)
    return tuple(action for action in CHOICES if action in possible and (state, action) in STEPS)
