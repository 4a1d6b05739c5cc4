"""Several scorers of one role: their mean, or the mean without the highest and the lowest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from agencyqa.scoring.exact import fraction_to_data
from agencyqa.scoring.params import is_of_type
from agencyqa.scoring.problems import Problem
from agencyqa.scoring.results import SheetScore

SeatState = Literal["counted", "trimmed", "missing"]
HOWS = ("mean", "trimmed_mean")
MISSING = ("wait", "leave_out")


@dataclass(frozen=True)
class Panel:
    """How the sheets of one role become one figure.

    `trim` highest and as many lowest are left out of a trimmed mean. With fewer than `least` sheets there is no figure.
    A scorer who has not delivered is waited for, or left out as long as `least` are there; the trace names him.
    """

    how: Literal["mean", "trimmed_mean"] = "mean"
    trim: int = 1
    least: int = 1
    missing: Literal["wait", "leave_out"] = "wait"

    @property
    def trimmed(self) -> int:
        return self.trim if self.how == "trimmed_mean" else 0


@dataclass(frozen=True)
class Seat:
    """One scorer of a panel; `percent` is None while his sheet is missing."""

    key: str
    sheet: SheetScore | None
    percent: Fraction | None
    state: SeatState


@dataclass(frozen=True)
class RoleFigure:
    """What a role comes to, out of 100, by measure (score, maximum); None where something is missing."""

    percent: Fraction | None
    measures: Mapping[str, tuple[Fraction | None, Fraction]] | None
    seats: tuple[Seat, ...] | None = None


def panel_problems(panel: Panel, place: str) -> list[Problem]:
    found: list[Problem] = []
    if panel.how not in HOWS:
        found.append(Problem(f"{place}.how", "unknown_choice", {"choices": list(HOWS)}))
    if panel.missing not in MISSING:
        found.append(Problem(f"{place}.missing", "unknown_choice", {"choices": list(MISSING)}))
    for name, value in (("trim", panel.trim), ("least", panel.least)):
        if not is_of_type(value, "count"):
            found.append(Problem(f"{place}.{name}", "not_a_count"))
        elif value < 1:
            found.append(Problem(f"{place}.{name}", "not_positive", {"value": value}))
    if not found and panel.least <= 2 * panel.trimmed:
        # Otherwise nothing would be left of a panel that is just large enough.
        params = {"least": panel.least, "trim": panel.trim}
        found.append(Problem(f"{place}.least", "panel_too_small", params))
    return found


def figure_of_sheet(sheet: SheetScore | None) -> RoleFigure:
    if sheet is None or not sheet.max_points:
        return RoleFigure(None, None)
    return RoleFigure(percent_of(sheet), _parts(sheet))


def figure_of_panel(panel: Panel, sheets: Mapping[str, SheetScore | None]) -> RoleFigure:
    """Seats come in the order of their keys, so that the order of the sheets moves nothing.

    Of equal figures at an edge of the trim the seat whose key is lower is the lower one. The figure of the role does
    not depend on that, and the measures get one and the same answer always.
    """
    known = {
        key: percent
        for key, sheet in sheets.items()
        if sheet is not None and (percent := percent_of(sheet)) is not None
    }
    is_enough = len(known) >= panel.least and (panel.missing == "leave_out" or len(known) == len(sheets))
    ordered = sorted(known, key=lambda key: (known[key], key))
    # Nobody is trimmed before the panel is complete: who is highest is not known yet.
    kept = set(ordered[panel.trimmed : len(ordered) - panel.trimmed] if is_enough else ordered)
    seats = tuple(
        Seat(
            key,
            sheets[key],
            known.get(key),
            "missing" if key not in known else "counted" if key in kept else "trimmed",
        )
        for key in sorted(sheets)
    )
    if not is_enough:
        return RoleFigure(None, None, seats)
    counted = [(known[seat.key], seat.sheet) for seat in seats if seat.state == "counted"]
    percent = sum((each for each, _ in counted), Fraction(0)) / len(counted)
    return RoleFigure(percent, _mean_parts([sheet for _, sheet in counted if sheet is not None]), seats)


def percent_of(sheet: SheetScore) -> Fraction | None:
    return None if sheet.total is None else Fraction(sheet.total * 100, sheet.max_points)


def _parts(sheet: SheetScore) -> dict[str, tuple[Fraction | None, Fraction]]:
    return {
        measure.key: (
            None if sheet.total is None else Fraction((measure.total or 0) * 100, sheet.max_points),
            Fraction(measure.max_points * 100, sheet.max_points),
        )
        for measure in sheet.measures
    }


def _mean_parts(sheets: Sequence[SheetScore]) -> dict[str, tuple[Fraction | None, Fraction]]:
    scores: dict[str, Fraction] = {}
    maxima: dict[str, Fraction] = {}
    for sheet in sheets:
        for key, (score, maximum) in _parts(sheet).items():
            scores[key] = scores.get(key, Fraction(0)) + (score or Fraction(0)) / len(sheets)
            maxima[key] = maxima.get(key, Fraction(0)) + maximum / len(sheets)
    return {key: (scores[key], maxima[key]) for key in scores}


def panel_to_data(panel: Panel) -> dict[str, Any]:
    data: dict[str, Any] = {"how": panel.how, "least": panel.least, "missing": panel.missing}
    return {**data, "trim": panel.trim} if panel.how == "trimmed_mean" else data


def panel_from_data(data: Mapping[str, Any]) -> Panel:
    return Panel(data["how"], data.get("trim", 1), data["least"], data["missing"])


def seats_to_data(seats: Sequence[Seat]) -> list[dict[str, Any]]:
    return [
        {
            "key": seat.key,
            "state": seat.state,
            **sheet_to_data(seat.sheet),
            "percent": fraction_to_data(seat.percent),
        }
        for seat in seats
    ]


def sheet_to_data(sheet: SheetScore | None) -> dict[str, Any]:
    return {
        "total": None if sheet is None else sheet.total,
        "max": None if sheet is None else sheet.max_points,
        "measures": []
        if sheet is None
        else [{"key": m.key, "total": m.total, "max": m.max_points} for m in sheet.measures],
    }


def parts_to_data(parts: Mapping[str, tuple[Fraction | None, Fraction]]) -> list[dict[str, Any]]:
    return [
        {"key": key, "score": fraction_to_data(score), "max": fraction_to_data(maximum)}
        for key, (score, maximum) in parts.items()
    ]
