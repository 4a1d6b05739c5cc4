"""Vetoes of a whole scheme: what they ask, and their faults."""

from __future__ import annotations

from agencyqa.scoring.inputs import InputSpec, flag_input
from agencyqa.scoring.problems import Problem
from agencyqa.scoring.rules.base import KEY_PATTERN
from agencyqa.scoring.scheme import Scheme, SchemeVeto

RAISED = "raised"


def veto_inputs(veto: SchemeVeto) -> tuple[InputSpec, ...]:
    own = flag_input(RAISED)
    return (own,) if veto.exception is None else (own, flag_input(veto.exception, needed_if=RAISED))


def veto_excel(veto: SchemeVeto) -> str:
    """Formula template of whether it applies, over its inputs as 1 or 0, as a condition."""
    raised = f"{{{RAISED}}}=1"
    return raised if veto.exception is None else f"AND({raised},{{{veto.exception}}}<>1)"


def veto_problems(scheme: Scheme) -> list[Problem]:
    found: list[Problem] = []
    taken = {criterion.key for _, criterion in scheme.criteria()}
    grades = [band.key for band in scheme.grades]
    for veto in scheme.vetoes:
        place = f"vetoes.{veto.key}"
        if not KEY_PATTERN.fullmatch(veto.key):
            found.append(Problem(place, "bad_key", {"key": veto.key}))
        if veto.key in taken:
            # Answers name criteria and vetoes side by side.
            found.append(Problem(place, "duplicate_key", {"key": veto.key}))
        taken.add(veto.key)
        if veto.measure is not None and not veto.measure.strip():
            found.append(Problem(f"{place}.measure", "empty"))
        if veto.caps_total is None and veto.caps_grade is None:
            found.append(Problem(place, "veto_without_effect"))
        if veto.caps_total is not None and not 0 <= veto.caps_total <= scheme.max_points:
            params = {"low": 0, "high": scheme.max_points}
            found.append(Problem(f"{place}.caps_total", "out_of_range", params))
        if veto.caps_grade is not None and veto.caps_grade not in grades:
            unknown = {"grade": veto.caps_grade, "grades": grades}
            found.append(Problem(f"{place}.caps_grade", "unknown_grade", unknown))
        if veto.exception is not None:
            if not KEY_PATTERN.fullmatch(veto.exception):
                found.append(Problem(f"{place}.exception", "bad_key", {"key": veto.exception}))
            if veto.exception == RAISED:
                found.append(Problem(f"{place}.exception", "duplicate_key", {"key": RAISED}))
    return found
