"""Mistakes that other systems of this kind have shipped, each held off by a test."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from agencyqa.scoring import (
    AllOrNothing,
    Credit,
    Criterion,
    FreeValue,
    GradeBand,
    MeasureScore,
    Panel,
    RankEntry,
    Ratio,
    RoleShare,
    Rounding,
    Scheme,
    SchemeVeto,
    Section,
    SheetScore,
    Subtotal,
    YearItem,
    YearRules,
    check_scheme,
    check_shares,
    compile_scheme,
    grade_for,
    grade_problems,
    rank,
    readd,
    roll_up_year,
    round_half_up,
    score_engagement,
    score_year,
)
from tests.unit.scoring.forms import GRADES, JIADING_ANSWERS, POINT, bands, jiading, one_rule
from tests.unit.scoring.sheet_forms import answers, checked, item, rated, scheme


def year_item(key: str, score: int | None, fee: int | None = None) -> YearItem:
    if score is None:
        return YearItem(key, None, {}, fee)
    return YearItem(key, Fraction(score), {"M1": MeasureScore(Fraction(score), Fraction(100))}, fee)


def whole(total: int, max_points: int) -> SheetScore:
    return SheetScore(total, max_points, (Subtotal("M1", total, max_points),))


def test_an_average_keeps_zero_scores() -> None:
    assert roll_up_year([year_item("a", 80), year_item("b", 0)]).score == 40


def test_an_average_keeps_what_is_below_zero() -> None:
    """A veto leaves a measure less than nothing; credits may be taken off. Neither is dropped from a mean or a sum."""
    lowered = {
        "M1": MeasureScore(Fraction(80), Fraction(60)),
        "M2": MeasureScore(Fraction(-10), Fraction(40)),
    }
    plain = {"M1": MeasureScore(Fraction(40), Fraction(60)), "M2": MeasureScore(Fraction(30), Fraction(40))}
    items = [YearItem("a", Fraction(70), lowered), YearItem("b", Fraction(70), plain)]
    year = roll_up_year(items)
    assert year.score == 70
    assert {key: each.score for key, each in year.measures.items()} == {"M1": 60, "M2": 10}
    rules = YearRules(base=0, floor=-10 * POINT)
    credits = [Credit(key, points * POINT) for key, points in (("x", -7), ("y", 0), ("z", 2))]
    assert score_year(items, rules, credits=credits).score == 65
    # An average of ratings: 0 on a scale from 0 is a rating, and of a panel each scorer counts.
    panel = RoleShare("expert", 1, 1, Panel())
    seats = {"a": whole(0, 10), "b": whole(0, 10), "c": whole(9, 10)}
    assert score_engagement([panel], {"expert": seats}).score == 30


def test_a_value_is_not_cut_to_two_decimals_before_it_is_used() -> None:
    shares = [RoleShare("a", 1, 3), RoleShare("b", 2, 3)]
    result = score_engagement(shares, {"a": whole(2, 3), "b": whole(2, 3)})
    assert result.score == Fraction(200, 3)
    assert roll_up_year([result.as_item("x"), result.as_item("y"), result.as_item("z")]).score == Fraction(
        200, 3
    )


def test_the_top_score_has_a_grade() -> None:
    grades = (GradeBand("low", 0, 60 * POINT), GradeBand("high", 60 * POINT, 100 * POINT))
    assert grade_problems(grades) == []
    assert grade_for(Fraction(100), grades).key == "high"
    scheme = replace(one_rule(AllOrNothing(POINT)), grades=grades)
    program = compile_scheme(scheme)
    assert program.score({"item": {"met": True}}).grade == "high"
    assert program.score_arrays(program.encode([{"item": {"met": True}}])).grade.tolist() == [1]


def test_ranges_that_overlap_or_leave_a_gap_are_refused() -> None:
    gap = (GradeBand("low", 0, 59 * POINT), GradeBand("high", 60 * POINT))
    overlap = (GradeBand("low", 0, 61 * POINT), GradeBand("high", 60 * POINT))
    assert [problem.code for problem in grade_problems(gap)] == ["grade_hole"]
    assert [problem.code for problem in grade_problems(overlap)] == ["grade_overlap"]
    assert [p.code for p in bands(("low", 0, 5), ("high", 7, 9)).problems()] == ["band_gap"]
    assert [p.code for p in bands(("low", 0, 5), ("high", 4, 9)).problems()] == ["band_overlap"]


def test_shares_need_not_be_exact_as_floats() -> None:
    assert 0.7 + 0.2 + 0.1 != 1.0
    assert check_shares([RoleShare("a", 1, 10), RoleShare("b", 2, 10), RoleShare("c", 7, 10)]) == []
    assert check_shares([RoleShare(role, 1, 3) for role in ("a", "b", "c")]) == []
    nearly = [RoleShare("a", 1, 3), RoleShare("b", 666_666_667, 1_000_000_000)]
    assert [problem.code for problem in check_shares(nearly)] == ["shares_do_not_add_up"]


def test_no_answer_is_not_zero() -> None:
    program = compile_scheme(one_rule(FreeValue(0, 10 * POINT)))
    empty: list[dict[str, dict[str, None]]] = [{}, {"item": {}}, {"item": {"value": None}}]
    for given in empty:
        result = program.score(given)
        assert (result.state, result.total, result.criterion("item").counted) == ("missing", None, None)
    assert program.score({"item": {"value": 0}}).total == 0
    year = roll_up_year([year_item("a", 90), year_item("b", None)])
    assert (year.state, year.score) == ("provisional", None)
    assert rank([RankEntry("a", year.score)])[0].rank is None


def test_an_unknown_scale_value_is_not_replaced() -> None:
    program = compile_scheme(jiading())
    data = program.score(JIADING_ANSWERS | {"data": {"band": "splendid", "value": 23 * POINT}}).criterion(
        "data"
    )
    assert (data.state, data.counted) == ("invalid", None)
    assert [(issue.code, issue.params) for issue in data.issues] == [
        ("unknown_choice", {"choices": ["strong", "fair", "poor"]})
    ]


def test_a_weight_of_zero_is_zero() -> None:
    result = roll_up_year([year_item("a", 90, 100), year_item("b", 10, 0)], "fee")
    assert result.score == 90
    assert [each.weight for each in result.items] == [1, 0]
    assert (
        score_engagement(
            [RoleShare("a", 1, 1), RoleShare("b", 0, 1)], {"a": whole(9, 10), "b": whole(0, 10)}
        ).score
        == 90
    )


def test_rounding_rounds_and_does_not_truncate() -> None:
    assert round_half_up(Fraction("89.999"), 2) == 9000
    assert round_half_up(Fraction("89.995"), 2) == 9000
    assert round_half_up(Fraction("89.994"), 2) == 8999
    assert grade_for(Fraction("89.995"), GRADES, Rounding(2)).key == "excellent"
    assert grade_for(Fraction("89.995"), GRADES).key == "good"


def test_a_breakdown_adds_up_to_its_score() -> None:
    program = compile_scheme(jiading())
    entered = {"ability": 12_345, "data": 77_777}
    result = program.score(JIADING_ANSWERS, entered)
    assert result.total == sum(each.counted or 0 for each in result.criteria)
    assert result.total == sum(section.total or 0 for section in result.sections)
    assert result.total == sum(measure.total or 0 for measure in result.measures)
    assert readd(program.trace(JIADING_ANSWERS, entered)) == result.total


def test_cannot_assess_is_not_zero() -> None:
    form = scheme((rated("a"), rated("b")))
    assert checked(form, answers(r_a=0, r_b=4)).percent == 80
    assert checked(form, answers(r_a=1, r_b=4)).percent == 50


def test_weights_of_a_sheet_need_not_come_to_a_hundred_and_zero_is_zero() -> None:
    assert 0.1 + 0.2 != 0.3
    form = scheme((item("a", weight=1_000), item("b", weight=2_000), item("c", weight=0)), adding="weights")
    assert check_scheme(form) == []
    result = checked(form, answers(a=10, b=0, c=10))
    assert (result.percent, result.total) == (Fraction(333_333, 10_000), 333_333)
    assert result.criterion("c").contribution == 0


def test_a_sheet_rounds_half_up_where_its_rule_divides_and_cuts_nothing() -> None:
    rule = Ratio(10 * POINT, places=2)
    marks = [
        compile_scheme(one_rule(rule)).score({"item": {"actual": n, "planned": 8_000}}).total
        for n in (1, 3, 4)
    ]
    # 0.00125, 0.00375 and 0.005 points.
    assert marks == [0, 0, 100]
    exact = compile_scheme(one_rule(Ratio(10 * POINT)))
    assert exact.score({"item": {"actual": 2, "planned": 3}}).total == 66_667


def test_a_breakdown_with_bonus_veto_and_weights_adds_up_too() -> None:
    form = scheme(
        (item("a", weight=1), item("b", weight=2, measure="M2"), item("x", 5, bonus=True)),
        adding="weights",
        vetoes=(SchemeVeto("v", "M2", 50 * POINT),),
    )
    result = checked(form, answers(a=10, b=10, x=5, v_v=1))
    assert result.total == 50 * POINT == sum(each.total or 0 for each in result.measures)
    cut = result.vetoes[0].contribution
    assert sum(each.contribution or 0 for each in result.criteria) + (cut or 0) == result.total


def test_a_new_version_leaves_old_results_alone() -> None:
    old = compile_scheme(jiading())
    before, trace = old.score(JIADING_ANSWERS), old.trace(JIADING_ANSWERS)
    halved = Section("before", 15 * POINT, (Criterion("stability", 15 * POINT, AllOrNothing(15 * POINT)),))
    new = compile_scheme(Scheme("jiading", "2024", 15 * POINT, (halved,), GRADES))
    assert check_scheme(new.scheme) == []
    assert new.score({"stability": {"met": True}}).percent == 100
    assert old.score(JIADING_ANSWERS) == before
    assert old.trace(JIADING_ANSWERS) == trace
    assert (trace["scheme"]["version"], trace["engine"]) == ("2018", "1")
    assert old.digest != new.digest
