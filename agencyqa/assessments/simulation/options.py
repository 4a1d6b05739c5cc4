"""The options of ``scoring simulate`` as figures."""

from __future__ import annotations

from collections.abc import Mapping

import click

from agencyqa.assessments.simulation.target import Target, target_of, weights_of_scheme
from agencyqa.measures.scheme_format import CheckedFile
from agencyqa.scoring import UnitsError, compile_scheme, parse_points


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


def read_target(draft: CheckedFile, points: Mapping[str, int], *, assume: bool) -> Target:
    program = compile_scheme(draft.scheme)
    weights = weights_of_scheme(program.scheme, points)
    if unknown := sorted(set(points) - set(weights)):
        raise click.BadParameter(f"The draft has no {', '.join(unknown)} to weigh.", param_hint="--points")
    if not any(weights.values()):
        raise click.BadParameter("Not all criteria can have 0 points.", param_hint="--points")
    return target_of(program, points, assume=assume)
