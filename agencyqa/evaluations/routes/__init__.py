"""Pages of what the agencies found about the spending."""

from __future__ import annotations

from flask import Blueprint

from agencyqa.evaluations import panels

bp = Blueprint("evaluations", __name__, url_prefix="/evaluations")
panels.register()

from agencyqa.evaluations.routes import (  # noqa: E402
    answering,
    assigning,
    editing,
    importing,
    records,
    submitting,
)

__all__ = ["answering", "assigning", "bp", "editing", "importing", "records", "submitting"]
