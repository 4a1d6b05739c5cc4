"""What is on record beside a sheet that is read, as its pages show it."""

from __future__ import annotations

from dataclasses import dataclass

from agencyqa.assessments import workflow
from agencyqa.assessments.evidence import changes
from agencyqa.assessments.facts import facts_of_sheet
from agencyqa.assessments.forms.facts_page import ChangeLine, FactLines, change_lines, fact_lines
from agencyqa.assessments.queries.provisions import Citations, citations
from agencyqa.assessments.queries.targets import open_keys
from agencyqa.assessments.routes.context import SheetContext
from agencyqa.auth.actor import Actor
from agencyqa.extensions import db


@dataclass(frozen=True)
class SheetRecord:
    """``changes``: what is different on record from what the sheet was scored with, for those who review it."""

    lines: FactLines
    citations: Citations
    changes: list[ChangeLine]


def sheet_record(actor: Actor, context: SheetContext, *, with_changes: bool = False) -> SheetRecord:
    """The rows as the sheet holds them. A revision that was superseded is not compared with what is on record now."""
    session, sheet, texts = db.session(), context.sheet, context.texts
    found = []
    if with_changes and sheet.is_current and sheet.state not in workflow.EDITABLE:
        found = changes(sheet.facts, facts_of_sheet(session, sheet, context.counting))
    rows = [*sheet.facts, *(each.row for each in found if each.kind != "removed")]
    cited = citations(session, texts, context.day, rows)
    keys = open_keys(session, actor, rows)
    return SheetRecord(
        fact_lines(sheet.facts, sheet.overruled, texts, cited, keys),
        cited,
        change_lines(found, texts, cited, keys),
    )
