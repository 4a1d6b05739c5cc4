"""Grades as formulas: the position among the bands from the lowest up, lowered by vetoes, then its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agencyqa.reports.workbook.recompute.exactness import WHOLE_BELOW
from agencyqa.scoring import GradeBand, Scheme
from agencyqa.scoring.adding import most_total
from agencyqa.scoring.grades import edges, least_totals

# The cell that is 1 where a veto applies, and the grade it caps, counted from the lowest as 1.
Cap = tuple[str, int]


def grade_formula(reached: Sequence[str], names: Sequence[str], caps: Sequence[Cap] = ()) -> str:
    """``names`` from the lowest grade up, ``reached`` the conditions for all but the lowest, which always holds."""
    position = "+".join(["1", *(f"({each})" for each in reached)])
    if caps:
        lowered = ",".join(f"IF({cell}=1,{place},{len(names)})" for cell, place in caps)
        position = f"MIN({position},{lowered})"
    return f"CHOOSE({position},{','.join(quoted(name) for name in names)})"


def rising(bands: Sequence[GradeBand]) -> list[GradeBand]:
    return sorted(bands, key=lambda band: band.low)


def names_of(bands: Sequence[GradeBand], names: Mapping[str, str]) -> list[str]:
    return [names[band.key] for band in rising(bands)]


def place_of(bands: Sequence[GradeBand], key: str) -> int:
    return 1 + next(number for number, band in enumerate(rising(bands)) if band.key == key)


def reached_by_total(scheme: Scheme, cell: str, maximum: int) -> list[str]:
    """By the total in units: integers, so that no rounding of a percentage is left to binary numbers."""
    return [f"{cell}>={least}" for least in least_totals(scheme.grades, scheme.rounding, maximum)[1:]]


def reached_by_share(scheme: Scheme, cell: str, maximum: str) -> list[str] | None:
    """The same where the maximum moves as well, as products of integers; None where those would not stay exact."""
    found: list[str] = []
    for edge in edges(scheme.grades, scheme.rounding)[1:]:
        times, share = edge.denominator * 100, edge.numerator
        if max(most_total(scheme) * times, scheme.max_points * share) >= WHOLE_BELOW:
            return None
        found.append(f"{cell}*{times}>={maximum}*{share}")
    return found


def reached_by_figure(bands: Sequence[GradeBand], cell: str) -> list[str]:
    """By a figure out of 100 that was rounded already."""
    return [f"{cell}>={decimal(band.low, 4)}" for band in rising(bands)[1:]]


def decimal(value: int, places: int) -> str:
    """``value / 10**places`` as a number in a formula."""
    whole, part = divmod(value, 10**places)
    return f"{whole}.{part:0{places}d}".rstrip("0").rstrip(".") if places else str(whole)


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
