"""Two leads enter a dated table at once: neither an overlap nor a gap, whoever comes second, also for the first one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from agencyqa.agencies.models import AdmissionCondition, EvaluatorCondition
from agencyqa.agencies.services.reference import (
    AdmissionTerms,
    EvaluatorTerms,
    enter_admission_conditions,
    enter_evaluator_conditions,
)
from agencyqa.auth.actor import Actor
from agencyqa.engagements.contracts.fees import Bracket
from agencyqa.engagements.contracts.models import FeeTable
from agencyqa.engagements.contracts.services.fee_tables import FeeTableData, enter_fee_table
from agencyqa.engagements.deliverables.models import RequirementTable
from agencyqa.engagements.deliverables.services.tables import TableData, enter_table
from agencyqa.engagements.recusal.models import RecusalTerms
from agencyqa.engagements.recusal.services.terms import TermsData, enter_terms
from tests.factories.accounts import NOW
from tests.integration.assessments.test_table_races import Stage, add, stage

__all__ = ["stage"]

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


def fees(lead: Actor, session: Session, day: date) -> None:
    enter_fee_table(lead, session, FeeTableData(day, [Bracket(None, 10_000)], "文"), now=NOW)


def terms(lead: Actor, session: Session, day: date) -> None:
    enter_terms(lead, session, TermsData(day, 12, 36, "文"), now=NOW)


def requirements(lead: Actor, session: Session, day: date) -> None:
    enter_table(lead, session, TableData(None, day, "文", []), now=NOW)


def evaluators(lead: Actor, session: Session, day: date) -> None:
    enter_evaluator_conditions(lead, session, EvaluatorTerms(day, 5, 3, True, "文"), now=NOW)


def admission(lead: Actor, session: Session, day: date) -> None:
    enter_admission_conditions(lead, session, AdmissionTerms(day, 1, 1, 3, (), "文"), now=NOW)


TABLES: list[tuple[Callable[[Actor, Session, date], None], Any]] = [
    (fees, FeeTable),
    (terms, RecusalTerms),
    (requirements, RequirementTable),
    (evaluators, EvaluatorCondition),
    (admission, AdmissionCondition),
]


def test_two_leads_enter_a_table_one_after_the_other(stage: Stage) -> None:
    first, second, third = date(2030, 1, 1), date(2031, 1, 1), date(2032, 1, 1)
    for make, model in TABLES:
        assert stage.race(add(make, first), add(make, second)) == ("done", "done")
        # A day that the other has just gone past is refused, not squeezed in.
        assert stage.race(add(make, third), add(make, second.replace(month=7))) == ("done", "invalid")
        assert stage.periods(model)[-3:] == [
            (first, date(2030, 12, 31)),
            (second, date(2031, 12, 31)),
            (third, None),
        ]
