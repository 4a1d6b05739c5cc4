"""A difference is exactly what was changed, and nothing else is one."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencyqa.measures.comparing import Change, compare
from agencyqa.measures.shipped import shipped_versions

Content = dict[str, Any]
CONTENTS = [checked.content for _, checked in shipped_versions()]
BASE: Content = {
    "key": "own",
    "title": {"zh": "表", "en": "Sheet"},
    "valid_from": "2022-01-01",
    "max_points": "30",
    "rounding": {"places": 2},
    "grades": [
        {"key": "good", "label": {"zh": "优", "en": "Good"}, "low": "90"},
        {"key": "poor", "label": {"zh": "差", "en": "Poor"}, "low": "0"},
    ],
    "sections": [
        {
            "key": "first",
            "label": {"zh": "一", "en": "First"},
            "max_points": "20",
            "criteria": [
                {
                    "key": "team",
                    "max_points": "10",
                    "provision": "M3/quality_assessment",
                    "rule": {
                        "kind": "banded",
                        "bands": [
                            {"key": "strong", "low": "5", "high": "10"},
                            {"key": "weak", "low": "0", "high": "5"},
                        ],
                    },
                    "counts": [{"fault": "late_plan", "input": "met"}],
                },
                {"key": "plan", "max_points": "5", "rule": {"kind": "free", "low": "0", "high": "5"}},
                {"key": "pace", "max_points": "5", "rule": {"kind": "free", "low": "0", "high": "5"}},
            ],
        },
        {
            "key": "second",
            "max_points": "10",
            "criteria": [
                {
                    "key": "report",
                    "max_points": "10",
                    "rule": {
                        "kind": "composite",
                        "parts": [{"key": "a", "rule": {"kind": "all_or_nothing", "points": "10"}}],
                    },
                }
            ],
        },
    ],
}
TEAM = ("sections", "first", "criteria", "team")


def changed(edit: Callable[[Content], object]) -> list[Change]:
    after = copy.deepcopy(BASE)
    edit(after)
    return compare(BASE, after)


def criteria(content: Content, section: int = 0) -> list[Any]:
    found: list[Any] = content["sections"][section]["criteria"]
    return found


@pytest.mark.parametrize("content", CONTENTS)
def test_a_scheme_does_not_differ_from_itself(content: Content) -> None:
    assert compare(content, copy.deepcopy(content)) == []


ONE_CHANGE: list[tuple[Callable[[Content], object], Change]] = [
    (
        lambda c: c.update(valid_from="2023-01-01"),
        Change("changed", ("valid_from",), "2022-01-01", "2023-01-01"),
    ),
    (
        lambda c: c["title"].update(en="Form"),
        Change("changed", ("title",), {"zh": "表", "en": "Sheet"}, {"zh": "表", "en": "Form"}),
    ),
    (lambda c: c.update(work_kind="research"), Change("changed", ("work_kind",), None, "research")),
    (lambda c: c.pop("rounding"), Change("changed", ("rounding",), {"places": 2}, None)),
    (lambda c: c["rounding"].update(places=1), Change("changed", ("rounding", "places"), 2, 1)),
    (lambda c: c["grades"][0].update(low="85"), Change("changed", ("grades", "good", "low"), "90", "85")),
    (
        lambda c: c["grades"].append({"key": "fair", "low": "60"}),
        Change("added", ("grades", "fair"), None, {"key": "fair", "low": "60"}),
    ),
    (lambda c: c["grades"].reverse(), Change("moved", ("grades", "poor"), 2, 1)),
    (
        lambda c: c["sections"][0].update(max_points="21"),
        Change("changed", ("sections", "first", "max_points"), "20", "21"),
    ),
    (
        lambda c: c["sections"].append({"key": "third", "max_points": "1", "criteria": []}),
        Change("added", ("sections", "third"), None, {"key": "third", "max_points": "1"}),
    ),
    (lambda c: c["sections"].reverse(), Change("moved", ("sections", "second"), 2, 1)),
    (lambda c: criteria(c)[0].update(max_points="9"), Change("changed", (*TEAM, "max_points"), "10", "9")),
    (lambda c: criteria(c)[0].update(weight="2"), Change("changed", (*TEAM, "weight"), None, "2")),
    (
        lambda c: criteria(c)[0].update(provision="M3/other"),
        Change("changed", (*TEAM, "provision"), "M3/quality_assessment", "M3/other"),
    ),
    (
        lambda c: criteria(c)[0]["rule"]["bands"][0].update(low="6"),
        Change("changed", (*TEAM, "rule", "bands", "strong", "low"), "5", "6"),
    ),
    (
        lambda c: criteria(c)[0]["rule"]["bands"].pop(),
        Change("removed", (*TEAM, "rule", "bands", "weak"), {"key": "weak", "low": "0", "high": "5"}, None),
    ),
    (
        lambda c: criteria(c)[1].update(rule={"kind": "all_or_nothing", "points": "5"}),
        Change(
            "changed",
            ("sections", "first", "criteria", "plan", "rule"),
            {"kind": "free", "low": "0", "high": "5"},
            {"kind": "all_or_nothing", "points": "5"},
        ),
    ),
    (
        lambda c: criteria(c, 1)[0]["rule"]["parts"][0]["rule"].update(points="8"),
        Change(
            "changed",
            ("sections", "second", "criteria", "report", "rule", "parts", "a", "rule", "points"),
            "10",
            "8",
        ),
    ),
    (
        lambda c: criteria(c)[0].pop("counts"),
        Change("removed", (*TEAM, "counts", "late_plan"), {"fault": "late_plan", "input": "met"}, None),
    ),
    (
        lambda c: criteria(c)[0]["counts"][0].update(by_hand=True),
        Change("changed", (*TEAM, "counts", "late_plan", "by_hand"), None, True),
    ),
    (
        lambda c: criteria(c).append({"key": "new", "max_points": "1"}),
        Change("added", ("sections", "first", "criteria", "new"), None, {"key": "new", "max_points": "1"}),
    ),
    (
        lambda c: criteria(c).pop(2),
        Change(
            "removed",
            ("sections", "first", "criteria", "pace"),
            {"key": "pace", "max_points": "5", "rule": {"kind": "free", "low": "0", "high": "5"}},
            None,
        ),
    ),
    (
        lambda c: criteria(c).append(criteria(c).pop(0)),
        Change("moved", TEAM, 1, 3),
    ),
    (
        lambda c: criteria(c, 1).insert(0, criteria(c).pop(1)),
        Change("moved", ("sections", "second", "criteria", "plan"), "first", "second"),
    ),
]


@pytest.mark.parametrize(("edit", "expected"), ONE_CHANGE)
def test_every_kind_of_change_is_told_as_itself_alone(
    edit: Callable[[Content], object], expected: Change
) -> None:
    assert changed(edit) == [expected]


def test_a_criterion_that_moved_and_changed_tells_both() -> None:
    def edit(content: Content) -> None:
        criterion = criteria(content).pop(1)
        criterion["max_points"] = "6"
        criteria(content, 1).append(criterion)

    place = ("sections", "second", "criteria", "plan")
    assert changed(edit) == [
        Change("moved", place, "first", "second"),
        Change("changed", (*place, "max_points"), "5", "6"),
    ]


def test_a_removed_section_takes_its_criteria_with_it_unless_they_moved() -> None:
    def edit(content: Content) -> None:
        criteria(content, 1).extend(criteria(content)[:1])
        content["sections"].pop(0)

    assert [(each.kind, each.place) for each in changed(edit)] == [
        ("removed", ("sections", "first")),
        ("removed", ("sections", "first", "criteria", "plan")),
        ("removed", ("sections", "first", "criteria", "pace")),
        ("moved", ("sections", "second", "criteria", "team")),
    ]


def test_a_draft_with_a_key_used_twice_or_none_is_compared_all_the_same() -> None:
    twice = {"sections": [{"key": "a", "criteria": [{"key": "x", "max_points": "1"}, {"key": "x"}, {}, "?"]}]}
    other = {
        "sections": [{"key": "a", "criteria": [{"key": "x", "max_points": "1"}, {"key": "x", "weight": "2"}]}]
    }
    place = ("sections", "a", "criteria")
    assert compare(twice, other) == [
        Change("removed", (*place, "3"), {}, None),
        Change("removed", (*place, "4"), "?", None),
        Change("changed", (*place, "x#2", "weight"), None, "2"),
    ]


@given(st.permutations(range(7)))
def test_the_fewest_that_moved_are_told(order: list[int]) -> None:
    """What is not told to have moved stands in its old order, and one more could not have stayed."""
    things = [{"key": f"k{number}"} for number in range(7)]
    moved = {each.place[-1] for each in compare({"grades": things}, {"grades": [things[n] for n in order]})}
    stayed = [number for number in order if f"k{number}" not in moved]
    assert stayed == sorted(stayed)
    longest = 0
    for mask in range(1 << 7):
        chosen = [n for at, n in enumerate(order) if mask >> at & 1]
        longest = max(longest, len(chosen) if chosen == sorted(chosen) else 0)
    assert len(stayed) == longest


@given(st.lists(st.sampled_from(range(len(ONE_CHANGE))), max_size=3, unique=True))
def test_changes_back_are_the_mirror_of_changes_there(picked: list[int]) -> None:
    after = copy.deepcopy(BASE)
    for number in picked:
        try:
            ONE_CHANGE[number][0](after)
        except (KeyError, IndexError):
            # An earlier edit took away what this one changes.
            continue
    there, back = compare(BASE, after), compare(after, BASE)
    opposite = {"added": "removed", "removed": "added", "moved": "moved", "changed": "changed"}
    assert sorted(opposite[each.kind] for each in there if each.kind != "moved") == sorted(
        each.kind for each in back if each.kind != "moved"
    )
    assert (there == []) == (after == BASE)
