"""The demo's evaluations add up, and each slip is exactly the fault it is meant to be."""

from __future__ import annotations

from fractions import Fraction

import pytest

from agencyqa.demo.chance import Chance
from agencyqa.demo.content import OBJECTS, ObjectContent
from agencyqa.demo.spending import Slip, Spending, spending_of
from agencyqa.evaluations.checks import FAULT_OF, Band, Node, Result, Standard, Statement, examine
from agencyqa.evaluations.standards import BANDS, MIN_RESULTS_SHARE
from agencyqa.scoring import SCALE

STANDARD = Standard(
    tuple(Band(str(each["key"]), str(each["label"]), "", int(str(each["low"]))) for each in BANDS),
    Fraction(*MIN_RESULTS_SHARE),
)
FAULTS = {
    Slip.SUM: "arithmetic_error",
    Slip.TOTAL: "total_mismatch",
    Slip.GRADE: "grade_mismatch",
    Slip.WEIGHT: "weight_mismatch",
    Slip.SHARE: "results_share_low",
}


def spending(item: ObjectContent, slip: Slip | None = None) -> Spending:
    return spending_of(item.name, item.kind, item.amount * 10**6, Chance(item.name), slip)


def examined(found: Spending) -> Result:
    nodes = tuple(
        Node(each.level, each.dimension.value, each.name, each.weight, each.score) for each in found.nodes
    )
    return examine(Statement(nodes, found.total, 100 * SCALE, found.grade), STANDARD)


@pytest.mark.parametrize("item", OBJECTS, ids=lambda item: item.name)
def test_what_has_no_slip_adds_up(item: ObjectContent) -> None:
    found = spending(item)
    result = examined(found)
    assert result.checks == ()
    assert (result.total, result.maximum) == (found.total, 100 * SCALE)
    names = [each.content.facts for each in found.problems]
    assert len(names) == len(set(names)) >= 1


@pytest.mark.parametrize("slip", Slip)
def test_a_slip_is_one_fault(slip: Slip) -> None:
    for item in OBJECTS:
        result = examined(spending(item, slip))
        faults = [FAULT_OF[check.code] for check in result.faults]
        # A total two points too high may lift the grade with it, which then no longer fits the sum.
        expected = {FAULTS[slip], "grade_mismatch"} if slip is Slip.TOTAL else {FAULTS[slip]}
        assert FAULTS[slip] in faults
        assert set(faults) <= expected
        assert result.is_complete
