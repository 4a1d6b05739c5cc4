"""Rating: a figure on a scale such as 1 to 6, where 0 says that it cannot be assessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from agencyqa.scoring.inputs import COUNT_LIMIT, InputSpec
from agencyqa.scoring.params import Count, Points
from agencyqa.scoring.problems import Problem
from agencyqa.scoring.rules.base import Rule, places_problems, positive_problem
from agencyqa.scoring.steps import Num
from agencyqa.scoring.tape import Sight, Tape
from agencyqa.scoring.units import PLACES


@dataclass(frozen=True)
class Rating(Rule):
    """The lowest rating earns its share of the scale, or nothing where `base` is "low".

    "Cannot assess" leaves the whole criterion out of the sheet's maximum, or counts as 0 points.
    """

    kind: ClassVar[str] = "rating"
    explanation_codes: ClassVar[tuple[str, ...]] = ("rating.given", "rating.left_out", "rating.counted_zero")

    points: Points
    low: Count = 1
    high: Count = 6
    cannot_assess: Literal["leave_out", "zero"] = "leave_out"
    base: Literal["zero", "low"] = "zero"
    places: Count = PLACES

    @property
    def can_be_left_out(self) -> bool:
        return self.cannot_assess == "leave_out"

    def inputs(self) -> tuple[InputSpec, ...]:
        return (InputSpec("rating", "count", 0, self.high),)

    def evaluate(self, tape: Tape) -> Num:
        spec = self.specs[0]
        rating = tape.input(spec, own_check=True)
        rated = tape.within(rating, self.low, self.high)
        unrated = tape.within(rating, 0, 0)
        scale = {"low": self.low, "high": self.high}
        tape.require("outside_scale", rating, tape.any_of(rated, unrated), scale)
        tape.check_limits(rating, spec)
        share, whole = rating, tape.param("high", self.high)
        if self.base == "low":
            low, zero = tape.param("low", self.low), tape.param("zero", 0)
            share = tape.greatest("above_low", tape.sub("steps_above_low", rating, low), zero)
            whole = tape.sub("scale", whole, low)
        scaled = tape.mul("points_times", tape.param("points", self.points), share)
        unit = 10 ** (PLACES - self.places)
        quotient = tape.quotient("quotient", scaled, whole, unit, tape.param("zero", 0))
        # Rounding to few places must not lift the best rating above the points.
        result = tape.least("capped", quotient, tape.param("points", self.points))
        if self.can_be_left_out:
            tape.leave_out(unrated)

        def explain(see: Sight) -> None:
            given = see.value(rating)
            if given is None:
                return
            if given:
                see.note("rating.given", rating=given, **scale, value=see.value(result))
            else:
                see.note("rating.left_out" if self.can_be_left_out else "rating.counted_zero")

        tape.explain(explain)
        return result

    def excel(self) -> str:
        unit = 10 ** (PLACES - self.places)
        share, whole = "{rating}", self.high
        if self.base == "low":
            share, whole = f"MAX(0,{{rating}}-{self.low})", self.high - self.low
        return f"MIN({self.points},ROUND({self.points}*{share}/{whole}/{unit},0)*{unit})"

    def excel_left_out(self) -> str | None:
        return "{rating}=0" if self.can_be_left_out else None

    def parameter_problems(self) -> list[Problem]:
        found = positive_problem(self.points, "points") + positive_problem(self.low, "low")
        if self.low >= self.high:
            found.append(Problem("high", "range_reversed", {"low": self.low, "high": self.high}))
        if self.high > COUNT_LIMIT:
            found.append(Problem("high", "out_of_range", {"low": 1, "high": COUNT_LIMIT}))
        return found + places_problems(self.places)
