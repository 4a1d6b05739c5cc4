"""The pages of teams. Each module registers its views on the one blueprint."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("team", __name__, url_prefix="/engagements")

from agencyqa.engagements.team import panels  # noqa: E402
from agencyqa.engagements.team.routes import changes, members  # noqa: E402

panels.register()

__all__ = ["bp", "changes", "members", "panels"]
