"""Reads of the register of agencies."""

from agencyqa.agencies.queries.facts import (
    EvaluatorRow,
    TieRow,
    agency_choices,
    appointed_evaluators,
    has_good_standing,
    standing_on,
    ties_on,
)
from agencyqa.agencies.queries.imports import newest_imports
from agencyqa.agencies.queries.provisions import citable_provisions
from agencyqa.agencies.queries.record import (
    EvaluatorView,
    QualificationView,
    RegistrationView,
    StandingEvent,
    TieView,
    career_of,
    conditions_in_force,
    conditions_provision,
    current_profile,
    evaluators_of,
    own_registration,
    profiles_of,
    qualifications_of,
    registrations_of,
    ties_of,
)
from agencyqa.agencies.queries.register import ORDER, bureau_choices, export_rows, register_rows

__all__ = [
    "ORDER",
    "EvaluatorRow",
    "EvaluatorView",
    "QualificationView",
    "RegistrationView",
    "StandingEvent",
    "TieRow",
    "TieView",
    "agency_choices",
    "appointed_evaluators",
    "bureau_choices",
    "career_of",
    "citable_provisions",
    "conditions_in_force",
    "conditions_provision",
    "current_profile",
    "evaluators_of",
    "export_rows",
    "has_good_standing",
    "newest_imports",
    "own_registration",
    "profiles_of",
    "qualifications_of",
    "register_rows",
    "registrations_of",
    "standing_on",
    "ties_of",
    "ties_on",
]
