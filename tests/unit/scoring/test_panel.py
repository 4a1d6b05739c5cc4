"""Several scorers of one role, and a role from which nothing came."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencyqa.scoring import (
    MeasureScore,
    Panel,
    RoleShare,
    RollupError,
    SheetScore,
    Subtotal,
    TraceError,
    YearRules,
    check_shares,
    compile_scheme,
    panel_from_data,
    panel_to_data,
    readd,
    score_engagement,
    score_year,
)
from tests.unit.examples import examples
from tests.unit.scoring import rollup_oracle as oracle
from tests.unit.scoring.rollup_strategies import Drawn, engagements
from tests.unit.scoring.sheet_forms import answers, rated, scheme


def sheet(points: int | None, most: int = 100, key: str = "M1") -> SheetScore:
    total = None if points is None else points * 10_000
    return SheetScore(total, most * 10_000, (Subtotal(key, total, most * 10_000),))


def experts(panel: Panel, *points: int | None, **options: Any) -> Any:
    held = {f"e{number}": None if each is None else sheet(each) for number, each in enumerate(points)}
    return score_engagement([RoleShare("expert", 1, 1, panel)], {"expert": held}, **options)


def test_a_panel_gives_the_exact_mean() -> None:
    result = experts(Panel(), 80, 90, 95)
    assert result.score == Fraction(265, 3)
    assert result.measures == {"M1": MeasureScore(Fraction(265, 3), Fraction(100))}
    assert readd(json.loads(json.dumps(result.trace))) == Fraction(265, 3)


def test_a_scorer_who_gives_nothing_is_counted_with_zero() -> None:
    assert experts(Panel(), 80, 0).score == 40
    assert experts(Panel("trimmed_mean", least=3), 0, 0, 90).score == 0


def test_sheets_of_different_length_count_alike() -> None:
    held = {"a": sheet(30, 60), "b": sheet(80, 100)}
    assert score_engagement([RoleShare("expert", 1, 1, Panel())], {"expert": held}).score == 65


def test_a_bonus_may_lift_a_sheet_above_its_maximum() -> None:
    above = SheetScore(1_040_000, 1_000_000, (Subtotal("M1", 1_040_000, 1_000_000),), may_exceed=True)
    result = score_engagement([RoleShare("unit", 1, 1)], {"unit": above})
    assert result.score == 104
    assert readd(result.trace) == 104
    with pytest.raises(RollupError):
        score_engagement([RoleShare("unit", 1, 1)], {"unit": replace(above, may_exceed=False)})


def test_highest_and_lowest_are_left_out_and_shown() -> None:
    result = experts(Panel("trimmed_mean", least=3), 60, 95, 70, 80)
    assert result.score == 75
    assert [seat.state for seat in result.roles[0].seats] == ["trimmed", "trimmed", "counted", "counted"]
    assert [seat["percent"]["num"] for seat in result.trace["roles"][0]["seats"]] == [60, 95, 70, 80]
    assert experts(Panel("trimmed_mean", 2, 5), 1, 2, 9, 98, 99).score == 9


def test_of_equal_figures_at_the_edge_the_measures_always_come_out_alike() -> None:
    """The trim takes one of two equal sheets; which one must not depend on the order in which they are read."""
    panel = RoleShare("expert", 1, 1, Panel("trimmed_mean", least=3))
    held = {"a": sheet(50, key="M1"), "b": sheet(50, key="M2"), "c": sheet(90, key="M3")}
    first = score_engagement([panel], {"expert": held})
    second = score_engagement([panel], {"expert": dict(reversed(held.items()))})
    assert first.score == second.score == 50
    assert first.measures == second.measures == {"M2": MeasureScore(Fraction(50), Fraction(100))}
    assert first.trace == second.trace


@pytest.mark.parametrize(
    ("panel", "points", "score"),
    [
        (Panel(missing="wait"), (80, None), None),
        (Panel(missing="leave_out"), (80, None), Fraction(80)),
        (Panel(missing="leave_out", least=2), (80, None), None),
        (Panel(missing="leave_out", least=2), (80, None, 70), Fraction(75)),
        (Panel("trimmed_mean", least=3, missing="leave_out"), (80, None, 70, 10), Fraction(70)),
        (Panel(missing="leave_out"), (None, None), None),
        (Panel(missing="leave_out"), (), None),
    ],
)
def test_a_missing_scorer_waits_or_is_left_out(
    panel: Panel, points: tuple[int | None, ...], score: Fraction | None
) -> None:
    result = experts(panel, *points)
    assert (result.score, bool(result.missing)) == (score, score is None)
    states = [seat["state"] for seat in result.trace["roles"][0]["seats"]]
    assert states.count("missing") == points.count(None)
    assert readd(result.trace) == score


def test_a_scorer_who_could_assess_nothing_at_all_is_a_missing_one() -> None:
    """Of his sheet neither a total nor a maximum is left: no figure, and nothing to divide by."""
    nothing = compile_scheme(scheme((rated("a"), rated("b")))).score(answers(r_a=0, r_b=0)).as_score()
    assert (nothing.total, nothing.max_points) == (None, 0)
    for panelled, score, lacking in (
        (Panel(missing="wait"), None, ("expert",)),
        (Panel(missing="leave_out"), 80, ()),
    ):
        panel = RoleShare("expert", 1, 1, panelled)
        result = score_engagement([panel], {"expert": {"a": nothing, "b": sheet(80)}})
        assert (result.score, result.missing) == (score, lacking)
        assert [seat["state"] for seat in result.trace["roles"][0]["seats"]] == ["missing", "counted"]
        assert readd(json.loads(json.dumps(result.trace))) == score
    alone = score_engagement([RoleShare("unit", 1, 1)], {"unit": nothing})
    assert (alone.score, alone.missing, alone.measures) == (None, ("unit",), {})
    year = score_year([], YearRules(agency_share=Fraction(1), least_engagements=0), form=nothing)
    assert (year.state, year.score, year.measures) == ("provisional", None, {})
    assert readd(json.loads(json.dumps(year.trace))) is None


def test_a_panel_that_trims_itself_away_is_refused() -> None:
    shares = [RoleShare("a", 1, 2, Panel("trimmed_mean", 2, 4)), RoleShare("b", 1, 2, Panel(least=0))]
    assert [(each.place, each.code) for each in check_shares(shares)] == [
        ("shares.a.panel.least", "panel_too_small"),
        ("shares.b.panel.least", "not_positive"),
    ]


def test_a_panel_where_one_sheet_belongs_is_refused() -> None:
    for shares, held in (
        ([RoleShare("a", 1, 1)], {"a": {"x": sheet(1)}}),
        ([RoleShare("a", 1, 1, Panel())], {"a": sheet(1)}),
    ):
        with pytest.raises(RollupError) as caught:
            score_engagement(shares, held)
        assert [problem.code for problem in caught.value.problems] == ["panel_and_sheet_differ"]


def test_a_missing_role_waits_or_is_carried_by_the_others() -> None:
    shares = [RoleShare("bureau", 5, 10), RoleShare("unit", 3, 10), RoleShare("expert", 2, 10)]
    sheets = {"bureau": sheet(80), "unit": sheet(40), "expert": None}
    waiting = score_engagement(shares, sheets)
    assert (waiting.state, waiting.score, waiting.missing) == ("provisional", None, ("expert",))
    carried = score_engagement(shares, sheets, role_missing="reweight")
    assert (carried.state, carried.score, carried.left_out) == ("final", Fraction(65), ("expert",))
    assert carried.trace["left_out"] == ["expert"]
    assert [role.effective for role in carried.roles] == [Fraction(5, 8), Fraction(3, 8), 0]
    assert readd(json.loads(json.dumps(carried.trace))) == 65
    nobody = score_engagement(shares, {}, role_missing="reweight")
    assert (nobody.state, nobody.missing, nobody.left_out) == (
        "provisional",
        ("bureau", "unit", "expert"),
        (),
    )


def test_without_panels_a_trace_keeps_its_bytes() -> None:
    trace = score_engagement([RoleShare("a", 1, 1)], {"a": sheet(9, 10)}).trace
    assert trace["engine"] == "1"
    assert json.dumps(trace) == (
        '{"engine": "1", "type": "engagement", "state": "final", "missing": [], "roles": [{"role": "a", '
        '"share": {"num": 1, "den": 1}, "total": 90000, "max": 100000, "measures": [{"key": "M1", '
        '"total": 90000, "max": 100000}], "percent": {"num": 90, "den": 1}, "contribution": {"num": 90, '
        '"den": 1}}], "measures": [{"key": "M1", "score": {"num": 90, "den": 1}, "max": {"num": 100, '
        '"den": 1}}], "score": {"num": 90, "den": 1}, "rounding": null, "grade": null}'
    )


@pytest.mark.parametrize("panel", [Panel(), Panel("trimmed_mean", 2, 7, "leave_out")])
def test_a_panel_comes_back_from_its_data(panel: Panel) -> None:
    assert panel_from_data(json.loads(json.dumps(panel_to_data(panel)))) == panel


@examples(200)
@given(engagements(), st.sampled_from(["wait", "reweight"]), st.randoms(use_true_random=False))
def test_the_engagement_is_what_the_oracle_says(drawn: Drawn, missing: Any, random: Any) -> None:
    result = score_engagement(drawn.shares, drawn.sheets, role_missing=missing)
    expected = oracle.of_engagement(drawn.plain, missing)
    assert result.score == (None if expected is None else oracle.total(expected))
    assert readd(json.loads(json.dumps(result.trace))) == result.score
    shuffled = list(drawn.shares)
    random.shuffle(shuffled)
    assert score_engagement(shuffled, drawn.sheets, role_missing=missing).score == result.score
    if expected is not None:
        assert 0 <= oracle.total(expected) <= 100
        parts = {key: each.score for key, each in result.measures.items() if each.score}
        assert parts == {key: part for key, part in expected.items() if part}
        assert sum(each.maximum or 0 for each in result.measures.values()) == 100


@examples(60)
@given(engagements(gaps=False), st.data())
def test_a_better_sheet_never_lowers_the_engagement(drawn: Drawn, data: st.DataObject) -> None:
    before = score_engagement(drawn.shares, drawn.sheets).score
    better = copy.deepcopy(drawn.sheets)
    role = data.draw(st.sampled_from(sorted(better)))
    held = better[role]
    key = data.draw(st.sampled_from(sorted(held))) if isinstance(held, dict) else None
    old = held if key is None else held[key]
    full = SheetScore(
        old.max_points,
        old.max_points,
        tuple(Subtotal(m.key, m.max_points, m.max_points) for m in old.measures),
    )
    if key is None:
        better[role] = full
    else:
        held[key] = full
    after = score_engagement(drawn.shares, better).score
    assert before is not None
    assert after is not None
    assert after >= before


@pytest.mark.parametrize(
    "path",
    [
        ("roles", 0, "seats", 0, "total"),
        ("roles", 0, "seats", 1, "percent", "num"),
        ("roles", 0, "panel", "least"),
        ("roles", 0, "panel", "trim"),
        ("roles", 0, "parts", 0, "score", "num"),
        ("roles", 0, "percent", "num"),
    ],
)
def test_an_altered_trace_of_a_panel_does_not_add_up(path: tuple[Any, ...]) -> None:
    trace = copy.deepcopy(experts(Panel("trimmed_mean", least=3), 60, 95, 70, 80).trace)
    held: Any = trace
    for name in path[:-1]:
        held = held[name]
    held[path[-1]] += 3
    with pytest.raises(TraceError):
        readd(trace)


def test_a_trace_that_hides_who_was_left_out_does_not_add_up() -> None:
    shares = [RoleShare("bureau", 1, 2), RoleShare("unit", 1, 2)]
    trace = score_engagement(shares, {"bureau": sheet(80)}, role_missing="reweight").trace
    assert readd(trace) == 80
    changes: list[dict[str, Any]] = [{"left_out": []}, {"role_missing": "wait"}, {"missing": ["unit"]}]
    for change in changes:
        with pytest.raises(TraceError):
            readd({**trace, **change})
