"""Every input that has a direction acts in it: more of it never makes the mark, or the sheet, go the other way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import given, reject
from hypothesis import strategies as st

from agencyqa.scoring import (
    AllOrNothing,
    BandedRange,
    Checklist,
    Composite,
    Deductions,
    FreeValue,
    Lateness,
    Ordinal,
    RangeDeduction,
    Rating,
    Ratio,
    Rule,
    Veto,
    compile_scheme,
)
from tests.unit.examples import examples
from tests.unit.scoring import strategies

UP, DOWN = 1, -1


def directions(rule: Rule) -> dict[str, int]:
    """For each input whether more of it is for the better; what is not named has no direction (a class, a band)."""
    match rule:
        case AllOrNothing():
            return {"met": UP}
        case BandedRange() | FreeValue():
            return {"value": UP}
        case Ordinal():
            return {"level": UP}
        case Checklist():
            return {item.key: UP for item in rule.items}
        case Rating():
            return {"rating": UP}
        case Deductions():
            return {fault.key: DOWN for fault in rule.faults}
        case RangeDeduction():
            return {"amount": DOWN}
        case Lateness():
            return {"days": DOWN}
        case Ratio():
            better, worse = ("actual", "planned") if rule.direction == "higher" else ("planned", "actual")
            return {better: UP, worse: DOWN}
        case Veto():
            own = {rule.flag: DOWN} | ({} if rule.exception is None else {rule.exception: UP})
            return own | directions(rule.rule)
        case Composite():
            return {
                f"{part.key}.{name}": way
                for part in rule.parts
                for name, way in directions(part.rule).items()
            }
    raise AssertionError(f"{type(rule).__name__} does not say in which direction its inputs act")


def better(data: st.DataObject, rule: Rule, given: Mapping[str, Any]) -> dict[str, Any]:
    """The same answers, some of them further in their direction."""
    changed = dict(given)
    ways = directions(rule)
    for spec in rule.specs:
        way, now = ways.get(spec.name), given[spec.name]
        if way is None or data.draw(st.integers(0, 2)) == 0:
            continue
        if spec.type == "choice":
            worth = {choice.key: choice.high for choice in spec.choices}
            changed[spec.name] = data.draw(st.sampled_from([k for k in worth if worth[k] >= worth[now]]))
        elif spec.type == "flag":
            changed[spec.name] = (
                (now or data.draw(st.booleans())) if way == UP else now and data.draw(st.booleans())
            )
        else:
            # Nearby figures are the ones that a wrong bound treats differently.
            far = spec.high if way == UP else spec.low
            span = (far - now) // spec.step
            steps = data.draw(
                st.one_of(st.integers(*sorted((0, span))), st.integers(*sorted((0, max(-3, min(3, span))))))
            )
            changed[spec.name] = now + steps * spec.step
    return changed


@examples(150)
@given(st.data())
def test_an_input_never_acts_against_its_direction(data: st.DataObject) -> None:
    rule = data.draw(strategies.TOP_RULES)
    before = data.draw(strategies.answers_of(rule))
    after = better(data, rule, before)
    first, second = rule.mark(before), rule.mark(after)
    # Some answers are refused, or cannot be assessed: then there is nothing to compare.
    if first is None or second is None:
        reject()
    assert second >= first


@examples(100)
@given(st.data())
def test_a_better_figure_never_lowers_the_sheet(data: st.DataObject) -> None:
    scheme = data.draw(strategies.schemes())
    program = compile_scheme(scheme)
    answers = data.draw(strategies.sheets(scheme, clean=True))
    before = program.score(answers)
    if before.total is None:
        reject()
    moved = {
        each.key: data.draw(st.integers(each.counted, each.max_points))
        for each in before.criteria
        if each.counted is not None and data.draw(st.booleans())
    }
    after = program.score(answers, moved)
    assert (after.assessed_max, after.state) == (before.assessed_max, "ok")
    assert after.total is not None
    assert after.total >= before.total
