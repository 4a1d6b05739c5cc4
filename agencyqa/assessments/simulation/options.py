"""The options of ``scoring simulate`` as figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import click

from agencyqa.assessments.simulation.target import Target, target_of, weights_of_scheme
from agencyqa.measures.scheme_format import CheckedFile
from agencyqa.scoring import GradeBand, UnitsError, compile_scheme, grade_problems, parse_points


def pairs(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, int]:
    """``key=figure`` as many times as wanted; figures in ten-thousandths."""
    found: dict[str, int] = {}
    for text in given:
        key, sign, figure = text.partition("=")
        try:
            if not sign or not key:
                raise UnitsError("not_a_number")
            found[key] = parse_points(figure)
        except UnitsError:
            raise click.BadParameter(f"{text} is not KEY=FIGURE.") from None
        if found[key] < 0:
            raise click.BadParameter(f"{text} is below 0.")
    return found


def other_limits(bands: tuple[GradeBand, ...], limits: Mapping[str, int]) -> tuple[GradeBand, ...]:
    """Each band begins where it is told to and reaches to the next."""
    if not limits:
        return bands
    if unknown := sorted(set(limits) - {band.key for band in bands}):
        raise click.BadParameter(f"There is no grade {', '.join(unknown)}.", param_hint="--grade")
    changed = tuple(GradeBand(band.key, limits.get(band.key, band.low)) for band in bands)
    if grade_problems(changed):
        raise click.BadParameter("Limits must differ, and the lowest is 0.", param_hint="--grade")
    return changed


def read_target(
    draft: CheckedFile,
    points: Mapping[str, int],
    limits: Mapping[str, int] | None = None,
    *,
    assume: bool,
) -> Target:
    """``limits`` are those of the sheets' own grades."""
    scheme = draft.scheme
    program = compile_scheme(replace(scheme, grades=other_limits(scheme.grades, limits or {})))
    weights = weights_of_scheme(program.scheme, points)
    if unknown := sorted(set(points) - set(weights)):
        raise click.BadParameter(f"The draft has no {', '.join(unknown)} to weigh.", param_hint="--points")
    if not any(weights.values()):
        raise click.BadParameter("Not all criteria can have 0 points.", param_hint="--points")
    return target_of(program, points, assume=assume)
