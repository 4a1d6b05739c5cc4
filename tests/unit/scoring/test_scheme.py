"""Checks of schemes, their data form and their digest."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest
from hypothesis import given

from agencyqa.scoring import (
    RULES,
    AllOrNothing,
    Criterion,
    Deductions,
    Fault,
    GradeBand,
    Problem,
    Rounding,
    Scheme,
    SchemeError,
    Section,
    check_scheme,
    compile_scheme,
    grade_problems,
    param_specs,
    parse_points,
    rule_from_data,
    rule_to_data,
    scheme_digest,
    scheme_from_data,
    scheme_to_data,
)
from tests.unit.examples import examples
from tests.unit.scoring import strategies
from tests.unit.scoring.forms import GRADES, POINT, bands, deduction_form, jiading


def codes(scheme: Scheme) -> list[tuple[str, str]]:
    return [(problem.place, problem.code) for problem in check_scheme(scheme)]


def test_the_real_forms_have_no_problems() -> None:
    assert check_scheme(jiading()) == []
    assert check_scheme(deduction_form()) == []


def test_all_problems_come_at_once() -> None:
    scheme = Scheme(
        "Bad key",
        " ",
        100,
        (
            Section(
                "a", 30, (Criterion("x", 10, AllOrNothing(10)), Criterion("y", 10, AllOrNothing(11), ""))
            ),
            Section("a", 20, ()),
            Section("b", 40, (Criterion("x", 40, AllOrNothing(30)),)),
            Section("c", 1, (Criterion("z", 0, bands(("low", 0, 1), ("high", 3, 4))),)),
        ),
        (GradeBand("good", 80 * POINT), GradeBand("bad", 10 * POINT, 70 * POINT)),
        Rounding(12),
    )
    assert codes(scheme) == [
        ("version", "empty"),
        ("key.Bad key", "bad_key"),
        ("sections.a", "duplicate_key"),
        ("sections.b.criteria.x", "duplicate_key"),
        ("sections.a.max_points", "points_do_not_add_up"),
        ("sections.a.criteria.y.measure", "empty"),
        ("sections.a.criteria.y.rule", "rule_above_max_points"),
        ("sections.a.criteria", "empty"),
        ("sections.b.criteria.x.rule", "max_points_out_of_reach"),
        ("sections.c.max_points", "points_do_not_add_up"),
        ("sections.c.criteria.z.max_points", "not_positive"),
        ("sections.c.criteria.z.rule.bands.high.low", "band_gap"),
        ("max_points", "points_do_not_add_up"),
        ("rounding.places", "out_of_range"),
        ("grades.bad.low", "grade_hole"),
        ("grades.good.low", "grade_hole"),
    ]
    with pytest.raises(SchemeError) as caught:
        compile_scheme(scheme)
    assert len(caught.value.problems) == 15


def test_stated_totals_are_compared_with_the_sums() -> None:
    scheme = replace(jiading(), max_points=94 * POINT)
    assert check_scheme(scheme) == [
        Problem("max_points", "points_do_not_add_up", {"stated": 94 * POINT, "sum": 100 * POINT})
    ]


def test_a_warning_does_not_stop_the_scheme() -> None:
    scheme = Scheme("s", "1", 20, (Section("a", 20, (Criterion("x", 20, AllOrNothing(15)),)),))
    assert [problem.severity for problem in check_scheme(scheme)] == ["warning"]
    assert compile_scheme(scheme).score({"x": {"met": True}}).total == 15


def test_an_empty_scheme_is_refused() -> None:
    assert codes(Scheme("s", "1", 10, ())) == [("sections", "empty")]


def test_wrong_types_are_problems() -> None:
    wrong: dict[str, Any] = {"max_points": 100.0, "rounding": 2}
    scheme = replace(jiading(), **wrong)
    assert codes(scheme) == [("max_points", "not_a_points"), ("rounding", "not_a_record")]


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        (GRADES, []),
        ((), []),
        ((GradeBand("a", 0, 60 * POINT), GradeBand("b", 60 * POINT, 100 * POINT)), []),
        ((GradeBand("a", 0, 60 * POINT), GradeBand("b", 61 * POINT)), [("grades.b.low", "grade_hole")]),
        ((GradeBand("a", 0, 60 * POINT), GradeBand("b", 59 * POINT)), [("grades.b.low", "grade_overlap")]),
        ((GradeBand("a", 0), GradeBand("b", 0)), [("grades.b.low", "grade_overlap")]),
        ((GradeBand("a", 60 * POINT),), [("grades.a.low", "grade_hole")]),
        ((GradeBand("a", 0, 99 * POINT),), [("grades.a.high", "grade_hole")]),
        ((GradeBand("a", 0), GradeBand("b", 101 * POINT)), [("grades.b.low", "out_of_range")]),
        ((GradeBand("a", 0), GradeBand("a", 5)), [("grades.a", "duplicate_key")]),
    ],
)
def test_grade_bands_must_cover_everything_once(
    grades: tuple[GradeBand, ...], expected: list[tuple[str, str]]
) -> None:
    assert [(problem.place, problem.code) for problem in grade_problems(grades)] == expected


@examples(25)
@given(strategies.schemes())
def test_a_scheme_survives_its_data_form(scheme: Scheme) -> None:
    data = json.loads(json.dumps(scheme_to_data(scheme)))
    assert scheme_from_data(data) == scheme
    assert scheme_digest(scheme_from_data(data)) == scheme_digest(scheme)


def test_the_digest_moves_with_any_figure() -> None:
    first = jiading()
    other = replace(first, sections=(replace(first.sections[0], max_points=31 * POINT), *first.sections[1:]))
    assert scheme_digest(first) != scheme_digest(other)
    assert scheme_digest(first) == scheme_digest(jiading())


def test_a_scheme_cannot_be_altered() -> None:
    with pytest.raises(FrozenInstanceError):
        jiading().max_points = 1  # type: ignore[misc]


def test_rules_are_read_from_text_figures() -> None:
    rule = rule_from_data(
        {"kind": "banded", "bands": [{"key": "all", "low": "0", "high": "12.5"}], "step": "0.5"}, parse_points
    )
    assert rule.bounds().high == 125_000


def test_every_fault_of_the_data_is_reported_at_once() -> None:
    data = {
        "kind": "composite",
        "parts": [
            {"key": "a", "rule": {"kind": "deductions", "points": "x", "faults": [{"amount": "0.00001"}, 5]}},
            {"key": "b", "rule": {"kind": "no_such"}},
            {"key": "c", "rule": {"kind": "veto", "rule": 3, "flag": 1, "colour": "red"}},
            {"key": "d", "rule": {"kind": "banded", "bands": {}}},
        ],
    }
    with pytest.raises(SchemeError) as caught:
        rule_from_data(data, parse_points)
    assert [(problem.place, problem.code) for problem in caught.value.problems] == [
        ("parts.a.rule.points", "not_a_number"),
        ("parts.a.rule.faults.0.key", "missing_field"),
        ("parts.a.rule.faults.0.amount", "too_many_decimals"),
        ("parts.a.rule.faults.1", "not_a_record"),
        ("parts.b.rule.kind", "unknown_kind"),
        ("parts.c.rule.colour", "unknown_field"),
        ("parts.c.rule.rule", "not_a_rule"),
        ("parts.c.rule.flag", "not_a_key"),
        ("parts.d.rule.bands", "not_a_list"),
    ]


def test_figures_in_data_are_integers_of_a_ten_thousandth() -> None:
    for figure in (1.0, True, "1"):
        with pytest.raises(SchemeError) as caught:
            rule_from_data({"kind": "all_or_nothing", "points": figure})
        assert caught.value.problems[0].code == "not_a_number"


def test_hostile_nesting_is_refused() -> None:
    data: dict[str, object] = {"kind": "all_or_nothing", "points": 1}
    for _ in range(5_000):
        data = {"kind": "veto", "rule": data}
    with pytest.raises(SchemeError) as caught:
        rule_from_data(data)
    assert caught.value.problems[0].code == "nested_too_deep"


def test_parameters_are_described() -> None:
    assert {kind: [(s.name, s.type, s.required) for s in param_specs(kind)] for kind in RULES} == {
        "banded": [("bands", "list", True), ("step", "points", False), ("gaps", "option", False)],
        "all_or_nothing": [("points", "points", True)],
        "deductions": [("points", "points", True), ("faults", "list", True)],
        "range_deduction": [
            ("points", "points", True),
            ("low", "points", True),
            ("high", "points", True),
            ("step", "points", False),
            ("per_occurrence", "flag", False),
        ],
        "veto": [("rule", "rule", True), ("flag", "key", False), ("exception", "key", False)],
        "composite": [("parts", "list", True)],
        "free": [
            ("low", "points", True),
            ("high", "points", True),
            ("step", "points", False),
            ("published", "flag", False),
        ],
        "ordinal": [("levels", "list", True)],
        "checklist": [("items", "list", True)],
        "ratio": [
            ("points", "points", True),
            ("direction", "option", False),
            ("cap", "points", False),
            ("empty", "option", False),
            ("places", "count", False),
        ],
        "lateness": [
            ("points", "points", True),
            ("classes", "list", True),
            ("per_day", "points", True),
            ("steps", "list", False),
            ("steps_add", "flag", False),
            ("reached", "option", False),
            ("by_amount", "flag", False),
        ],
        "rating": [
            ("points", "points", True),
            ("low", "count", False),
            ("high", "count", False),
            ("cannot_assess", "option", False),
            ("base", "option", False),
            ("places", "count", False),
        ],
    }
    faults = param_specs("deductions")[1]
    assert [(s.name, s.type, s.optional) for s in faults.fields] == [
        ("key", "key", False),
        ("amount", "points", False),
        ("max_count", "count", True),
        ("max_amount", "points", True),
    ]
    assert param_specs("ratio")[1].choices == ("higher", "lower")


def test_what_published_schemes_do_not_have_leaves_no_mark_at_its_default() -> None:
    data = scheme_to_data(jiading())
    assert sorted(data) == ["grades", "key", "max_points", "rounding", "sections", "version"]
    criterion = data["sections"][0]["criteria"][0]
    assert sorted(criterion) == ["key", "max_points", "measure", "rule"]
    assert sorted(criterion["rule"]) == ["bands", "kind", "step"]
    assert sorted(data["sections"][0]) == ["criteria", "key", "max_points"]
    assert rule_to_data(Deductions(5, (Fault("a", 1, None, 3), Fault("b", 1))))["faults"] == [
        {"key": "a", "amount": 1, "max_count": None, "max_amount": 3},
        {"key": "b", "amount": 1, "max_count": None},
    ]
