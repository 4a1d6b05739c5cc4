"""What stands in every row: tags, badges, addresses, amounts."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from flask import Flask, url_for
from flask_babel import force_locale
from markupsafe import Markup

from agencyqa.auth.roles import BodyKind, Role
from agencyqa.scoring import format_fraction
from agencyqa.web import formats
from agencyqa.web.marks import badge, csrf_token, tag, with_token
from agencyqa.web.templating import Site


def test_tags_escape_what_is_no_markup(in_request: None) -> None:
    assert tag("<&>") == Markup('<span class="tag tag-neutral">&lt;&amp;&gt;</span>')
    assert tag(Markup("<b>2</b>"), '"x') == Markup('<span class="tag tag-&#34;x"><b>2</b></span>')


def test_a_badge_speaks_the_language_of_its_reader(in_request: None) -> None:
    chinese = Markup('<span class="tag tag-neutral">观察员</span>')
    assert badge(Role.OBSERVER) == chinese
    with force_locale("en"):
        assert badge(Role.OBSERVER) == Markup('<span class="tag tag-neutral">Observer</span>')
    assert badge(Role.OBSERVER) == chinese
    # Another enumeration with the same member.
    assert BodyKind.OBSERVER.value == Role.OBSERVER.value
    assert badge(BodyKind.OBSERVER) == Markup('<span class="tag tag-neutral">观察方</span>')
    assert badge(None) == Markup("—")


@pytest.fixture(scope="module")
def site() -> Site:
    app = Site("agencyqa")
    for place in ("/things/", "/things/<int:thing_id>", "/things/<int:thing_id>/parts/<int:part_id>"):
        app.add_url_rule(place, f"things.{place.count('<')}", lambda: "")
    app.add_url_rule("/named/<name>", "things.named", lambda: "")
    return app


VALUES: list[tuple[str, dict[str, object]]] = [
    ("things.0", {}),
    ("things.1", {"thing_id": 7}),
    ("things.1", {"thing_id": 10**17, "page": 2}),
    ("things.1", {"thing_id": -1, "page": None}),
    ("things.1", {"thing_id": 7, "_anchor": "x"}),
    ("things.1", {"thing_id": 7, "_external": True}),
    ("things.2", {"part_id": 2, "thing_id": 1}),
    ("things.0", {"year": 2020, "q": "{a}&b", "is_open": True}),
    ("things.named", {"name": "{thing_id}"}),
    ("things.named", {"name": 5}),
]


@pytest.mark.parametrize("mount", ["/", "/office"])
def test_addresses_are_those_of_the_library(site: Site, mount: str) -> None:
    for _ in range(2):
        with site.test_request_context("/things/", environ_overrides={"SCRIPT_NAME": mount.rstrip("/")}):
            for endpoint, values in VALUES:
                assert url_for(endpoint, **values) == Flask.url_for(site, endpoint, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("fen", [0, 1, -1, 99, -100, 4_999, 5_000, -5_000, -5_001, 123_456_789, -123_456_789])
def test_amounts_are_rounded_like_every_figure(fen: int) -> None:
    assert formats.yuan(fen) == formats.grouped(format_fraction(Fraction(fen, 100), 2))
    assert formats.wan(fen) == formats.grouped(format_fraction(Fraction(fen, 1_000_000), 2))


def test_a_moment_is_cut_to_the_minute() -> None:
    assert formats.moment(datetime(2024, 2, 28, 16, 59, 59, 999_999, tzinfo=UTC)) == "2024-02-29 00:59"
    assert formats.moment(datetime(987, 1, 1, tzinfo=UTC))[:5] == "0987-"


def test_a_token_goes_into_forms_that_have_none_and_into_nothing_else(in_request: None) -> None:
    empty = '<input type="hidden" name="csrf_token" value="">'
    full = f'<input type="hidden" name="csrf_token" value="{csrf_token()}">'
    other = Markup('<input name="csrf_token" value="x">&lt;{}').format(empty)
    assert with_token(Markup(f"{empty}<p>{other}</p>{empty}")) == Markup(f"{full}<p>{other}</p>{full}")
