"""Vetoes of the whole sheet: they cap the total, the grade, or both."""

from __future__ import annotations

from typing import Any

import pytest

from agencyqa.scoring import AnswersError, Scheme, SchemeVeto, check_scheme, compile_scheme
from tests.unit.scoring.forms import POINT
from tests.unit.scoring.sheet_forms import answers, checked, item, rated, scheme


def form(*vetoes: SchemeVeto, **options: Any) -> Scheme:
    return scheme((item("a", 60), rated("b", 40)), vetoes=vetoes, **options)


CAP = SchemeVeto("fraud", "M2", caps_total=59 * POINT)
LOW = SchemeVeto("late", None, caps_grade="fair", exception="excused")


def test_a_cap_on_the_total_is_taken_off_under_its_measure() -> None:
    result = checked(form(CAP), answers(a=60, r_b=5, v_fraud=1))
    assert (result.total, result.grade, result.capped_by) == (59 * POINT, "poor", None)
    assert [(each.key, each.total, each.max_points) for each in result.measures] == [
        ("M1", 60 * POINT, 60 * POINT),
        ("M2", -POINT, 40 * POINT),
    ]
    assert result.sections[0].total == 100 * POINT
    veto = result.vetoes[0]
    assert (veto.raised, veto.applied, veto.cap, veto.contribution) == (True, True, 59 * POINT, -41 * POINT)
    below = checked(form(CAP), answers(a=50, r_b=1, v_fraud=1))
    assert (below.total, below.vetoes[0].contribution) == (58 * POINT, 0)
    idle = checked(form(CAP), answers(a=60, r_b=5, v_fraud=0))
    assert (idle.total, idle.vetoes[0].applied) == (100 * POINT, False)


def test_several_caps_take_off_no_more_than_the_lowest() -> None:
    vetoes = (
        SchemeVeto("x", "M1", 70 * POINT),
        SchemeVeto("y", "M2", 50 * POINT),
        SchemeVeto("z", None, 60 * POINT),
    )
    result = checked(form(*vetoes), answers(a=60, r_b=5, v_x=1, v_y=1, v_z=1))
    assert [veto.contribution for veto in result.vetoes] == [-30 * POINT, -20 * POINT, 0]
    assert result.total == 50 * POINT


def test_a_cap_on_the_grade_leaves_the_total() -> None:
    full = answers(a=60, r_b=5)
    result = checked(form(LOW), full | {"late": {"raised": True, "excused": False}})
    assert (result.total, result.grade, result.capped_by) == (100 * POINT, "fair", "late")
    excused = checked(form(LOW), full | {"late": {"raised": True, "excused": True}})
    assert (excused.grade, excused.capped_by, excused.vetoes[0].excepted) == ("excellent", None, True)
    lower = checked(form(LOW), answers(a=0, r_b=5) | {"late": {"raised": True, "excused": False}})
    assert (lower.grade, lower.capped_by) == ("poor", None)
    trace = compile_scheme(form(LOW)).trace(full | {"late": {"raised": True, "excused": False}})
    assert (trace["grade"]["key"], trace["grade"]["reached"], trace["grade"]["capped_by"]) == (
        "fair",
        "excellent",
        "late",
    )


def test_the_lowest_cap_on_the_grade_counts() -> None:
    vetoes = (SchemeVeto("x", None, None, "good"), SchemeVeto("y", None, None, "poor"), LOW)
    given = answers(a=60, r_b=5, v_x=1, v_y=1) | {"late": {"raised": True, "excused": False}}
    program = compile_scheme(form(*vetoes))
    assert (program.score(given).grade, program.score(given).capped_by) == ("poor", "y")
    assert program.score_arrays(program.encode([given])).grade.tolist() == [3]


def test_the_cap_keeps_its_part_of_what_was_assessed() -> None:
    result = checked(form(CAP), answers(a=60, r_b=0, v_fraud=1))
    assert (result.vetoes[0].cap, result.total, result.percent) == (354_000, 354_000, 59)


@pytest.mark.parametrize(
    ("given", "state", "inputs"),
    [
        ({}, "missing", ["raised", "excused"]),
        ({"raised": True}, "missing", ["excused"]),
        ({"raised": False}, "ok", []),
        ({"raised": 1}, "invalid", ["raised", "excused"]),
        ({"raised": False, "excused": "no"}, "invalid", ["excused"]),
    ],
)
def test_a_veto_must_be_answered(given: dict[str, Any], state: str, inputs: list[str]) -> None:
    for options in ({}, {"unanswered": "leave_out"}):
        result = checked(form(LOW, **options), answers(a=60, r_b=5) | {"late": given})
        assert (result.state, result.vetoes[0].state) == (state, state)
        assert (result.total is None) is (state != "ok")
        assert [issue.input for issue in result.vetoes[0].issues] == inputs


def test_vetoes_are_packed_with_the_answers() -> None:
    program = compile_scheme(form(LOW))
    given = answers(a=60, r_b=5) | {"late": {"raised": True, "excused": False}}
    assert program.slots == (
        ("a", "value"),
        ("b", "rating"),
        ("late", "raised"),
        ("late", "excused"),
        ("a", ""),
        ("b", ""),
    )
    row = program.pack(given, {"a": POINT})
    assert row == (60 * POINT, 5, 1, 0, POINT, None)
    assert program.unpack(row) == (given, {"a": POINT})
    assert program.score_arrays(program.columns_from_packed([row])).grade.tolist() == [3]
    assert list(program.layout) == ["a", "b", "late"]
    with pytest.raises(AnswersError):
        program.score(given, {"late": 1})


def test_every_fault_of_vetoes_is_found() -> None:
    vetoes = (
        SchemeVeto("Bad", " ", None, None, "raised"),
        SchemeVeto("a", None, -1),
        SchemeVeto("x", None, 100 * POINT + 1, "best", "No"),
        SchemeVeto("x", None, 100 * POINT),
    )
    assert [(p.place, p.code) for p in check_scheme(form(*vetoes))] == [
        ("vetoes.Bad", "bad_key"),
        ("vetoes.Bad.measure", "empty"),
        ("vetoes.Bad", "veto_without_effect"),
        ("vetoes.Bad.exception", "duplicate_key"),
        ("vetoes.a", "duplicate_key"),
        ("vetoes.a.caps_total", "out_of_range"),
        ("vetoes.x.caps_total", "out_of_range"),
        ("vetoes.x.caps_grade", "unknown_grade"),
        ("vetoes.x.exception", "bad_key"),
        ("vetoes.x", "duplicate_key"),
    ]
    assert check_scheme(form(SchemeVeto("x", None, 0), SchemeVeto("y", None, 100 * POINT))) == []
