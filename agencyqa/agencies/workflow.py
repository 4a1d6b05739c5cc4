"""The life cycles of the register as tables: (state, action) → state. Pure."""

from __future__ import annotations

from agencyqa.agencies.enums import (
    ApplicationAction,
    ApplicationState,
    ProposalAction,
    ProposalState,
    ReportAction,
    ReportState,
    Standing,
    StandingAction,
)

S, A = Standing, StandingAction

TRANSITIONS: dict[tuple[Standing | None, StandingAction], Standing] = {
    (None, A.APPLY): S.APPLIED,
    (S.APPLIED, A.ADMIT): S.REGISTERED,
    (S.APPLIED, A.DECLINE): S.REMOVED,
    (S.REGISTERED, A.SUSPEND): S.SUSPENDED,
    (S.REGISTERED, A.REMOVE): S.REMOVED,
    (S.SUSPENDED, A.RESTORE): S.REGISTERED,
    (S.SUSPENDED, A.REMOVE): S.REMOVED,
    (S.REMOVED, A.READMIT): S.REGISTERED,
}


def next_standing(standing: Standing | None, action: StandingAction) -> Standing | None:
    """None where the action is not open in this standing."""
    return TRANSITIONS.get((standing, action))


def open_actions(standing: Standing) -> tuple[StandingAction, ...]:
    return tuple(action for (before, action) in TRANSITIONS if before is standing)


# ------------------------------------------------------------------------------------------- applications

P, D = ApplicationState, ApplicationAction

APPLICATION_TRANSITIONS: dict[tuple[ApplicationState | None, ApplicationAction], ApplicationState] = {
    (None, D.BEGIN): P.DRAFT,
    (None, D.INVITE): P.DRAFT,
    (P.DRAFT, D.EDIT): P.DRAFT,
    (P.DRAFT, D.SUBMIT): P.SUBMITTED,
    (P.DRAFT, D.WITHDRAW): P.WITHDRAWN,
    (P.SUBMITTED, D.RETURN): P.RETURNED,
    (P.SUBMITTED, D.ADMIT): P.ADMITTED,
    (P.SUBMITTED, D.REFUSE): P.REFUSED,
    (P.SUBMITTED, D.WITHDRAW): P.WITHDRAWN,
    (P.RETURNED, D.EDIT): P.RETURNED,
    (P.RETURNED, D.SUBMIT): P.SUBMITTED,
    (P.RETURNED, D.WITHDRAW): P.WITHDRAWN,
}
# What the bureau does; everything else the applicant does, by the link that only he has.
BUREAU_ACTIONS = frozenset({D.INVITE, D.RETURN, D.ADMIT, D.REFUSE})


def next_application_state(
    state: ApplicationState | None, action: ApplicationAction, *, by_bureau: bool
) -> ApplicationState | None:
    """None where the action is not open in this state, or not to this side."""
    if (action in BUREAU_ACTIONS) is not by_bureau:
        return None
    return APPLICATION_TRANSITIONS.get((state, action))


def is_decided(state: ApplicationState) -> bool:
    """Nothing more happens to it; who wants to may apply anew."""
    return all(before is not state for before, _ in APPLICATION_TRANSITIONS)


# ------------------------------------------------------------------------------------------- proposals, reports

Q, B = ProposalState, ProposalAction

PROPOSAL_TRANSITIONS: dict[tuple[ProposalState | None, ProposalAction], ProposalState] = {
    (None, B.PROPOSE): Q.PROPOSED,
    (Q.PROPOSED, B.CONFIRM): Q.CONFIRMED,
    (Q.PROPOSED, B.DECLINE): Q.DECLINED,
    (Q.PROPOSED, B.WITHDRAW): Q.WITHDRAWN,
}

R, C = ReportState, ReportAction

REPORT_TRANSITIONS: dict[tuple[ReportState | None, ReportAction], ReportState] = {
    (None, C.OPEN): R.DUE,
    (R.DUE, C.SAVE): R.DUE,
    (R.DUE, C.SUBMIT): R.SUBMITTED,
    (R.SUBMITTED, C.RETURN): R.RETURNED,
    (R.SUBMITTED, C.ACCEPT): R.ACCEPTED,
    (R.RETURNED, C.SAVE): R.RETURNED,
    (R.RETURNED, C.SUBMIT): R.SUBMITTED,
}
# What the bureau does; the rest is the agency's.
PROPOSAL_OF_BUREAU = frozenset({B.CONFIRM, B.DECLINE})
REPORT_OF_BUREAU = frozenset({C.OPEN, C.RETURN, C.ACCEPT})


def next_proposal_state(
    state: ProposalState | None, action: ProposalAction, *, by_bureau: bool
) -> ProposalState | None:
    if (action in PROPOSAL_OF_BUREAU) is not by_bureau:
        return None
    return PROPOSAL_TRANSITIONS.get((state, action))


def next_report_state(
    state: ReportState | None, action: ReportAction, *, by_bureau: bool
) -> ReportState | None:
    if (action in REPORT_OF_BUREAU) is not by_bureau:
        return None
    return REPORT_TRANSITIONS.get((state, action))
