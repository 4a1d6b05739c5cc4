"""Random sheets, engagements and years: the engine's own input beside the plain data of the oracle."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

from hypothesis import strategies as st

from agencyqa.scoring import (
    Credit,
    GradeBand,
    Panel,
    RoleShare,
    Rounding,
    SheetScore,
    Subtotal,
    YearRules,
    YearVeto,
)

MEASURES = ("M1", "M2", "")
POINTS = st.integers(0, 300_000)
GRADES = (GradeBand("good", 800_000), GradeBand("fair", 600_000), GradeBand("poor", 0))


@st.composite
def sheets(draw: st.DrawFn) -> tuple[SheetScore, dict[str, Any]]:
    keys = draw(st.lists(st.sampled_from(MEASURES), min_size=1, max_size=3, unique=True))
    maxima = [draw(st.sampled_from([10_000, 300_000, 333_333, 1_000_000])) for _ in keys]
    got = [draw(st.integers(0, most)) for most in maxima]
    parts = tuple(Subtotal(*each) for each in zip(keys, got, maxima, strict=True))
    whole = sum(maxima)
    return SheetScore(sum(got), whole, parts), {"max": whole, "points": dict(zip(keys, got, strict=True))}


def _maybe(draw: st.DrawFn, is_gap: bool) -> tuple[SheetScore | None, dict[str, Any] | None]:
    return (None, None) if is_gap and draw(st.integers(0, 3)) == 0 else draw(sheets())


@dataclass(frozen=True)
class Drawn:
    shares: tuple[RoleShare, ...]
    sheets: dict[str, Any]
    plain: list[dict[str, Any]]


@st.composite
def panels(draw: st.DrawFn) -> Panel:
    how: Literal["mean", "trimmed_mean"] = draw(st.sampled_from(["mean", "trimmed_mean"]))
    trim = draw(st.integers(1, 2))
    least = draw(st.integers(1, 3)) + (2 * trim if how == "trimmed_mean" else 0)
    return Panel(how, trim, least, draw(st.sampled_from(["wait", "leave_out"])))


@st.composite
def engagements(draw: st.DrawFn, *, gaps: bool = True) -> Drawn:
    cuts = sorted(draw(st.lists(st.integers(0, 12), max_size=3)))
    edges = [0, *cuts, 12]
    shares: list[RoleShare] = []
    held: dict[str, Any] = {}
    plain: list[dict[str, Any]] = []
    for number, (low, high) in enumerate(pairwise(edges)):
        role, share = f"r{number}", Fraction(high - low, 12)
        panel = draw(st.one_of(st.none(), panels()))
        shares.append(RoleShare(role, high - low, 12, panel))
        if panel is None:
            held[role], sheet = _maybe(draw, gaps)
            plain.append({"share": share, "sheet": sheet})
            continue
        seats = {
            f"s{seat}": _maybe(draw, gaps)
            for seat in range(draw(st.integers(0 if gaps else panel.least, panel.least + 2)))
        }
        held[role] = {key: pair[0] for key, pair in seats.items()}
        rule = {"how": panel.how, "trim": panel.trim, "least": panel.least, "missing": panel.missing}
        plain.append({"share": share, "panel": rule, "sheets": {key: pair[1] for key, pair in seats.items()}})
    return Drawn(tuple(shares), held, plain)


@dataclass(frozen=True)
class DrawnRules:
    rules: YearRules
    credits: tuple[Credit, ...]
    raised: tuple[str, ...]
    plain: dict[str, Any]


@st.composite
def year_rules(draw: st.DrawFn) -> DrawnRules:
    agency = draw(st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1, 5)]))
    base = draw(st.sampled_from([None, 0, 500_000, 1_000_000]))
    share = Fraction(0) if base is None else draw(st.sampled_from([Fraction(0), Fraction(1, 7)]))
    wide = 0 if share else 700_000
    floor = cap = None
    if base is not None:
        floor = draw(st.one_of(st.none(), st.integers(-wide, base)))
        cap = draw(st.one_of(st.none(), st.integers(base, 1_000_000 + wide)))
    vetoes = tuple(
        YearVeto(
            f"v{number}",
            draw(st.one_of(st.none(), st.integers(0, 1_000_000))),
            draw(st.sampled_from(["poor", "fair"])),
            draw(st.sampled_from(MEASURES)),
        )
        for number in range(draw(st.integers(0, 2)))
    )
    rules = YearRules(
        draw(st.sampled_from(["equal", "fee", "amount", "set"])),
        draw(st.integers(0, 3)),
        agency,
        base,
        share,
        cap,
        floor,
        vetoes,
        draw(st.sampled_from([None, Rounding(1), Rounding(2)])),
        GRADES,
    )
    entries = st.tuples(st.sampled_from(MEASURES), st.integers(-200_000, 200_000))
    credits = [] if base is None else draw(st.lists(entries, max_size=4))
    raised = draw(st.sets(st.sampled_from([veto.key for veto in vetoes]))) if vetoes else set()
    plain = {
        "agency_share": agency,
        "credit_share": share,
        "base": base,
        "floor": floor,
        "cap": cap,
        "credits": credits,
        "raised": raised,
        "vetoes": [
            {"key": veto.key, "caps_total": veto.caps_total, "measure": veto.measure} for veto in vetoes
        ],
    }
    kept = tuple(Credit(f"c{number}", points, key) for number, (key, points) in enumerate(credits))
    return DrawnRules(rules, kept, tuple(raised), plain)
