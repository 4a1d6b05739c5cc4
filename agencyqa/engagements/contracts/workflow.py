"""The life of a request to subcontract, pure: (state, action) → next state."""

from __future__ import annotations

from agencyqa.engagements.contracts.enums import SubcontractAction, SubcontractState
from agencyqa.errors import WrongState

A, S = SubcontractAction, SubcontractState

STEPS: dict[tuple[SubcontractState | None, SubcontractAction], SubcontractState] = {
    (None, A.REQUEST): S.REQUESTED,
    (S.REQUESTED, A.CONSENT): S.CONSENTED,
    (S.REQUESTED, A.REFUSE): S.REFUSED,
    (S.REQUESTED, A.WITHDRAW): S.WITHDRAWN,
}


def next_state(state: SubcontractState | None, action: SubcontractAction) -> SubcontractState:
    """Raise WrongState where the table has no such step."""
    try:
        return STEPS[state, action]
    except KeyError:
        raise WrongState("subcontract_closed", state=state, action=action) from None
