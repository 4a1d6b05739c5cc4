"""Past answers under another scheme: what maps is scored by the engine, what does not is listed and never guessed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencyqa.assessments.simulation.mapping import Gap, answers_at, map_answers
from agencyqa.assessments.simulation.rescoring import Outside, Rescored, Rescoring
from agencyqa.assessments.simulation.target import target_of, weights_of_scheme
from agencyqa.assessments.simulation.year import totals_of
from agencyqa.scoring import (
    SCALE,
    AllOrNothing,
    Band,
    BandedRange,
    Criterion,
    Deductions,
    Fault,
    FreeValue,
    GradeBand,
    Issue,
    Level,
    Ordinal,
    Program,
    Rule,
    Scheme,
    SchemeVeto,
    Section,
    compile_scheme,
    round_half_up,
    scheme_to_data,
)
from tests.unit.examples import examples
from tests.unit.scoring import oracle_sheet
from tests.unit.scoring.strategies import schemes, sheets
from tests.unit.scoring.test_oracle import units

GRADES = (GradeBand("good", 800_000), GradeBand("poor", 0))


def scheme_of(rules: dict[str, Rule]) -> Scheme:
    criteria = tuple(Criterion(key, rule.bounds().high, rule) for key, rule in rules.items())
    total = sum(criterion.max_points for criterion in criteria)
    return Scheme("form", "1", total, (Section("all", total, criteria),), GRADES)


PAST = {
    "plan": BandedRange((Band("strong", 6 * SCALE, 10 * SCALE), Band("weak", 0, 6 * SCALE)), SCALE),
    "files": Deductions(10 * SCALE, (Fault("lost", 2 * SCALE), Fault("late", SCALE))),
    "team": Ordinal((Level("best", 10 * SCALE), Level("fair", 6 * SCALE), Level("none", 0))),
}
SHEETS: tuple[dict[str, dict[str, Any]], ...] = (
    {
        "plan": {"band": "strong", "value": 9 * SCALE},
        "files": {"lost": 1, "late": 0},
        "team": {"level": "best"},
    },
    {
        "plan": {"band": "weak", "value": 2 * SCALE},
        "files": {"lost": 0, "late": 3},
        "team": {"level": "fair"},
    },
    {
        "plan": {"band": "strong", "value": 10 * SCALE},
        "files": {"lost": 0, "late": 0},
        "team": {"level": "none"},
    },
)


def run(rules: dict[str, Rule], points: dict[str, int] | None = None, *, assume: bool = False) -> Rescored:
    old, new = compile_scheme(scheme_of(PAST)), compile_scheme(scheme_of(rules))
    results = [old.score(sheet) for sheet in SHEETS]
    before = totals_of([(result.total, result.max_points) for result in results])
    rescoring = Rescoring(target_of(new, points, assume=assume), before)
    rescoring.add(old, np.arange(3), [old.pack(sheet) for sheet in SHEETS])
    return rescoring.finish()


def totals(found: Rescored) -> list[int | None]:
    return [
        int(total) if known else None
        for total, known in zip(found.sheets.total, found.sheets.known, strict=True)
    ]


def test_the_same_rules_give_the_same_totals() -> None:
    found = run(PAST)
    assert totals(found) == [27 * SCALE, 15 * SCALE, 20 * SCALE]
    assert [GRADES[number].key for number in found.grade] == ["good", "poor", "poor"]
    assert (found.gaps, found.unanswered, found.outside, found.incomplete) == ((), {}, (), 0)


def test_another_amount_for_a_fault() -> None:
    dearer = Deductions(10 * SCALE, (Fault("lost", 5 * SCALE), Fault("late", SCALE)))
    assert totals(run({**PAST, "files": dearer})) == [24 * SCALE, 15 * SCALE, 20 * SCALE]


def test_levels_go_by_their_keys_whatever_their_order() -> None:
    turned = Ordinal((Level("none", SCALE), Level("fair", 5 * SCALE), Level("best", 10 * SCALE)))
    assert totals(run({**PAST, "team": turned})) == [27 * SCALE, 14 * SCALE, 21 * SCALE]


def test_a_new_criterion_is_unanswered_and_leaves_no_total() -> None:
    found = run({**PAST, "advice": FreeValue(0, 5 * SCALE)})
    assert totals(found) == [None, None, None]
    assert found.gaps == (Gap("criterion_new", "advice", "", 3),)
    assert (found.unanswered, found.incomplete) == ({"advice": 3}, 3)


def test_a_criterion_that_is_gone_no_longer_counts() -> None:
    found = run({key: rule for key, rule in PAST.items() if key != "team"})
    assert totals(found) == [17 * SCALE, 9 * SCALE, 20 * SCALE]
    assert list(found.sheets.maximum) == [20 * SCALE] * 3
    assert found.gaps == (Gap("criterion_gone", "team", "", 3),)


def test_values_outside_the_new_bounds_are_listed_with_examples() -> None:
    narrow = BandedRange((Band("strong", 6 * SCALE, 9 * SCALE), Band("weak", 3 * SCALE, 6 * SCALE)), SCALE)
    found = run({**PAST, "plan": narrow})
    assert totals(found) == [27 * SCALE, None, None]
    below = Issue("outside_band", "value", {"band": "weak", "low": 3 * SCALE, "high": 6 * SCALE})
    above = Issue("outside_band", "value", {"band": "strong", "low": 6 * SCALE, "high": 9 * SCALE})
    assert found.outside == (Outside("plan", 2, ((1, below), (2, above))),)
    assert found.unanswered == {}


def test_a_choice_that_is_no_longer_offered_is_no_answer() -> None:
    found = run({**PAST, "team": Ordinal((Level("best", 10 * SCALE), Level("none", 0)))})
    assert totals(found) == [27 * SCALE, None, 20 * SCALE]
    assert found.gaps == (Gap("choice_gone", "team", "level", 1, "fair"),)
    assert found.unanswered == {"team": 1}


def test_another_rule_asks_for_other_inputs() -> None:
    found = run({**PAST, "team": AllOrNothing(10 * SCALE)})
    assert totals(found) == [None] * 3
    assert found.gaps == (Gap("input_gone", "team", "level", 3), Gap("input_new", "team", "met", 3))


def test_an_input_of_another_type_is_not_taken_over() -> None:
    old = compile_scheme(scheme_of({"plan": FreeValue(0, 10 * SCALE)}))
    # A fault that happens to be called like the input of a free value.
    new = compile_scheme(scheme_of({"plan": Deductions(10 * SCALE, (Fault("value", SCALE),))}))
    mapped = map_answers(old, new, [old.pack({"plan": {"value": 5}})])
    assert mapped.gaps == (Gap("other_type", "plan", "value", 1),)
    assert answers_at(new, mapped.columns, 0) == ({"plan": {}}, {})


def test_sheets_without_stored_answers_have_no_new_total() -> None:
    program = compile_scheme(scheme_of(PAST))
    rescoring = Rescoring(target_of(program), totals_of([(5, 10), (6, 10)]))
    assert rescoring.add(program, np.array([1]), [[]]) is None
    found = rescoring.finish()
    assert (totals(found), found.without_answers, found.incomplete) == ([5, None], 1, 1)


def test_the_scorers_own_figure_goes_with_its_criterion() -> None:
    old = compile_scheme(scheme_of(PAST))
    rescoring = Rescoring(target_of(old), totals_of([(0, 1)]))
    rescoring.add(old, np.array([0]), [old.pack(SHEETS[0], {"files": 3 * SCALE})])
    assert totals(rescoring.finish()) == [22 * SCALE]


def test_other_points_by_hand() -> None:
    """9/10 x 20 + 8/10 x 10 + 10/10 x 10 = 36 of 40, which is 27 of 30, and so on."""
    found = run(PAST, {"plan": 20 * SCALE})
    assert totals(found) == [27 * SCALE, 127_500, 225_000]
    assert list(found.sheets.maximum) == [30 * SCALE] * 3
    # 90 %, 42.5 % and 75 %.
    assert [GRADES[number].key for number in found.grade] == ["good", "poor", "poor"]


@pytest.mark.parametrize("points", [0, 1, 3 * SCALE + 1])
def test_points_of_any_size_are_exact(points: int) -> None:
    found = run(PAST, {"files": points})
    counted, rest = (8, 7, 10), (19, 8, 10)
    whole = 20 * SCALE + points
    assert totals(found) == [
        round_half_up((rest[n] * SCALE + Fraction(counted[n] * points, 10)) * 30 * SCALE / whole, 0)
        for n in range(3)
    ]


def test_points_as_they_are_change_nothing() -> None:
    same = weights_of_scheme(scheme_of(PAST))
    assert totals(run(PAST, same)) == totals(run(PAST))


def test_what_is_assumed_is_left_out() -> None:
    """Out of 30 of the 35 points then; without the assumption nobody has a total."""
    found = run({**PAST, "advice": FreeValue(0, 5 * SCALE)}, assume=True)
    assert totals(found) == [27 * SCALE, 15 * SCALE, 20 * SCALE]
    assert list(found.sheets.maximum) == [30 * SCALE] * 3
    assert found.gaps == (Gap("criterion_new", "advice", "", 3),)
    assert [GRADES[number].key for number in found.grade] == ["good", "poor", "poor"]


def test_a_veto_of_the_whole_sheet_that_is_new() -> None:
    old = compile_scheme(scheme_of(PAST))
    veto = SchemeVeto("false_report", None, caps_total=0)
    new = compile_scheme(replace(scheme_of(PAST), vetoes=(veto,)))
    rows = [old.pack(sheet) for sheet in SHEETS]
    before = totals_of([(0, 1)] * 3)
    for assume, expected in ((False, [None] * 3), (True, [27 * SCALE, 15 * SCALE, 20 * SCALE])):
        rescoring = Rescoring(target_of(new, assume=assume), before)
        rescoring.add(old, np.arange(3), rows)
        found = rescoring.finish()
        assert totals(found) == expected
        assert found.gaps == (Gap("criterion_new", "false_report", "", 3),)


def test_answers_of_a_veto_go_with_it() -> None:
    veto = SchemeVeto("false_report", None, caps_total=SCALE)
    program = compile_scheme(replace(scheme_of(PAST), vetoes=(veto,)))
    later = compile_scheme(replace(scheme_of(PAST), vetoes=(veto,), version="2"))
    sheet = {**SHEETS[0], "false_report": {"raised": True}}
    rescoring = Rescoring(target_of(later), totals_of([(0, 1)]))
    rescoring.add(program, np.arange(1), [program.pack(sheet)])
    assert totals(rescoring.finish()) == [SCALE]


@st.composite
def past_sheets(draw: st.DrawFn, scheme: Scheme) -> list[tuple[dict[str, Any], dict[str, int]]]:
    """Answers with the scorers' own figures, all of which can be stored; some criteria are not answered at all."""
    found: list[tuple[dict[str, Any], dict[str, int]]] = []
    for _ in range(draw(st.integers(1, 3))):
        answers = draw(sheets(scheme, clean=True))
        entered: dict[str, int] = {}
        for _, criterion in scheme.criteria():
            kind = draw(st.integers(0, 9))
            if kind == 0:
                answers[criterion.key] = dict.fromkeys(answers[criterion.key])
            elif kind == 1:
                entered[criterion.key] = draw(st.integers(0, criterion.max_points))
        found.append((answers, entered))
    return found


