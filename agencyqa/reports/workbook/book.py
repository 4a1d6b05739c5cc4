"""Writes the workbook. Rows go to the file as they are made, so that memory does not grow with the year."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import IO, BinaryIO, cast

from sqlalchemy.orm import Session

from agencyqa.accounts.models import InstallationFact
from agencyqa.assessments.models import AssessmentRound, GradeTable
from agencyqa.assessments.queries.rounds import round_with_names
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.errors import Forbidden, NotVisible
from agencyqa.reports.workbook.about import Checked, about_sheet, write_about
from agencyqa.reports.workbook.cited import Citations
from agencyqa.reports.workbook.content import items_of, load_year
from agencyqa.reports.workbook.criteria import criteria_sheet, write_criteria
from agencyqa.reports.workbook.engagements import engagement_sheet, write_engagements
from agencyqa.reports.workbook.facts import FindingUses
from agencyqa.reports.workbook.findings import write_findings
from agencyqa.reports.workbook.marks import marks_of
from agencyqa.reports.workbook.missing import write_missing
from agencyqa.reports.workbook.ranking import write_ranking
from agencyqa.reports.workbook.recompute import RecomputeSheet, write_recomputed_ranking
from agencyqa.reports.workbook.submissions import write_submissions
from agencyqa.reports.workbook.traces import TraceSheet
from agencyqa.spreadsheets.workbook import open_workbook


def visible_round(session: Session, actor: Actor, round_id: int) -> AssessmentRound:
    """Raise Forbidden or NotVisible."""
    return _found(session, actor, round_id)[0]


def file_name(found: AssessmentRound, title: str) -> str:
    return f"{title}-{found.year}-{found.revision}.xlsx"


def write_workbook(
    session: Session, actor: Actor, round_id: int, target: Path | IO[bytes], *, now: datetime
) -> None:
    """The round as it was computed, in the reader's language. Raise Forbidden or NotVisible.

    Everything comes from the inputs stored with the results; each counted sheet is scored again and compared, and
    the first sheet says what came of it. A year without results gives a workbook of empty tables.
    """
    found, grades, bureau = _found(session, actor, round_id)
    is_demo = session.get(InstallationFact, "demo_data") is not None
    year = load_year(session, actor, found, grades, bureau, is_demo=is_demo)
    marks = marks_of(year, now)
    # Excel's own writer asks for no more than write and seek.
    place = target if isinstance(target, Path) else cast(BinaryIO, target)
    with open_workbook(place, title=marks.head, created=now, author=actor.body_name) as book:
        about = about_sheet(book, marks)
        write_ranking(book, year, marks)
        engagements = engagement_sheet(book, year, marks)
        criteria = criteria_sheet(book, marks)
        traces = TraceSheet(book, year, marks)
        recomputed = RecomputeSheet(book, year, marks)
        cited = Citations(session)
        uses = FindingUses()
        counts = {"engagements": 0, "sheets": 0, "not_found": 0}
        for items in items_of(session, actor, year):
            write_engagements(engagements, items)
            write_criteria(criteria, items, cited, date(found.year, 12, 31))
            traces.write(items)
            recomputed.write(items)
            uses.add(items)
            counts["engagements"] += len(items)
            forms = [item for item in items if item.position == 0 and item.result.inputs.get("form")]
            found_forms = sum(item.form is not None for item in forms)
            counts["sheets"] += sum(len(item.sheets) for item in items) + found_forms
            counts["not_found"] += sum(len(item.data["sheets"]) - len(item.sheets) for item in items)
            counts["not_found"] += len(forms) - found_forms
        recomputed.finish()
        write_recomputed_ranking(book, year, marks, recomputed)
        write_findings(book, session, actor, year, marks, uses)
        write_submissions(book, session, actor, year, marks)
        write_missing(book, year, marks)
        checked = Checked(wrong=traces.does_not_add_up, **counts)
        write_about(about, year, actor, checked, now)


def _found(session: Session, actor: Actor, round_id: int) -> tuple[AssessmentRound, GradeTable, str]:
    if not actor.has(Permission.WORKBOOK_EXPORT):
        raise Forbidden("role_may_not", permission=Permission.WORKBOOK_EXPORT.value)
    found = round_with_names(session, actor, round_id)
    if found is None:
        raise NotVisible()
    return found
