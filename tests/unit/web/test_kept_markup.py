"""Markup that is kept says what drawing it anew would say, and only to whom it would be said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, Template, TemplateSyntaxError
from markupsafe import Markup
from sqlalchemy import Result, Row
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from werkzeug.datastructures import MultiDict

from agencyqa.auth.roles import BodyKind
from agencyqa.web import kept_markup
from agencyqa.web.forms import (
    ChoiceField,
    DateField,
    FilterForm,
    FlagField,
    IdField,
    MultiChoiceField,
    TextField,
)
from agencyqa.web.labels import describe
from agencyqa.web.templating import PageEnvironment

LIST = (
    "{% for row in rows %}{% kept row, can.fee %}<{{ row.name }}"
    "{% if can.fee %}{{ row.fee }}{% endif %}>{% endkept %}{% endfor %}"
)


def made(app: Flask, page: str, **templates: str) -> Template:
    return environment_with(app, page, **templates).get_template("page")


def environment_with(app: Flask, page: str, **templates: str) -> PageEnvironment:
    environment = PageEnvironment(
        app,
        loader=DictLoader({"page": page, **templates}),
        autoescape=True,
        auto_reload=False,
        extensions=app.jinja_env.extensions,
    )
    environment.globals.update(app.jinja_env.globals)
    environment.filters.update(app.jinja_env.filters)
    return environment


class Counted:
    """Text that counts how often it was shown."""

    def __init__(self) -> None:
        self.shown = 0

    def __str__(self) -> str:
        self.shown += 1
        return "x&"


def test_equal_values_are_drawn_once(web_app: Flask, in_request: None) -> None:
    text_of = Counted()
    page = made(
        web_app, "{% for n in numbers %}{% kept n, text %}{{ n }}{{ text }} {% endkept %}{% endfor %}"
    )
    assert page.render(numbers=[1, 2, 1, 1], text=text_of) == "1x&amp; 2x&amp; 1x&amp; 1x&amp; "
    assert text_of.shown == 2
    assert page.render(numbers=[2, 3], text=text_of) == "2x&amp; 3x&amp; "
    assert text_of.shown == 3


def test_nothing_is_kept_while_templates_are_being_changed(web_app: Flask, in_request: None) -> None:
    text_of = Counted()
    environment = environment_with(web_app, "{% kept text %}{{ text }}{% endkept %}")
    environment.auto_reload = True
    page = environment.get_template("page")
    assert [page.render(text=text_of) for _ in range(3)] == ["x&amp;"] * 3
    assert text_of.shown == 3


def test_each_language_and_each_mount_point_draws_its_own(web_app: Flask) -> None:
    page = '{% kept member %}{{ member|label }} {{ url_for("static", filename="app.css") }}{% endkept %}'
    with web_app.test_request_context("/"):
        environment = environment_with(web_app, page)
        assert environment.get_template("page").render(member=BodyKind.AGENCY) == "第三方机构 /static/app.css"
        with force_locale("en"):
            assert (
                environment.get_template("page").render(member=BodyKind.AGENCY)
                == "Third-party agency /static/app.css"
            )
    with web_app.test_request_context("/", environ_overrides={"SCRIPT_NAME": "/qa"}):
        elsewhere = environment.get_template("page").render(member=BodyKind.AGENCY)
    assert elsewhere == "第三方机构 /qa/static/app.css"


def row_of(**values: Any) -> Row[Any]:
    """As a statement with these columns gives it."""
    result: Result[Any] = IteratorResult(SimpleResultMetaData(list(values)), iter([tuple(values.values())]))
    return result.one()


def test_columns_tell_equal_rows_apart(web_app: Flask, in_request: None) -> None:
    page = made(web_app, "{% kept row %}{{ row.name }}{{ row.code }}{% endkept %}")
    named = row_of(name="a", code="b")
    coded = row_of(code="a", name="b")
    assert tuple(named) == tuple(coded)
    assert [page.render(row=named), page.render(row=coded)] == ["ab", "ba"]


class Other(StrEnum):
    AGENCY = "agency"


describe(Other, {Other.AGENCY: "另一种"})


def test_equal_values_of_other_types_show_otherwise(web_app: Flask, in_request: None) -> None:
    values = [True, 1, 1.0, "<b>", Markup("<b>"), "agency", BodyKind.AGENCY, Other.AGENCY]
    shown = ["True", "1", "1.0", "&lt;b&gt;", "<b>", "agency", "第三方机构", "另一种"]
    draw = "{{ value|label if value.name is defined else value }}"
    first = made(web_app, f"{{% kept value %}}{draw}{{% endkept %}}")
    second = made(web_app, f"{{% kept 0, value %}}{draw}{{% endkept %}}")
    for _ in range(2):
        assert [first.render(value=value) for value in values] == shown
        assert [second.render(value=value) for value in values] == shown


def test_what_a_reader_may_see_is_one_of_the_values(web_app: Flask, in_request: None) -> None:
    page = made(web_app, LIST)
    rows = [row_of(name="A", fee=7)]
    assert [page.render(rows=rows, can={"fee": may}) for may in (True, False, True)] == [
        "<A7>",
        "<A>",
        "<A7>",
    ]


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("{% kept row %}{{ other }}{% endkept %}", "other"),
        ("{% kept can.fee %}{{ can.close }}{% endkept %}", "can.close"),
        ("{% kept row %}{{ g.actor.user_name }}{% endkept %}", "g.actor.user_name"),
        ("{% kept row %}{{ row.name }}{{ csrf_token() }}{% endkept %}", "csrf_token"),
        ("{% kept row %}{% if request.args %}x{% endif %}{% endkept %}", "request.args"),
        ("{% kept row %}{{ url_for('x', id=other.id) }}{% endkept %}", "other.id"),
        ("{% kept row.id %}{{ row.id }}{{ row.name }}{% endkept %}", "row.name"),
        (
            '{% import "web/ui.html" as ui %}{% kept row %}{{ ui.post_button("x", "/") }}{% endkept %}',
            "ui.post_button",
        ),
        ('{% import "mine.html" as ui %}{% kept row %}{{ ui.badge(row) }}{% endkept %}', "ui.badge"),
        (
            "{% kept row %}{% for each in row.parts %}{{ each }}{{ loop.index }}{{ more }}{% endfor %}{% endkept %}",
            "more",
        ),
        # The loop around the row counts on, the row stays what it was.
        ("{% for row in rows %}{% kept row %}{{ loop.index }}{% endkept %}{% endfor %}", "loop.index"),
        (
            "{% for row in rows %}{% kept row %}{% for each in row %}{{ loop.index }}{% endfor %}"
            "{{ loop.last }}{% endkept %}{% endfor %}",
            "loop.last",
        ),
        # What is set in one branch, or after it is named, may be somebody else's everywhere else.
        ("{% kept row %}{% if row.a %}{% set who = row.a %}{% endif %}{{ who }}{% endkept %}", "who"),
        ("{% kept row %}{{ who }}{% set who = row.a %}{{ who }}{% endkept %}", "who"),
        ("{% kept row %}{% for who in row.a %}{{ who }}{% endfor %}{{ who }}{% endkept %}", "who"),
        # Each of these sees all that the page was given.
        ('{% kept row %}{% include "mine.html" %}{% endkept %}', "include"),
        ('{% kept row %}{% import "mine.html" as row with context %}{{ row.x() }}{% endkept %}', "import"),
        (
            '{% kept row %}{% from "mine.html" import row with context %}{{ row() }}{% endkept %}',
            "fromimport",
        ),
        ("{% kept row %}{% block inner %}{{ row }}{% endblock %}{% endkept %}", "block"),
        (
            '{% import "web/ui.html" as ui with context %}{% kept row %}{{ ui.badge(row) }}{% endkept %}',
            "ui.badge",
        ),
    ],
)
def test_what_is_no_value_does_not_compile(web_app: Flask, in_request: None, source: str, named: str) -> None:
    with pytest.raises(TemplateSyntaxError, match=f"names {named}, which is none of its values"):
        made(web_app, source)


def test_what_is_set_inside_is_its_own(web_app: Flask, in_request: None) -> None:
    page = made(
        web_app,
        '{% import "web/ui.html" as ui %}{% kept row %}{% set twice = (row.parts, row.parts)|select %}'
        "{% for part in twice %}{{ loop.index }}{{ ui.tag(part) }}{% endfor %}{% endkept %}",
        **{"web/ui.html": "{% set tag = draw_tag %}"},
    )
    # What cannot be compared cannot be kept, and says so at once.
    with pytest.raises(TypeError, match="unhashable"):
        page.render(row={"parts": ("a",)})
    assert page.render(row=BodyKind.AGENCY) == ""


def test_no_more_than_so_many_are_kept(
    web_app: Flask, in_request: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_markup, "MOST_KEPT", 2)
    text_of = Counted()
    page = made(
        web_app, "{% for n in numbers %}{% kept n, text %}{{ n }}{{ text }} {% endkept %}{% endfor %}"
    )
    assert page.render(numbers=[1, 2, 3, 3, 1], text=text_of) == "1x&amp; 2x&amp; 3x&amp; 3x&amp; 1x&amp; "
    assert text_of.shown == 4


def test_no_more_than_so_much_is_kept(
    web_app: Flask, in_request: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row is short; the conditions above a list hold two hundred choices, and a word that anybody may choose."""
    monkeypatch.setattr(kept_markup, "MOST_CHARACTERS", 1000)
    text_of = Counted()
    page = made(web_app, "{% for w in words %}{% kept w, text %}{{ w }}{{ text }}{% endkept %}{% endfor %}")
    short, long = ["a", "b"], ["c" * 600, "d" * 600]
    page.render(words=[*short, *short], text=text_of)
    assert text_of.shown == 2
    # Each of the long ones fits alone; the second takes the place of all that was there.
    page.render(words=[*long, long[1], *short], text=text_of)
    assert text_of.shown == 6
    # What is longer than all that may be kept is not kept, and drives nothing out.
    page.render(words=["e" * 2000, "e" * 2000, *short], text=text_of)
    assert text_of.shown == 8


