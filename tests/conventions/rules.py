"""What a bureau entered for its years, in drawers of their own: points of credit, and tables that come later."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from agencyqa.agencies.models import Registration
from agencyqa.assessments.models import AgencyCredit, GradeTable, ShareTable, YearRuleTable
from agencyqa.assessments.year_plan import YearPlan, plan_to_data
from tests.conventions.commissions import SIGNED
from tests.factories.accounts import NOW

if TYPE_CHECKING:
    from tests.conventions.places import Places


def put_credit(places: Places, letter: str) -> None:
    """Points that a bureau entered; the agency reads of them only in a published result that counts them."""
    person = places.people[f"supervisor {letter}"]
    agency_id = places.session.scalars(
        select(Registration.agency_id).where(Registration.bureau_id == person.body_id).limit(1)
    ).one()
    made = AgencyCredit(
        bureau_id=person.body_id,
        agency_id=agency_id,
        year=2022,
        occurred_on=SIGNED,
        points=12_345,
        reason=f"积分理由{letter}",
        evidence=f"积分佐证{letter}",
        entered_at=NOW,
    )
    places.session.add(made)
    places.session.flush()
    later = {"bureau_id": person.body_id, "valid_from": date(2090, 1, 1), "source": f"依据{letter}"}
    tables: dict[str, ShareTable | GradeTable | YearRuleTable] = {
        "share_table_id": ShareTable(**later, shares=[["bureau", 1, 1]]),
        "grade_table_id": GradeTable(**later, bands=[], places=2),
        "year_rules_id": YearRuleTable(**later, content=plan_to_data(YearPlan())),
    }
    places.session.add_all(tables.values())
    places.session.flush()
    own = places.drawer(f"credit {letter}")
    for argument, table in tables.items():
        own.put(argument, table.id)
    own.words |= {f"积分理由{letter}", f"积分佐证{letter}", f"依据{letter}"}
    own.put("credit_id", made.id)
