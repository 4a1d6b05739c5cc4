"""What would change a grade, on the pages of those who may see the score."""

from __future__ import annotations

from typing import Any

import pytest

from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.models import ScoreSheet
from agencyqa.measures.enums import Purpose
from agencyqa.measures.queries import program_of
from agencyqa.measures.services import draft_scheme
from agencyqa.scoring import SCALE
from tests.client import Client
from tests.factories.accounts import NOW, sign_in
from tests.integration.assessments.conftest import World, switch_to
from tests.integration.assessments.simulation.drafts import DRAFT, said, table
from tests.integration.assessments.years import Year, year

__all__ = ["year"]

GRADED = DRAFT.replace(
    "sections:",
    "grades:\n"
    "  - {key: good, label: {zh: 良, en: Good}, low: 80}\n"
    "  - {key: poor, label: {zh: 差, en: Poor}, low: 0}\n"
    "sections:",
)


@pytest.fixture
def sheet(year: Year) -> ScoreSheet:
    """An unstable team, and communication of 19 of 20: 47.5 %."""
    session = year.session
    version = draft_scheme(year.supervisor, session, GRADED % {"total": 40, "communication": 20}, now=NOW)
    session.flush()
    made = year.sheet(year.engage(year.world.agency), Purpose.EVALUATED_UNIT, 19, 40, state=SheetState.DRAFT)
    answers: dict[str, dict[str, Any]] = {
        "team_stability": {"met": False},
        "communication": {"band": "good", "value": 19 * SCALE},
    }
    made.scheme_version_id = version.id
    made.answers, made.packed = answers, list(program_of(version).pack(answers))
    made.grade, made.state = "poor", SheetState.PUBLISHED
    session.flush()
    return made


def test_the_least_improvement_of_a_sheet(client: Client, sheet: ScoreSheet, year: Year) -> None:
    sign_in(client, year.world.supervisor)
    assert f"/sheets/{sheet.id}/grade" in client.get(f"/sheets/{sheet.id}").text
    assert f"/sheets/{sheet.id}/grade" in client.get(f"/sheets/{sheet.id}/trace").text
    page = client.get(f"/sheets/{sheet.id}/grade").text
    assert table(page, "up") == [
        ["人员稳定", "0 / 20", "20", "+20", "是否符合：否 → 是", "39 良"],
    ]
    assert "沟通（19 / 20）这一项得满分也不够。" in said(page)
    assert table(page, "down") == [["没有哪一项单独失分就会使等级降低。"]]


def test_the_same_in_english(client: Client, sheet: ScoreSheet, year: Year) -> None:
    sign_in(client, year.world.supervisor)
    client.post("/language", data={"locale": "en", "next": "/"})
    page = client.get(f"/sheets/{sheet.id}/grade").text
    assert table(page, "up")[0][0] == "Stable team"
    assert table(page, "up")[0][5] == "39 Good"


def test_who_sees_what_would_change_a_sheet(client: Client, sheet: ScoreSheet, year: Year) -> None:
    world: World = year.world
    found = {}
    for name in ("manager", "other_manager", "officer", "other_officer", "observer", "administrator"):
        switch_to(client, getattr(world, name))
        page = client.get(f"/sheets/{sheet.id}/grade")
        found[name] = (page.status_code, "人员稳定" in page.text)
    assert found == {
        "manager": (200, True),
        "other_manager": (404, False),
        "officer": (200, True),
        "other_officer": (404, False),
        "observer": (200, True),
        "administrator": (403, False),
    }


def test_a_form_without_grades_says_so(client: Client, year: Year) -> None:
    made = year.sheet(year.engage(year.world.agency), Purpose.BUREAU, 5)
    made.answers = {}
    sign_in(client, year.world.supervisor)
    assert "没有等级" in said(client.get(f"/sheets/{made.id}/grade").text)


def test_what_would_change_an_annual_grade(client: Client, year: Year) -> None:
    found = year.published()
    result = year.result(found, year.world.agency)
    sign_in(client, year.world.manager)
    assert f"/results/{result.id}/grade" in client.get(f"/results/{result.id}").text
    page = client.get(f"/results/{result.id}/grade").text
    # 82 of 90: a bureau's sheet gives 0.35 a point, so even full marks on one are not enough.
    assert table(page, "up") == [["没有哪一份评分表单独就能使年度等级升高。"]]
    # Below 79.995 it is shown as 79.99: 2.005 / 0.35, / 0.3 x 94 x 2 and / 0.15 points less.
    assert [row[1:] for row in table(page, "down")] == [
        ["财政局评分", "80 / 100", "74.2714", "-5.7286", "79.99 中"],
        ["财政局评分", "90 / 100", "84.2714", "-5.7286", "79.99 中"],
        ["被评价单位评分", "47 / 94", "34.4353", "-12.5647", "79.99 中"],
        ["被评价单位评分", "100 / 100", "86.6333", "-13.3667", "79.99 中"],
    ]


def test_who_sees_what_would_change_a_year(client: Client, year: Year) -> None:
    world = year.world
    result = year.result(year.published(), world.agency)
    found = {}
    for name in ("manager", "other_manager", "officer", "observer", "lead", "administrator"):
        switch_to(client, getattr(world, name))
        page = client.get(f"/results/{result.id}/grade")
        found[name] = (page.status_code, "74.2714" in page.text)
    assert found == {
        "manager": (200, True),
        "other_manager": (404, False),
        "officer": (404, False),
        "observer": (200, True),
        "lead": (200, True),
        "administrator": (403, False),
    }


def test_a_year_without_a_grade_says_so(client: Client, year: Year) -> None:
    year.sheet(year.engage(year.world.agency), Purpose.BUREAU, 99)
    result = year.result(year.round(), year.world.agency)
    sign_in(client, year.world.supervisor)
    assert "还没有年度等级。" in said(client.get(f"/results/{result.id}/grade").text)
    assert f"/results/{result.id}/grade" not in client.get(f"/results/{result.id}").text
