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
    ProposalAction,
    ProposalState,
    ReportAction,
    ReportState,
)
from agencyqa.agencies.enums.register import (
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
