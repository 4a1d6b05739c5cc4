"""The list of deliverables: what needs somebody is found by state and date, however many were accepted long ago."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, Subquery, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from agencyqa.auth.actor import Actor
from agencyqa.db import kept
from agencyqa.engagements.deliverables.enums import DeliverableKind, DeliverableState
from agencyqa.engagements.deliverables.models import Deliverable
from agencyqa.engagements.deliverables.policies import visible
from agencyqa.engagements.deliverables.queries.lists import is_owed, rows, sees_terms, waits_for
from agencyqa.engagements.models import Engagement
from agencyqa.web.tables import Key, Order, Page, paginate
from agencyqa.web.unions import Facet, Part, Union, paginate_union, split_by_emptiness

# First what still needs somebody, the most urgent ahead; what was accepted stands last, the newest ahead.
OPEN_FIRST = (Facet("rank"), Facet("pressing", nullable=True), Facet("newest", True, True), Facet("id"))
_PRESSING, _NEWEST = 1, 2


def deliverable_page(
    session: Session,
    actor: Actor,
    arguments: Mapping[str, str],
    *,
    kind: DeliverableKind | None = None,
    state: DeliverableState | None = None,
    is_late: bool = False,
    was_late: bool = False,
    is_waiting: bool = False,
) -> Page:
    """The page that ``cursor`` and ``sort`` in ``arguments`` name.

    States and lateness are asked for only where the actor may see them; ``is_waiting``: the next step is the actor's.
    ``is_late``: due and still to come; ``was_late``: handed in after its day. What nobody asks for and nobody sent
    is no row: each engagement has two or three of those.
    """
    asked = Asked(kind, state, is_late=is_late, was_late=was_late, is_waiting=is_waiting)
    if actor.is_department or actor.is_expert:
        return paginate(session, _rows_of_few(actor, asked), _orders_of_few(actor), arguments)
    sort = arguments.get("sort")
    sort = sort if sort in _BY_DATE else None
    return paginate_union(session, _sorted(actor, asked, sort), arguments, sort=sort or "open")


@dataclass(frozen=True)
class Asked:
    """What of the list is wanted; see ``deliverable_page``."""

    kind: DeliverableKind | None
    state: DeliverableState | None
    is_late: bool
    was_late: bool
    is_waiting: bool

    def conditions(self, actor: Actor) -> list[Any]:
        found: list[Any] = [
            visible(actor),
            sa.or_(
                Deliverable.is_required,
                Deliverable.due_on.is_not(None),
                Deliverable.state != DeliverableState.EXPECTED,
            ),
        ]
        if self.kind is not None:
            found.append(Deliverable.kind == self.kind)
        if self.state is not None:
            found += [sees_terms(actor), Deliverable.state == self.state]
        if self.is_late:
            found += [sees_terms(actor), Deliverable.is_overdue, Deliverable.first_submitted_at.is_(None)]
        if self.was_late:
            # Written out, for the index that holds only these.
            found += [sees_terms(actor), Deliverable.late_days > sa.literal_column("0")]
        if self.is_waiting:
            found.append(waits_for(actor))
        return found


@kept
def _rows_of_few(actor: Actor, asked: Asked) -> Select[*tuple[Any, ...]]:
    return rows().where(*asked.conditions(actor))


@kept
def _sorted(actor: Actor, asked: Asked, sort: str | None) -> Union:
    conditions = asked.conditions(actor)
    if sort is None:
        return Union(_by_rank(conditions, asked.state), OPEN_FIRST, _shown)
    facets, column = _BY_DATE[sort]
    part = Part(_ids(column.label(facets[0].name)).where(*conditions), (column, Deliverable.id))
    return Union(split_by_emptiness(part, 0), facets, _shown)


_BY_DATE: dict[str, tuple[tuple[Facet, Facet], InstrumentedAttribute[Any]]] = {
    "due": ((Facet("due", nullable=True), Facet("id")), Deliverable.due_on),
    "-due": ((Facet("due", True, True), Facet("id", True)), Deliverable.due_on),
    "-submitted": ((Facet("submitted", True, True), Facet("id", True)), Deliverable.last_submitted_at),
}


def _by_rank(conditions: list[ColumnElement[bool]], wanted: DeliverableState | None) -> list[Part]:
    """One part for each state, and two where the state of the engagement decides whether anybody still waits."""
    owed, states = is_owed(), DeliverableState
    groups: list[tuple[int, DeliverableState, list[ColumnElement[bool]]]] = [
        (0, states.EXPECTED, [owed]),
        (0, states.RETURNED, [owed]),
        (0, states.SUBMITTED, []),
        (1, states.EXPECTED, [sa.not_(owed)]),
        (1, states.RETURNED, [sa.not_(owed)]),
        (2, states.ACCEPTED, []),
    ]
    found: list[Part] = []
    for rank, state, more in groups:
        if wanted not in {None, state}:
            continue
        is_settled = rank == 2
        none = sa.cast(sa.null(), sa.Date)
        due: ColumnElement[Any] = Deliverable.due_on.label("due")
        statement = _ids(
            sa.literal(rank).label("rank"),
            (none if is_settled else due).label("pressing"),
            (due if is_settled else none).label("newest"),
        ).where(*conditions, Deliverable.state == state, *more)
        column = Deliverable.due_on
        keys = (rank, None, column, Deliverable.id) if is_settled else (rank, column, None, Deliverable.id)
        found += split_by_emptiness(Part(statement, keys), _NEWEST if is_settled else _PRESSING)
    return found


def _ids(*columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    return select(Deliverable.id, *columns).join(Engagement, Engagement.id == Deliverable.engagement_id)


def _shown(union: Subquery) -> Select[*tuple[Any, ...]]:
    return rows().join(union, union.c.id == Deliverable.id)


@kept
def _orders_of_few(actor: Actor) -> dict[str, Order]:
    """Of a department or an expert. A state or due date that the actor may not know orders nothing for him."""
    is_settled = Deliverable.state == DeliverableState.ACCEPTED
    needs_somebody = sa.or_(is_owed(), Deliverable.state == DeliverableState.SUBMITTED)
    due = sa.case((sees_terms(actor), Deliverable.due_on))
    rank = sa.case((sa.not_(sees_terms(actor)), 1), (is_settled, 2), (needs_somebody, 0), else_=1)
    return {
        "open": (
            Key(rank),
            Key(sa.case((rank != 2, due)), nullable=True),
            Key(due, descending=True, nullable=True),
            Key(Deliverable.id),
        ),
        "due": (Key(due, nullable=True), Key(Deliverable.id)),
        "-due": (Key(due, descending=True, nullable=True), Key(Deliverable.id, descending=True)),
        "-submitted": (
            Key(Deliverable.last_submitted_at, descending=True, nullable=True),
            Key(Deliverable.id, descending=True),
        ),
    }
