"""The page checker finds each fault it claims to find, and nothing on a sound page."""

from __future__ import annotations

import pytest

from tests.pages import Page

SOUND = """<!doctype html>
<html lang="zh-CN">
<head><title>机构</title><link rel="stylesheet" href="/static/app.css"></head>
<body>
<h1 id="top">机构登记</h1>
<ul><li>一<li>二</ul>
<img src="/static/mark.svg" alt="">
<form method="post" action="/agencies/new">
  <input type="hidden" name="csrf_token" value="t">
  <label for="name">名称</label><input id="name" name="name" value="甲" aria-describedby="name-help">
  <p id="name-help">全称</p>
  <label>种类 <select name="kind"><option value="a">甲</option><option value="b" selected>乙</option></select></label>
  <label>备注 <textarea name="note">
两行
</textarea></label>
  <label><input type="checkbox" name="tick" value="1"> 勾选</label>
  <label><input type="checkbox" name="ticked" value="2" checked> 已勾选</label>
  <button type="submit">保存</button>
</form>
<p><a href="/agencies">返回</a></p>
<script src="/static/app.js" type="module"></script>
</body></html>
"""


def test_a_sound_page_has_no_faults_and_can_be_read() -> None:
    page = Page(SOUND)
    form = page.form("agencies/new")
    assert page.faults == []
    assert (page.title, page.language, page.headings) == ("机构", "zh-CN", [(1, "机构登记")])
    assert page.links == [("返回", "/agencies")]
    assert form.values == {
        "csrf_token": ["t"],
        "name": ["甲"],
        "kind": ["b"],
        "note": ["两行\n"],
        "ticked": ["2"],
    }


@pytest.mark.parametrize(
    ("sound", "broken", "fault"),
    [
        ("<!doctype html>", "", "no <!doctype html>"),
        ('<html lang="zh-CN">', "<html>", "no language on <html>"),
        ("<title>机构</title>", "", "no title"),
        ("机构登记</h1>", "机构登记</h1><h1>又一个</h1>", "2 headings of level 1 instead of one"),
        ('<label for="name">名称</label>', "", "a field without a label: {'id': 'name', "),
        ("<label>种类 <select", '<label for="top">种类</label> <select', "a field without a label"),
        ('<input type="hidden" name="csrf_token" value="t">', "", "form '/agencies/new' is posted without a"),
        ("<p><a", '<p style="color:red"><a', "an inline style on <p>: color:red"),
        ("<p><a", '<p onclick="x()"><a', "an inline handler on <p>: onclick"),
        ("</body>", "<script>x()</script></body>", "an inline script"),
        ("</head>", "<style>p{}</style></head>", "an inline style sheet"),
        ("</body>", '<i id="top"></i></body>', "id 'top' stands 2 times"),
        ('id="name-help"', "", "aria-describedby refers to 'name-help', which is not on the page"),
        (' alt=""', "", "an image without alt: /static/mark.svg"),
        ('"/agencies">返回', '"/agencies">', "a link without a name: /agencies"),
        ('"/agencies">', '"javascript:x()">', "script in href of <a>"),
        ("保存</button>", "</button>", "a button without a name: {'type': 'submit'}"),
        ("/static/app.js", "https://example.org/app.js", "<script> loads from another host: https://exampl"),
        ("机构登记", "{{ title }}", "template syntax reached the page: '{{ title }}'"),
        ("<p><a", "<div><p><a", "</body> closes nothing; open: ["),
        ("返回</a>", "返回 < 3</a>", "a < that begins no tag: '返回 < 3'"),
        ('<p><a href="', '<p><a href="x"', "a < that begins no tag: '<a href="),
    ],
)
def test_a_fault_is_named(sound: str, broken: str, fault: str) -> None:
    assert sound in SOUND
    faults = Page(SOUND.replace(sound, broken, 1)).faults
    assert [found for found in faults if found.startswith(fault)], faults


def test_a_page_is_read_as_a_browser_reads_it() -> None:
    """Names in any case, values in any quotes or none, entities, comments, and scripts with tags in their texts."""
    page = Page(
        "<!DOCTYPE html><HTML lang=en><title>a &amp; b</title><!-- <h1>no</h1> --><h1>R&amp;D &#19968;</h1>"
        """<script type="application/json">{"a": "<b>{x}</b>"}</script>"""
        """<form method='GET' action="/x?a=1&amp;b=2"><input aria-label="t" NAME=q value='"&lt;"'/></form>"""
        """<svg viewBox="0 0 1 1"><path d="M0 0"/><title>no</title></svg>"""
    )
    (form,) = page.forms
    assert page.faults == []
    assert (page.language, page.title, page.headings) == ("en", "a & b", [(1, "R&D 一")])
    assert (form.method, form.action, form.fields) == ("get", "/x?a=1&b=2", [("q", '"<"')])
    assert page.text == "R&D 一"


def test_of_several_forms_one_must_be_named() -> None:
    with pytest.raises(AssertionError, match="0 forms match 'users'"):
        Page(SOUND).form("users")
