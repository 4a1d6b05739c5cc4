"""An order of work leaves out what nobody asks for, and never writes over what is still needed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agencyqa.scoring.plans import buffers_for, make_plan, run_part
from agencyqa.scoring.steps import Block, Num
from agencyqa.scoring.tape import Tape
from tests.unit.examples import examples


def wired(pairs: Sequence[tuple[str, int, int]]) -> tuple[Tape, list[Num]]:
    """Steps over two inputs, which stand in the first registers."""
    tape = Tape()
    numbers = [Num(tape.register(None), 0, 9, ("input", name)) for name in ("a", "b")]
    for kind, first, second in pairs:
        a, b = numbers[first % len(numbers)], numbers[second % len(numbers)]
        if kind == "take":
            numbers.append(tape.take(None, a))
        elif kind == "cancel":
            numbers.append(tape.cancel(None, a, tape.within(b, 0, 3)))
        elif kind == "quotient":
            numbers.append(
                tape.quotient(None, tape.greatest(None, a, tape.param("zero", 0)), tape.param("x", 3), 1, b)
            )
        elif kind == "sum":
            numbers.append(tape.add(None, [a, b, a]))
        else:
            numbers.append(getattr(tape, kind)(None, a, b))
    return tape, numbers


STEPS = st.tuples(
    st.sampled_from(["take", "cancel", "quotient", "sum", "sub", "least", "greatest"]),
    st.integers(0, 20),
    st.integers(0, 20),
)


@examples(150)
@given(st.lists(STEPS, min_size=1, max_size=12), st.data())
def test_reused_buffers_change_no_figure(pairs: list[tuple[str, int, int]], data: st.DataObject) -> None:
    tape, numbers = wired(pairs)
    instructions = tape.segment.instructions
    wanted = data.draw(st.lists(st.sampled_from(numbers[2:]), min_size=1, unique_by=lambda n: n.at))
    plan = make_plan([instructions], [number.at for number in wanted])
    block = Block(tape.segment.registers, 4)
    block.values[0], block.values[1] = np.array([0, 3, 9, 4]), np.array([5, 2, 0, 3])
    buffers = [b if b.size else np.empty(4, dtype=np.int64) for b in buffers_for(plan, 4)]
    run_part(plan.parts[0], block, buffers)
    plain = Block(tape.segment.registers, 4)
    plain.values[0], plain.values[1] = np.array([0, 3, 9, 4]), np.array([5, 2, 0, 3])
    for instruction in instructions:
        instruction.many(plain)
    for number in wanted:
        assert np.array_equal(block.values[number.at], plain.values[number.at])


def test_what_nobody_asks_for_is_not_worked_out() -> None:
    tape, numbers = wired([("sub", 0, 1), ("sub", 1, 0), ("greatest", 2, 2), ("least", 3, 0)])
    plan = make_plan([tape.segment.instructions], [numbers[4].at])
    assert [instruction.at for instruction, _ in plan.parts[0]] == [numbers[2].at, numbers[4].at]


def test_few_buffers_serve_a_long_sum() -> None:
    tape, numbers = wired([("sub", 0, 1)] + [("sub", n, 1) for n in range(2, 12)])
    assert make_plan([tape.segment.instructions], [numbers[-1].at]).buffers == 2
