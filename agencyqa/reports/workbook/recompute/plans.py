"""A scheme as the rows of a recomputed score sheet: made once, then filled in with row numbers and inputs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from xlsxwriter.utility import xl_col_to_name

from agencyqa.reports.workbook.recompute.columns import Letter
from agencyqa.reports.workbook.recompute.exactness import is_exact
from agencyqa.scoring import Criterion, GradeBand, Program, excel_formula
from agencyqa.scoring.grades import least_totals

# Parameters up to a hundred thousand points, times a count of five digits, and inputs up to this: all of it, and the
# sums of many of them, stay below what binary numbers hold exactly.
LARGEST_PARAMETER = 10**9
LARGEST_INPUT = 10**12
_LITERAL = re.compile(r"(?<![A-Z\d])\d+")
# Where in a formula the number of its own row stands; no formula has this sign.
_ROW = "\0"


@dataclass(frozen=True)
class CriterionPlan:
    """``places`` are the positions of the inputs in a packed sheet; ``shifts`` make choices count from 1."""

    criterion: Criterion
    template: str
    names: tuple[str, ...]
    places: tuple[int, ...]
    shifts: tuple[int, ...]

    @property
    def adds(self) -> bool:
        """What weighs 0 is shown and recomputed, yet moves no sum."""
        return self.criterion.weight != 0

    def values(self, packed: Sequence[int | None]) -> list[int | None]:
        """The inputs as the formula takes them: units, counts, 1 or 0, the number of the choice."""
        return [
            None if (code := packed[place]) is None else code + shift
            for place, shift in zip(self.places, self.shifts, strict=True)
        ]

    def formula(self, row: int) -> str:
        return self.template.replace(_ROW, str(row))

    def is_exact(self, packed: Sequence[int | None]) -> bool:
        if not self._may_be_inexact:
            return True
        return is_exact(
            self.criterion.rule,
            dict(zip(self.names, (packed[place] for place in self.places), strict=True)),
        )

    @cached_property
    def _may_be_inexact(self) -> bool:
        """Only a quotient of two inputs can leave what binary numbers hold."""
        return "/" in self.template


@dataclass(frozen=True)
class SchemePlan:
    """``sections`` in the order of the sheet. ``is_simple``: the total is their sum, and no figure is too large."""

    sections: tuple[tuple[str, tuple[CriterionPlan, ...]], ...]
    is_simple: bool


def plan_of(program: Program, first_input: int) -> SchemePlan:
    """``first_input`` is the column, counted from 0, in which the inputs begin."""
    scheme = program.scheme
    position = 0
    made: dict[str, CriterionPlan] = {}
    for _, criterion in scheme.criteria():
        specs = program.layout[criterion.key]
        cells = {
            spec.name: f"{xl_col_to_name(first_input + number)}{_ROW}" for number, spec in enumerate(specs)
        }
        made[criterion.key] = CriterionPlan(
            criterion,
            excel_formula(criterion.rule, cells),
            tuple(spec.name for spec in specs),
            tuple(range(position, position + len(specs))),
            tuple(int(spec.type == "choice") for spec in specs),
        )
        position += len(specs)
    is_simple = (
        scheme.adding == "points"
        and scheme.unanswered == "wait"
        and not scheme.vetoes
        and not any(criterion.bonus for _, criterion in scheme.criteria())
        and all(_fits(each, program) for each in made.values())
    )
    return SchemePlan(
        tuple(
            (section.key, tuple(made[each.key] for each in section.criteria)) for section in scheme.sections
        ),
        is_simple,
    )


def _fits(plan: CriterionPlan, program: Program) -> bool:
    literals = [plan.criterion.max_points, *map(int, _LITERAL.findall(plan.template))]
    specs = program.layout[plan.criterion.key]
    return max(literals) <= LARGEST_PARAMETER and all(
        max(abs(spec.low), abs(spec.high)) <= LARGEST_INPUT for spec in specs
    )


def section_formula(first: int, criteria: Sequence[CriterionPlan]) -> str:
    """What the criteria, which stand in the rows from ``first`` on, give to the total."""
    if all(plan.adds for plan in criteria):
        return f"SUM({Letter.COUNTED}{first}:{Letter.COUNTED}{first + len(criteria) - 1})"
    cells = [f"{Letter.COUNTED}{row}" for row, plan in enumerate(criteria, start=first) if plan.adds]
    return "+".join(cells) or "0"


def grade_formula(cell: str, edges: Sequence[tuple[str, str]]) -> str:
    """``edges`` are (least figure, name), from the lowest grade up; below the lowest the lowest holds."""
    formula = quoted(edges[0][1])
    for least, name in edges[1:]:
        formula = f"IF({cell}>={least},{quoted(name)},{formula})"
    return formula


def total_edges(program: Program, maximum: int, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """By the total in units: integers, so that no rounding of a percentage is left to binary numbers."""
    scheme = program.scheme
    bands = sorted(scheme.grades, key=lambda band: band.low)
    least = least_totals(scheme.grades, scheme.rounding, maximum)
    return [(str(total), names[band.key]) for total, band in zip(least, bands, strict=True)]


def percent_edges(bands: Sequence[GradeBand], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """By a figure out of 100 that was rounded already."""
    ordered = sorted(bands, key=lambda band: band.low)
    return [(decimal(band.low, 4), names[band.key]) for band in ordered]


def decimal(value: int, places: int) -> str:
    """``value / 10**places`` as a number in a formula."""
    whole, part = divmod(value, 10**places)
    return f"{whole}.{part:0{places}d}".rstrip("0").rstrip(".") if places else str(whole)


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
