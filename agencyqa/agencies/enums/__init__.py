"""States and choices of the register, with their labels."""

from agencyqa.agencies.enums.people import (
    ConditionCode,
    ConditionOutcome,
    CredentialKind,
    Education,
    PersonRole,
    SensitiveField,
    TieKind,
)
from agencyqa.agencies.enums.processes import (
    ApplicationAction,
    ApplicationState,
    GapCode,
    Matter,
    ProposalAction,
    ProposalState,
    ReportAction,
    ReportState,
)
from agencyqa.agencies.enums.register import (
    INTERNAL_RULES,
    AgencyKind,
    DocumentKind,
    Entry,
    Lapse,
    QualificationState,
    Sector,
    Standing,
    StandingAction,
)

__all__ = [
    "INTERNAL_RULES",
    "AgencyKind",
    "ApplicationAction",
    "ApplicationState",
    "ConditionCode",
    "ConditionOutcome",
    "CredentialKind",
    "DocumentKind",
    "Education",
    "Entry",
    "GapCode",
    "Lapse",
    "Matter",
    "PersonRole",
    "ProposalAction",
    "ProposalState",
    "QualificationState",
    "ReportAction",
    "ReportState",
    "Sector",
    "SensitiveField",
    "Standing",
    "StandingAction",
    "TieKind",
]
