from flask import Blueprint

bp = Blueprint("agencies", __name__, url_prefix="/agencies")

from agencyqa.agencies.routes import (  # noqa: E402
    applications,
    applying,
    conditions,
    entries,
    evaluators,
    imports,
    organisation,
    papers,
    people,
    person_accounts,
    private,
    proposals,
    qualifications,
    record,
    register,
    reporting,
    standing,
    ties,
)

__all__ = [
    "applications",
    "applying",
    "bp",
    "conditions",
    "entries",
    "evaluators",
    "imports",
    "organisation",
    "papers",
    "people",
    "person_accounts",
    "private",
    "proposals",
    "qualifications",
    "record",
    "register",
    "reporting",
    "standing",
    "ties",
]
