"""Where first a grade or a rank is another: tried out on both sides of the place, and everywhere before it."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from agencyqa.assessments.simulation.lines import Crossing, Figures, Lines, first_grade_change
from agencyqa.scoring import GradeBand, Rounding, grade_for, round_half_up
from tests.unit.examples import examples

GRADES = (GradeBand("good", 800_000), GradeBand("fair", 600_000), GradeBand("poor", 0))
FIGURES = st.fractions(0, 100, max_denominator=40)
SLOPES = st.fractions(-3, 3, max_denominator=20)


@st.composite
def lines(draw: st.DrawFn) -> Lines:
    count = draw(st.integers(2, 4))
    # Close together, so that there is something to meet.
    middle = draw(FIGURES)
    near = st.fractions(-1, 1, max_denominator=300)
    return Lines(
        tuple(middle + draw(near) for _ in range(count)),
        tuple(draw(SLOPES) for _ in range(count)),
        draw(st.fractions(0, 2, max_denominator=10)),
        draw(st.booleans()),
    )


def score(held: Lines, agency: int, place: Fraction) -> Fraction:
    return held.start[agency] + held.slope[agency] * place


def above(held: Lines, agency: int, place: Fraction) -> frozenset[int]:
    """Who stands above the agency as shown."""
    shown = [round_half_up(score(held, number, place), 2) for number in range(len(held.start))]
    return frozenset(number for number, figure in enumerate(shown) if figure > shown[agency])


def grade(held: Lines, agency: int, place: Fraction, places: int) -> str:
    return grade_for(score(held, agency, place), GRADES, Rounding(places)).key


def places_of(held: Lines, agencies: list[int], edges: list[Fraction]) -> list[Fraction]:
    """Every place where one of the figures passes one of the edges, in order."""
    found = {
        (edge - held.start[agency]) / held.slope[agency]
        for agency in agencies
        for edge in edges
        if held.slope[agency]
    }
    return sorted(place for place in found if 0 <= place <= held.end)


def expected(held: Lines, places: list[Fraction], now: object, at: object) -> Crossing | None:
    """The first place at or right behind which something is other than now: nothing changes in between."""
    stops = [Fraction(0), *places, held.end]
    for place, following in zip(stops, [*stops[1:], held.end], strict=True):
        if at(place) != now and held.reaches(place, beyond=False):  # type: ignore[operator]
            return Crossing(place, False)
        behind = (place + following) / 2
        if following > place and at(behind) != now:  # type: ignore[operator]
            return Crossing(place, True)
    return None


def plain(found: Crossing | None) -> Crossing | None:
    return None if found is None else Crossing(found.place, found.beyond)


@examples(60)
@given(lines())
def test_ranks(held: Lines) -> None:
    for agency in range(len(held.start)):
        edges = [
            Fraction(2 * number + 1, 200)
            for each in range(len(held.start))
            for number in range(
                *sorted(
                    round_half_up(score(held, each, place), 2) + extra
                    for place, extra in ((Fraction(0), -2), (held.end, -2))
                )
            )
        ]
        edges += [edge + Fraction(step, 100) for edge in set(edges) for step in range(4)]
        places = places_of(held, list(range(len(held.start))), sorted(set(edges)))
        now = above(held, agency, Fraction(0))
        found = Figures(held, 2).first_change(agency)
        assert plain(found) == expected(held, places, now, lambda at, own=agency: above(held, own, at))
        if found is not None:
            assert found.other is not None
            assert found.other != agency


@examples(100)
@given(lines(), st.integers(0, 2))
def test_grades(held: Lines, decimals: int) -> None:
    scale = 10**decimals
    edges = [Fraction(2 * low * scale - 1, 2 * scale) for low in (60, 80)]
    for agency in range(len(held.start)):
        now = grade(held, agency, Fraction(0), decimals)
        found = first_grade_change(held, agency, GRADES, Rounding(decimals))
        places = places_of(held, [agency], edges)
        assert found == expected(held, places, now, lambda at, own=agency: grade(held, own, at, decimals))


def test_ranks_by_hand() -> None:
    """70 rises by 1, 71 falls by 1: at 0.495 they are shown as 70.50 (70.495) and 70.51 (70.505)."""
    held = Lines((Fraction(70), Fraction(71)), (Fraction(1), Fraction(-1)), Fraction(5), True)
    # Behind 0.495 the second is shown as 70.50 too.
    assert Figures(held, 2).first_change(0) == Crossing(Fraction(99, 200), True, 1)
    # The second is passed when the first is shown as 70.51 and it itself as 70.50 or less.
    assert Figures(held, 2).first_change(1) == Crossing(Fraction(101, 200), False, 0)


def test_equal_lines_never_part() -> None:
    held = Lines((Fraction(70), Fraction(70)), (Fraction(1), Fraction(1)), Fraction(5), True)
    assert Figures(held, 2).first_change(0) is None
