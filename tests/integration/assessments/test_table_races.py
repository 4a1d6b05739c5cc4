"""Two people at once: one takes a table back or adds one, the other is just beginning to rely on it.

On real connections: the first has written and not committed when the second begins.
"""

from __future__ import annotations

import contextvars
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.assessments.enums import WeightMode
from agencyqa.assessments.models import AssessmentRound, GradeTable, ScoreSheet, ShareTable, YearRuleTable
from agencyqa.assessments.queries.tables import year_rules_in_force
from agencyqa.assessments.services.rounds import open_round
from agencyqa.assessments.services.sheets import open_sheets
from agencyqa.assessments.services.table_withdrawal import withdraw_table
from agencyqa.assessments.services.tables import add_year_rules
from agencyqa.assessments.year_plan import PlanVeto, YearPlan
from agencyqa.auth.actor import Actor
from agencyqa.engagements.models import Engagement
from agencyqa.errors import AgencyQAError
from agencyqa.extensions import db
from tests.factories.accounts import NOW, make_bureau
from tests.factories.assessments import load_schemes
from tests.integration.assessments.test_periods import grades, rules, shares
from tests.integration.reports.world import make_district

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

Step = Callable[[Actor, Session], Any]
YEAR = 2024


class Stage:
    """A district with tables since 2016, an engagement of 2024 and nothing that rests on them."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            session = db.session()
            load_schemes(session)
            district = make_district(
                session, make_bureau(session, "市财政局"), "区财政局", "区教育局", "甲机构"
            )
            self.engagement = district.engage("项目一", signed_on=date(YEAR, 5, 6)).id
            self.lead = district.actor(district.lead)
            session.commit()

    def do(self, step: Step, before_commit: Callable[[], None] = lambda: None) -> str:
        with self.app.app_context():
            session = db.session()
            try:
                step(self.lead, session)
                session.flush()
                before_commit()
            except AgencyQAError as error:
                session.rollback()
                return error.code
            session.commit()
            return "done"

    def race(self, first: Step, second: Step) -> tuple[str, str]:
        """What each is told. The second begins while the first has not committed."""
        with ThreadPoolExecutor(1) as pool:
            begun: list[Future[str]] = []

            def begin() -> None:
                begun.append(pool.submit(contextvars.Context().run, self.do, second))
                self.wait_for(begun[0])

            told = self.do(first, begin)
            return told, begun[0].result(timeout=20)

    def wait_for(self, other: Future[str]) -> None:
        """Until the other waits for us, or has ended without."""
        waiting = sa.text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        with db.engine.connect() as connection:
            for _ in range(400):
                if other.done() or connection.scalar(waiting):
                    return
                connection.rollback()
                time.sleep(0.02)
        raise AssertionError("the other neither waits nor ends")

    def periods(self, model: Any) -> list[tuple[date, date | None]]:
        with self.app.app_context():
            rows = db.session.execute(sa.select(model.valid_from, model.valid_to).order_by(model.valid_from))
            return [(row.valid_from, row.valid_to) for row in rows]

    def count(self, model: Any) -> int:
        with self.app.app_context():
            return int(db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0)


@pytest.fixture
def stage(real_app: Flask) -> Stage:
    return Stage(real_app)


def take_back(model: Any) -> Step:
    """The newest of its kind."""

    def step(lead: Actor, session: Session) -> None:
        newest = sa.select(model).order_by(model.valid_from.desc()).limit(1)
        withdraw_table(lead, session, session.scalars(newest).one(), reason="填错", now=NOW)

    return step


def add(make: Callable[[Actor, Session, date], Any], day: date) -> Step:
    return lambda lead, session: make(lead, session, day)


def sheets(lead: Actor, session: Session) -> None:
    assert open_sheets(lead, session, session.get_one(Engagement, 1), now=NOW)


def opened(lead: Actor, session: Session) -> None:
    open_round(lead, session, YEAR, WeightMode.EQUAL, now=NOW)


def veto(lead: Actor, session: Session) -> None:
    rule = PlanVeto("v", "造假", "Forged", None, "poor", ("forged",))
    plan = YearPlan(vetoes=(rule,))
    add_year_rules(lead, session, valid_from=date(2023, 1, 1), source="文", plan=plan, now=NOW)


def test_what_begins_to_rest_on_a_table_keeps_it(stage: Stage) -> None:
    """Sheets and a round of shares, a veto of grades, a round of grades."""
    begins: list[tuple[Step, Any]] = [(sheets, ShareTable), (veto, GradeTable)]
    for first, model in begins:
        assert stage.race(first, take_back(model)) == ("done", "table_in_use")
    assert stage.do(add(shares, date(2024, 1, 1))) == "done"
    assert (stage.count(ShareTable), stage.count(GradeTable)) == (2, 1)


def test_a_round_keeps_its_tables(stage: Stage) -> None:
    assert stage.do(add(rules, date(2023, 1, 1))) == "done"
    for model in (ShareTable, GradeTable, YearRuleTable):
        with stage.app.app_context():
            db.session.execute(sa.delete(AssessmentRound))
            db.session.commit()
        assert stage.race(opened, take_back(model)) == ("done", "table_in_use")


def test_what_was_taken_back_is_used_by_nobody(stage: Stage) -> None:
    """Who waited goes by the table that holds again, or is told that there is none."""
    assert stage.do(add(rules, date(2022, 1, 1))) == "done"
    assert stage.do(add(rules, date(2023, 1, 1))) == "done"
    assert stage.race(take_back(YearRuleTable), opened) == ("done", "done")
    with stage.app.app_context():
        found = db.session.scalars(sa.select(AssessmentRound)).one()
        held = year_rules_in_force(db.session(), [found.bureau_id], date(YEAR, 12, 31))
        assert held is not None
        assert (held.valid_from, found.year_rules_id) == (date(2022, 1, 1), held.id)
        db.session.delete(found)
        db.session.commit()
    assert stage.race(take_back(ShareTable), sheets) == ("done", "no_share_table")
    assert stage.count(ScoreSheet) == 0
    assert stage.race(take_back(GradeTable), veto) == ("done", "invalid")


def test_two_leads_change_the_row_of_periods_one_after_the_other(stage: Stage) -> None:
    """Neither an overlap nor a gap, whoever comes second; also for the first table of a bureau."""
    days = (date(2022, 1, 1), date(2023, 1, 1))
    for make, model in ((grades, GradeTable), (rules, YearRuleTable)):
        assert stage.race(add(make, days[0]), add(make, days[1])) == ("done", "done")
        assert stage.periods(model)[-2:] == [(days[0], date(2022, 12, 31)), (days[1], None)]
    assert stage.race(take_back(GradeTable), add(grades, date(2025, 1, 1))) == ("done", "done")
    assert stage.periods(GradeTable)[-2:] == [(days[0], date(2024, 12, 31)), (date(2025, 1, 1), None)]
    # The second meant the one that the first has just taken back.
    assert stage.race(take_back(GradeTable), take_back(GradeTable)) == ("done", "not_found")
    assert stage.periods(GradeTable)[-1] == (days[0], None)
