"""The pages of independence and recusal. Each module registers its views on the one blueprint."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("recusal", __name__, url_prefix="/engagements")

from agencyqa.engagements.recusal import panels  # noqa: E402
from agencyqa.engagements.recusal.routes import cases, declarations, exemptions, terms  # noqa: E402

panels.register()

__all__ = ["bp", "cases", "declarations", "exemptions", "panels", "terms"]