class Conditions(FilterForm):
    q = TextField("词")
    kind = ChoiceField("类型", BodyKind, blank="全部")
    kinds = MultiChoiceField("几种", BodyKind)
    agency_id = IdField("机构", blank="全部")
    since = DateField("自")
    late = FlagField("逾期")


PART = st.sampled_from(["", "1", "2", "7", "agency", "bureau", "2024-03-01", "x<&\"'", "y", "0"])
ASKED = st.lists(st.tuples(st.sampled_from([*Conditions.__dict__, "q", "sort", "other"]), PART), max_size=6)
CHOICES = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from(["甲", "乙<"])), max_size=3, unique_by=lambda pair: pair[0]
)


@given(st.lists(st.tuples(ASKED, CHOICES, st.booleans()), min_size=2, max_size=5))
def test_kept_conditions_are_those_that_were_asked(
    web_app: Flask, asked: list[tuple[list[tuple[str, str]], list[tuple[int, str]], bool]]
) -> None:
    """Asked one after the other of one cache, and each of a cache of its own."""
    draw = '{% import "web/ui.html" as ui %}{{ ui.filters(filters, reset="/") }}'

    def drawn(template: Callable[[], Template], query: Any, choices: Any, without: bool) -> str:
        with web_app.test_request_context("/", query_string=MultiDict(query)):
            filters = Conditions.read(choices={"agency_id": choices})
            if without:
                del filters.late
            return template().render(filters=filters)

    shared = web_app.jinja_env
    assert isinstance(shared, PageEnvironment)
    kept = [drawn(lambda: shared.from_string(draw), *each) for each in asked]

    def fresh() -> Template:
        for environment in (shared, *shared._spoken.values()):
            keeper = environment.extensions[kept_markup.KeptMarkup.identifier]
            assert isinstance(keeper, kept_markup.KeptMarkup)
            keeper._drawn.clear()
        return shared.from_string(draw)

    assert kept == [drawn(fresh, *each) for each in asked]


def test_dates_and_figures_are_values_like_others(web_app: Flask, in_request: None) -> None:
    page = made(web_app, "{% kept day, fen %}{{ day|day }} {{ fen|yuan }}{% endkept %}")
    days = [(date(2024, 3, 1), 100), (date(2024, 3, 2), 100), (date(2024, 3, 1), 200), (None, None)]
    assert [page.render(day=day, fen=fen) for day, fen in days] == [
        "2024-03-01 1.00",
        "2024-03-02 1.00",
        "2024-03-01 2.00",
        "— —",
    ]
