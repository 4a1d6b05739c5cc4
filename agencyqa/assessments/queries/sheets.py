"""Reads of score sheets. Lists read columns, so that a page costs the same for one row and for fifty."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session, aliased, defer

from agencyqa.accounts.models import Body
from agencyqa.assessments import policies, workflow
from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.models import ScoreSheet, SheetScorer, SheetSnapshot
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.db import kept
from agencyqa.engagements.contents import may_hold
from agencyqa.engagements.models import Engagement
from agencyqa.measures.enums import Purpose
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import texts_of
from agencyqa.objects.models import EvaluationObject
from agencyqa.scoring import SheetScore, Subtotal
from agencyqa.web.tables import Key, Order

_AgencyBody = aliased(Body)
_ScorerBody = aliased(Body)
# Of a sheet about an engagement, or about an agency's year.
_year_of_sheet: ColumnElement[int] = sa.func.coalesce(Engagement.assessment_year, ScoreSheet.year)
_agency_of_sheet: ColumnElement[int] = sa.func.coalesce(Engagement.agency_id, ScoreSheet.agency_id)

# What is due first stands first; sheets without a due date come last.
ORDERS: Mapping[str, Order] = {
    "due": (Key(ScoreSheet.due_on, nullable=True), Key(ScoreSheet.id)),
    "-due": (Key(ScoreSheet.due_on, descending=True, nullable=True), Key(ScoreSheet.id)),
    "agency": (Key(_AgencyBody.sort_key), Key(ScoreSheet.id)),
    "-agency": (Key(_AgencyBody.sort_key, descending=True), Key(ScoreSheet.id)),
}


def newest_seen(actor: Actor) -> ColumnElement[bool]:
    """Of several revisions the newest the actor may see; a correction that is still open hides nothing published."""
    if actor.is_bureau or actor.is_department or actor.is_expert:
        return ScoreSheet.is_current.is_(True)
    later = aliased(ScoreSheet)
    return ~sa.exists().where(
        _same_target(later),
        later.scorer_role == ScoreSheet.scorer_role,
        later.seat == ScoreSheet.seat,
        later.revision > ScoreSheet.revision,
        later.state == SheetState.PUBLISHED,
    )


def _same_target(other: type[ScoreSheet]) -> ColumnElement[bool]:
    """The same engagement, or the same year of the same agency."""
    return sa.or_(
        other.engagement_id == ScoreSheet.engagement_id,
        sa.and_(
            other.agency_id == ScoreSheet.agency_id,
            other.bureau_id == ScoreSheet.bureau_id,
            other.year == ScoreSheet.year,
        ),
    )


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """Sheets whose next step is the actor's: to score, or to review without having scored."""
    is_mine = sa.or_(ScoreSheet.scorer_user_id.is_(None), ScoreSheet.scorer_user_id == actor.user_id)
    to_score = sa.and_(
        ScoreSheet.scorer_body_id == actor.body_id, is_mine, ScoreSheet.state.in_(workflow.EDITABLE)
    )
    if not actor.has(Permission.SHEETS_SCORE):
        to_score = sa.false()
    if not actor.has(Permission.SHEETS_FINALISE):
        return to_score
    scored_it = sa.exists().where(SheetScorer.sheet_id == ScoreSheet.id, SheetScorer.user_id == actor.user_id)
    to_review = sa.and_(
        ScoreSheet.bureau_id == actor.bureau_id, ScoreSheet.state == SheetState.SUBMITTED, ~scored_it
    )
    return sa.or_(to_score, to_review)


