"""Evaluation objects for tests."""

from __future__ import annotations

import itertools

from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.objects.enums import BudgetType, ObjectKind
from agencyqa.objects.models import EvaluationObject
from tests.factories.accounts import NOW

_numbers = itertools.count(1)


def make_object(
    session: Session,
    bureau: Body,
    department: Body,
    name: str = "学前教育补助项目",
    *,
    code: str | None = None,
    budget_year: int = 2021,
    kind: ObjectKind = ObjectKind.PROJECT,
    budget_type: BudgetType = BudgetType.GENERAL_PUBLIC,
    amount: int | None = 120_000_000,
) -> EvaluationObject:
    """``amount`` in fen."""
    made = EvaluationObject(
        bureau_id=bureau.id,
        code=code or f"OBJ-{next(_numbers):04d}",
        name=name,
        kind=kind,
        budget_type=budget_type,
        budget_year=budget_year,
        department_id=department.id,
        amount=amount,
        is_purchase_of_services=False,
        created_at=NOW,
    )
    session.add(made)
    session.flush()
    return made
