"""Adding, removing, moving and duplicating in a draft."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencyqa.errors import Refused, Stale
from agencyqa.measures.drafting import tree
from agencyqa.measures.reading import Path
from agencyqa.measures.scheme_shape import criterion_shape, rule_shapes, section_shape

BASE: dict[str, Any] = {
    "max_points": "9",
    "sections": [
        {
            "key": "section_1",
            "max_points": "7",
            "criteria": [
                {"key": "item_1", "max_points": "3", "counts": [{"fault": "late_plan", "input": "met"}]},
                {
                    "key": "item_2",
                    "max_points": "2.5",
                    "rule": {"kind": "banded", "bands": [{"key": "band_1"}]},
                },
            ],
        },
        {"key": "section_2", "criteria": [{"key": "item_3", "max_points": "4"}]},
        {"key": "section_3", "criteria": []},
    ],
}


def keys(content: dict[str, Any]) -> list[list[str]]:
    return [[criterion["key"] for criterion in section["criteria"]] for section in content["sections"]]


def names_in(content: dict[str, Any]) -> list[str]:
    return [key for section in keys(content) for key in section]


def criterion(section: int, number: int) -> Path:
    return ("sections", section, "criteria", number)


def test_what_is_added_stands_last_under_a_key_of_its_own() -> None:
    after = tree.add(BASE, ("sections", 0, "criteria"), criterion_shape())
    assert keys(after) == [["item_1", "item_2", "item_4"], ["item_3"], []]
    after = tree.add(after, ("sections",), section_shape())
    assert after["sections"][-1] == {"key": "section_4", "criteria": []}
    bands = next(shape for shape in rule_shapes("banded") if shape.name == "bands")
    path: Path = (*criterion(0, 1), "rule", "bands")
    assert tree.thing_at(tree.add(after, path, bands), path) == [{"key": "band_1"}, {"key": "band_2"}]


def test_nothing_is_added_where_a_file_takes_no_more() -> None:
    content = copy.deepcopy(BASE)
    content["sections"] = [{"key": f"s{number}", "criteria": []} for number in range(40)]
    with pytest.raises(Refused, match="scheme_list_full"):
        tree.add(content, ("sections",), section_shape())
    with pytest.raises(Refused, match="scheme_list_full"):
        tree.duplicate(content, ("sections", 0), section_shape())


def test_a_duplicate_has_new_keys_and_counts_nothing() -> None:
    after = tree.duplicate(BASE, criterion(0, 0), criterion_shape())
    assert keys(after)[0] == ["item_1", "item_4", "item_2"]
    assert after["sections"][0]["criteria"][1] == {"key": "item_4", "max_points": "3"}
    after = tree.duplicate(BASE, ("sections", 0), section_shape())
    assert [section["key"] for section in after["sections"]] == [
        "section_1",
        "section_4",
        "section_2",
        "section_3",
    ]
    assert keys(after) == [["item_1", "item_2"], ["item_4", "item_5"], ["item_3"], []]
    assert after["sections"][1]["criteria"][1]["rule"] == BASE["sections"][0]["criteria"][1]["rule"]


@pytest.mark.parametrize(
    ("path", "step", "expected"),
    [
        (criterion(0, 0), 1, [["item_2", "item_1"], ["item_3"], []]),
        (criterion(0, 1), 1, [["item_1"], ["item_2", "item_3"], []]),
        (criterion(1, 0), -1, [["item_1", "item_2", "item_3"], [], []]),
        (criterion(1, 0), 1, [["item_1", "item_2"], [], ["item_3"]]),
        (criterion(0, 0), -1, [["item_1", "item_2"], ["item_3"], []]),
        (("sections", 0), 1, [["item_3"], ["item_1", "item_2"], []]),
        (("sections", 0), -1, [["item_1", "item_2"], ["item_3"], []]),
        (("sections", 2), 1, [["item_1", "item_2"], ["item_3"], []]),
    ],
)
def test_moving(path: Path, step: int, expected: list[list[str]]) -> None:
    assert keys(tree.move(BASE, path, step)) == expected


@pytest.mark.parametrize(
    "path",
    [("sections", 9), ("sections", -1), criterion(0, 2), ("grades", 0), ("sections", 0, "criteria", 0, "x")],
)
def test_a_position_that_is_not_there_any_more_is_stale(path: Path) -> None:
    for act in (
        lambda: tree.thing_at(BASE, path),
        lambda: tree.remove(BASE, path),
        lambda: tree.move(BASE, path, 1),
        lambda: tree.duplicate(BASE, path, criterion_shape()),
    ):
        with pytest.raises(Stale):
            act()


def test_points_are_fitted_where_they_can_be_read() -> None:
    after = tree.fit_points(BASE)
    assert [section.get("max_points") for section in after["sections"]] == ["5.5", "4", "0"]
    assert after["max_points"] == "9.5"
    content = copy.deepcopy(BASE)
    content["sections"][1]["criteria"][0]["max_points"] = "four"
    after = tree.fit_points(content)
    assert ([section.get("max_points") for section in after["sections"]], after["max_points"]) == (
        ["5.5", None, "0"],
        "9",
    )


def test_a_bonus_counts_towards_no_maximum() -> None:
    section = {"criteria": [{"max_points": "3"}, {"max_points": "2", "bonus": True}]}
    assert tree.points_below(section) == 30_000


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["up", "down", "copy", "remove", "add"]), st.integers(0, 3), st.integers(0, 4)
        ),
        max_size=12,
    )
)
def test_whatever_is_done_keys_stay_apart_and_the_ground_stays_as_it_was(
    steps: list[tuple[str, int, int]],
) -> None:
    before = copy.deepcopy(BASE)
    content = BASE
    for verb, section, number in steps:
        path = criterion(section, number)
        try:
            match verb:
                case "up" | "down":
                    after = tree.move(content, path, -1 if verb == "up" else 1)
                    assert sorted(names_in(after)) == sorted(names_in(content))
                case "copy":
                    after = tree.duplicate(content, path, criterion_shape())
                case "remove":
                    after = tree.remove(content, path)
                case _:
                    after = tree.add(content, ("sections", section, "criteria"), criterion_shape())
        except Stale:
            continue
        content = after
        names = names_in(content)
        assert len(names) == len(set(names))
    assert before == BASE
