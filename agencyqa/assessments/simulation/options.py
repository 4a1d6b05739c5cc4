"""The options of ``scoring simulate`` as figures."""

from __future__ import annotations

from collections.abc import Mapping

import click

from agencyqa.assessments.simulation.rescoring import Target
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


def target_of(draft: CheckedFile, points: Mapping[str, int]) -> Target:
    program = compile_scheme(draft.scheme)
    if unknown := sorted(set(points) - {criterion.key for _, criterion in program.scheme.criteria()}):
        raise click.BadParameter(f"The draft has no {', '.join(unknown)}.", param_hint="--points")
    target = Target(program, points)
    if not target.maximum:
        raise click.BadParameter("Not all criteria can have 0 points.", param_hint="--points")
    return target
