"""The life of a change of the team, pure: (state, action) → next state."""

from __future__ import annotations

from agencyqa.engagements.team.enums import ChangeAction, ChangeState
from agencyqa.errors import WrongState

A, S = ChangeAction, ChangeState

STEPS: dict[tuple[ChangeState | None, ChangeAction], ChangeState] = {
    (None, A.PROPOSE): S.PROPOSED,
    (S.PROPOSED, A.CONSENT): S.CONSENTED,
    (S.PROPOSED, A.DECLINE): S.DECLINED,
    (S.PROPOSED, A.WITHDRAW): S.WITHDRAWN,
}


def next_state(state: ChangeState | None, action: ChangeAction) -> ChangeState:
    """Raise WrongState where the table has no such step."""
    try:
        return STEPS[state, action]
    except KeyError:
        raise WrongState("team_change_closed", state=state, action=action) from None
