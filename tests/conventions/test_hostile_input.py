"""What nobody types by accident, sent to every address and every field: refused or taken, never a failure."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from agencyqa.web.tables import _serializer
from tests.client import Client
from tests.conventions.places import Places, build_places
from tests.conventions.test_tenancy import addresses
from tests.factories.accounts import PASSWORD, sign_in, user_of

FAILURE = 500
PAGES = {"accounts.sign_out", "static", "bootstrap.static"}
TEXTS = (
    "\u202e<script>alert(1)</script>%s%(x)s' OR 1=1 --\u2066",
    "９" * 15,
    "9" * 5000,
    "1" + "0" * 30 + "-01-01",
    "\x01\x0b\x7f\ufffe😀",
)
# Short enough for most fields, and long where a database counts other things than characters.
TYPED_ALONE = ("😀甲" * 20, "９" * 15)
# The long walks run on the stricter of the two: what SQLite cannot store, PostgreSQL refuses as well.
ON_THE_STRICTER = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
NUMBERS = (str(2**63 - 1), str(2**63))


@pytest.fixture
def places(session: Session) -> Places:
    return build_places(session)


def plain_pages(app: Flask) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if not rule.arguments and "GET" in (rule.methods or ()) and rule.endpoint not in PAGES:
            yield rule


def failures(answers: Iterator[tuple[str, int]]) -> list[str]:
    return [where for where, status in answers if status >= FAILURE]


@ON_THE_STRICTER
@pytest.mark.parametrize("person", ["lead A", "administrator A"])
def test_no_query_makes_a_page_fail(app: Flask, client: Client, places: Places, person: str) -> None:
    """Every filter of every list, all of them at once with the same text, and each once more beside it."""
    sign_in(client, places.people[person])

    def answers() -> Iterator[tuple[str, int]]:
        for rule in plain_pages(app):
            shown = client.get(rule.rule)
            if shown.status_code != 200 or shown.mimetype != "text/html":
                continue
            names = {name for form in client.page(shown).forms if form.method == "get" for name in form.names}
            names |= {"sort", "view", "cursor", "q", "from", "object_id", "show"}
            for text in TEXTS:
                query = [(name, value) for name in sorted(names) for value in (text, "x")]
                yield f"{rule.rule} {text[:30]!r}", client.get(rule.rule, query_string=query).status_code

    assert failures(answers()) == []


def test_a_cursor_of_another_list_is_no_place_in_this_one(app: Flask, client: Client, places: Places) -> None:
    """Signed by us, but for columns of other types; and one whose values were never ours."""
    sign_in(client, places.people["lead A"])
    with app.app_context():
        values = (1, "甲", None, {"t": datetime(2022, 1, 1, tzinfo=UTC).isoformat()}, {"d": "2022-01-01"})
        cursors = [
            _serializer().dumps([sort, 0, list(pair)])
            for sort in (None, "-year", "name")
            for pair in itertools.combinations(values, 2)
        ]

    def answers() -> Iterator[tuple[str, int]]:
        for path in ("/agencies/", "/engagements/", "/objects/", "/measures/schemes/", "/audit/", "/sheets/"):
            for cursor in cursors[:6]:
                status = client.get(path, query_string={"cursor": cursor}).status_code
                yield f"{path} {cursor}", status

    assert failures(answers()) == []


def test_no_number_in_an_address_is_too_large(app: Flask, client: Client, places: Places) -> None:
    sign_in(client, places.people["lead A"])

    def answers() -> Iterator[tuple[str, int]]:
        for rule in app.url_map.iter_rules():
            if not rule.arguments or rule.endpoint in PAGES:
                continue
            for number in NUMBERS:
                path = rule.rule
                for name in rule.arguments:
                    path = path.replace(f"<int:{name}>", number).replace(f"<{name}>", number)
                method = client.get if "GET" in (rule.methods or ()) else client.post
                status = method(path).status_code
                assert status in {302, 403, 404, 405}, (path, status)
                yield path, status

    assert failures(answers()) == []


@ON_THE_STRICTER
@pytest.mark.parametrize("person", ["lead A", "administrator A", "officer A1"])
def test_no_text_in_a_form_makes_it_fail(app: Flask, client: Client, places: Places, person: str) -> None:
    """Each form that the person can open: every field with the same text, and one alone among good ones."""
    sign_in(client, places.people[person])
    paths = [(rule, rule.rule) for rule in plain_pages(app)]
    paths += [(rule, path) for rule, _, path in addresses(places, app, person, own=True)]
    tried: set[tuple[str, str]] = set()

    def answers() -> Iterator[tuple[str, int]]:
        for rule, path in paths:
            if not {"GET", "POST"} <= (rule.methods or set()):
                continue
            shown = client.get(path)
            if shown.status_code != 200:
                continue
            for form in client.page(shown).forms:
                own = form.method == "post" and (form.action in {"", path}) and rule.endpoint not in PAGES
                names = sorted(form.names - {"csrf_token", "version"})
                if not own or (kind := (rule.endpoint, " ".join(names))) in tried:
                    continue
                tried.add(kind)
                good: dict[str, Any] = {name: form.values[name] for name in names}
                sent: list[dict[str, Any]] = [dict.fromkeys(names, text) for text in TEXTS]
                sent += [{**good, name: TYPED_ALONE[n % 2]} for n, name in enumerate(names[:16])]
                version = form.value("version")
                for data in sent:
                    status = client.post(path, data={**data, "version": version or ""}).status_code
                    if status == HTTPStatus.FOUND and version is not None:
                        version = version_on(client, path)
                    yield f"{path} {str(data)[:300]}", status

    assert failures(answers()) == []
    assert tried


def version_on(client: Client, path: str) -> str:
    found = [form.value("version") for form in client.page(client.get(path)).forms if "version" in form.names]
    return (found or [None])[0] or ""


@pytest.mark.parametrize("where", ["query", "form", "path"])
def test_the_character_that_no_database_stores_is_refused(client: Client, places: Places, where: str) -> None:
    if where == "form":
        answer = client.post("/sign-in", data={"username": "a\x00b", "password": "x\x00y"})
    else:
        sign_in(client, places.people["lead A"])
        answer = client.get("/agencies/?q=%00" if where == "query" else "/measures/M1%00")
    assert answer.status_code == 400
    assert "请求无法处理" in answer.text


def test_the_draft_of_a_sheet_takes_no_text_that_cannot_be_stored(client: Client, places: Places) -> None:
    sign_in(client, places.people["officer A1"])
    sheet_id = places.drawers["answers A1"].rows["sheet_id"][0]
    for body in (
        {"version": 10**30, "editing_key": "\x00\ud800", "fields": {"r-team_ability": "\x00\ud800"}},
        {"version": 1, "editing_key": ["x"], "fields": {"a": None}},
        {"version": True, "fields": []},
        [1],
        "x",
    ):
        answer = client.post(
            f"/sheets/{sheet_id}/draft", data=json.dumps(body), content_type="application/json"
        )
        assert answer.status_code in {400, 403, 409, 422}, body


def test_a_megabyte_is_too_much_for_a_field_and_five_for_a_page(client: Client, places: Places) -> None:
    long = "x" * 1_000_000
    assert client.post("/sign-in", data={"username": long, "password": long}).status_code == 422
    assert client.post("/sign-in", data={"username": long * 5, "password": "x"}).status_code == 413


@pytest.mark.parametrize("target", ["/\t/[x", "/\\x", "/%5b//[", "///[", "/\ud7ff//[x]:y"])
def test_no_address_to_return_to_makes_signing_in_fail(client: Client, places: Places, target: str) -> None:
    username = user_of(places.session, places.people["lead A"]).username
    answer = client.post(
        "/sign-in",
        query_string={"next": target},
        data={"username": username, "password": PASSWORD},
    )
    assert answer.status_code == 302
    assert answer.location.startswith("/")
    assert not answer.location.startswith("//")


def test_a_referrer_that_is_no_address_does_not_break_the_refusal(client: Client, places: Places) -> None:
    sign_in(client, places.people["lead A"])
    assert client.post("/inbox/1/read", headers={"Referer": "http://["}).status_code == 404
