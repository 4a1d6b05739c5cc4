"""Periods that overlap or leave a gap: another system of this kind shipped both. Here every day has one rule."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.assessments.enums import RoundState, WeightMode
from agencyqa.assessments.models import AssessmentRound
from agencyqa.assessments.queries.tables import (
    grade_table_in_force,
    share_table_in_force,
    year_rules_in_force,
)
from agencyqa.assessments.services.table_withdrawal import withdraw_table
from agencyqa.assessments.services.tables import GradeRow, add_grade_table, add_share_table, add_year_rules
from agencyqa.assessments.year_plan import PlanVeto, YearPlan
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.errors import Forbidden, Invalid, Refused
from agencyqa.measures import queries
from agencyqa.measures.enums import Purpose
from tests.factories.accounts import NOW, make_actor, make_bureau, make_department
from tests.factories.agencies import make_agency
from tests.factories.engagements import make_engagement
from tests.factories.measures import load_measures, make_scheme, scheme_text

# In the order in which they are entered: later, earlier, and later again.
DAYS = (date(2022, 3, 1), date(2024, 1, 1), date(2020, 5, 1))
# Inside another period, or on a day that has one: the rule under old results would move.
REFUSED = (date(2022, 3, 1), date(2023, 7, 1), date(2020, 5, 1), date(2021, 1, 1))


@pytest.fixture
def lead(session: Session) -> Actor:
    load_measures(session)
    return make_actor(session, make_bureau(session, "区财政局"), Role.BUREAU_LEAD)


def shares(lead: Actor, session: Session, day: date) -> Any:
    held = [(Purpose.BUREAU, Fraction(1))]
    return add_share_table(lead, session, valid_from=day, source="文", shares=held, now=NOW)


def grades(lead: Actor, session: Session, day: date) -> Any:
    bands = [GradeRow("a", "甲", "A", 0)]
    return add_grade_table(lead, session, valid_from=day, source="文", bands=bands, places=2, now=NOW)


def rules(lead: Actor, session: Session, day: date) -> Any:
    return add_year_rules(lead, session, valid_from=day, source="文", plan=YearPlan(), now=NOW)


TABLES: Sequence[tuple[Callable[..., Any], Callable[..., Any]]] = (
    (shares, share_table_in_force),
    (grades, grade_table_in_force),
    (rules, year_rules_in_force),
)


@pytest.mark.parametrize(("add", "in_force"), TABLES, ids=("shares", "grades", "rules"))
def test_periods_of_tables_neither_overlap_nor_leave_a_gap(
    session: Session, lead: Actor, add: Callable[..., Any], in_force: Callable[..., Any]
) -> None:
    tables = [add(lead, session, day) for day in DAYS]
    for day in REFUSED:
        with pytest.raises(Invalid):
            add(lead, session, day)
    ordered = sorted(tables, key=lambda table: table.valid_from)
    assert ordered[-1].valid_to is None
    for earlier, later in itertools.pairwise(ordered):
        assert earlier.valid_to + timedelta(days=1) == later.valid_from
    chain = [lead.bureau_id]
    assert in_force(session, chain, ordered[0].valid_from - timedelta(days=1)) is None
    for table in ordered:
        for day in (table.valid_from, table.valid_to or date(2099, 1, 1)):
            assert in_force(session, chain, day) is table


def test_periods_of_schemes_neither_overlap_nor_leave_a_gap(session: Session, lead: Actor) -> None:
    bureau = session.get_one(Body, lead.bureau_id)
    first, second = (
        make_scheme(session, bureau, scheme_text(key=key, title=key, valid_from=day))
        for key, day in (("first", DAYS[0]), ("second", DAYS[1]))
    )
    for day in (DAYS[0], DAYS[1], date(2023, 7, 1), date(2020, 5, 1)):
        with pytest.raises(Refused, match="scheme_validity_overlaps"):
            make_scheme(session, bureau, scheme_text(key="third", valid_from=day))
    assert first.valid_to is not None
    assert (first.valid_to + timedelta(days=1), second.valid_to) == (second.valid_from, None)
    for version in (first, second):
        for day in (version.valid_from, version.valid_to or date(2099, 1, 1)):
            found = queries.scheme_in_force(
                session, bureau_id=bureau.id, purpose=Purpose.BUREAU, work_kind=None, day=day
            )
            assert found is version


@pytest.mark.parametrize(("add", "in_force"), TABLES, ids=("shares", "grades", "rules"))
def test_a_mistyped_table_that_nothing_rests_on_can_be_taken_back(
    session: Session, lead: Actor, add: Callable[..., Any], in_force: Callable[..., Any]
) -> None:
    """The one before it holds again, and the log keeps what it said."""
    first, last = add(lead, session, DAYS[0]), add(lead, session, DAYS[1])
    chain = [lead.bureau_id]
    middle = last.id
    with pytest.raises(Invalid):
        withdraw_table(lead, session, last, reason="", now=NOW)
    stranger = make_actor(session, make_bureau(session, "邻区财政局"), Role.BUREAU_LEAD)
    with pytest.raises(Forbidden):
        withdraw_table(stranger, session, last, reason="误", now=NOW)
    withdraw_table(lead, session, last, reason="日期填错", now=NOW)
    assert (in_force(session, chain, DAYS[1]), first.valid_to) == (first, None)
    session.commit()
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence.desc()).limit(2)).all()
    assert [entry.event.rpartition(".")[2] for entry in entries] == ["resumed", "withdrawn"]
    assert entries[1].target_id == middle
    assert {"日期填错", DAYS[1].isoformat(), "文"} <= set(map(str, entries[1].detail.values()))
    again = add(lead, session, DAYS[1])
    third = add(lead, session, date(2025, 1, 1))
    with pytest.raises(Refused, match="table_in_between"):
        withdraw_table(lead, session, again, reason="误", now=NOW)
    withdraw_table(lead, session, third, reason="误", now=NOW)
    withdraw_table(lead, session, first, reason="误", now=NOW)
    assert in_force(session, chain, DAYS[0]) is None
    assert in_force(session, chain, DAYS[1]) is again
    withdraw_table(lead, session, again, reason="误", now=NOW)
    assert in_force(session, chain, DAYS[1]) is None


def test_a_table_that_something_rests_on_stays(session: Session, lead: Actor) -> None:
    """A round of grades and rules, a veto of a grade, a sheet or a round of shares."""
    held = (shares(lead, session, DAYS[0]), grades(lead, session, DAYS[0]))
    veto = PlanVeto("v", "造假", "Forged", None, "a", ("forged",))
    capped = add_year_rules(
        lead, session, valid_from=DAYS[1], source="文", plan=YearPlan(vetoes=(veto,)), now=NOW
    )
    with pytest.raises(Refused, match="table_in_use"):
        withdraw_table(lead, session, held[1], reason="误", now=NOW)
    bureau = session.get_one(Body, lead.bureau_id)
    agency, unit = make_agency(session, bureau), make_department(session, bureau)
    make_engagement(session, bureau, agency, unit, signed_on=date(2024, 5, 6))
    put_round(session, bureau, 2024, grade_table_id=held[1].id, year_rules_id=capped.id)
    for table in (*held, capped):
        with pytest.raises(Refused, match="table_in_use"):
            withdraw_table(lead, session, table, reason="误", now=NOW)


def test_shares_are_used_by_contracts_that_count_in_another_year_and_by_districts_without_shares(
    session: Session, lead: Actor
) -> None:
    """Shares go by the day of the contract, a round by the year in which it counts."""
    city = make_bureau(session, "市财政局")
    own, bureau = session.get_one(Body, lead.bureau_id), make_bureau(session, "乙区财政局", parent=city)
    own.parent_id = city.id
    session.flush()
    above = make_actor(session, city, Role.BUREAU_LEAD)
    first, last = shares(lead, session, DAYS[0]), shares(lead, session, DAYS[1])
    general = shares(above, session, DAYS[0])
    grade = grades(above, session, DAYS[0])
    agency, unit = make_agency(session, own), make_department(session, own)
    make_engagement(session, own, agency, unit, signed_on=date(2023, 12, 20), assessment_year=2024)
    put_round(session, own, 2024, grade_table_id=grade.id)
    with pytest.raises(Refused, match="table_in_use"):
        withdraw_table(lead, session, first, reason="误", now=NOW)
    # No contract of the round was signed while it held.
    withdraw_table(lead, session, last, reason="误", now=NOW)
    # The district goes by its own; those of the municipality are nobody's.
    withdraw_table(above, session, general, reason="误", now=NOW)
    general = shares(above, session, DAYS[0])
    unit = make_department(session, bureau)
    make_engagement(session, bureau, agency, unit, signed_on=date(2024, 3, 1))
    put_round(session, bureau, 2024, grade_table_id=grade.id)
    with pytest.raises(Refused, match="table_in_use"):
        withdraw_table(above, session, general, reason="误", now=NOW)


def put_round(session: Session, bureau: Body, year: int, **tables: int) -> None:
    kept: dict[str, Any] = {"state": RoundState.OPEN, "weight_mode": WeightMode.EQUAL, "created_at": NOW}
    session.add(AssessmentRound(bureau_id=bureau.id, year=year, **kept, **tables))
    session.flush()