@examples(40)
@given(st.data())
def test_random_schemes_map_onto_themselves_and_reweigh_exactly(data: st.DataObject) -> None:
    """Against the computation in fractions, which is given other weights as plain data."""
    scheme = data.draw(schemes())
    program = compile_scheme(scheme)
    # The same content under another number, so that the long way is taken.
    other: Program = compile_scheme(replace(scheme, version="2"))
    filled = data.draw(past_sheets(scheme))
    rows = [program.pack(*each) for each in filled]
    weights = {
        key: data.draw(st.integers(0 if number else 1, 10**6))
        for number, key in enumerate(weights_of_scheme(scheme))
    }
    assert weights.keys() == {each.key for _, each in scheme.criteria() if not each.bonus}
    for points in ({}, weights):
        for assume in (False, True):
            rescoring = Rescoring(target_of(other, points, assume=assume), totals_of([(0, 1)] * len(filled)))
            rescoring.add(program, np.arange(len(filled)), rows)
            found = rescoring.finish()
            by_hand = as_simulated(scheme_to_data(scheme), points, assume=assume)
            for row, each in enumerate(filled):
                expected = oracle_sheet.sheet(by_hand, *each)
                assert totals(found)[row] == units(expected.total)
                grade = None if found.grade[row] < 0 else scheme.grades[found.grade[row]].key
                assert grade == expected.grade
                if expected.total is not None:
                    assert found.sheets.maximum[row] == units(expected.assessed)
            assert found.gaps == ()


