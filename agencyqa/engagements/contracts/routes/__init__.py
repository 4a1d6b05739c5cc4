"""The pages of contracts. Each module registers its views on the one blueprint."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("contracts", __name__, url_prefix="/engagements")

from agencyqa.engagements.contracts import panels  # noqa: E402
from agencyqa.engagements.contracts.routes import fee_tables, subcontracts, terms  # noqa: E402

panels.register()

__all__ = ["bp", "fee_tables", "panels", "subcontracts", "terms"]
