"""Figures are read exactly, and what was typed stays in the box."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from agencyqa.web.forms import (
    ChoiceField,
    DateField,
    FilterForm,
    FlagField,
    Form,
    IdField,
    MoneyField,
    MultiChoiceField,
    PointsField,
    ShareField,
    TextField,
    WholeField,
)
from agencyqa.web.labels import describe


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


describe(Colour, {Colour.RED: "红", Colour.BLUE: ("蓝", "info")})


class Sample(Form):
    class Meta:
        csrf = False

    text = TextField("名称", maximum=5)
    points = PointsField("得分", maximum=250_000)
    money = MoneyField("金额")
    wan = MoneyField("金额", ten_thousands=True)
    share = ShareField("权重")
    whole = WholeField("次数", minimum=0)
    day = DateField("日期")
    colour = ChoiceField("颜色", Colour)
    colours = MultiChoiceField("颜色", Colour)
    flag = FlagField("同意")
    body_id = IdField("单位")


@pytest.fixture
def read(in_request: None) -> Any:
    def fill(**typed: Any) -> Sample:
        form = Sample(MultiDict(typed))
        form.body_id.choices = [(7, "教育局")]
        form.validate()
        return form

    return fill


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("text", "　ＡＢ１ ", "AB1"),
        ("text", "甲（乙）", "甲（乙）"),
        ("points", "0.4", 4_000),
        ("points", "１２．５", 125_000),
        ("points", "25", 250_000),
        ("points", "0.0001", 1),
        ("money", "1,234.5", 123_450),
        ("money", "￥ 12 500", 1_250_000),
        ("money", "0.1", 10),
        ("money", "１２．３０", 1_230),
        ("money", "9007199254740.93", 900_719_925_474_093),
        ("wan", "12.345678", 12_345_678),
        ("share", "70", Fraction(7, 10)),
        ("share", "12.5％", Fraction(1, 8)),
        ("share", "33.3333", Fraction(333_333, 1_000_000)),
        ("whole", "０", 0),
        ("day", "2024-2-9", date(2024, 2, 9)),
        ("day", "2024年3月31日", date(2024, 3, 31)),
        ("day", "20240331", date(2024, 3, 31)),
        ("colour", "blue", Colour.BLUE),
        ("flag", "1", True),
        ("body_id", "7", 7),
    ],
)
def test_what_is_typed_is_read_exactly(read: Any, field: str, typed: str, value: object) -> None:
    form = read(**{field: typed})
    assert (form.errors, form[field].data) == ({}, value)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("text", "一二三四五六", "最多 5 个字，现在是 6 个。"),
        ("points", "25.0001", "不能大于 25。"),
        ("points", "1.23456", "小数位数过多，最多 4 位。"),
        ("points", "优", "请填写数字。"),
        ("money", "12.345", "小数位数过多，最多 2 位。"),
        ("money", "-1", "不能小于 0。"),
        ("money", "12,34", "请填写金额，例如 12500 或 12,500.50。"),
        ("money", "1e3", "请填写金额，例如 12500 或 12,500.50。"),
        ("money", "99999999999999", "数值过大。"),
        ("share", "100.1", "不能大于 100。"),
        ("whole", "1.0", "请填写整数。"),
        ("day", "2023-02-29", "请填写真实存在的日期，例如 2024-03-31。"),
        ("day", "0024-03-31", "请填写真实存在的日期，例如 2024-03-31。"),
        ("colour", "green", "请从列出的选项中选择。"),
        ("body_id", "8", "请从列出的选项中选择。"),
        ("body_id", "7 or 1", "请从列出的选项中选择。"),
    ],
)
def test_what_cannot_be_taken_is_told_and_kept(read: Any, field: str, typed: str, sentence: str) -> None:
    form = read(**{field: typed})
    assert form.errors == {field: [sentence]}
    assert form[field].shown == typed


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("points", 4_000, "0.4"),
        ("money", 123_450, "1234.5"),
        ("money", 100, "1"),
        ("wan", 12_345_678, "12.345678"),
        ("share", Fraction(1, 8), "12.5"),
        ("day", date(2024, 3, 31), "2024-03-31"),
    ],
)
def test_a_stored_value_reads_back_as_itself(
    in_request: None, read: Any, field: str, value: object, shown: str
) -> None:
    assert Sample(None, data={field: value})[field].shown == shown
    assert read(**{field: shown})[field].data == value


def test_several_choices_come_in_their_own_order(read: Any) -> None:
    form = read(colours=["blue", "red", "blue"])
    assert form.colours.data == [Colour.RED, Colour.BLUE]
    assert form.colours.options() == [("red", "红", True), ("blue", "蓝", True)]
    assert read(colours=["blue", "green"]).errors == {"colours": ["请从列出的选项中选择。"]}


class Strict(Form):
    class Meta:
        csrf = False

    name = TextField("名称", required=True)
    colour = ChoiceField("颜色", Colour, required=True)
    flag = FlagField("同意", required=True)
    points = PointsField("得分", required=True)


def test_required_fields_say_so_once(in_request: None) -> None:
    form = Strict(MultiDict({"name": "  ", "colour": "", "points": "abc"}))
    form.validate()
    assert form.errors == {
        "name": ["请填写此项。"],
        "colour": ["请选择一项。"],
        "flag": ["请填写此项。"],
        "points": ["请填写数字。"],
    }
    assert form.colour.offers_blank


class Conditions(FilterForm):
    q = TextField("名称", default="默认")
    colour = ChoiceField("颜色", Colour)
    body_id = IdField("单位")


def test_a_filter_drops_what_it_cannot_read(web_app: Flask) -> None:
    with web_app.test_request_context("/?q=远衡&colour=green&body_id=7"):
        form = Conditions.read(choices={"body_id": [(7, "教育局")]})
    assert (form.q.data, form.colour.data, form.body_id.data) == ("远衡", None, 7)
    assert (form.errors, form.is_used) == ({}, True)


def test_defaults_hold_until_a_condition_is_given(web_app: Flask) -> None:
    with web_app.test_request_context("/?cursor=x"):
        assert Conditions.read().q.data == "默认"
    with web_app.test_request_context("/?q="):
        assert Conditions.read().q.data == ""