def as_simulated(data: dict[str, Any], points: dict[str, int], *, assume: bool) -> dict[str, Any]:
    """The scheme's data with what the simulation was asked for."""
    if assume:
        data = {name: held for name, held in data.items() if name != "least_assessed"} | {
            "unanswered": "leave_out"
        }
    if not points:
        return data
    sections = [
        {**section, "criteria": [{**each, "weight": points.get(each["key"])} for each in section["criteria"]]}
        for section in data["sections"]
    ]
    return {**data, "adding": "weights", "sections": sections}


def test_a_bonus_takes_no_weight() -> None:
    """It stands outside the maximum: another weight for it is not listed, and changes nothing."""
    bonus = Criterion("extra", 5 * SCALE, AllOrNothing(5 * SCALE), bonus=True)
    plain = scheme_of(PAST)
    section = replace(plain.sections[0], criteria=(*plain.sections[0].criteria, bonus))
    scheme = replace(plain, sections=(section,), total_cap=32 * SCALE)
    program = compile_scheme(scheme)
    assert list(weights_of_scheme(scheme)) == ["plan", "files", "team"]
    rescoring = Rescoring(target_of(program, {"plan": 20 * SCALE, "extra": SCALE}), totals_of([(0, 1)]))
    rescoring.add(program, np.arange(1), [program.pack({**SHEETS[0], "extra": {"met": True}})])
    # 27 of 30 as without the bonus, and all 5 of it, which the cap of 32 just allows.
    assert totals(rescoring.finish()) == [32 * SCALE]