@kept
def sheet_rows(
    actor: Actor,
    *,
    state: SheetState | None = None,
    year: int | None = None,
    role: Purpose | None = None,
    is_overdue: bool = False,
    is_waiting: bool = False,
) -> Select[*tuple[Any, ...]]:
    """For ``paginate`` with ``ORDERS``: one row for each sheet in its newest visible revision."""
    statement: Select[*tuple[Any, ...]] = (
        select(
            ScoreSheet.id,
            ScoreSheet.state,
            ScoreSheet.scorer_role,
            ScoreSheet.revision,
            ScoreSheet.due_on,
            ScoreSheet.is_overdue,
            ScoreSheet.total,
            ScoreSheet.max_points,
            ScoreSheet.scorer_body_id,
            ScoreSheet.scorer_user_id,
            ScoreSheet.seat,
            SchemeVersion.is_reference,
            Engagement.id.label("engagement_id"),
            Engagement.contract_number,
            _year_of_sheet.label("assessment_year"),
            EvaluationObject.name.label("object_name"),
            _AgencyBody.name.label("agency_name"),
            _ScorerBody.name.label("scorer_name"),
        )
        .join(SchemeVersion, SchemeVersion.id == ScoreSheet.scheme_version_id)
        .outerjoin(Engagement, Engagement.id == ScoreSheet.engagement_id)
        .outerjoin(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .join(_AgencyBody, _AgencyBody.id == _agency_of_sheet)
        .join(_ScorerBody, _ScorerBody.id == ScoreSheet.scorer_body_id)
        .where(policies.seen_by(actor), newest_seen(actor))
    )
    if state is not None:
        statement = statement.where(ScoreSheet.state == state)
    if year is not None:
        statement = statement.where(_year_of_sheet == year)
    if role is not None:
        statement = statement.where(ScoreSheet.scorer_role == role)
    if is_overdue:
        statement = statement.where(ScoreSheet.is_overdue)
    if is_waiting:
        statement = statement.where(waits_for(actor))
    return statement


def waiting_count(session: Session, actor: Actor) -> int:
    """How many sheets wait for the actor, for the badge of the navigation."""
    statement = select(sa.func.count(ScoreSheet.id)).where(
        policies.seen_by(actor), ScoreSheet.is_current, waits_for(actor)
    )
    return session.scalar(statement) or 0


def sheets_of(session: Session, actor: Actor, engagement_id: int) -> list[Row[*tuple[Any, ...]]]:
    """The sheets of one engagement that the actor may see, by scorer role."""
    if not may_hold(session, engagement_id, ScoreSheet):
        return []
    statement = sheet_rows(actor).where(ScoreSheet.engagement_id == engagement_id)
    statement = statement.add_columns(ScoreSheet.measure_totals, ScoreSheet.is_current)
    return list(session.execute(statement.order_by(ScoreSheet.scorer_role, ScoreSheet.seat, ScoreSheet.id)))


@dataclass(frozen=True)
class SheetWithRow:
    """A sheet and how it takes a row of the record: ``label`` is the criterion's, "" where the scheme has none."""

    id: int
    role: Purpose
    revision: int
    state: SheetState
    is_current: bool
    scorer_name: str
    label: str
    count: int
    is_overruled: bool


def sheets_with_row(session: Session, actor: Actor, engagement_id: int, key: str) -> list[SheetWithRow]:
    """Every revision the actor may see that has the row, by scorer role; superseded ones keep what they counted."""
    statement = (
        select(ScoreSheet, SchemeVersion, _ScorerBody.name)
        .join(SchemeVersion, SchemeVersion.id == ScoreSheet.scheme_version_id)
        .join(_ScorerBody, _ScorerBody.id == ScoreSheet.scorer_body_id)
        .where(policies.seen_by(actor), ScoreSheet.engagement_id == engagement_id)
        .order_by(ScoreSheet.scorer_role, ScoreSheet.revision, ScoreSheet.id)
        .options(defer(SchemeVersion.content))
    )
    found: list[SheetWithRow] = []
    for sheet, version, scorer in session.execute(statement):
        for row in sheet.facts:
            if row["key"] == key:
                scored = row["criterion"] is not None
                found.append(
                    SheetWithRow(
                        sheet.id,
                        sheet.scorer_role,
                        sheet.revision,
                        sheet.state,
                        sheet.is_current,
                        scorer,
                        texts_of(version).criterion(row["criterion"]) if scored else "",
                        row["count"],
                        key in sheet.overruled,
                    )
                )
    return found


def sheet_with_names(session: Session, actor: Actor, sheet_id: int) -> Row[*tuple[Any, ...]] | None:
    """``ScoreSheet`` and ``SchemeVersion`` with what a page says of the engagement: names, contract, dates.

    None where the sheet does not exist for the actor. The content of the scheme is read only when it is asked for.
    """
    return session.execute(
        select(
            ScoreSheet,
            SchemeVersion,
            Engagement.id,
            Engagement.contract_number,
            Engagement.contract_signed_on,
            _year_of_sheet.label("assessment_year"),
            Engagement.work_kind,
            EvaluationObject.name.label("object_name"),
            _AgencyBody.name.label("agency_name"),
            _ScorerBody.name.label("scorer_name"),
        )
        .join(SchemeVersion, SchemeVersion.id == ScoreSheet.scheme_version_id)
        .outerjoin(Engagement, Engagement.id == ScoreSheet.engagement_id)
        .outerjoin(EvaluationObject, EvaluationObject.id == Engagement.object_id)
        .join(_AgencyBody, _AgencyBody.id == _agency_of_sheet)
        .join(_ScorerBody, _ScorerBody.id == ScoreSheet.scorer_body_id)
        .where(policies.seen_by(actor), ScoreSheet.id == sheet_id)
        .options(defer(SchemeVersion.content))
    ).one_or_none()


def contract_number(session: Session, sheet: ScoreSheet) -> str:
    """What messages call the sheet by; of a sheet about an agency's year that is the agency."""
    if sheet.engagement_id is None:
        return session.scalars(select(Body.name).where(Body.id == sheet.agency_id)).one()
    return session.scalars(
        select(Engagement.contract_number).where(Engagement.id == sheet.engagement_id)
    ).one()


def revisions_of(session: Session, actor: Actor, sheet: ScoreSheet) -> list[Row[*tuple[Any, ...]]]:
    """Every revision of the sheet that the actor may see, newest first."""
    statement = (
        select(
            ScoreSheet.id,
            ScoreSheet.revision,
            ScoreSheet.state,
            ScoreSheet.total,
            ScoreSheet.correction_reason,
            ScoreSheet.created_at,
        )
        .where(
            policies.seen_by(actor),
            ScoreSheet.engagement_id == sheet.engagement_id
            if sheet.agency_id is None
            else sa.and_(
                ScoreSheet.agency_id == sheet.agency_id,
                ScoreSheet.bureau_id == sheet.bureau_id,
                ScoreSheet.year == sheet.year,
            ),
            ScoreSheet.scorer_role == sheet.scorer_role,
            ScoreSheet.seat == sheet.seat,
        )
        .order_by(ScoreSheet.revision.desc())
    )
    return list(session.execute(statement))


def snapshots_of(session: Session, sheet: ScoreSheet) -> list[Row[*tuple[Any, ...]]]:
    """What was submitted when, newest first; ``content`` stays in the database."""
    statement = (
        select(SheetSnapshot.number, SheetSnapshot.taken_at, SheetSnapshot.total, SheetSnapshot.content_hash)
        .where(SheetSnapshot.sheet_id == sheet.id)
        .order_by(SheetSnapshot.number.desc())
    )
    return list(session.execute(statement))


def current_sheets(session: Session, engagement_ids: Collection[int]) -> list[ScoreSheet]:
    """The newest revisions of all sheets of these engagements, for roll-ups; the caller has asked the policies."""
    statement = (
        select(ScoreSheet)
        .where(ScoreSheet.engagement_id.in_(engagement_ids), ScoreSheet.is_current)
        .order_by(ScoreSheet.engagement_id, ScoreSheet.scorer_role, ScoreSheet.id)
    )
    return list(session.scalars(statement))


def stored_score(total: int | None, max_points: int, measure_totals: Mapping[str, Any]) -> SheetScore:
    """The sums kept on a sheet row, as the roll-up takes them."""
    measures = tuple(Subtotal(key, held[0], held[1]) for key, held in measure_totals.items())
    return SheetScore(total, max_points, measures, may_exceed=True)
