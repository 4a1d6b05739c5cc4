"""What is found by a part of its name: one match is taken, none and several are told, and nothing else is taken."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from agencyqa.web.fields.found import MOST_OFFERED
from agencyqa.web.forms import Among, FilterForm, Form, FoundField, FoundManyField, SoughtField, TextField

MANY = {number: f"第{number:03}号" for number in range(1, MOST_OFFERED + 2)}
FEW = {number: MANY[number] for number in range(1, MOST_OFFERED + 1)}


class Things:
    """Of a register; who asks may name these and no others."""

    def __init__(self, names: dict[int, str]) -> None:
        self.names = names

    def __call__(
        self, *, part: str = "", only: int | None = None, limit: int | None = None
    ) -> list[tuple[int, str]]:
        found = [(key, name) for key, name in self.names.items() if part in name and only in {None, key}]
        return found[:limit]


class Sheet(Form):
    thing = FoundField("对象", required=True)
    other = FoundField("其他")
    note = TextField("说明")

    class Meta:
        csrf = False


def sent(web_app: Flask, names: dict[int, str], **values: str) -> tuple[bool, Sheet]:
    with web_app.test_request_context(method="POST", data=MultiDict(values)):
        form = Sheet()
        form.thing.look_in(Things(names))
        form.other.look_in(Things(names))
        return form.validate_on_submit(), form


def test_few_are_offered_as_ever(web_app: Flask) -> None:
    is_valid, form = sent(web_app, FEW, thing="200")
    assert (is_valid, form.thing.kind, form.thing.data, len(form.thing.choices)) == (True, "choice", 200, 200)
    # A part is not asked for, so it says nothing.
    is_valid, form = sent(web_app, FEW, thing="200", thing_part="第001号")
    assert (is_valid, form.thing.data) == (True, 200)


def test_of_many_only_what_is_chosen_is_shown(web_app: Flask) -> None:
    is_valid, form = sent(web_app, MANY, thing="7")
    assert (is_valid, form.thing.kind, form.thing.data) == (True, "found", 7)
    assert form.thing.options() == [("7", "第007号", True)]
    with web_app.test_request_context():
        fresh = Sheet(data={"thing": 9, "other": 999})
        fresh.thing.look_in(Things(MANY))
        fresh.other.look_in(Things(MANY))
        # What may not be named is not shown either.
        assert (fresh.thing.options(), fresh.other.options()) == ([("9", "第009号", True)], [])


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({}, ["请选择一项。"]),
        ({"thing": "999"}, ["请从列出的选项中选择。"]),
        ({"thing_part": "无"}, ["没有找到名称或编码含“无”的。"]),
        ({"thing_part": "第00"}, ["有 9 项含“第00”，请从中选择一项。"]),
        ({"thing_part": "号"}, ["含“号”的超过 200 项，请写得更完整。"]),
        # What was chosen before is not taken for what is looked for now, nor the other way round.
        ({"thing": "7", "thing_part": "第008"}, ["有 1 项含“第008”，请从中选择一项。"]),
        ({"thing": "999", "thing_part": "第00"}, ["有 9 项含“第00”，请从中选择一项。"]),
        ({"thing": "7", "other_part": "无"}, []),
    ],
)
def test_what_cannot_be_taken_is_told(web_app: Flask, values: dict[str, str], errors: list[str]) -> None:
    is_valid, form = sent(web_app, MANY, note="留着", **values)
    assert not is_valid
    assert list(form.thing.errors) == errors
    assert form.note.data == "留着"


@pytest.mark.parametrize(
    ("values", "number"),
    [({"thing_part": "第008"}, 8), ({"thing": "7", "thing_part": "第00"}, 7)],
)
def test_the_only_match_and_one_of_several_are_taken(
    web_app: Flask, values: dict[str, str], number: int
) -> None:
    is_valid, form = sent(web_app, MANY, **values)
    assert (is_valid, form.thing.data) == (True, number)


@pytest.mark.parametrize(
    ("values", "shown", "errors"),
    [
        ({"thing_part": "第008"}, [("8", "第008号", True)], []),
        ({"thing": "7", "thing_part": "第008"}, [("8", "第008号", True)], []),
        ({"thing_part": "第20"}, [("200", "第200号", False), ("201", "第201号", False)], []),
        ({"thing_part": "无"}, [], ["没有找到名称或编码含“无”的。"]),
        ({}, [], ["请填写名称或编码的一部分。"]),
    ],
)
def test_the_button_shows_what_matches_and_saves_nothing(
    web_app: Flask, values: dict[str, str], shown: list[tuple[str, str, bool]], errors: list[str]
) -> None:
    is_valid, form = sent(web_app, MANY, find="thing", note="留着", **values)
    assert not is_valid
    assert (form.thing.options(), list(form.thing.errors)) == (shown, errors)
    assert (form.note.data, list(form.other.errors)) == ("留着", [])


def test_a_list_is_a_finder_too(web_app: Flask) -> None:
    find = Among([(1, "甲（A组）"), (2, "乙（a组）"), (3, "丙（B组）")])
    assert find(part="a组") == [(1, "甲（A组）"), (2, "乙（a组）")]
    assert (find(part="组", limit=1), find(only=3), find(part="甲", only=3)) == (
        [(1, "甲（A组）")],
        [(3, "丙（B组）")],
        [],
    )


class Conditions(FilterForm):
    thing = SoughtField("对象", blank="全部")
    note = TextField("说明")


@pytest.mark.parametrize(
    ("names", "address", "kind", "data", "sought", "offered", "is_used"),
    [
        (FEW, "", "choice", None, "", 200, False),
        (FEW, "thing=200", "choice", 200, "", 200, True),
        # Of few a part is not asked for, so it says nothing.
        (FEW, "thing_part=第001号", "choice", None, "", 200, False),
        (FEW, "thing=999", "choice", None, "", 200, False),
        (MANY, "", "part", None, "", 0, False),
        (MANY, "thing_part=第00", "part", None, "第00", 0, True),
        (MANY, "thing_part=无", "part", None, "无", 0, True),
        # What an address names is chosen already, and the list can be left again.
        (MANY, "thing=7", "choice", 7, "", 1, True),
        (MANY, "thing=7&thing_part=第00", "choice", 7, "", 1, True),
        (MANY, "thing=999", "part", None, "", 0, False),
        (MANY, "thing=x", "part", None, "", 0, False),
        (MANY, "note=x", "part", None, "", 0, True),
    ],
)
def test_a_list_of_many_is_narrowed_by_a_part(
    web_app: Flask,
    names: dict[int, str],
    address: str,
    kind: str,
    data: int | None,
    sought: str,
    offered: int,
    is_used: bool,
) -> None:
    with web_app.test_request_context(f"/?{address}"):
        filters = Conditions.read(finders={"thing": Things(names)})
        thing = filters.thing
        assert (thing.kind, thing.data, thing.sought, len(thing.choices), filters.is_used) == (
            kind,
            data,
            sought,
            offered,
            is_used,
        )
        assert list(thing.errors) == []


def test_a_form_that_is_filled_later_looks_then(web_app: Flask) -> None:
    """As a form with a file is, whose body is read long after the page was put together."""
    with web_app.test_request_context():
        form = Sheet(formdata=None)
        form.thing.look_in(Things(MANY))
        sent = MultiDict({"thing_part": "第008", "find": "thing"})
        form.process(formdata=sent)
        assert form.shows_matches(sent)
        assert form.thing.options() == [("8", "第008号", True)]


class Team(Form):
    people = FoundManyField("人员", required=True)

    class Meta:
        csrf = False


def named(web_app: Flask, names: dict[int, str], *ids: int, **values: str) -> tuple[bool, FoundManyField]:
    data = MultiDict([("people", str(each)) for each in ids] + list(values.items()))
    with web_app.test_request_context(method="POST", data=data):
        form = Team()
        form.people.look_in(Things(names))
        return form.validate_on_submit(), form.people


def test_few_are_ticked_as_ever(web_app: Flask) -> None:
    is_valid, people = named(web_app, FEW, 3, 200, people_part="第001号")
    assert (is_valid, people.kind, people.data, len(people.choices)) == (True, "checks", [3, 200], 200)


def test_of_many_those_who_are_ticked_stay_in_view_before_those_who_match(web_app: Flask) -> None:
    is_valid, people = named(web_app, MANY, 7, 201, people_part="第00", find="people")
    assert (is_valid, people.kind, people.errors, people.data) == (False, "found_many", (), [7, 201])
    others = [(str(number), MANY[number], False) for number in (1, 2, 3, 4, 5, 6, 8, 9)]
    assert people.options() == [("7", "第007号", True), ("201", "第201号", True), *others]
    assert named(web_app, MANY, 7, 8, people_part="第00")[1].data == [7, 8]
    # Nothing is looked for any more: those who are ticked, and nobody else.
    is_valid, people = named(web_app, MANY, 7, 201)
    assert (is_valid, people.data, len(people.choices)) == (True, [7, 201], 2)


def test_the_only_match_is_ticked_with_the_others(web_app: Flask) -> None:
    is_valid, people = named(web_app, MANY, 7, people_part="第008", find="people")
    assert (is_valid, people.data, people.options()) == (
        False,
        [7, 8],
        [("7", "第007号", True), ("8", "第008号", True)],
    )
    is_valid, people = named(web_app, MANY, people_part="第008")
    assert (is_valid, people.data) == (True, [8])


@pytest.mark.parametrize(
    ("ids", "values", "errors"),
    [
        ((), {}, ["请选择一项。"]),
        ((7, 999), {}, ["请从列出的选项中选择。"]),
        ((7,), {"people_part": "无"}, ["没有找到名称或编码含“无”的。"]),
        ((), {"people_part": "无", "find": "people"}, ["没有找到名称或编码含“无”的。"]),
        ((7,), {"people_part": "号", "find": "people"}, ["含“号”的超过 200 项，请写得更完整。"]),
        ((7,), {"find": "people"}, ["请填写名称或编码的一部分。"]),
        # Who was ticked before is not who is looked for now.
        ((7,), {"people_part": "第008"}, ["有 1 项含“第008”，请勾选要选的；不需要的，请清空查找框。"]),
        ((), {"people_part": "第00"}, ["有 9 项含“第00”，请勾选要选的；不需要的，请清空查找框。"]),
    ],
)
def test_who_cannot_be_taken_is_told(
    web_app: Flask, ids: tuple[int, ...], values: dict[str, str], errors: list[str]
) -> None:
    is_valid, people = named(web_app, MANY, *ids, **values)
    assert (is_valid, list(people.errors)) == (False, errors)


def test_nobody_is_named_by_a_number_alone(web_app: Flask) -> None:
    """Thousands of numbers ask no thousands of questions, and what may not be named is not shown."""
    is_valid, people = named(web_app, MANY, *range(1, 500))
    assert (is_valid, list(people.errors)) == (False, ["请从列出的选项中选择。"])
    assert [key for key, _ in people.choices] == list(range(1, 201))
