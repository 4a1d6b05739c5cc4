"""The pages of the assessment area. Each module registers its views on the one blueprint."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("assessments", __name__)

from agencyqa.assessments import agency_grades, panels  # noqa: E402
from agencyqa.assessments.agreement import routes as agreement  # noqa: E402
from agencyqa.assessments.routes import (  # noqa: E402
    credits,
    entry,
    grade,
    opening,
    preview,
    results,
    review,
    rounds,
    sheets,
    simulation,
    tables,
    trace,
)

panels.register()

__all__ = [
    "agency_grades",
    "agreement",
    "bp",
    "credits",
    "entry",
    "grade",
    "opening",
    "panels",
    "preview",
    "results",
    "review",
    "rounds",
    "sheets",
    "simulation",
    "tables",
    "trace",
]
