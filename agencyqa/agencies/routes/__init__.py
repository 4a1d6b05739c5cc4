from flask import Blueprint

bp = Blueprint("agencies", __name__, url_prefix="/agencies")

from agencyqa.agencies.routes import (  # noqa: E402
    evaluators,
    imports,
    people,
    private,
    qualifications,
    record,
    register,
    standing,
    ties,
)

__all__ = [
    "bp",
    "evaluators",
    "imports",
    "people",
    "private",
    "qualifications",
    "record",
    "register",
    "standing",
    "ties",
]
