"""The life of a deliverable, pure: (state, action) → next state, and when it takes files."""

from __future__ import annotations

from agencyqa.engagements.deliverables.enums import DeliverableAction, DeliverableKind, DeliverableState
from agencyqa.engagements.enums import EngagementState
from agencyqa.errors import WrongState

A, S = DeliverableAction, DeliverableState

STEPS: dict[tuple[DeliverableState, DeliverableAction], DeliverableState] = {
    (S.EXPECTED, A.UPLOAD): S.EXPECTED,
    (S.EXPECTED, A.SUBMIT): S.SUBMITTED,
    # What was handed in may be completed until it is decided on.
    (S.SUBMITTED, A.UPLOAD): S.SUBMITTED,
    (S.SUBMITTED, A.SUBMIT): S.SUBMITTED,
    (S.SUBMITTED, A.ACCEPT): S.ACCEPTED,
    (S.SUBMITTED, A.RETURN): S.RETURNED,
    (S.RETURNED, A.UPLOAD): S.RETURNED,
    (S.RETURNED, A.SUBMIT): S.SUBMITTED,
}


def next_state(state: DeliverableState, action: DeliverableAction) -> DeliverableState:
    """Raise WrongState where the table has no such step."""
    try:
        return STEPS[state, action]
    except KeyError:
        raise WrongState("deliverable_wrong_state", state=state, action=action) from None


def is_open(engagement: EngagementState, kind: DeliverableKind, state: DeliverableState) -> bool:
    """Whether files may come. After completion only what was returned, and the report on rectification."""
    if (state, A.UPLOAD) not in STEPS:
        return False
    if engagement is EngagementState.COMPLETED:
        return kind is DeliverableKind.RECTIFICATION_REPORT or state is S.RETURNED
    return engagement is EngagementState.CONTRACTED


def expect_open(engagement: EngagementState, kind: DeliverableKind, state: DeliverableState) -> None:
    """Raise WrongState with the reason why no file may come."""
    next_state(state, A.UPLOAD)
    if is_open(engagement, kind, state):
        return
    if engagement is EngagementState.TERMINATED:
        raise WrongState("deliverable_engagement_terminated")
    raise WrongState("deliverable_engagement_completed")
