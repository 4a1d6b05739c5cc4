"""Who may do what: a literal table, read from top to bottom."""

from __future__ import annotations

from enum import StrEnum

from agencyqa.auth.permissions import Permission


class BodyKind(StrEnum):
    BUREAU = "bureau"
    AGENCY = "agency"
    DEPARTMENT = "department"
    OBSERVER = "observer"


class Role(StrEnum):
    SYSTEM_ADMINISTRATOR = "system_administrator"
    BUREAU_SUPERVISOR = "bureau_supervisor"
    BUREAU_LEAD = "bureau_lead"
    AGENCY_MANAGER = "agency_manager"
    PRINCIPAL_EVALUATOR = "principal_evaluator"
    AGENCY_STAFF = "agency_staff"
    DEPARTMENT_OFFICER = "department_officer"
    OBSERVER = "observer"
    EXPERT = "expert"


# The kind of body in which a role can be held; the database row of a membership is checked against it.
BODY_OF_ROLE: dict[Role, BodyKind] = {
    Role.SYSTEM_ADMINISTRATOR: BodyKind.BUREAU,
    Role.BUREAU_SUPERVISOR: BodyKind.BUREAU,
    Role.BUREAU_LEAD: BodyKind.BUREAU,
    Role.AGENCY_MANAGER: BodyKind.AGENCY,
    Role.PRINCIPAL_EVALUATOR: BodyKind.AGENCY,
    Role.AGENCY_STAFF: BodyKind.AGENCY,
    Role.DEPARTMENT_OFFICER: BodyKind.DEPARTMENT,
    Role.OBSERVER: BodyKind.OBSERVER,
    Role.EXPERT: BodyKind.OBSERVER,
}

_EVERYBODY = frozenset(
    {
        Permission.OWN_ACCOUNT,
        Permission.INBOX_READ,
        Permission.DASHBOARD_READ,
        Permission.MEASURES_READ,
        Permission.SCHEMES_READ,
    },
)
_AGENCY = _EVERYBODY | {
    Permission.DUTIES_READ,
    Permission.AGENCIES_READ,
    Permission.ENGAGEMENTS_READ,
    Permission.OBJECTS_READ,
    Permission.SHEETS_READ,
    Permission.RESULTS_READ,
    Permission.DELIVERABLES_READ,
    Permission.DELIVERABLES_UPLOAD,
    Permission.INDEPENDENCE_DECLARE,
    Permission.REVIEW_WRITE,
    Permission.EVALUATIONS_READ,
    Permission.EVALUATIONS_WRITE,
    Permission.INSPECTIONS_READ,
}
# What binds the agency is done by those who answer for it.
_ANSWERABLE = _AGENCY | {
    Permission.DELIVERABLES_SUBMIT,
    Permission.TEAM_PROPOSE,
    Permission.FINDINGS_STATE,
    Permission.RECTIFICATIONS_ANSWER,
}
_SUPERVISOR = _EVERYBODY | {
    Permission.DUTIES_READ,
    Permission.WAITING_READ,
    Permission.AUDIT_READ,
    Permission.JOBS_READ,
    Permission.SCHEMES_WRITE,
    Permission.AGENCIES_READ,
    Permission.AGENCIES_WRITE,
    Permission.STANDING_DECIDE,
    Permission.AGENCIES_EXPORT,
    Permission.DOCUMENTS_WRITE,
    Permission.PRIVATE_SHOW,
    Permission.OBJECTS_READ,
    Permission.OBJECTS_WRITE,
    Permission.ENGAGEMENTS_READ,
    Permission.ENGAGEMENTS_WRITE,
    Permission.TEAM_PROPOSE,
    Permission.TEAM_CONSENT,
    Permission.SHEETS_READ,
    Permission.SHEETS_SCORE,
    Permission.SHEETS_FINALISE,
    Permission.ROUNDS_READ,
    Permission.ROUNDS_MANAGE,
    Permission.RESULTS_READ,
    Permission.RESULTS_ASSIGN,
    Permission.AGREEMENT_READ,
    Permission.WORKBOOK_EXPORT,
    Permission.FILES_CHECK,
    Permission.WORKDAYS_WRITE,
    Permission.DELIVERABLES_READ,
    Permission.DELIVERABLES_ACCEPT,
    Permission.DEADLINES_WRITE,
    Permission.EVALUATIONS_READ,
    Permission.EVALUATIONS_ASSIGN,
    Permission.INSPECTIONS_READ,
    Permission.INSPECTIONS_WRITE,
    Permission.FINDINGS_DECIDE,
    Permission.RECTIFICATIONS_VERIFY,
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    # Manages accounts and sees no scores.
    Role.SYSTEM_ADMINISTRATOR: _EVERYBODY
    | {Permission.USERS_MANAGE, Permission.BODIES_MANAGE, Permission.AUDIT_READ, Permission.JOBS_READ}
    | {Permission.FILES_CHECK, Permission.UPLOADS_DISCARD},
    Role.BUREAU_SUPERVISOR: _SUPERVISOR,
    Role.BUREAU_LEAD: _SUPERVISOR
    | {Permission.SCHEMES_PUBLISH, Permission.RESULTS_PUBLISH}
    | {Permission.REQUIREMENTS_WRITE, Permission.RECUSAL_TERMS_WRITE, Permission.FEE_TABLES_WRITE}
    | {Permission.PLANS_APPROVE}
    | {Permission.TERMS_WRITE, Permission.CONDITIONS_WRITE},
    Role.AGENCY_MANAGER: _ANSWERABLE | {Permission.RECORD_PROPOSE, Permission.PRIVATE_SHOW},
    Role.PRINCIPAL_EVALUATOR: _ANSWERABLE,
    Role.AGENCY_STAFF: _AGENCY,
    Role.DEPARTMENT_OFFICER: _EVERYBODY
    | {
        Permission.DUTIES_READ,
        Permission.ENGAGEMENTS_READ,
        Permission.OBJECTS_READ,
        Permission.SHEETS_READ,
        Permission.SHEETS_SCORE,
        Permission.RESULTS_READ,
        Permission.DELIVERABLES_READ,
        Permission.DELIVERABLES_ACCEPT,
        Permission.TEAM_CONSENT,
        Permission.EVALUATIONS_READ,
        Permission.EVALUATIONS_ANSWER,
        Permission.OPINIONS_WRITE,
    },
    Role.OBSERVER: _EVERYBODY
    | {
        Permission.AGENCIES_READ,
        Permission.OBJECTS_READ,
        Permission.ENGAGEMENTS_READ,
        Permission.SHEETS_READ,
        Permission.ROUNDS_READ,
        Permission.RESULTS_READ,
    },
    # Sees and scores the sheets to which he himself was invited, reads what was handed in there, and nothing else.
    Role.EXPERT: _EVERYBODY
    | {
        Permission.DUTIES_READ,
        Permission.SHEETS_READ,
        Permission.SHEETS_SCORE,
        Permission.DELIVERABLES_READ,
    },
}
