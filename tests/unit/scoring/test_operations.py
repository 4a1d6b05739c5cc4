"""Every operation gives in arrays, narrow or wide, what it gives in integers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencyqa.scoring import operations as op
from tests.unit.examples import examples

FLAG = (0, 1)
ANY = (-(10**8), 10**8)
COUNT = (0, 10**8)
CASES: list[tuple[op.Operation, tuple[tuple[int, int], ...]]] = [
    (op.ADD, (ANY, ANY, ANY)),
    (op.ADD_TWO, (ANY, ANY)),
    (op.ADD_ONE, (ANY,)),
    (op.SUB, (ANY, ANY)),
    (op.MUL, (ANY, ANY)),
    (op.MIN, (ANY, ANY)),
    (op.MAX, (ANY, ANY)),
    (op.TAKE, (ANY,)),
    (op.CANCEL, (ANY, FLAG)),
    (op.UNLESS, (FLAG, FLAG)),
    (op.ANY_OF, (FLAG, FLAG)),
    (op.BETWEEN, ((0, 9), (0, 9), (0, 9))),
    (op.within(3, 6), ((0, 9),)),
    (op.at_least(5), ((0, 9),)),
    (op.picking((5, -1, 10**12)), ((0, 2),)),
    (op.quotient(1), (COUNT, (0, 9), ANY)),
    (op.quotient(100), (COUNT, (0, 999), ANY)),
    (op.to_step(500), (ANY, (500, 500))),
    (op.to_step(1), (ANY, (1, 1))),
    (op.bracket((0, 5, 50)), ((0, 99), (0, 0), (5, 5), (50, 50))),
    (op.reached(at=True), ((0, 20), (5_000, 5_000), (0, 20))),
    (op.reached(at=False), ((0, 20), (15_000, 15_000), (0, 20))),
]


@pytest.mark.parametrize(("operation", "limits"), CASES, ids=lambda held: getattr(held, "name", ""))
@examples(25)
@given(st.data())
def test_arrays_equal_integers(operation: op.Operation, limits: Any, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.tuples(*(st.integers(*limit) for limit in limits)), min_size=1, max_size=5))
    expected = [int(operation.ints(*row)) for row in rows]
    narrow = [np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)]
    assert [int(v) for v in operation.arrays(narrow, np.empty(len(rows), dtype=np.int64))] == expected
    wide = [column.astype(object) for column in narrow]
    if operation.name != "pick":
        assert [int(v) for v in operation.arrays(wide, None)] == expected
    # A figure that is the same in every row may stay a plain integer.
    for place, limit in enumerate(limits):
        if limit[0] == limit[1]:
            held = [*narrow[:place], limit[0], *narrow[place + 1 :]]
            assert [int(v) for v in operation.arrays(held, np.empty(len(rows), dtype=np.int64))] == expected


def test_a_constant_divisor_and_a_column_of_divisors_are_the_same() -> None:
    over = np.arange(50, dtype=np.int64)
    for divisor in (1, 3, 7):
        constant = op.quotient(1).arrays([over, divisor, 0], np.empty(50, dtype=np.int64))
        column = op.quotient(1).arrays([over, np.full(50, divisor), 0], np.empty(50, dtype=np.int64))
        assert constant.tolist() == column.tolist() == [(2 * n + divisor) // (2 * divisor) for n in range(50)]


def test_figures_beyond_64_bits_are_picked_exactly() -> None:
    picked = op.picking((10**30, 7)).arrays([np.array([1, 0, 1])], None)
    assert picked.tolist() == [7, 10**30, 7]
