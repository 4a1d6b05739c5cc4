"""Reads of what is due next. One statement gives what all areas have to tell, at any length of a list."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext
from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import Matter
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.duties.enums import Duty
from agencyqa.duties.items import NAMES, Scope
from agencyqa.duties.kinds import KINDS
from agencyqa.duties.sources import members
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.review.enums import ReviewState
from agencyqa.engagements.schedule.enums import MilestoneKind
from agencyqa.inspections.numbering import check_label, finding_label, plain_number
from agencyqa.objects.models import EvaluationObject
from agencyqa.web.labels import label_of
from agencyqa.web.tables import Key

_OF_YEAR = frozenset({Duty.ROUND, Duty.SELF_REPORT, Duty.REPORT_REVIEW})
_SHEETS = frozenset({Duty.SHEET, Duty.SHEET_REVIEW})
_FINDINGS = frozenset({Duty.NOTICE, Duty.STATEMENT, Duty.FINDING})
_NUMBERED = _FINDINGS | {Duty.CHECK, Duty.ORDER, Duty.VERIFICATION, Duty.RECHECK}


@dataclass(frozen=True)
class Item:
    """One line. ``days`` are those past ``due_on``, left until it, or waited ``since``; ``who`` has the next step."""

    duty: Duty
    id: int
    bureau_id: int
    body_id: int
    engagement_id: int | None
    agency_id: int | None
    user_id: int | None
    title: str
    detail: str
    agency: str
    who: str
    due_on: date | None
    since: datetime | None
    days: int
    is_late: bool
    is_mine: bool
    is_provisional: bool = False
    paused_on: date | None = None

    def address(self, *, is_external: bool = False) -> str:
        kind = KINDS[self.duty]
        values: dict[str, Any] = {name: getattr(self, column) for name, column in kind.arguments.items()}
        return url_for(kind.endpoint, _external=is_external, **values)

    @property
    def key(self) -> str:
        """Names the line for good: a calendar knows by it that a date moved, a message that it was told."""
        return f"{self.duty.value}-{self.id}-{self.body_id}"


class Listing:
    """The union of all areas for one scope, with the columns by which it may be narrowed and ordered."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.union = sa.union_all(*members(scope)).subquery("due")
        self.columns: Any = self.union.c
        self.agency, self.turn = aliased(Body), aliased(Body)

    @property
    def is_mine(self) -> ColumnElement[bool]:
        """The turn of the actor's body; of what was put to one person of it, only his own."""
        actor, columns = self.scope.actor, self.columns
        for_me = sa.or_(columns.user_id.is_(None), columns.user_id == actor.user_id)
        return sa.and_(columns.body_id == actor.body_id, for_me)

    def rows(self, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
        columns = self.columns
        return (
            select(
                columns.duty,
                *(columns[name] for name in NAMES if name != "title"),
                sa.func.coalesce(sa.func.nullif(columns.title, ""), EvaluationObject.name, "").label("title"),
                sa.func.coalesce(self.agency.name, "").label("agency"),
                self.turn.name.label("who"),
            )
            .select_from(self.union)
            .join(self.turn, self.turn.id == columns.body_id)
            .outerjoin(self.agency, self.agency.id == columns.agency_id)
            .outerjoin(Engagement, Engagement.id == columns.engagement_id)
            .outerjoin(EvaluationObject, EvaluationObject.id == Engagement.object_id)
            .where(*conditions)
        )

    @property
    def order(self) -> list[Key]:
        """What is overdue and nearest due first, then what has waited longest."""
        columns = self.columns
        return [
            Key(columns.due_on, nullable=True),
            Key(columns.since, nullable=True),
            Key(columns.duty),
            Key(columns.id),
            Key(columns.body_id),
        ]

    def ordered(self, statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        columns = self.columns
        return statement.order_by(
            columns.due_on.is_(None),
            columns.due_on,
            columns.since.is_(None),
            columns.since,
            columns.duty,
            columns.id,
            columns.body_id,
        )

    def items(self, rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Item]:
        return [item_of(row, self.scope.day, self.scope.actor) for row in rows]


def next_items(session: Session, scope: Scope, *, limit: int) -> list[Item]:
    """The actor's own next steps, the most urgent first."""
    listing = Listing(scope)
    statement = listing.ordered(listing.rows(listing.is_mine)).limit(limit)
    return listing.items(session.execute(statement))


def next_of_engagements(session: Session, scope: Scope, engagement_ids: Collection[int]) -> dict[int, Item]:
    """For each engagement the most urgent step, whoever has to take it; the contract itself where that is all."""
    if not engagement_ids:
        return {}
    listing = Listing(scope)
    columns = listing.columns
    statement = listing.rows(columns.engagement_id.in_(engagement_ids))
    found: dict[int, Item] = {}
    for item in listing.items(session.execute(listing.ordered(statement))):
        if item.engagement_id is None:
            continue
        held = found.get(item.engagement_id)
        if held is None or (held.duty is Duty.ENGAGEMENT and item.duty is not Duty.ENGAGEMENT):
            found[item.engagement_id] = item
    return found


def due_between(
    session: Session, scope: Scope, first: date, last: date, *, mine: bool, limit: int
) -> list[Item]:
    """Everything with a date in the period, by date; ``mine`` leaves out what waits for others."""
    listing = Listing(scope)
    conditions = [listing.columns.due_on.between(first, last)]
    if mine:
        conditions.append(listing.is_mine)
    statement = listing.ordered(listing.rows(*conditions)).limit(limit)
    return listing.items(session.execute(statement))


def item_of(row: Any, day: date, actor: Actor) -> Item:
    duty = Duty(row.duty)
    if row.due_on is not None:
        days = abs((day - row.due_on).days)
    else:
        days = 0 if row.since is None else max((day - local_date(row.since)).days, 0)
    # Of an agency, or of everybody; a sheet about one engagement bears the name of its object.
    is_of_year = duty in _OF_YEAR or (duty in _SHEETS and row.engagement_id is None)
    title, detail = _words(duty, row.title, row.detail, is_of_year=is_of_year)
    return Item(
        duty,
        row.id,
        row.bureau_id,
        row.body_id,
        row.engagement_id,
        row.agency_id,
        row.user_id,
        title,
        detail,
        row.agency,
        row.who,
        row.due_on,
        row.since,
        days,
        row.due_on is not None and row.due_on < day,
        row.body_id == actor.body_id and row.user_id in {None, actor.user_id},
        bool(row.is_provisional),
        row.paused_on,
    )


def _words(duty: Duty, title: str, detail: str, *, is_of_year: bool) -> tuple[str, str]:
    """Title and detail as they are read."""
    match duty:
        case Duty.DELIVERABLE | Duty.RETURNED | Duty.ACCEPTANCE | Duty.DRAFT:
            return title, label_of(DeliverableKind(detail))
        case Duty.MILESTONE:
            kind, _, name = detail.partition(":")
            return title, name or label_of(MilestoneKind(kind))
        case Duty.PROBLEMS | Duty.RECTIFICATION:
            return title, gettext("%(count)s 个问题", count=detail)
        case Duty.INTERNAL_REVIEW:
            return title, label_of(ReviewState(detail))
        case Duty.RECORD_CHANGE:
            return label_of(Matter(title)), detail
        case Duty.PROPOSAL:
            return gettext("档案变更"), detail
    if duty in _NUMBERED:
        return _number(duty, detail), title
    return (gettext("%(year)s 年度", year=title) if is_of_year else title), detail


def _number(duty: Duty, detail: str) -> str:
    year, number = map(int, detail.split("-"))
    if duty is Duty.CHECK:
        return check_label(year, number)
    if duty in _FINDINGS:
        return finding_label(year, number)
    return str(gettext("整改%(number)s", number=plain_number(year, number)))
