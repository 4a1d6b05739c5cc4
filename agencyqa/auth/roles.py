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
    Permission.AGENCIES_READ,
    Permission.ENGAGEMENTS_READ,
    Permission.OBJECTS_READ,
    Permission.SHEETS_READ,
    Permission.RESULTS_READ,
}
_SUPERVISOR = _EVERYBODY | {
    Permission.AUDIT_READ,
    Permission.JOBS_READ,
    Permission.SCHEMES_WRITE,
    Permission.AGENCIES_READ,
    Permission.AGENCIES_WRITE,
    Permission.STANDING_DECIDE,
    Permission.AGENCIES_EXPORT,
    Permission.OBJECTS_READ,
    Permission.OBJECTS_WRITE,
    Permission.ENGAGEMENTS_READ,
    Permission.ENGAGEMENTS_WRITE,
    Permission.SHEETS_READ,
    Permission.SHEETS_SCORE,
    Permission.SHEETS_FINALISE,
    Permission.ROUNDS_READ,
    Permission.ROUNDS_MANAGE,
    Permission.RESULTS_READ,
    Permission.RESULTS_ASSIGN,
    Permission.WORKBOOK_EXPORT,
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    # Manages accounts and sees no scores.
    Role.SYSTEM_ADMINISTRATOR: _EVERYBODY
    | {Permission.USERS_MANAGE, Permission.BODIES_MANAGE, Permission.AUDIT_READ, Permission.JOBS_READ},
    Role.BUREAU_SUPERVISOR: _SUPERVISOR,
    Role.BUREAU_LEAD: _SUPERVISOR | {Permission.SCHEMES_PUBLISH, Permission.RESULTS_PUBLISH},
    Role.AGENCY_MANAGER: _AGENCY,
    Role.PRINCIPAL_EVALUATOR: _AGENCY,
    Role.AGENCY_STAFF: _AGENCY,
    Role.DEPARTMENT_OFFICER: _EVERYBODY
    | {
        Permission.ENGAGEMENTS_READ,
        Permission.OBJECTS_READ,
        Permission.SHEETS_READ,
        Permission.SHEETS_SCORE,
        Permission.RESULTS_READ,
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
}
