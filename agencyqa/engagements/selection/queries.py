from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import Body, User
from agencyqa.auth.actor import Actor
from agencyqa.db import kept
from agencyqa.engagements.contents import may_hold
from agencyqa.engagements.selection.enums import SelectionMethod, SelectionState
from agencyqa.engagements.selection.models import AgencyExclusion, Selection, SelectionCandidate
from agencyqa.engagements.selection.policies import exclusion_visible, selection_visible
from agencyqa.objects.models import EvaluationObject
from agencyqa.web.once import once
from agencyqa.web.tables import Key

ORDER = (Key(Selection.held_on, descending=True), Key(Selection.id, descending=True))
EXCLUSION_ORDER = (
    Key(AgencyExclusion.valid_from, descending=True),
    Key(AgencyExclusion.id, descending=True),
)


@kept
def selection_rows(
    actor: Actor, *, state: SelectionState | None = None, method: SelectionMethod | None = None
) -> Select[*tuple[Any, ...]]:
    """Rows of the list, without an order: page it with ``ORDER``."""
    chosen, commissioner, bureau = (aliased(Body) for _ in range(3))
    number = (
        select(sa.func.count())
        .where(SelectionCandidate.selection_id == Selection.id)
        .correlate(Selection)
        .scalar_subquery()
    )
    statement = (
        select(
            Selection.id,
            Selection.work_kind,
            Selection.method,
            Selection.held_on,
            Selection.state,
            EvaluationObject.name.label("object"),
            commissioner.name.label("commissioner"),
            bureau.name.label("bureau"),
            chosen.name.label("chosen"),
            number.label("candidates"),
        )
        .join(EvaluationObject, EvaluationObject.id == Selection.object_id)
        .join(commissioner, commissioner.id == Selection.commissioner_id)
        .join(bureau, bureau.id == Selection.bureau_id)
        .outerjoin(chosen, chosen.id == Selection.chosen_agency_id)
        .where(selection_visible(actor))
    )
    if state is not None:
        statement = statement.where(Selection.state == state)
    if method is not None:
        statement = statement.where(Selection.method == method)
    return statement


def names_of(session: Session, selection: Selection) -> Row[*tuple[Any, ...]]:
    chosen, commissioner, unit = (aliased(Body) for _ in range(3))
    return session.execute(
        select(
            EvaluationObject.name.label("object"),
            commissioner.name.label("commissioner"),
            unit.name.label("unit"),
            chosen.name.label("chosen"),
            User.display_name.label("decided_by"),
        )
        .select_from(Selection)
        .join(EvaluationObject, EvaluationObject.id == Selection.object_id)
        .join(commissioner, commissioner.id == Selection.commissioner_id)
        .join(unit, unit.id == Selection.evaluated_unit_id)
        .outerjoin(chosen, chosen.id == Selection.chosen_agency_id)
        .outerjoin(User, User.id == Selection.decided_by_id)
        .where(Selection.id == selection.id)
    ).one()


def candidates_of(session: Session, selection_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """(candidate, name): the best score first, then the lowest offer."""
    return session.execute(
        select(SelectionCandidate, Body.name)
        .join(Body, Body.id == SelectionCandidate.agency_id)
        .where(SelectionCandidate.selection_id == selection_id)
        .order_by(
            SelectionCandidate.score.is_(None),
            SelectionCandidate.score.desc(),
            SelectionCandidate.offer.is_(None),
            SelectionCandidate.offer,
            SelectionCandidate.id,
        )
    ).all()


@kept
def exclusion_rows(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Rows of the list, without an order: page it with ``EXCLUSION_ORDER``."""
    agency, bureau = aliased(Body), aliased(Body)
    return (
        select(
            AgencyExclusion.id,
            AgencyExclusion.bureau_id,
            AgencyExclusion.valid_from,
            AgencyExclusion.valid_to,
            AgencyExclusion.assessment_year,
            AgencyExclusion.grade,
            AgencyExclusion.reason,
            AgencyExclusion.withdrawn_at,
            AgencyExclusion.withdrawal_reason,
            agency.name.label("agency"),
            bureau.name.label("bureau"),
        )
        .join(agency, agency.id == AgencyExclusion.agency_id)
        .join(bureau, bureau.id == AgencyExclusion.bureau_id)
        .where(exclusion_visible(actor))
    )


@once
def selection_of(session: Session, actor: Actor, engagement_id: int) -> Selection | None:
    """What led to this contract, as far as the actor may see it."""
    if not may_hold(session, engagement_id, Selection):
        return None
    statement = select(Selection).where(selection_visible(actor), Selection.engagement_id == engagement_id)
    return session.scalars(statement).one_or_none()
