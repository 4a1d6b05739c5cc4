"""Small schemes of the ways a whole sheet can add up."""

from __future__ import annotations

from typing import Any

from agencyqa.scoring import Criterion, FreeValue, Rating, Scheme, Section, compile_scheme, readd
from agencyqa.scoring.adding import contributed_maxima
from tests.unit.scoring.forms import GRADES, POINT

MEASURES = ("M1", "M2")


def item(key: str, points: int = 10, **options: Any) -> Criterion:
    return Criterion(key, points * POINT, FreeValue(0, points * POINT), **{"measure": "M1", **options})


def rated(key: str, points: int = 10, **options: Any) -> Criterion:
    return Criterion(key, points * POINT, Rating(points * POINT, high=5), **{"measure": "M2", **options})


def scheme(*sections: tuple[Criterion, ...], max_points: int | None = None, **options: Any) -> Scheme:
    """Sections s0, s1, ... with the totals that follow from their criteria."""
    bare = Scheme(
        "form",
        "1",
        100 * POINT if max_points is None else max_points,
        tuple(Section(f"s{number}", 0, criteria) for number, criteria in enumerate(sections)),
        GRADES,
        **options,
    )
    maxima = contributed_maxima(bare)
    held = tuple(
        Section(section.key, sum(maxima[c.key] for c in section.criteria), section.criteria)
        for section in bare.sections
    )
    return Scheme("form", "1", sum(section.max_points for section in held), held, GRADES, **options)


def answers(**given: int | None) -> dict[str, dict[str, Any]]:
    """By criterion: points of a free value, or "r_" before the key for a rating, "v_" for a veto's flag."""
    found: dict[str, dict[str, Any]] = {}
    for key, value in given.items():
        kind, _, rest = key.partition("_")
        if kind == "r" and rest:
            found[rest] = {"rating": value}
        elif kind == "v" and rest:
            found[rest] = {"raised": value if value is None else bool(value)}
        else:
            found[key] = {"value": None if value is None else value * POINT}
    return found


def checked(
    form: Scheme, given: dict[str, dict[str, Any]], entered: dict[str, int | None] | None = None
) -> Any:
    """The result of one sheet; its trace adds up, and many sheets come to the same."""
    program = compile_scheme(form)
    result = program.score(given, entered)
    assert readd(program.trace(given, entered)) == result.total
    arrays = program.score_arrays(program.encode([given], [entered or {}]))
    assert (int(arrays.total[0]) if arrays.complete[0] else None) == result.total
    for parts, sums in ((result.sections, arrays.sections), (result.measures, arrays.measures)):
        assert {part.key: part.total for part in parts} == {
            key: int(values[0]) if mask[0] else None for key, (values, mask) in sums.items()
        }
    return result


def given_by(result: Any) -> dict[str, int | None]:
    return {each.key: each.contribution for each in result.criteria}
