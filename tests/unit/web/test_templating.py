"""Compiled templates say what Jinja's own would say."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask_babel import force_locale
from jinja2 import DictLoader, UndefinedError, nodes, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from agencyqa.web.marks import csrf_token
from agencyqa.web.setup import new_id
from agencyqa.web.templating import FIXED, PageEnvironment, Site, shown
from config import ROOT


@pytest.mark.parametrize(
    "value",
    [
        "",
        "<b>&\"'</b>",
        "上海",
        Markup("<b>&amp;</b>"),
        7,
        -7,
        True,
        None,
        1.5,
        date(2024, 3, 1),
        ["<a>", 1],
        escape("<i>"),
    ],
)
def test_a_value_is_shown_as_it_would_be_escaped(value: object) -> None:
    assert shown(value) == str(escape(value))


def made(app: Flask, **templates: str) -> PageEnvironment:
    """The environment of an application, with these templates alone."""
    environment = PageEnvironment(
        app, loader=DictLoader(templates), autoescape=True, extensions=app.jinja_env.extensions
    )
    environment.globals.update(app.jinja_env.globals)
    environment.filters.update(app.jinja_env.filters)
    return environment


def test_each_language_has_its_texts(web_app: Flask, in_request: None) -> None:
    environment = made(
        web_app,
        page='{% import "parts" as parts %}{{ _("未读") }} {{ parts.one() }}'
        '{{ _("最多 %(maximum)s 个字，现在是 %(length)s 个。", maximum="<2>", length=3) }}',
        parts='{% macro one() %}{{ _("已读") ~ " <&> " }}{% endmacro %}',
    )
    chinese = environment.get_template("page").render()
    assert chinese == "未读 已读 &lt;&amp;&gt; 最多 &lt;2&gt; 个字，现在是 3 个。"
    with force_locale("en"):
        english = environment.get_template("page").render()
    assert english == "Unread Read &lt;&amp;&gt; At most &lt;2&gt; characters; there are 3 now."
    assert environment.get_template("page").render() == chinese


def test_only_texts_that_are_written_out_are_fixed(web_app: Flask, in_request: None) -> None:
    environment = made(
        web_app, page='{{ _(text) }} {{ _(*[text]) }} {{ new_id() == new_id() }} {{ _("<b>") }}'
    )
    assert new_id in environment.globals.values()
    assert environment.get_template("page").render(text="未读") == "未读 未读 False <b>"


def test_a_function_gets_what_it_asks_for(web_app: Flask, in_request: None) -> None:
    @pass_context
    def size(context: Context, factor: int) -> int:
        return int(context["length"]) * factor

    environment = made(web_app, page="{% for n in [1, 2] %}{{ size(n) }}{{ same(n, more=n) }} {% endfor %}")
    page = environment.get_template("page")
    assert page.render(length=5, size=size, same=lambda n, more: f"<{n + more}>") == "5&lt;2&gt; 10&lt;4&gt; "
    with pytest.raises(UndefinedError, match="'size' is undefined"):
        page.render()


def test_a_text_for_a_macro_stays_markup_and_a_value_is_escaped_once(
    web_app: Flask, in_request: None
) -> None:
    environment = made(
        web_app,
        page="{% macro box(text) %}<p>{{ text }}{{ caller() }}</p>{% endmacro %}"
        '{% call box(_("未读")) %}{{ value }}{% endcall %}{% set held %}{{ value }}{% endset %}{{ held }}{{ box }}',
    )
    text = environment.get_template("page").render(value="<i>")
    assert text == "<p>未读&lt;i&gt;</p>&lt;i&gt;&lt;Macro &#39;box&#39;&gt;"


def test_no_template_gives_another_meaning_to_what_is_fixed() -> None:
    environment = Site("agencyqa").jinja_env
    for path in sorted((ROOT / "templates").rglob("*.html")):
        tree = environment.parse(path.read_text())
        given = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
        given |= {macro.name for macro in tree.find_all(nodes.Macro)}
        assert given & set(FIXED) == set(), path


def test_a_value_between_texts_is_escaped_once(web_app: Flask, in_request: None) -> None:
    page = '{{ _("加入：%(name)s", name=name)|aside(role) }} {{ [name, _("成员")]|listed }}'
    environment = made(web_app, page=page)
    assert environment.get_template("page").render(name="O'Brien & <Co>", role="成员") == (
        "加入：O&#39;Brien &amp; &lt;Co&gt;（成员） O&#39;Brien &amp; &lt;Co&gt;、成员"
    )


def test_what_is_handed_in_goes_before_what_every_page_knows(web_app: Flask, in_request: None) -> None:
    environment = made(
        web_app,
        page="{% import 'macros' as m %}{{ known }} {{ own }} {{ m.said() }} {% include 'part' %} {% include 'late' %}",
        macros="{% macro said() %}{{ known }}{{ own is defined }}{% endmacro %}",
        part="{% set own = 'p' %}{{ known }}{{ own }}",
        late="{{ later is defined }}",
    )
    environment.globals["known"] = "global"
    page = environment.get_template("page")
    assert page.render(own="own") == "global own globalFalse globalp False"
    assert page.render(known="mine", own="own") == "mine own globalFalse minep False"
    # Nothing of one page is left for the next.
    assert page.render() == "global  globalFalse globalp False"
    # Whatever becomes known after the first page is known to the next one.
    environment._in("zh").globals["later"] = 1
    assert page.render().endswith("globalp True")


def test_the_token_of_a_page_is_the_one_that_is_signed_quickly(web_app: Flask, in_request: None) -> None:
    handed: dict[str, object] = {}
    web_app.update_template_context(handed)
    assert "csrf_token" not in handed
    assert web_app.jinja_env.globals["csrf_token"] is csrf_token
