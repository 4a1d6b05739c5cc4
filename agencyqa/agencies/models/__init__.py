"""Tables of the register of agencies."""

from agencyqa.agencies.models.applications import Application, ApplicationEvent, ApplicationFile
from agencyqa.agencies.models.conditions import AdmissionCondition, EvaluatorCondition
from agencyqa.agencies.models.people import (
    Appointment,
    Credential,
    Person,
    PersonRecord,
    PersonVersion,
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
from agencyqa.agencies.models.reporting import ProfileProposal, RecordProposal, ReportYear, SelfReport
from agencyqa.agencies.models.ties import Tie

__all__ = [
    "AdmissionCondition",
    "Agency",
    "AgencyDocument",
    "AgencyImport",
    "AgencyProfile",
    "Application",
    "ApplicationEvent",
    "ApplicationFile",
    "Appointment",
    "Branch",
    "Credential",
    "EvaluatorCondition",
    "Person",
    "PersonRecord",
    "PersonVersion",
    "ProfileProposal",
    "Qualification",
    "RecordProposal",
    "Registration",
    "ReportYear",
    "SealedField",
    "SelfReport",
    "StandingChange",
    "Tie",
]
