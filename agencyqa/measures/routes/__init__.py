"""The pages of the measures and the schemes. Each module registers its views on the one blueprint."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("measures", __name__, url_prefix="/measures")

from agencyqa.measures import workday_routes  # noqa: E402
from agencyqa.measures.routes import books, editing, rules, schemes, tables  # noqa: E402

__all__ = ["books", "bp", "editing", "rules", "schemes", "tables", "workday_routes"]
