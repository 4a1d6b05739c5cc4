"""Who moves what in the register; read by the pictures in ``docs/states`` and by the tests."""

from __future__ import annotations

from agencyqa.agencies.enums import (
    ApplicationAction,
    ApplicationState,
    ProposalAction,
    ProposalState,
    ReportAction,
    ReportState,
    StandingAction,
)
from agencyqa.agencies.workflow import (
    APPLICATION_TRANSITIONS,
    PROPOSAL_TRANSITIONS,
    REPORT_TRANSITIONS,
    TRANSITIONS,
)
from agencyqa.auth.lifecycles import LifeCycle, by, by_applicant
from agencyqa.auth.permissions import Permission

S, A, P, R = StandingAction, ApplicationAction, ProposalAction, ReportAction

_DECIDED = by(Permission.STANDING_DECIDE, "agencies.standing.decided")

CYCLES = (
    LifeCycle(
        "standing",
        "registrations",
        TRANSITIONS,
        dict.fromkeys(S, _DECIDED) | {S.APPLY: by(Permission.AGENCIES_WRITE, "agencies.standing.decided")},
        frozenset(),
    ),
    LifeCycle(
        "application",
        "agency_applications",
        APPLICATION_TRANSITIONS,
        {
            A.BEGIN: by_applicant("agencies.application.begun"),
            A.INVITE: by(Permission.AGENCIES_WRITE, "agencies.application.invited"),
            A.EDIT: by_applicant("agencies.application.changed"),
            A.SUBMIT: by_applicant("agencies.application.submitted"),
            A.WITHDRAW: by_applicant("agencies.application.withdrawn"),
            A.RETURN: by(Permission.STANDING_DECIDE, "agencies.application.returned"),
            A.ADMIT: by(Permission.STANDING_DECIDE, "agencies.application.admitted"),
            A.REFUSE: by(Permission.STANDING_DECIDE, "agencies.application.refused"),
        },
        frozenset({ApplicationState.ADMITTED, ApplicationState.REFUSED, ApplicationState.WITHDRAWN}),
    ),
    LifeCycle(
        "proposal",
        "profile_proposals",
        PROPOSAL_TRANSITIONS,
        {
            P.PROPOSE: by(Permission.RECORD_PROPOSE, "agencies.proposal.made"),
            P.WITHDRAW: by(Permission.RECORD_PROPOSE, "agencies.proposal.withdrawn"),
            P.CONFIRM: by(Permission.AGENCIES_WRITE, "agencies.proposal.confirmed"),
            P.DECLINE: by(Permission.AGENCIES_WRITE, "agencies.proposal.declined"),
        },
        frozenset({ProposalState.CONFIRMED, ProposalState.DECLINED, ProposalState.WITHDRAWN}),
    ),
    LifeCycle(
        "self_report",
        "self_reports",
        REPORT_TRANSITIONS,
        {
            R.OPEN: by(Permission.AGENCIES_WRITE, "agencies.report_year.opened"),
            R.SAVE: by(Permission.RECORD_PROPOSE, "agencies.report.saved"),
            R.SUBMIT: by(Permission.RECORD_PROPOSE, "agencies.report.submitted"),
            R.RETURN: by(Permission.AGENCIES_WRITE, "agencies.report.returned"),
            R.ACCEPT: by(Permission.AGENCIES_WRITE, "agencies.report.accepted"),
        },
        frozenset({ReportState.ACCEPTED}),
    ),
)
