"""A bureau's own form with most kinds of rules: filled in without scripts, stored, explained and added up again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

import pytest

from agencyqa.assessments.models import ScoreSheet
from agencyqa.measures.enums import Purpose
from agencyqa.scoring import readd
from tests.client import Client
from tests.factories.accounts import sign_in
from tests.factories.assessments import program_of_sheet
from tests.factories.measures import MIXED_FORM, make_scheme
from tests.integration.assessments.conftest import World

FORM = "sheet-form"
# Of the first example of the documents: 92.83.
FILLED = {
    "a-on_time-days": "0",
    "a-on_time-amount": "500",
    "a-archive-plan": "yes",
    "a-archive-papers": "yes",
    "a-archive-reviews": "yes",
    "a-interviews-actual": "30",
    "a-interviews-planned": "40",
    "a-staffing-level": "high",
    "a-report-band": "strong",
    "a-report-value": "18.3",
    "a-errors-figure": "1",
    "a-errors-wording": "9",
    "a-advice-useful.met": "yes",
    "a-advice-manner.amount": "0",
    "a-satisfaction-rating": "5",
    "a-remark-value": "4",
    "a-method-value": "3",
}


@pytest.fixture
def sheet(world: World, client: Client) -> ScoreSheet:
    make_scheme(world.session, world.bureau, MIXED_FORM.read_text(encoding="utf-8"))
    sign_in(client, world.supervisor)
    return world.sheets(world.engage(date(2024, 3, 1)))[Purpose.BUREAU]


def fill_in(client: Client, sheet: ScoreSheet, fields: Mapping[str, str]) -> str:
    """The page that answers a submission, or the sheet that it leads to."""
    answer = client.submit(client.get(f"/sheets/{sheet.id}/edit"), FORM, **fields, intent="submit")
    if answer.status_code == 302:
        answer = client.get(f"/sheets/{sheet.id}")
    return client.page(answer).text


def trace(client: Client, sheet: ScoreSheet) -> str:
    shown = client.page(client.get(f"/sheets/{sheet.id}/trace")).text
    assert "复核通过" in shown
    data = json.loads(client.get(f"/sheets/{sheet.id}/trace.json").text)
    assert readd(data) == sheet.total
    return shown


def test_nothing_of_an_untouched_form_is_0(client: Client, sheet: ScoreSheet) -> None:
    html = client.get(f"/sheets/{sheet.id}/edit").text
    for place in ('data-section="process"', 'data-section="quality"', 'data-section="extra"', "data-known"):
        assert f"<strong {place}>—</strong>" in html
    # Nothing is ticked, not even the box that says that there is nothing.
    values = client.page(client.get(f"/sheets/{sheet.id}/edit")).form(FORM).values
    assert not [name for name in values if name.startswith(("a-archive-", "none-archive-"))]


def test_the_form_is_scored_and_adds_up(client: Client, world: World, sheet: ScoreSheet) -> None:
    shown = fill_in(client, sheet, FILLED)
    assert (sheet.total, sheet.max_points, sheet.grade, sheet.engine_version) == (
        928_300,
        1_000_000,
        "excellent",
        "2",
    )
    assert sheet.section_totals == {
        "process": [425_000, 450_000],
        "quality": [473_300, 550_000],
        "extra": [30_000, 0],
    }
    assert sum(total for total, _ in sheet.measure_totals.values()) == sheet.total
    assert program_of_sheet(world.session, sheet).unpack(sheet.packed)[0] == sheet.answers
    assert "加分计入 3 分" in shown
    assert "42.5 + 47.33 + 3 = 92.83" in trace(client, sheet)


def test_what_cannot_be_assessed_is_left_out_and_said(client: Client, sheet: ScoreSheet) -> None:
    shown = fill_in(client, sheet, {**FILLED, "a-satisfaction-rating": "0"})
    assert (sheet.total, sheet.max_points) == (845_000, 900_000)
    assert sheet.section_totals["quality"] == [390_000, 450_000]
    assert "有 1 项不计入：满意度。" in shown
    assert "已评项目的满分为 90 分，占满分 100 分的 90.00%。" in shown
    # Shown as far as it goes, not rounded: the trace rounds where the scheme says, on the next line.
    assert "84.5 ÷ 90 × 100 ≈ 93.8888" in trace(client, sheet)


def test_a_veto_caps_the_sheet_unless_it_is_excused(client: Client, sheet: ScoreSheet) -> None:
    shown = fill_in(client, sheet, {**FILLED, "a-false_report-raised": "yes"})
    assert (sheet.total, sheet.grade) == (590_000, "unqualified")
    assert sum(total for total, _ in sheet.measure_totals.values()) == sheet.total
    assert "总分最高 59 分，从总分中扣去 33.83 分" in shown
    assert "42.5 + 47.33 + 3 − 33.83 = 59" in trace(client, sheet)


def test_an_excused_veto_takes_nothing(client: Client, sheet: ScoreSheet) -> None:
    excused = {"a-false_report-raised": "yes", "a-false_report-misled": "yes"}
    assert "已认定，但属于例外情形，不适用" in fill_in(client, sheet, {**FILLED, **excused})
    assert (sheet.total, sheet.grade) == (928_300, "excellent")


def test_a_list_nobody_looked_at_is_asked_for_and_a_contradiction_is_refused(
    client: Client, sheet: ScoreSheet
) -> None:
    unticked = {name: text for name, text in FILLED.items() if not name.startswith("a-archive-")}
    shown = fill_in(client, sheet, unticked)
    assert "请勾选具备的各项；一项也没有的，勾选“以上均不具备”。" in shown
    both = fill_in(client, sheet, {**FILLED, "none-archive-": "yes"})
    assert "既勾选了具备的项目，又勾选了“以上均不具备”，请核对。" in both
    assert (sheet.answers, sheet.total) == ({}, None)
    fill_in(client, sheet, {**unticked, "none-archive-": "yes"})
    # Without a complete archive the bonus is not granted either.
    assert sheet.total == 928_300 - 100_000 - 30_000


def test_the_published_form_says_how_it_counts(client: Client, sheet: ScoreSheet) -> None:
    shown = client.page(client.get(f"/measures/schemes/{sheet.scheme_version_id}")).text
    for sentence in (
        "一经认定，总分最高 59 分，等级最高为“不合格”（系被评价单位提供虚假资料所致除外）。",
        "仅在“档案齐全”得满分时计入",
        "权重为 0，只列示，不影响总分",
        "已评项目的分值不到满分的 80% 的，不出总分。",
    ):
        assert sentence in shown
