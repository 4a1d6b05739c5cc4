"""The pages of what agencies hand in. Each module registers its views on the one blueprint."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("deliverables", __name__, url_prefix="/engagements")

from agencyqa.engagements.deliverables import panels  # noqa: E402
from agencyqa.engagements.deliverables.routes import (  # noqa: E402
    comparing,
    decisions,
    files,
    handing_in,
    lists,
    receipts,
    tables,
)

panels.register()

__all__ = ["bp", "comparing", "decisions", "files", "handing_in", "lists", "panels", "receipts", "tables"]
