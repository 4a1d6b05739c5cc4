"""The least change of a single sheet that changes an agency's annual grade, found by rolling the year up anew. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from agencyqa.assessments.annual import AgencyYear
from agencyqa.assessments.year_facts import EngagementFact, SheetFact, is_counted
from agencyqa.scoring import SCALE, GradeBand, Rounding

# The year of one agency from its engagements, by the rules of its round.
RollUp = Callable[[Sequence[EngagementFact]], AgencyYear]


@dataclass(frozen=True)
class SheetChange:
    """``needed`` is the total (units) of this sheet alone from which on the year's grade is another.

    None where even its full marks (where nothing at all) would not do it; ``score`` and ``grade`` are the year's with
    the needed total.
    """

    engagement: EngagementFact
    sheet: SheetFact
    needed: int | None
    score: Fraction | None
    grade: str | None

    @property
    def size(self) -> int | None:
        return (
            None if self.needed is None or self.sheet.total is None else abs(self.needed - self.sheet.total)
        )


def sheet_changes(
    engagements: Sequence[EngagementFact],
    roll_up: RollUp,
    grades: Sequence[GradeBand],
    rounding: Rounding,
    *,
    up: bool,
) -> list[SheetChange]:
    """For every sheet that counts, the smallest change of its total first. Nothing without a grade."""
    now = roll_up(engagements)
    if now.grade is None or now.score is None:
        return []
    search = _Search(engagements, roll_up, grades, rounding, now, up)
    found = [
        search.of(engagement, sheet)
        for engagement in engagements
        for sheet in engagement.sheets
        if is_counted(sheet) and sheet.total is not None
    ]
    return sorted(
        found,
        key=lambda each: (each.size is None, each.size or 0, each.engagement.engagement_id, each.sheet.role),
    )


@dataclass(frozen=True)
class _Search:
    engagements: Sequence[EngagementFact]
    roll_up: RollUp
    grades: Sequence[GradeBand]
    rounding: Rounding
    now: AgencyYear
    up: bool

    def of(self, engagement: EngagementFact, sheet: SheetFact) -> SheetChange:
        end, start = sheet.max_points if self.up else 0, sheet.total or 0
        tried: dict[int, AgencyYear] = {}

        def passes(total: int) -> bool:
            if total not in tried:
                tried[total] = self._with(sheet, total)
            return self._passes(tried[total])

        if start == end or not passes(end):
            return SheetChange(engagement, sheet, None, None, None)
        inside, outside = start, end
        # The year mostly is linear in one total, so the edge is guessed first; then it is made sure of.
        guesses = self._guesses(tried[end], start, end)
        while abs(outside - inside) > 1:
            between = [each for each in guesses if min(inside, outside) < each < max(inside, outside)]
            place = between[0] if between else (inside + outside) // 2
            inside, outside = (inside, place) if passes(place) else (place, outside)
        return SheetChange(engagement, sheet, outside, tried[outside].score, tried[outside].grade)

    def _guesses(self, at_end: AgencyYear, start: int, end: int) -> list[int]:
        """The totals on both sides of where a straight line from here to the end meets the edge of the grade."""
        score, after, edge = self.now.score, at_end.score, self._edge()
        if score is None or after is None or after == score or edge is None:
            return []
        place = ceil(start + (edge - score) * (end - start) / (after - score))
        return [place, place - 1]

    def _edge(self) -> Fraction | None:
        """The least score of the next grade up, or of the present one, below which the next one down begins."""
        lows = sorted(band.low for band in self.grades)
        number = lows.index(next(band.low for band in self.grades if band.key == self.now.grade)) + self.up
        if number >= len(lows):
            return None
        scale = 10**self.rounding.places
        # Half-up: a figure reaches n of the last place as soon as it is at least n - 1/2.
        return Fraction(2 * ceil(Fraction(lows[number], SCALE) * scale) - 1, 2 * scale)

    def _passes(self, year: AgencyYear) -> bool:
        lows = {band.key: band.low for band in self.grades}
        if year.grade is None or self.now.grade is None:
            return False
        before, after = lows[self.now.grade], lows[year.grade]
        return after > before if self.up else after < before

    def _with(self, sheet: SheetFact, total: int) -> AgencyYear:
        # Only the total decides the year's score, so all of the change may lie in one part.
        changed = replace(sheet, total=total, measures={"": [total, sheet.max_points]})
        return self.roll_up(
            [
                replace(each, sheets=tuple(changed if held is sheet else held for held in each.sheets))
                for each in self.engagements
            ]
        )
