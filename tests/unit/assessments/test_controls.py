"""The controls that a rule becomes on the page: options, hints, units."""

from __future__ import annotations

from agencyqa.assessments.forms.controls import Field, fields_of, filled_group
from agencyqa.assessments.forms.layout import block_of
from agencyqa.measures.counting import CountedFault
from agencyqa.measures.scheme_format import Effect
from agencyqa.measures.texts import RuleTexts
from agencyqa.scoring import (
    Checklist,
    Criterion,
    Item,
    LateClass,
    Lateness,
    Rating,
    Ratio,
    Rule,
    parse_points,
)

TEN = parse_points("10")
WORDS = RuleTexts(
    inputs={"plan": "评价方案", "draft": "初稿", "actual": "实际人数"},
    choices={"rating": {"high": "很满意", "0": "没有接触"}, "class": {"small": "小型"}},
)


def controls(rule: Rule, counted: dict[str, CountedFault] | None = None) -> tuple[Field, ...]:
    return fields_of("item", block_of(Criterion("item", TEN, rule)), WORDS, counted or {}).fields


def test_a_scale_is_picked_from_its_best_grade_down_and_cannot_assess_is_no_grade() -> None:
    (field,) = controls(Rating(TEN, 1, 3))
    assert (field.widget, field.id, field.unit) == ("rating", "a-item-rating-0", "")
    assert [(option.value, option.label, option.note) for option in field.options] == [
        ("3", "3", "很满意"),
        ("2", "2", ""),
        ("1", "1", ""),
        ("0", "没有接触", "不计入，满分相应减少"),
    ]
    (counted,) = controls(Rating(TEN, 1, 3, cannot_assess="zero"))
    assert counted.options[-1].note == "得 0 分"


def test_a_long_scale_is_typed() -> None:
    (field,) = controls(Rating(TEN, 1, 100))
    assert (field.widget, field.hint, field.options) == ("count", "无法评价请填 0", ())


def test_figures_of_the_world_have_no_unit_of_ours() -> None:
    actual, planned = controls(Ratio(TEN))
    assert (actual.widget, actual.label, actual.unit, actual.hint) == ("number", "实际人数", "", "")
    assert planned.label == "计划数"


def test_lateness_counts_working_days_and_shows_the_limit_of_a_class() -> None:
    days, kind = controls(Lateness(TEN, (LateClass("small", 10),), TEN))
    assert (days.label, days.unit, days.hint) == ("逾期工作日数", "个工作日", "没有请填 0")
    assert [(option.label, option.note) for option in kind.options] == [("小型", "期限 10 个工作日")]


def test_a_checklist_has_a_box_for_none_and_leaves_out_what_the_system_supplies() -> None:
    rule = Checklist((Item("plan", TEN // 2), Item("draft", TEN // 2)))
    group = fields_of("item", block_of(Criterion("item", TEN, rule)), WORDS, {})
    assert [(field.widget, field.label, field.hint) for field in group.fields] == [
        ("tick", "评价方案", "5 分"),
        ("tick", "初稿", "5 分"),
    ]
    assert group.none is not None
    assert group.none.name == "none-item-"
    shown = filled_group(group, {"a-item-plan": "yes"}, {"none-item-": "请核对"})
    assert shown.fields[0].text == "yes"
    assert shown.none is not None
    assert shown.none.error == "请核对"
    counted = {
        name: CountedFault("missing_plan", "item", name, by_hand=False, effect=Effect.FAIL)
        for name in ("plan", "draft")
    }
    supplied = fields_of("item", block_of(Criterion("item", TEN, rule)), WORDS, counted)
    assert [field.widget for field in supplied.fields] == ["supplied", "supplied"]
    assert supplied.none is None
