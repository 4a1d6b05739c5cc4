"""What people and programs send, as data of a draft."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencyqa.measures.drafting.boxes import Box, Boxes, Picks
from agencyqa.measures.drafting.typed import DEEPEST_RULE, nested, points_text, read_record
from agencyqa.measures.scheme_shape import criterion_shape, file_shapes, shapes_of
from agencyqa.measures.scheme_values import Words
from agencyqa.measures.shipped import shipped_versions

CRITERION = criterion_shape().fields
HEAD = tuple(shape for name, shape in file_shapes().items() if name not in {"key", "sections"})


def sent(boxes: tuple[Box, ...]) -> list[tuple[str, str]]:
    """The fields as a browser sends them that nobody touched."""
    found: list[tuple[str, str]] = []
    for box in boxes:
        if box.kind in {"wording", "wording-long"}:
            found += [(f"{box.name}.zh", box.zh), (f"{box.name}.en", box.en)]
            found += [(f"{box.name}.ours", "1")] if box.is_ours else []
        elif box.kind == "flag":
            found += [(box.name, "1")] if box.is_ticked else []
        elif box.kind == "rule":
            found += [(f"{box.name}.kind", box.value), (f"{box.name}.shown", box.value)]
        elif box.kind not in {"group", "things"}:
            found.append((box.name, box.value))
        found += sent(box.boxes)
    return found


def round_trip(shapes: Any, record: Any) -> Any:
    boxes = Boxes(Words("zh"), Picks(), {}).of(shapes, record)
    return read_record(shapes, nested(sent(boxes)))


@pytest.mark.parametrize("content", [checked.content for _, checked in shipped_versions()])
def test_a_page_that_nobody_touched_changes_nothing(content: dict[str, Any]) -> None:
    head = {name: value for name, value in content.items() if name not in {"key", "sections"}}
    assert round_trip(HEAD, head) == head
    for section in content["sections"]:
        for criterion in section["criteria"]:
            assert round_trip(CRITERION, criterion) == criterion


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("12.50", "12.5"),
        (" １２。５ ", "12.5"),
        ("007", "7"),
        ("-1", "-1"),
        ("1e3", "1e3"),
        ("十分", "十分"),
        ("0.00001", "0.00001"),
        ("9" * 60, "9" * 60),
    ],
)
def test_a_figure_is_kept_as_written_or_as_typed(typed: str, kept: str) -> None:
    assert read_record(CRITERION, {"max_points": typed}) == {"max_points": kept}
    assert points_text(kept) == kept


def test_another_rule_takes_over_what_both_know() -> None:
    form = [
        ("rule.kind", "deductions"),
        ("rule.shown", "all_or_nothing"),
        ("rule.points", "5"),
        ("rule.met_label.zh", "有"),
    ]
    assert read_record(CRITERION, nested(form)) == {"rule": {"kind": "deductions", "points": "5"}}
    form[1] = ("rule.shown", "banded")
    assert read_record(CRITERION, nested(form)) == {"rule": {"kind": "deductions"}}
    form[0] = ("rule.kind", "")
    assert read_record(CRITERION, nested(form)) == {}


def test_the_choice_of_a_rule_that_is_none_is_no_rule() -> None:
    for kind in ("__class__", "bands", "x" * 9000):
        assert read_record(CRITERION, nested([("rule.kind", kind), ("rule.shown", kind)])) == {}


def test_rules_are_read_no_deeper_than_the_engine_takes_them() -> None:
    form = []
    for depth in range(30):
        name = "rule." * (depth + 1)
        form += [(f"{name}kind", "veto"), (f"{name}shown", "veto")]
    held, depth = read_record(CRITERION, nested(form)), 0
    while "rule" in held:
        held, depth = held["rule"], depth + 1
    assert depth == DEEPEST_RULE


def test_rows_come_in_their_order_and_no_others() -> None:
    form = [
        ("counts.10.fault", "b"),
        ("counts.2.fault", "a"),
        ("counts.x.fault", "c"),
        ("counts.-1.fault", "c"),
        ("counts.٣.fault", "c"),
        ("counts.1000.fault", "c"),
        ("counts", "d"),
        ("counts.2", "e"),
    ]
    assert read_record(CRITERION, nested(form)) == {"counts": [{"fault": "a"}, {"fault": "b"}]}


def test_wording_keeps_its_lines_and_loses_what_nobody_types() -> None:
    form = [("label.zh", " 一\r\n二\u202e\x01 "), ("label.en", ""), ("label.ours", "1"), ("label", "x")]
    assert read_record(CRITERION, nested(form)) == {"label": {"zh": "一\n二", "ours": True}}


@given(
    st.lists(
        st.tuples(
            st.lists(
                st.sampled_from(
                    ["rule", "kind", "shown", "bands", "parts", "0", "1", "label", "zh", "x", ""]
                ),
                max_size=8,
            ).map(".".join),
            st.sampled_from(["banded", "composite", "veto", "1", "", "字"]),
        ),
        max_size=30,
    )
)
def test_no_form_whatever_makes_reading_or_showing_it_fail(form: list[tuple[str, str]]) -> None:
    found = read_record(CRITERION, nested(form))
    assert set(found) <= {shape.name for shape in shapes_of(criterion_shape().part or type(None))}  # type: ignore[arg-type]
    # What is shown again and sent again is the same.
    assert round_trip(CRITERION, found) == found
