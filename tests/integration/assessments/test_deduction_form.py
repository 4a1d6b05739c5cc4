"""The form with deductions, filled in by a commissioner: the item veto with its exception, the unpublished rule."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from agencyqa.assessments.models import ScoreSheet
from agencyqa.measures.enums import Purpose
from agencyqa.scoring import readd
from tests.client import Client
from tests.factories.accounts import sign_in
from tests.factories.assessments import make_share_table, make_sheets
from tests.factories.engagements import make_engagement
from tests.integration.assessments.conftest import World

FAULTLESS = {
    "a-cover-missing_element": "0",
    "a-tables-wrong_entry": "3",
    "a-arithmetic-scoring_error": "0",
    "a-arithmetic-parts_and_total": "0",
    "a-arithmetic-score_and_grade": "0",
    "a-elements-missing_element": "0",
    "a-completeness-missing_or_repeated": "0",
    "a-language-wording.place": "1",
    "a-language-typesetting.place": "9",
    "a-support-value": "10",
}
INSIDE = {"a-statement-summary.amount": "1.5", "a-statement-clarity.unclear": "7"}
VETO = {"a-statement-no_statement": "yes"}
EXCEPTION = {"a-statement-truly_none": "yes"}


@pytest.fixture
def sheet(world: World, client: Client) -> ScoreSheet:
    make_share_table(world.session, world.neighbour, [(Purpose.COMMISSIONER, Fraction(1))], date(2016, 1, 1))
    engagement = make_engagement(
        world.session, world.neighbour, world.agency, world.department,
        commissioner=world.other_department, signed_on=date(2019, 3, 1),
    )  # fmt: skip
    made = make_sheets(world.session, world.actor(world.neighbour_supervisor), engagement)
    sign_in(client, world.other_officer)
    return made[Purpose.COMMISSIONER]


@pytest.mark.parametrize(
    ("given", "statement", "total"),
    [
        (INSIDE, 35_000, 314_000),
        (INSIDE | VETO, 0, 279_000),
        (VETO, 0, 279_000),
        (INSIDE | VETO | EXCEPTION, 35_000, 314_000),
        # The exception means something only where the veto is raised.
        (INSIDE | EXCEPTION, 35_000, 314_000),
    ],
)
def test_veto_and_exception(
    client: Client, sheet: ScoreSheet, given: dict[str, Any], statement: int, total: int
) -> None:
    page = client.get(f"/sheets/{sheet.id}/edit")
    assert "计分规则未公开" in client.page(page).text
    answer = client.submit(page, "sheet-form", **FAULTLESS, **given, intent="submit")
    assert answer.status_code == 302, client.page(answer).text
    assert sheet.total == total
    trace = client.get(f"/sheets/{sheet.id}/trace.json").get_json(force=True)
    assert readd(trace) == total
    counted = {each["key"]: each["counted"] for part in trace["sections"] for each in part["criteria"]}
    assert counted["statement"] == statement
    assert (counted["tables"], counted["language"], counted["support"]) == (14_000, 25_000, 100_000)
    for address in (f"/sheets/{sheet.id}", f"/sheets/{sheet.id}/trace"):
        assert "计分规则未公开" in client.page(client.get(address)).text


def test_the_exception_does_not_fill_what_is_empty(client: Client, sheet: ScoreSheet) -> None:
    page = client.get(f"/sheets/{sheet.id}/edit")
    answer = client.submit(page, "sheet-form", **FAULTLESS, **VETO, **EXCEPTION, intent="submit")
    assert answer.status_code == 422
    assert any(target.startswith("#a-statement-") for _, target in client.page(answer).links)
    assert sheet.total is None
