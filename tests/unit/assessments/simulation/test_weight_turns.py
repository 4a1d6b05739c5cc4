"""How far a weight may move where nothing is a plain sum: against the year scored anew at every single weight."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from agencyqa.assessments.simulation.means import Standing
from agencyqa.assessments.simulation.moving import Marks, MovingTotals, marks_of
from agencyqa.assessments.simulation.reaches import Reach, WeightReach
from agencyqa.assessments.simulation.rescoring import Rescoring
from agencyqa.assessments.simulation.target import Target, reweighed, target_of, weights_of_scheme
from agencyqa.assessments.simulation.turning import Work
from agencyqa.assessments.simulation.weight_turns import Situation, criterion_turns, share_turns
from agencyqa.assessments.simulation.year import Beside, SheetTotals, YearArrays, YearRules, roll_up
from agencyqa.assessments.year_plan import PlanVeto, YearPlan
from agencyqa.scoring import (
    Condition,
    Criterion,
    FreeValue,
    GradeBand,
    Panel,
    Program,
    Rating,
    RoleShare,
    Rounding,
    Scheme,
    SchemeVeto,
    Section,
    compile_scheme,
)

MOST = 24
GRADES = (GradeBand("good", 800_000), GradeBand("fair", 600_000), GradeBand("poor", 0))
VETO = PlanVeto("bad", "", "", 700_000, "fair", ("late",))
ENOUGH = 10**9


def scheme(*, rated: bool, bonus: bool, veto: bool, least: int | None) -> Scheme:
    """Few units in all, so that roundings matter and every weight can be tried."""
    criteria = [
        Criterion("plan", 8, FreeValue(0, 8, 1)),
        Criterion("team", 7, FreeValue(0, 7, 1)),
        Criterion("rated", 5, Rating(5, 1, 5)) if rated else Criterion("rated", 5, FreeValue(0, 5, 1)),
    ]
    if bonus:
        criteria.append(
            Criterion("extra", 3, FreeValue(0, 3, 1), bonus=True, only_if=(Condition("team", "at_least", 3),))
        )
    vetoes = (SchemeVeto("fraud", None, 11, None, "honest"),) if veto else ()
    found = Scheme(
        "form",
        "1",
        20,
        (Section("all", 20, tuple(criteria)),),
        total_cap=22 if bonus else None,
        vetoes=vetoes,
    )
    return replace(found, least_assessed=least) if rated else found


@dataclass(frozen=True)
class Case:
    situation: Situation
    target: Target
    blocks: list[Any]
    marks: Marks

    @property
    def weights(self) -> dict[str, int]:
        return weights_of_scheme(self.target.program.scheme)

    def turns(self, work: int = ENOUGH) -> list[WeightReach]:
        return criterion_turns(
            self.situation, self.target, self.blocks, self.marks, self.weights, Work(work), most_weight=MOST
        )

    def scored(self, key: str, weight: int) -> SheetTotals:
        """By the engine, with this weight."""
        program = Program(reweighed(self.target.program.scheme, {**self.weights, key: weight}))
        held = self.situation.sheets
        total, maximum, known = held.total.copy(), held.maximum.copy(), held.known.copy()
        for positions, columns in self.blocks:
            result = program.score_arrays(columns)
            total[positions], known[positions] = result.total, result.complete
            maximum[positions] = np.where(result.complete, result.assessed_max, 20)
        return SheetTotals(total, maximum, known)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    rated = draw(st.booleans())
    form = scheme(
        rated=rated,
        bonus=draw(st.booleans()),
        veto=draw(st.booleans()),
        least=draw(st.sampled_from([None, 500_000, 800_000])),
    )
    program = compile_scheme(form)
    panel = draw(st.sampled_from([None, Panel("mean", 1, 1), Panel("trimmed_mean", 1, 3, "leave_out")]))
    seats = 1 if panel is None else draw(st.integers(3, 4))
    table = (RoleShare("expert", 3, 4, panel), RoleShare("unit", 1, 4))
    count = draw(st.integers(2, 4))
    agency = [at if at < 2 else draw(st.integers(0, 1)) for at in range(count)]
    answers = []
    for _ in range(count * seats):
        filled: dict[str, dict[str, Any]] = {
            "plan": {"value": draw(st.integers(0, 8))},
            "team": {"value": draw(st.integers(0, 7))},
            "rated": {"rating": draw(st.integers(0, 5))} if rated else {"value": draw(st.integers(0, 5))},
        }
        if "extra" in program.layout:
            filled["extra"] = {"value": draw(st.integers(0, 3))}
        if "fraud" in program.layout:
            filled["fraud"] = {"raised": draw(st.booleans()), "honest": draw(st.booleans())}
        answers.append(filled)
    experts, units = count * seats, count
    year = YearArrays(
        agencies=tuple((at, f"agency {at}") for at in range(2)),
        engagement_ids=list(range(count)),
        contracts=["" for _ in range(count)],
        objects=["" for _ in range(count)],
        agency=np.array(agency),
        fees=[draw(st.integers(1, 3)) for _ in range(count)],
        shares=np.zeros(count, dtype=np.int64),
        share_tables=(table,),
        roles=("expert", "unit"),
        sheet_ids=list(range(experts + units)),
        engagement=np.r_[np.repeat(np.arange(count), seats), np.arange(count)],
        role=np.r_[np.zeros(experts, dtype=np.int64), np.ones(units, dtype=np.int64)],
        version=np.ones(experts + units, dtype=np.int64),
        sheets=SheetTotals(
            np.r_[np.zeros(experts, dtype=np.int64), [draw(st.integers(0, 10)) for _ in range(units)]],
            np.r_[np.full(experts, 20), np.full(units, 10)],
            np.ones(experts + units, dtype=bool),
        ),
        beside=Beside(
            seat=np.r_[
                np.tile(np.arange(1, seats + 1) if panel else [0], count), np.zeros(units, dtype=np.int64)
            ],
            credits=[draw(st.integers(-5, 5)) * 10_000 for _ in range(2)],
            raised={"bad": [draw(st.booleans()), False]},
        ),
    )
    plans = (
        YearPlan(),
        YearPlan(base=0, cap=30_000),
        YearPlan(base=800_000, credit_share=Fraction(1, 5), vetoes=(VETO,)),
    )
    plan = draw(st.sampled_from(plans))
    rules = YearRules(draw(st.sampled_from(["equal", "fee"])), GRADES, Rounding(1), None, plan)
    target = target_of(program)
    rescoring = Rescoring(target, year.sheets, keep=True)
    rescoring.add(program, np.arange(experts), [program.pack(each) for each in answers])
    sheets = rescoring.finish().sheets
    ranked = sorted(line.agency for line in roll_up(year, sheets, rules).lines if line.rank is not None)
    blocks = rescoring.kept or []
    return Case(Situation(year, sheets, rules, ranked), target, blocks, marks_of(target, blocks))


def first_changes(stands: list[Standing]) -> list[dict[int, int]]:
    """For grade and rank: by agency the first step at which it is another than at step 0."""
    found: list[dict[int, int]] = [{}, {}]
    now = stands[0]
    for step, each in reversed(list(enumerate(stands))):
        for at in range(now.shown.shape[1]):
            if each.grade[0, at] != now.grade[0, at]:
                found[0][at] = step
            above = [stand.shown[0] > stand.shown[0, at] for stand in (each, now)]
            if (above[0] != above[1]).any():
                found[1][at] = step
    return found


def check(held: Reach, now: Fraction, step: Fraction, sides: dict[int, int | None]) -> None:
    """``sides`` are the first steps down and up, None where nothing changes."""
    for sign, turn, proven in ((-1, held.down, held.open_down), (1, held.up, held.open_up)):
        first = sides[sign]
        if turn is not None:
            assert turn.beyond
            assert (turn.weight - now) * sign / step + 1 == first
        elif proven is not None:
            assert first is None or first > (proven - now) * sign / step
        else:
            assert first is None


@settings(max_examples=10, deadline=None)
@given(cases())
def test_every_weight_tried(case: Case) -> None:
    agencies = case.situation.agencies
    flips = 0
    for reach in case.turns():
        now = int(reach.now)
        sides = {}
        for sign, last in ((-1, now), (1, MOST - now)):
            weights = [now + sign * step for step in range(last + 1)]
            totals = [case.scored(reach.key, weight) for weight in weights]
            # Where a sheet loses its total, or gets one, the search ends; that weight itself is still looked at.
            same = [bool((each.known == totals[0].known).all()) for each in totals]
            end = same.index(False) + 1 if False in same else len(totals)
            flips += end < len(totals)
            sides[sign] = first_changes([case.situation.rolled(each) for each in totals[:end]])
        for question, every in ((0, reach.grades), (1, reach.ranks)):
            firsts = {sign: min(sides[sign][question].values(), default=None) for sign in (-1, 1)}
            check(every, reach.now, Fraction(1), firsts)
            if firsts[1] is not None:
                assert every.up is not None
            for number, agency in enumerate(agencies):
                own = {sign: sides[sign][question].get(number) for sign in (-1, 1)}
                check(reach.by_agency[agency][question], reach.now, Fraction(1), own)


@settings(max_examples=10, deadline=None)
@given(cases(), st.sampled_from(["plan", "team", "rated"]), st.integers(0, MOST), st.integers(0, 20))
def test_totals_are_those_of_the_engine_and_lie_between_the_bounds(
    case: Case, key: str, start: int, steps: int
) -> None:
    moving = MovingTotals(case.target.program.scheme, case.marks, case.weights, key, MOST + 20)
    totals = {weight: case.scored(key, weight) for weight in range(start, start + steps + 1)}
    column = np.array([[start]])
    low, high = moving.bounds(column, column + steps)
    for weight, held in totals.items():
        at = np.array([[weight]])
        known = moving.is_known(at)[0]
        assert list(known) == list(held.known[case.marks.positions])
        total, maximum = (each[0] for each in moving.totals(at))
        for n, position in enumerate(case.marks.positions):
            if known[n]:
                assert (total[n], maximum[n]) == (held.total[position], held.maximum[position])
    if all(moving.is_known(np.array([[weight]])).all() for weight in totals):
        for held in totals.values():
            for n, position in enumerate(case.marks.positions):
                figure = Fraction(int(held.total[position]), int(held.maximum[position])) * moving.scale
                assert low[0, n] <= figure <= high[0, n]


@settings(max_examples=6, deadline=None)
@given(cases())
def test_what_is_not_worked_out_is_not_claimed(case: Case) -> None:
    """With little work allowed every answer is the whole one or says how far it goes."""
    for few, whole in zip(case.turns(60), case.turns(), strict=True):
        for agency, pair in few.by_agency.items():
            for part, full in zip(pair, whole.by_agency[agency], strict=True):
                for turn, known, proven in (
                    (part.down, full.down, part.open_down),
                    (part.up, full.up, part.open_up),
                ):
                    if turn is not None and known is not None:
                        assert turn.weight == known.weight
                    if turn is None and proven is None:
                        assert known is None


@settings(max_examples=6, deadline=None)
@given(cases())
def test_shares(case: Case) -> None:
    """Around the turns, and everywhere else in strides."""
    situation = case.situation
    table = situation.year.share_tables[0]
    for reach in share_turns(situation, table, Work(ENOUGH)):

        def standing(step: int, reach: WeightReach = reach) -> Standing:
            own = reach.now + Fraction(step, 1_000_000)
            parts = {reach.key: own, next(each.role for each in table if each.role != reach.key): 1 - own}
            shares = tuple(RoleShare(role, p.numerator, p.denominator) for role, p in parts.items())
            return situation.rolled(situation.sheets, replace(situation.rules, shares=shares))

        ends = {-1: int(reach.now * 1_000_000), 1: int((1 - reach.now) * 1_000_000)}
        for question, held in ((0, reach.grades), (1, reach.ranks)):
            for sign, turn in ((-1, held.down), (1, held.up)):
                last = ends[sign] if turn is None else int((turn.weight - reach.now) * sign * 1_000_000)
                steps = sorted({0, last, *range(0, last, max(1, last // 12))})
                found = first_changes([standing(sign * step) for step in steps])
                assert found[question] == {}
                if turn is not None:
                    found = first_changes([standing(0), standing(sign * (last + 1))])
                    assert found[question] != {}
