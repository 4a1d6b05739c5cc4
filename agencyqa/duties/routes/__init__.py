from __future__ import annotations

from flask import Blueprint

bp = Blueprint("duties", __name__)

# The views register themselves on the blueprint.
from agencyqa.duties.routes import board, calendar, lists  # noqa: E402

__all__ = ["board", "bp", "calendar", "lists"]
