"""The states of a spot check and of a finding, as two tables. Pure: (state, action) → next state."""

from __future__ import annotations

from agencyqa.errors import WrongState
from agencyqa.inspections.enums import CheckAction, CheckState, FindingAction, FindingState

C, F = CheckState, FindingState

CHECKS: dict[tuple[CheckState, CheckAction], CheckState] = {
    (C.PLANNED, CheckAction.EDIT): C.PLANNED,
    (C.PLANNED, CheckAction.ANSWER): C.PLANNED,
    (C.PLANNED, CheckAction.ADD_INSPECTOR): C.PLANNED,
    (C.PLANNED, CheckAction.DECLARE): C.PLANNED,
    (C.PLANNED, CheckAction.RECORD): C.RECORDED,
    (C.PLANNED, CheckAction.CANCEL): C.CANCELLED,
}

FINDINGS: dict[tuple[FindingState, FindingAction], FindingState] = {
    (F.DRAFT, FindingAction.EDIT): F.DRAFT,
    (F.DRAFT, FindingAction.NOTIFY): F.NOTIFIED,
    (F.DRAFT, FindingAction.DROP): F.DROPPED,
    (F.NOTIFIED, FindingAction.STATE): F.NOTIFIED,
    (F.NOTIFIED, FindingAction.FINALISE): F.FINAL,
    (F.NOTIFIED, FindingAction.DROP): F.DROPPED,
    (F.FINAL, FindingAction.WITHDRAW): F.WITHDRAWN,
}

# Findings may be added while a check is prepared or was carried out, never to one that did not take place.
TAKES_FINDINGS = frozenset({C.PLANNED, C.RECORDED})
# The agency may add to what it says, and the bureau to what it shows, until somebody decides.
TAKES_EVIDENCE = frozenset({F.DRAFT, F.NOTIFIED})


def next_check_state(state: CheckState, action: CheckAction) -> CheckState:
    """Raise WrongState where the table has no such step."""
    following = CHECKS.get((state, action))
    if following is None:
        raise WrongState("check_wrong_state", state=state, action=action)
    return following


def next_finding_state(state: FindingState, action: FindingAction) -> FindingState:
    """Raise WrongState where the table has no such step."""
    following = FINDINGS.get((state, action))
    if following is None:
        raise WrongState("finding_wrong_state", state=state, action=action)
    return following


def finding_actions(state: FindingState) -> frozenset[FindingAction]:
    return frozenset(action for before, action in FINDINGS if before is state)


def check_actions(state: CheckState) -> frozenset[CheckAction]:
    return frozenset(action for before, action in CHECKS if before is state)
