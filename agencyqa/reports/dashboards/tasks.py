"""Lines of work of every kind in one list and one statement: what it is about, whose turn it is, since or until when.

Each area gives selects of the same columns (``columns``); ``collect`` puts them together in the order of urgency.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body
from agencyqa.db import UtcDateTime
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.review.enums import ReviewState
from agencyqa.engagements.review.words import turn_of
from agencyqa.inspections.numbering import check_label, finding_label, plain_number
from agencyqa.measures.enums import Purpose
from agencyqa.measures.reckoning import Reckoning
from agencyqa.objects.models import EvaluationObject
from agencyqa.reports.dashboards.rows import SHOWN
from agencyqa.web.labels import label_of


class Part(StrEnum):
    """Which list of the page a row belongs to."""

    DECIDE = "decide"
    LATE = "late"
    SOON = "soon"
    FAULTS = "faults"


class What(StrEnum):
    """What a row is about, and so what to do and where its link leads."""

    ROUND = "round"
    SHEET = "sheet"
    # Registered as applied, by the bureau itself; handed in by the agency on its own page.
    APPLICATION = "application"
    APPLIED = "applied"
    # Changes and yearly reports of an agency, to decide; and the report it still owes. The number is the agency's.
    PROPOSAL = "proposal"
    REPORT = "report"
    OWN_REPORT = "own_report"
    ENGAGEMENT = "engagement"
    # A change of the team, for the commissioner's consent. The number is the engagement's.
    TEAM = "team"
    SUBCONTRACT = "subcontract"
    # Independence: to decide who stays out, to sign. The number is the engagement's.
    RECUSAL = "recusal"
    DECLARATION = "declaration"
    REVIEW = "review"
    # Deliverables: to hand in, to hand in again, to accept. The number is the engagement's.
    DELIVERABLE = "deliverable"
    RETURNED = "returned"
    ACCEPTANCE = "acceptance"
    # The draft: for the evaluated unit to speak to, for the agency to answer. And a level of the internal review.
    DRAFT = "draft"
    OPINION = "opinion"
    LEVEL = "level"
    # The file of finished work, to seal.
    ARCHIVE = "archive"
    CHECK = "check"
    # Findings: to notify, to make a statement on, to decide.
    NOTICE = "notice"
    STATEMENT = "statement"
    FINDING = "finding"
    # Orders: to answer, to verify, to look at again on the spot.
    ORDER = "order"
    VERIFICATION = "verification"
    RECHECK = "recheck"
    # Evaluation records: with problems to answer, with rectification to report, with wrong figures.
    PROBLEMS = "problems"
    RECTIFICATION = "rectification"
    RECORD = "record"


@dataclass(frozen=True)
class Line:
    """``who`` has the next step. ``days`` are working days past ``due_on``, before it, or waited ``since``."""

    part: Part
    what: What
    id: int
    title: str
    detail: str
    agency: str
    who: str
    due_on: date | None
    since: datetime | None
    days: int
    is_late: bool


def columns(part: Part, what: What, **given: Any) -> list[Any]:
    """Every member has the same columns; the types of the first are those of all.

    ``detail`` is a number in its year ("2026-31"), the kind of a deliverable, or how many; see ``_words``.
    """
    values = {
        "title": sa.literal(""),
        "detail": sa.literal(""),
        "agency": sa.literal(""),
        "who": sa.literal(""),
        "due_on": sa.cast(sa.null(), sa.Date),
        "since": sa.cast(sa.null(), UtcDateTime()),
        **given,
    }
    return [
        sa.literal(part.value).label("part"),
        sa.literal(what.value).label("what"),
        *(values[name].label(name) for name in ("id", "title", "detail", "agency", "who", "due_on", "since")),
    ]


def of_engagements(
    part: Part, what: What, who_id: Any = Engagement.agency_id, **moments: Any
) -> Select[*tuple[Any, ...]]:
    """Lines called by the object of an engagement; ``who_id`` is the body that has the next step."""
    agency, who = aliased(Body), aliased(Body)
    return (
        select(
            *columns(
                part,
                what,
                id=Engagement.id,
                title=EvaluationObject.name,
                agency=agency.name,
                who=who.name,
                **moments,
            )
        )
        .select_from(Engagement)
        .join(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .join(agency, agency.id == Engagement.agency_id)
        .join(who, who.id == who_id)
    )


def numbered(year: Any, number: Any) -> sa.ColumnElement[str]:
    return sa.cast(year, sa.String(10)) + "-" + sa.cast(number, sa.String(10))


def collect(
    session: Session,
    members: Iterable[Select[*tuple[Any, ...]]],
    reckoning: Reckoning,
    *,
    shown: int = SHOWN,
) -> Mapping[Part, list[Line]]:
    """Overdue and nearest due first, then what has waited longest; ``shown`` of each part.

    Each member has an order of its own, by which it is cut before all are put together.
    """
    limited = [select(member.limit(shown).subquery()) for member in members]
    both = sa.union_all(*limited).subquery()
    rows = session.execute(
        select(both).order_by(
            both.c.part,
            both.c.due_on.is_(None),
            both.c.due_on,
            both.c.since.is_(None),
            both.c.since,
            both.c.what,
            both.c.id,
            both.c.detail,
        )
    )
    found: dict[Part, list[Line]] = {part: [] for part in Part}
    for row in rows:
        lines = found[Part(row.part)]
        if len(lines) < shown:
            lines.append(_line(row, reckoning))
    return found


def _line(row: Any, reckoning: Reckoning) -> Line:
    if row.due_on is not None:
        days = reckoning.distance(row.due_on)
    else:
        days = 0 if row.since is None else reckoning.waited(row.since)
    what = What(row.what)
    title, detail = _words(what, row.title, row.detail)
    return Line(
        Part(row.part),
        what,
        row.id,
        title,
        detail,
        row.agency,
        row.who,
        row.due_on,
        row.since,
        days,
        row.due_on is not None and reckoning.is_late(row.due_on),
    )


def _of_year(what: What, title: str, year: str) -> str:
    """A self-report, or a sheet: one about an agency's year has no object to be called by."""
    if what in {What.REPORT, What.OWN_REPORT}:
        return str(gettext("%(year)s 年度自查报告", year=year))
    if not year:
        return title
    return str(gettext("%(year)s 年度 %(role)s", year=year, role=label_of(Purpose.AGENCY_YEAR)))


def _words(what: What, title: str, detail: str) -> tuple[str, str]:
    """Title and detail as they are read."""
    match what:
        case What.DELIVERABLE | What.RETURNED | What.ACCEPTANCE | What.DRAFT | What.LEVEL:
            return title, turn_of(ReviewState(detail)) if what is What.LEVEL else label_of(
                DeliverableKind(detail)
            )
        case What.PROBLEMS | What.RECTIFICATION:
            return title, gettext("%(count)s 个问题", count=detail)
        case What.RECORD:
            return title, gettext("%(count)s 处", count=detail)
        case What.SHEET | What.REVIEW | What.REPORT | What.OWN_REPORT:
            return _of_year(what, title, detail), ""
    if not detail:
        return title, ""
    year, _, number = detail.partition("-")
    match what:
        case What.CHECK:
            return check_label(int(year), int(number)), title
        case What.NOTICE | What.STATEMENT | What.FINDING:
            return finding_label(int(year), int(number)), title
    return gettext("整改%(number)s", number=plain_number(int(year), int(number))), title
