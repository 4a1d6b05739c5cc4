"""Reads of what is due next. One statement gives what all areas have to tell, at any length of a list."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext
from sqlalchemy import ColumnElement, Row, Select, Subquery, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import Matter
from agencyqa.auth.actor import Actor
from agencyqa.duties.enums import Duty
from agencyqa.duties.items import NAMES, Scope
from agencyqa.duties.kinds import KINDS
from agencyqa.duties.sources import kinds_of_lines
from agencyqa.engagements.deliverables.enums import DeliverableKind
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.review.enums import ReviewState
from agencyqa.engagements.review.words import turn_of
from agencyqa.engagements.schedule.enums import MilestoneKind
from agencyqa.inspections.numbering import check_label, finding_label, plain_number
from agencyqa.measures.reckoning import Reckoning
from agencyqa.objects.models import EvaluationObject
from agencyqa.web.labels import label_of
from agencyqa.web.tables import Page, ordering
from agencyqa.web.unions import Facet, Part, joined, keys_of, paginate_union

_OF_YEAR = frozenset({Duty.ROUND, Duty.SELF_REPORT, Duty.REPORT_REVIEW})
_SHEETS = frozenset({Duty.SHEET, Duty.SHEET_REVIEW})
_FINDINGS = frozenset({Duty.NOTICE, Duty.STATEMENT, Duty.FINDING})
_NUMBERED = _FINDINGS | {Duty.CHECK, Duty.ORDER, Duty.VERIFICATION, Duty.RECHECK}


@dataclass(frozen=True)
class Item:
    """One line; ``who`` has the next step. ``days`` are working days past ``due_on``, left until it, or waited."""

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


# Says of the columns of one kind of line which of its rows are wanted.
Narrowing = Callable[[Any], ColumnElement[bool]]

# What is overdue and nearest due first, then what has waited longest.
MOST_URGENT = (
    Facet("due_on", nullable=True),
    Facet("since", nullable=True),
    Facet("duty"),
    Facet("id"),
    Facet("body_id"),
)
# What has waited longest first, whatever its date.
LONGEST_WAITING = (Facet("since", nullable=True), Facet("due_on", nullable=True), *MOST_URGENT[2:])


class Listing:
    """All areas for one scope. Each kind of line is narrowed, ordered and cut by itself before they are joined."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.kinds = kinds_of_lines(scope)
        self.agency, self.turn = aliased(Body), aliased(Body)

    def is_mine(self, columns: Any) -> ColumnElement[bool]:
        """The turn of the actor's body; of what was put to one person of it, only his own."""
        actor = self.scope.actor
        for_me = sa.or_(columns.user_id.is_(None), columns.user_id == actor.user_id)
        return sa.and_(columns.body_id == actor.body_id, for_me)

    def parts(
        self, narrowings: Iterable[Narrowing], facets: Sequence[Facet], duty: Duty | None = None
    ) -> list[Part]:
        wanted = list(narrowings)
        found: list[Part] = []
        for kind in self.kinds:
            if duty is None or kind.duty is duty:
                found += kind.parts([narrow(kind.columns) for narrow in wanted], facets)
        return found

    def finish(self, union: Subquery) -> Select[*tuple[Any, ...]]:
        """The union with the names that a line shows."""
        columns = union.c
        return (
            select(
                columns.duty,
                *(columns[name] for name in NAMES if name != "title"),
                sa.func.coalesce(sa.func.nullif(columns.title, ""), EvaluationObject.name, "").label("title"),
                sa.func.coalesce(self.agency.name, "").label("agency"),
                self.turn.name.label("who"),
            )
            .select_from(union)
            .join(self.turn, self.turn.id == columns.body_id)
            .outerjoin(self.agency, self.agency.id == columns.agency_id)
            .outerjoin(Engagement, Engagement.id == columns.engagement_id)
            .outerjoin(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        )

    def rows(
        self,
        *narrowings: Narrowing,
        facets: Sequence[Facet] = MOST_URGENT,
        duty: Duty | None = None,
        limit: int | None = None,
    ) -> Select[*tuple[Any, ...]]:
        """In their order, the first of them or all."""
        union = joined(self.parts(narrowings, facets, duty), facets, limit, name="due")
        return self.finish(union).order_by(*ordering(keys_of(union, facets))).limit(limit)

    def page(
        self, session: Session, arguments: Mapping[str, str], *narrowings: Narrowing, duty: Duty | None
    ) -> Page:
        parts = self.parts(narrowings, MOST_URGENT, duty)
        return paginate_union(session, parts, MOST_URGENT, self.finish, arguments)

    def items(self, rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Item]:
        return [item_of(row, self.scope.reckoning, self.scope.actor) for row in rows]


def next_items(session: Session, scope: Scope, *, limit: int) -> list[Item]:
    """The actor's own next steps, the most urgent first."""
    listing = Listing(scope)
    return listing.items(session.execute(listing.rows(listing.is_mine, limit=limit)))


def next_of_engagements(session: Session, scope: Scope, engagement_ids: Collection[int]) -> dict[int, Item]:
    """For each engagement the most urgent step, whoever has to take it; the contract itself where that is all."""
    if not engagement_ids:
        return {}
    listing = Listing(scope)
    statement = listing.rows(lambda columns: columns.engagement_id.in_(engagement_ids))
    found: dict[int, Item] = {}
    for item in listing.items(session.execute(statement)):
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
    narrowings: list[Narrowing] = [lambda columns: columns.due_on.between(first, last)]
    if mine:
        narrowings.append(listing.is_mine)
    return listing.items(session.execute(listing.rows(*narrowings, limit=limit)))


def item_of(row: Any, reckoning: Reckoning, actor: Actor) -> Item:
    duty = Duty(row.duty)
    if row.due_on is not None:
        days = reckoning.distance(row.due_on)
    else:
        days = 0 if row.since is None else reckoning.waited(row.since)
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
        row.due_on is not None and reckoning.is_late(row.due_on),
        row.body_id == actor.body_id and row.user_id in {None, actor.user_id},
        bool(row.is_provisional),
        row.paused_on,
    )


def _words(duty: Duty, title: str, detail: str, *, is_of_year: bool) -> tuple[str, str]:
    """Title and detail as they are read."""
    if duty in _NUMBERED:
        return _number(duty, detail), title
    match duty:
        case Duty.RECORD_CHANGE:
            return label_of(Matter(title)), detail
        case Duty.PROPOSAL:
            return gettext("档案变更"), detail
    return (gettext("%(year)s 年度", year=title) if is_of_year else title), _detail(duty, detail)


def _detail(duty: Duty, detail: str) -> str:
    match duty:
        case Duty.DELIVERABLE | Duty.RETURNED | Duty.ACCEPTANCE | Duty.DRAFT:
            return label_of(DeliverableKind(detail))
        case Duty.MILESTONE:
            kind, _, name = detail.partition(":")
            return name or label_of(MilestoneKind(kind))
        case Duty.PROBLEMS | Duty.RECTIFICATION:
            return str(gettext("%(count)s 个问题", count=detail))
        case Duty.INTERNAL_REVIEW:
            return turn_of(ReviewState(detail))
        case Duty.ARCHIVE:
            return str(gettext("%(date)s 完成", date=detail))
    return detail


def _number(duty: Duty, detail: str) -> str:
    year, number = map(int, detail.split("-"))
    if duty is Duty.CHECK:
        return check_label(year, number)
    if duty in _FINDINGS:
        return finding_label(year, number)
    return str(gettext("整改%(number)s", number=plain_number(year, number)))
