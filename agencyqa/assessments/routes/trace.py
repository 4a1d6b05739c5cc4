"""How every point came about: a page to read and print, and the same as data."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from agencyqa.assessments.evidence import FactRow, is_scored
from agencyqa.assessments.forms.facts_page import fact_href, fact_text
from agencyqa.assessments.forms.trace_page import trace_page
from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.queries.targets import open_keys
from agencyqa.assessments.routes import bp
from agencyqa.assessments.routes.context import SheetContext, load_sheet
from agencyqa.assessments.routes.record import sheet_record
from agencyqa.assessments.stored import answers_that_count
from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.extensions import db


@bp.get("/sheets/<int:sheet_id>/trace")
@requires(Permission.SHEETS_READ)
def trace(sheet_id: int) -> ResponseReturnValue:
    actor = current_actor()
    context = load_sheet(actor, sheet_id)
    record = sheet_record(actor, context)
    return render_template(
        "assessments/trace.html",
        context=context,
        sheet=context.sheet,
        trace=trace_page(context.program, context.texts, context.sheet, record.lines),
        record=record,
        citations=record.citations,
    )


@bp.get("/sheets/<int:sheet_id>/trace.json")
@requires(Permission.SHEETS_READ)
def trace_data(sheet_id: int) -> ResponseReturnValue:
    """The trace as ``scoring`` writes it, which anybody can add up again."""
    actor = current_actor()
    context = load_sheet(actor, sheet_id)
    text = json.dumps(sheet_trace(actor, context), ensure_ascii=False, indent=2)
    name = f"trace-{context.sheet.id}-{context.sheet.revision}.json"
    return Response(
        text,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def sheet_trace(actor: Actor, context: SheetContext) -> dict[str, Any]:
    """The computation with its reasons and sources, so that the file explains itself.

    Each criterion has its ``sources``: the rows of the record that it counts, with the way to the evidence for whoever
    may go there. What the scheme has no criterion for stands under ``not_scored``.
    """
    found = context.sheet
    visible = open_keys(db.session(), actor, found.facts)
    trace = context.program.trace(answers_that_count(context.counting, found), found.entered)
    if found.facts:
        sources: dict[str | None, list[dict[str, Any]]] = {}
        for row in found.facts:
            sources.setdefault(row["criterion"], []).append(_source(row, found, row["key"] in visible))
        for section in trace["sections"]:
            for criterion in section["criteria"]:
                if held := sources.get(criterion["key"]):
                    criterion["sources"] = held
        if held := sources.get(None):
            trace["not_scored"] = held
    return {
        **trace,
        "sheet": {"id": found.id, "revision": found.revision, "role": found.scorer_role.value},
        "scheme_file_hash": context.version.content_hash,
        # Whoever reads the file alone must know that these points are not the bureau's own annex.
        "is_reference": context.version.is_reference,
        "reasons": dict(found.reasons),
    }


def _source(row: FactRow, sheet: ScoreSheet, is_open: bool) -> dict[str, Any]:
    aside = sheet.overruled.get(row["key"])
    said = {key: value for key, value in row.items() if key not in {"endpoint", "endpoint_values"}}
    return {
        **said,
        "text": fact_text(row),
        "counted": row["count"] if is_scored(row) and aside is None else 0,
        "overruled": None if aside is None else {name: aside[name] for name in ("reason", "by_name", "at")},
        "href": fact_href(row) if is_open else None,
    }
