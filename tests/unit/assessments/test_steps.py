"""The arithmetic of a criterion in names and figures, each figure on its own scale."""

from __future__ import annotations

from typing import Any

from agencyqa.assessments.forms.steps import step_lines
from agencyqa.measures.texts import RuleTexts
from agencyqa.scoring import (
    Checklist,
    Criterion,
    Item,
    LateClass,
    Lateness,
    LateStep,
    Rating,
    Ratio,
    Rule,
    Scheme,
    Section,
    compile_scheme,
    parse_points,
)

TEN = parse_points("10")


def lines(rule: Rule, answers: dict[str, Any], words: RuleTexts | None = None) -> list[tuple[str, str, str]]:
    scheme = Scheme("one", "1", TEN, (Section("all", TEN, (Criterion("item", TEN, rule),)),))
    trace = compile_scheme(scheme).trace({"item": answers})
    steps = trace["sections"][0]["criteria"][0]["steps"]
    return [(line.label, line.names, line.figures) for line in step_lines(steps, rule, words or RuleTexts())]


def test_a_ratio_multiplies_and_divides_figures_as_they_were_typed() -> None:
    answers = {"actual": parse_points("30.5"), "planned": parse_points("40")}
    assert lines(Ratio(TEN, places=2), answers) == [
        ("满分相乘", "满分 × “实际数”", "10 × 30.5 = 305"),
        ("按比例得分", "第 1 步 ÷ “计划数”，四舍五入", "305 ÷ 40，四舍五入 = 7.63"),
        ("不超过上限", "取较小者（第 2 步，满分）", "取较小者（7.63，10） = 7.63"),
    ]


def test_a_rating_is_a_number_and_no_points() -> None:
    assert [figures for _, _, figures in lines(Rating(TEN, 1, 6, base="low", places=1), {"rating": 4})] == [
        "4 − 1 = 3",
        "取较大者（3，0） = 3",
        "6 − 1 = 5",
        "10 × 3 = 30",
        "30 ÷ 5，四舍五入 = 6",
        "取较小者（6，10） = 6",
    ]


def test_lateness_reaches_its_steps_in_days() -> None:
    rule = Lateness(TEN, (LateClass("small", 10),), TEN // 20, (LateStep(15_000, TEN // 5),))
    words = RuleTexts(choices={"class": {"small": "小型"}})
    assert lines(rule, {"days": 16, "class": "small"}, words) == [
        ("期限（工作日）", "“小型”的期限", "10"),
        ("按日扣分", "“逾期工作日数” × 每日扣分", "16 × 0.5 = 8"),
        ("是否达到该档", "“逾期工作日数” 超过 第 1 步 × 第 1 档的倍数", "16 超过 10 × 1.5 = 1"),
        ("该档扣分", "第 3 步 × 第 1 档的扣分", "1 × 2 = 2"),
        ("扣分合计", "第 2 步 + 第 4 步", "8 + 2 = 10"),
        ("扣后余分", "满分 − 第 5 步", "10 − 10 = 0"),
        ("扣完为止", "取较大者（第 6 步，0）", "取较大者（0，0） = 0"),
    ]


def test_ticks_are_ones_and_zeros() -> None:
    rule = Checklist((Item("plan", TEN // 5 * 2), Item("draft", TEN // 5 * 3)))
    words = RuleTexts(inputs={"plan": "方案", "draft": "初稿"})
    assert lines(rule, {"plan": True, "draft": False}, words) == [
        ("该项得分", "“方案” × “方案”的分值", "1 × 4 = 4"),
        ("该项得分", "“初稿” × “初稿”的分值", "0 × 6 = 0"),
        ("具备各项合计", "第 1 步 + 第 2 步", "4 + 0 = 4"),
    ]
