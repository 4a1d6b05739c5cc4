"""The pages of selections. Each module registers its views on the one blueprint."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("selection", __name__, url_prefix="/engagements/selections")

from agencyqa.engagements.selection import panels  # noqa: E402
from agencyqa.engagements.selection.routes import exclusions, selections  # noqa: E402

panels.register()

__all__ = ["bp", "exclusions", "panels", "selections"]
