"""Files from strangers: what is not plain data is refused before it costs anything."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from agencyqa.measures.reading import DEEPEST, LARGEST_FILE, MOST_VALUES, FileError, read_document

LAUGHS = """\
a: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: [*b, *b, *b, *b, *b, *b, *b, *b, *b]
"""


def faults(text: str | bytes) -> list[tuple[str, str, int | None]]:
    with pytest.raises(FileError) as caught:
        read_document(text)
    return [(p.problem.place, p.problem.code, p.line) for p in caught.value.problems]


def test_values_are_exact_and_nothing_is_guessed() -> None:
    text = """\
whole: 12
decimal: 0.4
text: "0.4"
day: 2018-01-01
no_day: 2018-02-30
flag: true
norway: no
nothing: ~
old_octal: 012
power: 1e5
"""
    data = read_document(text).data
    assert data == {
        "whole": 12,
        "decimal": Decimal("0.4"),
        "text": "0.4",
        "day": date(2018, 1, 1),
        "no_day": "2018-02-30",
        "flag": True,
        "norway": "no",
        "nothing": None,
        "old_octal": "012",
        "power": "1e5",
    }
    assert isinstance(data["decimal"], Decimal)


def test_json_is_read_by_the_same_gate() -> None:
    data: Any = read_document('{"sheets": [{"value": 0.5, "met": true, "none": null}]}').data
    assert data == {"sheets": [{"value": Decimal("0.5"), "met": True, "none": None}]}


def test_an_alias_bomb_is_stopped_at_its_first_anchor() -> None:
    assert faults(LAUGHS) == [("", "anchors_refused", 1)]
    assert faults("a: *b\n") == [("", "anchors_refused", 1)]
    assert faults("&k key: 1\n") == [("", "anchors_refused", 1)]


def test_tags_never_make_objects() -> None:
    assert faults("a: 1\nb: !!python/object/apply:os.system [ls]\n") == [("", "tags_refused", 2)]


def test_depth_size_and_number_are_limited() -> None:
    deep = "[" * 100_000
    assert faults(deep) == [("", "nested_too_deep", 1)]
    assert faults("\n".join("  " * n + "a:" for n in range(DEEPEST + 3)))[0][1] == "nested_too_deep"
    assert faults(b"a" * 10_000_000) == [("", "file_too_large", None)]
    assert faults("字" * (LARGEST_FILE // 2)) == [("", "file_too_large", None)]
    assert faults("- 1\n" * (MOST_VALUES + 1)) == [("", "too_many_values", MOST_VALUES)]


def test_what_is_no_yaml_says_where() -> None:
    assert faults("a: 1\nb: [1, 2\n")[0][1:] == ("not_yaml", 3)
    assert faults(b"\xff\xfe\x00") == [("", "not_utf8", None)]
    assert faults("a: \ud800") == [("", "not_utf8", None)]
    assert faults("a: \x07")[0][1] == "not_yaml"
    assert faults("") == [("", "empty_file", None)]
    assert faults("a: 1\n---\nb: 2\n") == [("", "several_documents", 2)]
    assert faults("? [a, b]\n: 1\n") == [("", "name_not_text", 1)]


def test_a_name_that_stands_twice_is_reported_each_time() -> None:
    assert faults("a: 1\nb: 2\na: 3\nb: 4\n") == [
        ("a", "duplicate_name", 3),
        ("b", "duplicate_name", 4),
    ]


def test_places_name_list_items_by_their_keys() -> None:
    document = read_document("sections:\n  - key: before\n    max: 3\n  - plain\n")
    assert document.path_of("sections.before.max") == ("sections", 0, "max")
    assert document.place_of(("sections", 0, "max")) == "sections.before.max"
    assert document.place_of(("sections", 1)) == "sections.2"
    assert document.line_at(("sections", 0, "max")) == 3
    assert document.line_at(("sections", 0, "absent")) == 2
