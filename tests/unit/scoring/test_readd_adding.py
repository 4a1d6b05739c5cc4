"""A trace in which any figure of the whole sheet was changed does not add up."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from agencyqa.scoring import Condition, Criterion, SchemeVeto, TraceError, compile_scheme, readd
from tests.unit.scoring.forms import POINT
from tests.unit.scoring.sheet_forms import answers, item, rated, scheme

BONUS = item("x", 5, bonus=True, only_if=(Condition("a", "at_least", 40 * POINT),))
ON_BONUS: Criterion = item("y", 5, bonus=True, only_if=(Condition("x", "full"),))
FORM = scheme(
    (item("a", 60), rated("b", 30), rated("c", 10)),
    (BONUS, ON_BONUS),
    vetoes=(SchemeVeto("v", "M1", 80 * POINT, "poor", "excused"),),
    least_assessed=500_000,
)
TRACE = compile_scheme(FORM).trace(
    answers(a=50, r_b=4, r_c=0, x=5, y=4) | {"v": {"raised": True, "excused": False}}
)


def criterion(trace: Any, key: str) -> Any:
    return next(c for section in trace["sections"] for c in section["criteria"] if c["key"] == key)


TAMPERING: list[tuple[str, Callable[[Any], Any]]] = [
    ("a", lambda t: criterion(t, "a").update(contribution=1)),
    ("a", lambda t: criterion(t, "a").update(max_contribution=1)),
    ("x", lambda t: criterion(t, "x")["bonus"].update(room=1)),
    ("x", lambda t: criterion(t, "x")["bonus"].update(met=False)),
    ("x", lambda t: criterion(t, "x")["bonus"]["conditions"][0].update(reached=1)),
    ("x", lambda t: criterion(t, "x")["bonus"]["conditions"][0].update(met=False)),
    ("y", lambda t: criterion(t, "y")["bonus"]["conditions"][0].update(least=1)),
    ("y", lambda t: criterion(t, "x")["bonus"]["conditions"][0].update(criterion="y")),
    ("adding", lambda t: t["adding"].update(assessed_max=1)),
    ("adding", lambda t: t["adding"].update(left_out=[])),
    ("adding", lambda t: t["adding"].update(total_cap=91 * POINT)),
    ("adding", lambda t: t["adding"].update(least_assessed=900_001)),
    ("vetoes", lambda t: t["vetoes"][0].update(applied=False)),
    ("vetoes", lambda t: t["vetoes"][0].update(cap=1)),
    ("vetoes", lambda t: t["vetoes"][0].update(contribution=0)),
    ("vetoes", lambda t: t["vetoes"][0]["inputs"].update(excused=True)),
    ("vetoes", lambda t: t["vetoes"][0].update(caps_grade="fair")),
    ("grade", lambda t: t["grade"].update(key="good")),
    ("grade", lambda t: t["grade"].update(capped_by="w")),
    ("sections", lambda t: t["sections"][0].update(max=1)),
    ("measures", lambda t: t["measures"][0].update(total=1)),
    ("measures", lambda t: t["measures"][0].update(max=1)),
    ("total", lambda t: t.update(total=1)),
]


def test_the_trace_itself_adds_up() -> None:
    assert readd(TRACE) == TRACE["total"] == 72 * POINT
    assert TRACE["grade"]["key"] == "poor"
    assert [criterion(TRACE, key)["contribution"] for key in ("a", "b", "c", "x", "y")] == [
        500_000,
        240_000,
        0,
        50_000,
        40_000,
    ]


@pytest.mark.parametrize(("place", "change"), TAMPERING)
def test_a_changed_figure_is_found(place: str, change: Callable[[Any], Any]) -> None:
    trace = copy.deepcopy(TRACE)
    change(trace)
    with pytest.raises(TraceError):
        readd(trace)
