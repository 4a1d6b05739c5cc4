"""How every point came about: a page to read and print, and the same as data."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from agencyqa.assessments.forms.trace_page import trace_page
from agencyqa.assessments.queries.provisions import citations
from agencyqa.assessments.routes import bp
from agencyqa.assessments.routes.context import SheetContext, load_sheet
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.extensions import db


@bp.get("/sheets/<int:sheet_id>/trace")
@requires(Permission.SHEETS_READ)
def trace(sheet_id: int) -> ResponseReturnValue:
    context = load_sheet(current_actor(), sheet_id)
    return render_template(
        "assessments/trace.html",
        context=context,
        sheet=context.sheet,
        trace=trace_page(context.program, context.texts, context.sheet),
        citations=citations(db.session(), context.texts, context.around.contract_signed_on),
    )


@bp.get("/sheets/<int:sheet_id>/trace.json")
@requires(Permission.SHEETS_READ)
def trace_data(sheet_id: int) -> ResponseReturnValue:
    """The trace as ``scoring`` writes it, which anybody can add up again."""
    context = load_sheet(current_actor(), sheet_id)
    text = json.dumps(sheet_trace(context), ensure_ascii=False, indent=2)
    name = f"trace-{context.sheet.id}-{context.sheet.revision}.json"
    return Response(
        text,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def sheet_trace(context: SheetContext) -> dict[str, Any]:
    """The computation with the reasons, so that the file explains itself where a figure was departed from."""
    found = context.sheet
    return {
        **context.program.trace(found.answers, found.entered),
        "sheet": {"id": found.id, "revision": found.revision, "role": found.scorer_role.value},
        "scheme_file_hash": context.version.content_hash,
        # Whoever reads the file alone must know that these points are not the bureau's own annex.
        "is_reference": context.version.is_reference,
        "reasons": dict(found.reasons),
    }
