"""The pages of annual plans. Each module registers its views on the one blueprint."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("planning", __name__, url_prefix="/engagements/plans")

from agencyqa.engagements.planning.routes import lines, plans  # noqa: E402

__all__ = ["bp", "lines", "plans"]
