"""How far a weight may move: before the place nothing is other in the year rolled up anew, beyond it something is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencyqa.assessments.simulation.moving import Marks
from agencyqa.assessments.simulation.reaches import Reach, Turn, WeightReach
from agencyqa.assessments.simulation.rescoring import Rescoring
from agencyqa.assessments.simulation.sensitivity import (
    common_shares,
    criterion_reaches,
    is_linear,
    share_reaches,
)
from agencyqa.assessments.simulation.target import target_of
from agencyqa.assessments.simulation.year import AgencyLine, YearArrays, YearRules, roll_up
from agencyqa.scoring import (
    SCALE,
    Criterion,
    FreeValue,
    Program,
    Rating,
    RoleShare,
    Rounding,
    Scheme,
    Section,
    compile_scheme,
    grade_for,
    round_half_up,
)
from tests.unit.assessments.simulation.years import GRADES, ROLES, PastEngagement, PastSheet, arrays_of
from tests.unit.examples import examples

MAXIMA = {"plan": 30 * SCALE, "files": 10 * SCALE, "team": 60 * SCALE}
SCHEME = Scheme(
    "form",
    "1",
    100 * SCALE,
    (
        Section(
            "all",
            100 * SCALE,
            tuple(Criterion(key, most, FreeValue(0, most, 1)) for key, most in MAXIMA.items()),
        ),
    ),
)
TABLE = (RoleShare(ROLES[0], 7, 10), RoleShare(ROLES[2], 3, 10))
RULES = YearRules("fee", GRADES, Rounding(1))


@dataclass(frozen=True)
class Filled:
    """A year whose bureau sheets have marks, in whole tenths of a point; the units' sheets have a total alone."""

    year: YearArrays
    marks: list[dict[str, int]]
    positions: Any

    @property
    def program(self) -> Program:
        return compile_scheme(SCHEME)

    def rolled(self, points: dict[str, int], rules: YearRules) -> dict[int, AgencyLine]:
        """The year scored and rolled up by the way that the page takes."""
        rescoring = Rescoring(target_of(self.program, points), self.year.sheets)
        rows = [
            self.program.pack({key: {"value": mark} for key, mark in each.items()}) for each in self.marks
        ]
        rescoring.add(self.program, self.positions, rows)
        return roll_up(self.year, rescoring.finish().sheets, rules).by_agency()

    def reaches(self, rules: YearRules = RULES) -> list[WeightReach]:
        held = Marks(
            self.positions,
            {key: np.array([each[key] for each in self.marks], dtype=np.int64) for key in MAXIMA},
        )
        agencies = range(len(self.year.agencies))
        return criterion_reaches(self.year, self.year.sheets, rules, agencies, held, MAXIMA, MAXIMA)


def filled(engagements: Sequence[tuple[int, int, dict[str, int], int]]) -> Filled:
    """Each is (agency, fee, marks in units, total of the unit's sheet out of 100 points)."""
    year = arrays_of(
        [
            PastEngagement(
                agency,
                fee,
                TABLE,
                (
                    PastSheet(ROLES[0], sum(marks.values()), 100 * SCALE),
                    PastSheet(ROLES[2], unit, 100 * SCALE),
                ),
            )
            for agency, fee, marks, unit in engagements
        ]
    )
    return Filled(year, [marks for _, _, marks, _ in engagements], np.flatnonzero(year.role == 0))


