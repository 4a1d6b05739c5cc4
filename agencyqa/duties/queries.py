"""Reads of what is due next. One statement gives what all areas have to tell, at any length of a list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext
from sqlalchemy import Row, Select, Subquery, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.elements import False_

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import Matter
from agencyqa.auth.actor import Actor
from agencyqa.db import BigId, kept_large, read_rows
from agencyqa.duties.enums import Duty
from agencyqa.duties.items import NAMES, Scope
from agencyqa.duties.kinds import KINDS
from agencyqa.duties.narrowings import (
    Narrowing,
    is_due_from,
    is_due_until,
    is_mine,
    is_of_array_of_engagements,
    is_of_engagements,
)
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
from agencyqa.web.unions import Facet, Part, Union, joined, keys_of, paginate_union

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


# By which a line is weighed, and found again.
WEIGHED = ("duty", "id", "bureau_id", "body_id", "due_on", "since")


class Listing:
    """All areas for one scope. Each kind of line is narrowed, ordered and cut by itself before they are joined."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def rows(
        self,
        *narrowings: Narrowing,
        facets: tuple[Facet, ...] = MOST_URGENT,
        duty: Duty | None = None,
        limit: int | None = None,
    ) -> Select[*tuple[Any, ...]]:
        """In their order, the first of them or all."""
        return _rows(self.scope, narrowings, facets, duty, limit)

    def weighed_rows(
        self, *narrowings: Narrowing, facets: tuple[Facet, ...] = MOST_URGENT, limit: int
    ) -> Select[*tuple[Any, ...]]:
        """The same with the columns of ``WEIGHED`` alone, so that nothing is looked up for what is not shown."""
        return _weighed_rows(self.scope, narrowings, facets, limit)

    def found_again(
        self, session: Session, rows: Collection[Row[*tuple[Any, ...]]], *narrowings: Narrowing
    ) -> dict[tuple[str, int, int], Item]:
        """The lines of ``weighed_rows`` with all that they show, by duty, id and body. One statement."""
        wanted: dict[str, list[int]] = {_parameter(kind.duty): [] for kind in kinds_of_lines(self.scope)}
        for row in rows:
            wanted[_parameter(row.duty)].append(row.id)
        found = self.items(read_rows(session, _found_again(self.scope, narrowings), wanted))
        return {(item.duty.value, item.id, item.body_id): item for item in found}

    def page(
        self,
        session: Session,
        arguments: Mapping[str, str],
        *narrowings: Narrowing,
        duty: Duty | None,
        parameters: Mapping[str, Any] | None = None,
    ) -> Page:
        """``parameters`` are those of the narrowings."""
        union = _union(self.scope, narrowings, duty)
        return paginate_union(session, union, arguments, parameters=parameters)

    def items(self, rows: Iterable[Row[*tuple[Any, ...]]]) -> list[Item]:
        return [item_of(row, self.scope.reckoning, self.scope.actor) for row in rows]


@kept_large
def _rows(
    scope: Scope,
    narrowings: tuple[Narrowing, ...],
    facets: tuple[Facet, ...],
    duty: Duty | None,
    limit: int | None,
) -> Select[*tuple[Any, ...]]:
    union = joined(_parts(scope, narrowings, facets, duty), facets, limit, name="due")
    return _named(union).order_by(*ordering(keys_of(union, facets))).limit(limit)


@kept_large
def _weighed_rows(
    scope: Scope, narrowings: tuple[Narrowing, ...], facets: tuple[Facet, ...], limit: int
) -> Select[*tuple[Any, ...]]:
    union = joined(_parts(scope, narrowings, facets, None, WEIGHED), facets, limit, name="due")
    return select(*union.c).order_by(*ordering(keys_of(union, facets))).limit(limit)


