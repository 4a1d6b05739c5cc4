"""The life of a version of the annual plan, pure: (state, action) → next state."""

from __future__ import annotations

from agencyqa.engagements.planning.enums import PlanAction, PlanState
from agencyqa.errors import WrongState

A, S = PlanAction, PlanState

STEPS: dict[tuple[PlanState, PlanAction], PlanState] = {
    (S.DRAFT, A.EDIT): S.DRAFT,
    (S.DRAFT, A.APPROVE): S.APPROVED,
    (S.DRAFT, A.DROP): S.DROPPED,
    (S.APPROVED, A.SUPERSEDE): S.SUPERSEDED,
}


def next_state(state: PlanState, action: PlanAction) -> PlanState:
    """Raise WrongState where the table has no such step."""
    try:
        return STEPS[state, action]
    except KeyError:
        raise WrongState("plan_wrong_state", state=state, action=action) from None


def allowed(state: PlanState) -> frozenset[PlanAction]:
    return frozenset(action for start, action in STEPS if start is state)