@st.composite
def years(draw: st.DrawFn) -> Filled:
    def marks() -> dict[str, int]:
        return {key: draw(st.integers(0, most // 1000)) * 1000 for key, most in MAXIMA.items()}

    return filled(
        [
            (agency, draw(st.integers(1, 9)), marks(), draw(st.integers(0, 1000)) * 1000)
            for agency in range(draw(st.integers(2, 4)))
            for _ in range(draw(st.integers(1, 2)))
        ]
    )


def who_is_above(lines: dict[int, AgencyLine], agency: int) -> list[int]:
    own = lines[agency].rounded
    return [other for other in sorted(lines) if (lines[other].rounded or 0) > (own or 0)]


def exactly(held: Filled, key: str, weight: Fraction) -> dict[int, AgencyLine]:
    """The year worked out once more with nothing rounded before the score of the year."""
    weights = {each: Fraction(most) for each, most in MAXIMA.items()} | {key: weight}
    scores: dict[int, Fraction] = {}
    for agency in set(held.year.agency.tolist()):
        rows = [number for number, own in enumerate(held.year.agency) if own == agency]
        score = Fraction(0)
        for row in rows:
            marks = held.marks[row]
            own = sum((weights[each] * marks[each] / MAXIMA[each] for each in MAXIMA), Fraction(0))
            unit = int(held.year.sheets.total[2 * row + 1])
            percent = Fraction(70) * own / sum(weights.values()) + Fraction(30 * unit, 100 * SCALE)
            score += percent * held.year.fees[row]
        scores[agency] = score / sum(held.year.fees[row] for row in rows)
    return {
        agency: AgencyLine(
            agency, score, round_half_up(score, 2), None, grade_for(score, GRADES, RULES.rounding).key, 1
        )
        for agency, score in scores.items()
    }


@examples(60)
@given(years())
def test_before_the_place_nothing_changes_and_beyond_it_something_does(held: Filled) -> None:
    now = held.rolled({}, RULES)
    little = Fraction(1, 10**12)
    for reach in held.reaches():
        assert exactly(held, reach.key, reach.now)[0].score == now[0].score
        parts: list[tuple[Reach, int | None]] = [(reach.grades, None), (reach.ranks, None)]
        parts += [(part, agency) for agency, pair in reach.by_agency.items() for part in pair]
        for number, (part, agency) in enumerate(parts):
            is_rank = number % 2 == 1

            def same(
                found: dict[int, AgencyLine], agency: int | None = agency, is_rank: bool = is_rank
            ) -> bool:
                for own in now if agency is None else [agency]:
                    if is_rank and who_is_above(found, own) != who_is_above(now, own):
                        return False
                    if not is_rank and found[own].grade != now[own].grade:
                        return False
                return True

            for turn, sign, end in ((part.down, -1, Fraction(0)), (part.up, 1, reach.now * 50)):
                place = end if turn is None else turn.weight
                span = place - reach.now
                for weight in (reach.now + span * Fraction(1, 3), reach.now + span * Fraction(9, 10)):
                    assert same(exactly(held, reach.key, weight))
                if turn is None:
                    continue
                inside = turn.weight if turn.beyond else turn.weight - sign * little
                if (inside - reach.now) * sign >= 0:
                    assert same(exactly(held, reach.key, inside))
                beyond = turn.weight + sign * little if turn.beyond else turn.weight
                assert not same(exactly(held, reach.key, beyond)), (reach.key, turn)


def test_by_hand() -> None:
    """One sheet each, the units' alike. 30 + 0 + 45 against 15 + 10 + 48: 75 and 73, and 73.5 and 72.1 with 70 of the
    unit; fair ends at 60 and at 80, less half of the last place.
    """
    held = filled(
        [
            (0, 1, {"plan": 30 * SCALE, "files": 0, "team": 45 * SCALE}, 70 * SCALE),
            (1, 1, {"plan": 15 * SCALE, "files": 10 * SCALE, "team": 48 * SCALE}, 70 * SCALE),
        ]
    )
    plan, files, team = held.reaches(YearRules("equal", GRADES, Rounding(0)))
    # The plan: first 0.7 (45 + w) / (70 + w) x 100 + 21 is 79.5 at w = (58.5 x 70 - 3150) / (70 - 58.5).
    assert plan.grades.up == Turn(Fraction(945 * SCALE * 10, 115), False, 0, None)
    assert plan.grades.down is None
    # Rolled up at w: 70 x (45 + w) / (70 + w) and 70 x (58 + w/2) / (70 + w) are alike at w = 26.
    assert plan.ranks.down is not None
    assert abs(plan.ranks.down.weight - 26 * SCALE) < Fraction(SCALE, 20)
    assert (plan.ranks.down.agency, plan.ranks.down.other) in {(0, 1), (1, 0)}
    assert plan.ranks.up is None
    # 75 / (90 + w) and (63 + w) / (90 + w) are alike at w = 12.
    assert files.ranks.up is not None
    assert abs(files.ranks.up.weight - 12 * SCALE) < Fraction(SCALE, 20)
    assert files.ranks.down is None
    assert team.by_agency.keys() == {0, 1}
    # And so it is when the sheets are scored again, a hundredth of a point on either side.
    rules = YearRules("equal", GRADES, Rounding(0))
    edge, near = round(plan.grades.up.weight), SCALE // 100
    assert [held.rolled({"plan": edge + each}, rules)[0].grade for each in (-near, near)] == ["fair", "good"]
    edge = round(files.ranks.up.weight)
    assert [held.rolled({"files": edge + each}, rules)[1].rank for each in (-near, near)] == [2, 1]


def test_shares_of_the_roles_by_hand() -> None:
    """80 and 60 by the bureau, 60 and 90 by the units: alike at 60 % of the bureau."""
    nothing = {"plan": 0, "files": 0}
    held = filled(
        [
            (0, 1, {**nothing, "team": 80 * SCALE}, 60 * SCALE),
            (1, 1, {**nothing, "team": 60 * SCALE}, 90 * SCALE),
        ]
    )
    bureau, unit = share_reaches(
        held.year, held.year.sheets, YearRules("equal", GRADES, Rounding(2)), [0, 1], TABLE
    )
    assert (bureau.key, bureau.now, unit.key, unit.now) == (
        ROLES[0],
        Fraction(7, 10),
        ROLES[2],
        Fraction(3, 10),
    )
    # 60 + 20 x and 90 - 30 x are shown alike as soon as they differ by less than about a hundredth.
    assert bureau.ranks.down is not None
    assert Fraction(6, 10) <= bureau.ranks.down.weight < Fraction(6003, 10_000)
    assert bureau.ranks.up is None
    # 79.995 is shown as 80.00: 60 + 20 x at 99.975 %.
    assert bureau.grades.up == Turn(Fraction(79_995 - 60_000, 20_000), False, 0, None)
    assert unit.grades.down is not None
    assert 1 - unit.grades.down.weight == bureau.grades.up.weight


def test_a_role_that_nobody_is_asked_for_does_not_move() -> None:
    held = filled([(0, 1, dict(MAXIMA), 60 * SCALE), (1, 1, dict(MAXIMA), 90 * SCALE)])
    shares = (RoleShare(ROLES[0], 1, 1), RoleShare(ROLES[2], 0, 1))
    rules = YearRules("equal", GRADES, Rounding(2), shares)
    assert common_shares(held.year, rules) == shares
    assert share_reaches(held.year, held.year.sheets, rules, [0, 1], shares) == []


def test_a_single_criterion_is_the_whole_total() -> None:
    held = filled([(0, 1, {"plan": 0, "files": 0, "team": 30 * SCALE}, 0), (1, 1, dict(MAXIMA), 0)])
    alone = Marks(held.positions, {"team": np.array([30 * SCALE, 60 * SCALE])})
    found = criterion_reaches(
        held.year, held.year.sheets, RULES, [0, 1], alone, {"team": 60 * SCALE}, {"team": 60 * SCALE}
    )
    assert found == [WeightReach("team", Fraction(60 * SCALE), Reach(None, None), Reach(None, None), {})]


@pytest.mark.parametrize(
    "other",
    [
        replace(SCHEME, unanswered="leave_out"),
        replace(SCHEME, total_cap=110 * SCALE),
        replace(SCHEME, sections=(Section("all", SCALE, (Criterion("rated", SCALE, Rating(SCALE)),)),)),
    ],
)
def test_what_is_no_weighted_sum_is_not_solved(other: Scheme) -> None:
    assert (is_linear(SCHEME), is_linear(other)) == (True, False)


def test_contracts_with_other_shares_have_none_to_move() -> None:
    other = (RoleShare(ROLES[0], 1, 2), RoleShare(ROLES[2], 1, 2))
    sheets = (PastSheet(ROLES[0], 1, 2), PastSheet(ROLES[2], 1, 2))
    year = arrays_of([PastEngagement(0, 1, table, sheets) for table in (TABLE, other)])
    assert common_shares(year, RULES) is None
    # Where the simulation gives all of them the same shares, these are what moves.
    assert common_shares(year, replace(RULES, shares=other)) == other
