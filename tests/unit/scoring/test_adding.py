"""Weights, items without weight, and what is left out of a sheet."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from agencyqa.scoring import Criterion, Deductions, Fault, check_scheme, compile_scheme
from tests.unit.scoring.forms import POINT
from tests.unit.scoring.sheet_forms import answers, checked, given_by, item, rated, scheme

THIRDS = scheme(
    (item("a", weight=1), item("b", weight=1)), (item("c", weight=1, measure="M2"),), adding="weights"
)


def test_weights_share_out_the_maximum_and_every_part_is_whole() -> None:
    result = checked(THIRDS, answers(a=10, b=10, c=10))
    assert [each.max_contribution for each in result.criteria] == [333_333, 333_334, 333_333]
    assert given_by(result) == {"a": 333_333, "b": 333_334, "c": 333_333}
    assert (result.total, result.percent, result.grade) == (100 * POINT, 100, "excellent")
    assert [(each.key, each.total, each.max_points) for each in result.sections] == [
        ("s0", 666_667, 666_667),
        ("s1", 333_333, 333_333),
    ]
    half = checked(THIRDS, answers(a=1, b=0, c=0))
    assert (given_by(half), half.total) == ({"a": 33_333, "b": 0, "c": 0}, 33_333)
    assert half.criterion("a").counted == POINT


def test_weights_may_be_any_figures_in_any_ratio() -> None:
    form = scheme((item("a", 4, weight=30), item("b", 20, weight=70)), adding="weights")
    assert checked(form, answers(a=2, b=10)).total == 50 * POINT
    assert checked(form, answers(a=4, b=0)).total == 30 * POINT


def test_a_section_is_known_before_the_sections_before_it() -> None:
    result = checked(THIRDS, answers(c=10))
    assert [(each.key, each.total) for each in result.sections] == [("s0", None), ("s1", 333_333)]
    assert (result.state, result.total, result.known_total) == ("missing", None, 333_333)


def test_an_item_without_weight_is_shown_and_moves_nothing() -> None:
    for form in (
        scheme((item("note", weight=0), item("a"))),
        scheme((item("note", weight=0), item("a", weight=5)), adding="weights"),
    ):
        low, high = (checked(form, answers(note=note, a=7)) for note in (0, 10))
        assert low.total == high.total == 7 * form.max_points // 10
        assert high.criterion("note").counted == 10 * POINT
        assert (high.criterion("note").contribution, high.criterion("note").max_contribution) == (0, 0)
        # It is asked for all the same; only its own section waits.
        waiting = checked(form, answers(a=7))
        assert (waiting.state, waiting.total, waiting.sections[0].total) == ("missing", None, None)


def test_contributions_stand_whatever_is_missing_beside_them() -> None:
    form = scheme((item("note", weight=0), item("a", weight=5)), adding="weights")
    program = compile_scheme(form)
    arrays = program.score_arrays(program.encode([answers(a=7)]))
    assert arrays.contribution["a"].tolist() == [70 * POINT]
    assert arrays.sections["s0"][0].tolist() == [0]


RATED = scheme((rated("a"), rated("b", 30)), (item("c", 60),))


def test_what_cannot_be_assessed_leaves_the_maximum() -> None:
    result = checked(RATED, answers(r_a=0, r_b=5, c=30))
    assert (result.total, result.assessed_max, result.max_points) == (60 * POINT, 90 * POINT, 100 * POINT)
    assert (result.partial, result.left_out, result.state) == (True, ("a",), "ok")
    assert (result.percent, result.grade) == (Fraction(200, 3), "fair")
    assert [(each.total, each.max_points) for each in result.sections] == [
        (30 * POINT, 30 * POINT),
        (30 * POINT, 60 * POINT),
    ]
    assert result.as_score().max_points == 90 * POINT
    whole = checked(RATED, answers(r_a=5, r_b=5, c=60))
    assert (whole.partial, whole.left_out, whole.percent) == (False, (), 100)


def test_full_marks_on_what_was_assessed_are_full_marks_by_weights_too() -> None:
    form = scheme(tuple(rated(key, weight=1) for key in ("a", "b", "c")), adding="weights")
    for left_out in ("a", "b", "c"):
        given = answers(r_a=5, r_b=5, r_c=5) | answers(**{f"r_{left_out}": 0})
        result = checked(form, given)
        assert (result.percent, result.total) == (100, result.assessed_max)
        assert result.assessed_max == 666_667


def test_a_figure_for_what_is_left_out_is_a_contradiction() -> None:
    result = checked(RATED, answers(r_a=0, r_b=5, c=30), {"a": POINT})
    assert (result.state, result.criterion("a").state) == ("invalid", "invalid")
    assert [issue.code for issue in result.criterion("a").issues] == ["entered_but_left_out"]


def test_too_little_assessed_gives_no_total() -> None:
    form = scheme((rated("a"), rated("b", 30)), (item("c", 60),), least_assessed=900_000)
    enough = checked(form, answers(r_a=0, r_b=5, c=30))
    assert (enough.state, enough.total) == ("ok", 60 * POINT)
    less = checked(form, answers(r_a=5, r_b=0, c=30))
    assert (less.state, less.total, less.grade, less.is_complete) == ("unassessed", None, None, False)
    assert checked(form, answers(r_a=5, r_b=None, c=30)).state == "missing"


def test_nothing_assessed_is_no_score() -> None:
    form = scheme((rated("a"), rated("b")))
    result = checked(form, answers(r_a=0, r_b=0))
    assert (result.state, result.total, result.assessed_max) == ("unassessed", None, 0)


def test_no_answer_waits_or_is_left_out_as_the_scheme_says() -> None:
    faults = Criterion("f", 10 * POINT, Deductions(10 * POINT, (Fault("x", POINT), Fault("y", POINT))), "M1")
    waiting, leaving = (scheme((item("a", 90), faults), unanswered=how) for how in ("wait", "leave_out"))
    given = answers(a=45)
    assert checked(waiting, given).total is None
    left = checked(leaving, given)
    assert (left.total, left.assessed_max, left.percent) == (45 * POINT, 90 * POINT, 50)
    assert left.criterion("f").issues == ()
    # Half an answer is a slip, and nobody guesses the other half.
    half = checked(leaving, given | {"f": {"x": 1}})
    assert (half.total, half.criterion("f").state) == (None, "missing")
    assert [issue.input for issue in half.criterion("f").issues] == ["y"]
    assert checked(leaving, given | {"f": {"x": "1"}}).criterion("f").state == "invalid"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            {"adding": "weights"},
            [("sections.s0.criteria.a.weight", "weight_missing"), ("adding", "weights_all_zero")],
        ),
        ({"total_cap": 99 * POINT}, [("total_cap", "cap_below_max_points")]),
        ({"total_cap": 100 * POINT, "least_assessed": 1_000_000}, []),
        ({"least_assessed": 0}, [("least_assessed", "out_of_range")]),
        ({"least_assessed": 1_000_001}, [("least_assessed", "out_of_range")]),
        ({"unanswered": "guess"}, [("unanswered", "unknown_option")]),
    ],
)
def test_faults_of_the_way_of_adding(options: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    form = scheme((item("a", 100),), **options)
    found = [(p.place, p.code) for p in check_scheme(form) if p.code != "points_do_not_add_up"]
    assert [each for each in found if each[1] != "not_positive"] == expected


def test_faults_of_weights() -> None:
    form = scheme(
        (item("a", weight=-1), item("b", weight=3), item("c", weight=2, bonus=True)), adding="points"
    )
    assert [(p.place.rpartition("criteria.")[2], p.code) for p in check_scheme(form)] == [
        ("a.weight", "negative"),
        ("b.weight", "weight_without_use"),
        ("c.weight", "bonus_with_weight"),
    ]
