"""Many engagements and years at once give what the exact roll-up gives one by one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencyqa.scoring import (
    Credit,
    MeasureScore,
    Panel,
    RankEntry,
    RoleShare,
    RollupError,
    SheetScore,
    Subtotal,
    YearItem,
    YearRules,
    YearVeto,
    rank_in_groups,
    round_half_up,
    score_engagement,
    score_year,
)
from agencyqa.scoring.rollup_arrays import (
    STATES,
    EngagementScores,
    SheetRows,
    ranks,
    score_engagements,
    score_years,
)
from tests.unit.examples import examples
from tests.unit.scoring.rollup_strategies import GRADES, Drawn, DrawnRules, engagements, year_rules

MAXIMA = st.sampled_from([10_000, 300_000, 333_333, 1_000_000, 999_983 * 10**6])


def whole(total: int, most: int) -> SheetScore:
    return SheetScore(total, most, (Subtotal("M1", total, most),))


@st.composite
def years(draw: st.DrawFn) -> tuple[tuple[RoleShare, ...], list[dict[str, Any]]]:
    """Shares, and the sheets of several engagements that go by them."""
    drawn: Drawn = draw(engagements())
    seats = {share.role: 0 if share.panel is None else share.panel.least + 1 for share in drawn.shares}
    held: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, 4))):
        sheets: dict[str, Any] = {}
        for role, number in seats.items():
            given = [
                None if draw(st.integers(0, 5)) == 0 else whole(draw(st.integers(0, most)), most)
                for most in draw(st.lists(MAXIMA, min_size=max(1, number), max_size=max(1, number)))
            ]
            sheets[role] = {f"s{n}": each for n, each in enumerate(given)} if number else given[0]
        held.append(sheets)
    return drawn.shares, held


def rows_of(shares: tuple[RoleShare, ...], held: list[dict[str, Any]]) -> SheetRows:
    rows: list[tuple[int, int, int, int, bool]] = []
    for number, sheets in enumerate(held):
        for column, share in enumerate(shares):
            found = sheets[share.role]
            for sheet in found.values() if isinstance(found, dict) else [found]:
                figures = (0, 1, False) if sheet is None else (sheet.total, sheet.max_points, True)
                rows.append((number, column, *figures))
    engagement, role, total, most, known = (
        np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)
    )
    return SheetRows(engagement, role, total, most, known.astype(bool))


@examples(150)
@given(years(), st.sampled_from(["wait", "reweight"]))
def test_engagements_at_once_are_those_one_by_one(drawn: Any, missing: Any) -> None:
    shares, held = drawn
    found = score_engagements(shares, rows_of(shares, held), len(held), missing)
    for number, sheets in enumerate(held):
        one = score_engagement(shares, sheets, role_missing=missing)
        assert bool(found.complete[number]) is (one.score is not None)
        assert found.left_out[number] == len(one.left_out)
        if one.score is not None:
            assert Fraction(int(found.numerator[number]), found.denominator) == one.score


ENGAGEMENTS = st.lists(
    st.tuples(
        st.integers(0, 3), st.one_of(st.none(), st.integers(0, 10**9)), st.sampled_from([0, 1, 7, 10**14])
    ),
    max_size=8,
)
SUMS = st.tuples(st.integers(0, 1_000_000), st.sampled_from([0, 1_000_000]), st.integers(-400_000, 400_000))


@examples(200)
@given(year_rules(), ENGAGEMENTS, st.lists(SUMS, min_size=4, max_size=4), st.data())
def test_years_at_once_are_those_one_by_one(
    drawn: DrawnRules, engaged: Any, sums: Any, data: st.DataObject
) -> None:
    rules = drawn.rules
    over = 10**7
    raised = {
        veto.key: np.array(data.draw(st.lists(st.booleans(), min_size=4, max_size=4)))
        for veto in rules.vetoes
    }
    scores = EngagementScores(
        np.array([score or 0 for _, score, _ in engaged], dtype=np.int64),
        over,
        np.array([score is not None for _, score, _ in engaged], dtype=bool),
        np.zeros(len(engaged), dtype=np.int64),
    )
    forms = (np.array([got for got, *_ in sums]), np.array([most for _, most, _ in sums]))
    many: dict[str, Any] = {
        "weight": None if rules.weights == "equal" else np.array([w for *_, w in engaged], dtype=np.int64),
        "form": forms if rules.agency_share else None,
        "credits": np.array([credit for *_, credit in sums]) if rules.base is not None else None,
    }
    one: list[Any] = []
    try:
        for agency, (got, most, credit) in enumerate(sums):
            options: dict[str, Any] = {"raised": [key for key, mask in raised.items() if mask[agency]]}
            if rules.agency_share and most:
                options["form"] = whole(got, most)
            if rules.base is not None:
                options["credits"] = [Credit("c", credit)]
            one.append(
                score_year(
                    [item(n, s, w, over) for n, (a, s, w) in enumerate(engaged) if a == agency],
                    rules,
                    **options,
                )
            )
    except RollupError:
        with pytest.raises(RollupError, match="weights_all_zero"):
            score_years(scores, agencies(engaged), 4, rules, raised=raised, **many)
        return
    found = score_years(scores, agencies(engaged), 4, rules, raised=raised, **many)
    for agency, result in enumerate(one):
        assert STATES[found.state[agency]] == result.state
        grade = found.grade[agency]
        assert (None if grade < 0 else rules.grades[grade].key) == result.grade
        if result.score is None:
            assert found.rounded[agency] == -1
        else:
            assert Fraction(int(found.numerator[agency]), int(found.denominator[agency])) == result.score
            places = 2 if rules.rounding is None else rules.rounding.places
            assert found.rounded[agency] == round_half_up(result.score, places)


def agencies(engaged: Any) -> Any:
    return np.array([agency for agency, *_ in engaged], dtype=np.int64)


def item(number: int, score: int | None, weight: int, over: int) -> YearItem:
    exact = None if score is None else Fraction(score, over)
    measures = {} if exact is None else {"M1": MeasureScore(exact, Fraction(100))}
    return YearItem(f"e{number}", exact, measures, weight, weight, weight)


@examples(60)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ab"), st.booleans()), min_size=1, max_size=12))
def test_ranks_at_once_are_those_one_by_one(rows: Any) -> None:
    found = ranks(
        np.array([figure for figure, _, _ in rows]),
        np.array([is_ranked for *_, is_ranked in rows]),
        np.array([ord(group) for _, group, _ in rows]),
    )
    entries = [
        RankEntry(str(n), Fraction(figure), is_provisional=not is_ranked, group=group)
        for n, (figure, group, is_ranked) in enumerate(rows)
    ]
    expected = {row.key: row.rank or 0 for held in rank_in_groups(entries).values() for row in held}
    assert {str(n): int(place) for n, place in enumerate(found)} == expected


def test_more_than_64_bits_come_out_as_exactly() -> None:
    shares = (RoleShare("a", 1, 3, Panel()), RoleShare("b", 2, 3))
    primes = [999_983, 999_979, 999_961, 999_959, 999_953]
    rows = SheetRows(
        np.zeros(5, dtype=np.int64), np.array([0, 0, 0, 0, 1]), np.array([1, 2, 3, 4, 5]), np.array(primes)
    )
    found = score_engagements(shares, rows, 1)
    held = {f"s{n}": whole(n + 1, most) for n, most in enumerate(primes[:4])}
    assert found.numerator.dtype == object
    assert Fraction(found.numerator[0], found.denominator) == score_engagement(
        shares, {"a": held, "b": whole(5, primes[4])}
    ).score  # fmt: skip


def test_contradictory_rows_are_refused() -> None:
    shares = (RoleShare("a", 1, 1),)
    one = SheetRows(np.array([0]), np.array([0]), np.array([5]), np.array([10]))
    twice = SheetRows(np.array([0, 0]), np.array([0, 0]), np.array([5, 5]), np.array([10, 10]))
    for rows, code in (
        (replace(one, role=np.array([1])), "role_without_share"),
        (replace(one, total=np.array([11])), "out_of_range"),
        (replace(one, maximum=np.array([0])), "not_positive"),
        (twice,
         "panel_and_sheet_differ"),
    ):  # fmt: skip
        with pytest.raises(RollupError) as caught:
            score_engagements(shares, rows, 1)
        assert code in {problem.code for problem in caught.value.problems}
    with pytest.raises(RollupError):
        score_years(score_engagements(shares, one, 1), np.array([0]), 1, YearRules("fee", grades=GRADES))


def test_a_raised_veto_lowers_grades_at_once_too() -> None:
    rules = YearRules(vetoes=(YearVeto("v", caps_grade="fair"),), grades=GRADES)
    scores = EngagementScores(np.array([95, 95, 50]), 1, np.ones(3, dtype=bool), np.zeros(3, dtype=np.int64))
    raised = {"v": np.array([True, False, True])}
    found = score_years(scores, np.arange(3), 3, rules, raised=raised)
    assert [rules.grades[number].key for number in found.grade] == ["fair", "good", "poor"]
    assert [rules.grades[number].key for number in found.reached] == ["good", "good", "poor"]
