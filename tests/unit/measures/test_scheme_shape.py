"""The fields of a scheme file as its models have them."""

from __future__ import annotations

from collections.abc import Iterator

from agencyqa.measures.enums import Purpose
from agencyqa.measures.scheme_format.model import CountPart, SchemeFile
from agencyqa.measures.scheme_shape import (
    Shape,
    criterion_shape,
    file_shapes,
    rule_kinds,
    rule_shapes,
    section_shape,
    shapes_of,
)
from agencyqa.measures.scheme_words import RULE_NAMES, choice_name, is_named
from agencyqa.scoring import RULES


def every_shape(shapes: tuple[Shape, ...]) -> Iterator[Shape]:
    for shape in shapes:
        yield shape
        yield from every_shape(shape.fields)


def all_shapes() -> list[Shape]:
    rules = [shape for kind in rule_kinds() for shape in every_shape(rule_shapes(kind))]
    return [*every_shape(tuple(file_shapes().values())), *rules]


def test_the_kinds_of_the_head_of_a_file() -> None:
    kinds = {name: shape.kind for name, shape in file_shapes().items()}
    expected = {
        "key": "line",
        "title": "text",
        "source": "text",
        "purpose": "choice",
        "work_kind": "choice",
        "valid_from": "day",
        "is_reference": "flag",
        "max_points": "points",
        "rounding": "record",
        "grades": "list",
        "sections": "list",
    }
    assert {name: kinds[name] for name in expected} == expected
    assert set(kinds) == set(SchemeFile.model_fields)
    assert file_shapes()["purpose"].choices == tuple(Purpose)


def test_things_of_lists_and_what_may_be_left_out() -> None:
    assert section_shape().most == 40
    fields = {shape.name: shape for shape in criterion_shape().fields}
    assert (fields["rule"].kind, fields["provision"].required, fields["measure"].required) == (
        "rule",
        True,
        False,
    )
    assert [shape.name for shape in shapes_of(CountPart)] == ["fault", "input", "by_hand"]
    steps = {shape.name: shape for shape in rule_shapes("banded")}
    assert (steps["bands"].kind, steps["step"].kind, steps["step"].default) == ("list", "points", "0.0001")


def test_every_rule_of_the_engine_has_its_fields() -> None:
    assert set(rule_kinds()) == set(RULES)
    assert all(rule_shapes(kind) for kind in rule_kinds())
    assert rule_shapes("no-such-rule") == ()


def test_every_field_and_choice_has_words() -> None:
    """A field without words shows the name it has in the file: give it some in ``scheme_words``."""
    assert {f"{shape.owner}.{shape.name}" for shape in all_shapes() if not is_named(shape)} == set()
    unnamed = {
        (shape.name, value)
        for shape in all_shapes()
        if shape.name != "measure"
        for value in shape.choices
        if choice_name(shape.name, value) == value
    }
    assert unnamed == set()
    assert set(rule_kinds()) <= set(RULE_NAMES)