@kept_large
def _found_again(scope: Scope, narrowings: tuple[Narrowing, ...]) -> Select[*tuple[Any, ...]]:
    ids = {
        kind.duty: sa.bindparam(_parameter(kind.duty), expanding=True, type_=BigId)
        for kind in kinds_of_lines(scope)
    }
    found = []
    for kind in kinds_of_lines(scope):
        columns: Any = kind.columns
        conditions = [narrow(scope, columns) for narrow in narrowings]
        if not any(isinstance(each, False_) for each in conditions):
            found.append(kind.statement.where(*conditions, columns.id.in_(ids[kind.duty])))
    return _named(sa.union_all(*found).subquery("due"))


def _parameter(duty: str) -> str:
    return f"of_{duty}"


@kept_large
def _union(scope: Scope, narrowings: tuple[Narrowing, ...], duty: Duty | None) -> Union:
    # Each page of all areas is a statement of two megabytes; most people read the first.
    return Union(_parts(scope, narrowings, MOST_URGENT, duty), MOST_URGENT, _named, most=3)


def _parts(
    scope: Scope,
    narrowings: tuple[Narrowing, ...],
    facets: tuple[Facet, ...],
    duty: Duty | None,
    names: Sequence[str] | None = None,
) -> list[Part]:
    found: list[Part] = []
    for kind in kinds_of_lines(scope):
        conditions = [narrow(scope, kind.columns) for narrow in narrowings]
        if (duty is None or kind.duty is duty) and not any(isinstance(each, False_) for each in conditions):
            found += kind.parts(conditions, facets, names)
    return found


def _named(union: Subquery) -> Select[*tuple[Any, ...]]:
    """The union with the names that a line shows."""
    columns = union.c
    agency, turn = aliased(Body), aliased(Body)
    return (
        select(
            columns.duty,
            *(columns[name] for name in NAMES if name != "title"),
            sa.func.coalesce(sa.func.nullif(columns.title, ""), EvaluationObject.name, "").label("title"),
            sa.func.coalesce(agency.name, "").label("agency"),
            turn.name.label("who"),
        )
        .select_from(union)
        .join(turn, turn.id == columns.body_id)
        .outerjoin(agency, agency.id == columns.agency_id)
        .outerjoin(Engagement, Engagement.id == columns.engagement_id)
        .outerjoin(EvaluationObject, EvaluationObject.id == Engagement.object_id)
    )


def next_items(session: Session, scope: Scope, *, limit: int) -> list[Item]:
    """The actor's own next steps, the most urgent first."""
    listing = Listing(scope)
    return listing.items(read_rows(session, listing.rows(is_mine, limit=limit)))


def next_of_engagements(session: Session, scope: Scope, engagement_ids: Collection[int]) -> dict[int, Item]:
    """For each engagement the most urgent step, whoever has to take it; the contract itself where that is all."""
    if not engagement_ids:
        return {}
    is_array = session.get_bind().dialect.name == "postgresql"
    statement = Listing(scope).rows(is_of_array_of_engagements if is_array else is_of_engagements)
    found: dict[int, Row[*tuple[Any, ...]]] = {}
    for row in read_rows(session, statement, {"engagement_ids": list(engagement_ids)}).all():
        if row.engagement_id is None:
            continue
        held = found.get(row.engagement_id)
        if held is None or (held.duty == Duty.ENGAGEMENT and row.duty != Duty.ENGAGEMENT):
            found[row.engagement_id] = row
    return {number: item_of(row, scope.reckoning, scope.actor) for number, row in found.items()}


def due_between(
    session: Session, scope: Scope, first: date, last: date, *, mine: bool, limit: int
) -> list[Item]:
    """Everything with a date in the period, by date; ``mine`` leaves out what waits for others."""
    listing = Listing(scope)
    narrowings = (is_due_from, is_due_until, *((is_mine,) if mine else ()))
    statement = listing.rows(*narrowings, limit=limit)
    return listing.items(read_rows(session, statement, {"due_from": first, "due_until": last}))


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
