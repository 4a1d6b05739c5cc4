"""What agencies and principal evaluators must bring: in force on a day, and every version there was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import bureau_chain
from agencyqa.agencies.conditions import Admission, Conditions
from agencyqa.agencies.models import AdmissionCondition, EvaluatorCondition
from agencyqa.db import open_period
from agencyqa.measures.queries import provision_in_force, provision_label

Row = TypeVar("Row", AdmissionCondition, EvaluatorCondition)


def conditions_in_force(session: Session, bureau_id: int | None, day: date) -> Conditions | None:
    """For principal evaluators: the bureau's own, else those of the bureau above it, else the shipped ones."""
    row = _in_force(session, EvaluatorCondition, bureau_id, day)
    if row is None:
        return None
    return Conditions(
        row.min_work_years,
        row.min_evaluation_years,
        row.needs_title_or_licence,
        row.provision_key,
        row.tag,
    )


def admission_in_force(session: Session, bureau_id: int | None, day: date) -> Admission | None:
    """The same for agencies that apply."""
    row = _in_force(session, AdmissionCondition, bureau_id, day)
    if row is None:
        return None
    return Admission(
        row.min_qualifications,
        row.min_evaluators,
        row.clean_years,
        row.papers,
        row.provision_key,
        row.tag,
    )


def conditions_provision(
    session: Session, conditions: Conditions | Admission | None, day: date
) -> str | None:
    """How the provision of the conditions is cited on a day."""
    if conditions is None:
        return None
    provision = provision_in_force(session, conditions.provision_key, day)
    return conditions.provision_key if provision is None else provision_label(provision)


def evaluator_conditions(session: Session, bureau_id: int) -> Sequence[EvaluatorCondition]:
    """Every version that this bureau may come to use, its own first, each owner's newest first."""
    return _versions(session, EvaluatorCondition, bureau_id)


def admission_conditions(session: Session, bureau_id: int) -> Sequence[AdmissionCondition]:
    """The same for agencies that apply."""
    return _versions(session, AdmissionCondition, bureau_id)


def _in_force(session: Session, table: type[Row], bureau_id: int | None, day: date) -> Row | None:
    parent = select(Body.parent_id).where(Body.id == bureau_id).scalar_subquery()
    return session.scalars(
        select(table)
        .where(
            open_period(table.valid_from, table.valid_to, day),
            sa.or_(
                table.bureau_id.is_(None),
                table.bureau_id == bureau_id,
                table.bureau_id == parent,
            ),
        )
        .order_by(
            sa.case(
                (table.bureau_id == bureau_id, 0),
                (table.bureau_id.is_not(None), 1),
                else_=2,
            ),
            table.valid_from.desc(),
            table.id.desc(),
        )
        .limit(1)
    ).first()


def _versions(session: Session, table: type[Row], bureau_id: int) -> Sequence[Row]:
    chain: list[int | None] = [*bureau_chain(session, bureau_id)]
    rows = session.scalars(
        select(table)
        .where(sa.or_(table.bureau_id.is_(None), table.bureau_id.in_(chain)))
        .order_by(table.valid_from.desc(), table.id.desc())
    ).all()
    return [row for owner in [*chain, None] for row in rows if row.bureau_id == owner]
