"""Tables of the register of agencies."""

from agencyqa.agencies.models.applications import Application, ApplicationEvent
from agencyqa.agencies.models.people import (
    Appointment,
    Credential,
    EvaluatorCondition,
    Person,
    PersonRecord,
    SealedField,
)
from agencyqa.agencies.models.register import (
    Agency,
    AgencyDocument,
    AgencyImport,
    AgencyProfile,
    Branch,
    Qualification,
    Registration,
    StandingChange,
)
from agencyqa.agencies.models.reporting import ProfileProposal, ReportYear, SelfReport
from agencyqa.agencies.models.ties import Tie

__all__ = [
    "Agency",
    "AgencyDocument",
    "AgencyImport",
    "AgencyProfile",
    "Application",
    "ApplicationEvent",
    "Appointment",
    "Branch",
    "Credential",
    "EvaluatorCondition",
    "Person",
    "PersonRecord",
    "ProfileProposal",
    "Qualification",
    "Registration",
    "ReportYear",
    "SealedField",
    "SelfReport",
    "StandingChange",
    "Tie",
]
