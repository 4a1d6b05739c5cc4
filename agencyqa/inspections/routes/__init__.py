from __future__ import annotations

from flask import Blueprint

from agencyqa.inspections import log_words, order_panels, panels
from agencyqa.inspections.numbering import check_label, finding_label

bp = Blueprint("inspections", __name__, url_prefix="/inspections")
# For the rows of lists, on the pages of other areas too.
bp.add_app_template_global(check_label, "check_label")
bp.add_app_template_global(finding_label, "finding_label")

from agencyqa.inspections.routes import (  # noqa: E402
    answers,
    checklists,
    checks,
    deciding,
    documents,
    evidence,
    findings,
    orders,
    recording,
)

panels.register()
order_panels.register()
log_words.register()

__all__ = [
    "answers",
    "bp",
    "checklists",
    "checks",
    "deciding",
    "documents",
    "evidence",
    "findings",
    "orders",
    "recording",
]
