"""Everybody opens every address with everything that is not theirs, and reads all that they may open."""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from html import unescape

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from agencyqa.auth.guards import mark_of
from agencyqa.auth.roles import PERMISSIONS
from tests.client import Client
from tests.conventions.places import Places, build_places
from tests.factories.accounts import sign_in

# The rows are chosen by the same statements on both databases, and each has its own tests on both.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

# What somebody may see: the drawers whose names begin so. Everything else is somebody else's.
OF_A = (
    *("agency A", "agency S", "work A", "work SA", "scores A", "scores SA", "answers A", "answers SA"),
    *("standing A", "department A", "department U", "tie A", "result A", "result S A", "year A"),
    *("bureau A",),
)
READER = "supervisor C"
# What a bureau sees of the evidence in its district, and an agency of its own.
EVIDENCE_OF_A = (
    *("paper A", "paper SA", "receipt A", "receipt SA", "record A", "record SA", "record shown A"),
    *("record shown SA", "import A", "import SA", "check A", "check SA", "drafted A", "drafted SA"),
    *("papers of bureau A", "application A", "said A", "report A", "report S A"),
    "credit A",
    *("recusal A", "recusal SA", "team A", "team SA"),
    *("selection A", "selection SA", "held A", "held SA", "contract A", "contract SA", "plan A"),
)
ACCOUNTS = ("account", "agency", "department", "bureau")
SEEN: dict[str, tuple[str, ...]] = {
    # The city reads everything of its districts; what it may not do has a test of its own.
    READER: ("",),
    "lead A": (*OF_A, *EVIDENCE_OF_A, "account", "draft A"),
    # Sees every body and account, which needs the names of agencies, and nothing that is done with them.
    "administrator A": ACCOUNTS,
    "observer A": OF_A,
    "manager A1": (
        *(
            "said A1",
            "report A1",
            "agency A1",
            "work A1",
            "scores A1",
            "answers A1",
            "department A1",
            "result A1",
        ),
        *(
            "team A1",
            "held A1",
            "contract A1",
            "recusal A1",
            "paper A1",
            "receipt A1",
            "waiting A1",
            "record A1",
            "import A1",
            "check A1",
        ),
    ),
    "manager S": (
        *(
            "report S",
            "agency S",
            "work S",
            "scores S",
            "answers S",
            "standing",
            "department A2",
            "department B1",
        ),
        *(
            "result S",
            "team S",
            "held S",
            "contract S",
            "recusal S",
            "tie S",
            "paper S",
            "receipt S",
            "waiting S",
            "record S",
            "import S",
            "check S",
        ),
    ),
    "officer A1": (
        *("work A1", "answers A1", "department A1", "agency A1", "department U1"),
        *("paper A1", "receipt A1", "record A1"),
    ),
    # The result of A2 is assigned to it, so it knows that of its own work and not that of S.
    "officer A2": (
        *("work A2", "work SA", "answers A2", "answers SA", "department A2", "agency A2", "agency S"),
        *("result A2", "paper A2", "paper SA", "receipt A2", "receipt SA", "record A2", "record SA"),
    ),
    "officer U1": ("department U1", "department A1"),
}
# A query for each list that shows more than its first page does.
VARIANTS = {
    "assessments.sheets": ["view=all"],
    "audit.entries": ["refused_only=1"],
    "measures.schemes": ["state=all"],
    "engagements.index": ["year=2022", "q=%E9%A1%B9%E7%9B%AE"],
    "objects.index": ["year=2021", "q=%E9%A1%B9%E7%9B%AE"],
    "reports.statistics": ["year=2022"],
    "assessments.results": ["year=2022"],
}
OPEN_ARGUMENTS = {"key", "token", "filename"}
REFUSED = {403, 404}


@pytest.fixture
def places(app: Flask, session: Session) -> Places:
    return build_places(session, app)


@cache
def may_see(person: str, drawer: str) -> bool:
    own = drawer in {f"account {person}", f"mail {person}"}
    if person == "manager A1" and drawer in {"scores A1 next", "answers A1 next"}:
        # The agency reads a score when it is published, not before.
        return False
    return own or any(drawer.startswith(beginning) for beginning in SEEN[person])


def rows_of(places: Places, person: str, argument: str, *, own: bool) -> list[tuple[str, int]]:
    """(drawer, number): of foreign rows the nearest and the farthest, the first of all kinds being nearest."""
    found = [
        (name, row_id)
        for name, drawer in places.drawers.items()
        if may_see(person, name) is own
        for row_id in drawer.rows.get(argument, [])
    ]
    return found if own or len(found) < 2 else [found[0], found[-1]]


def addresses(places: Places, app: Flask, person: str, *, own: bool) -> Iterator[tuple[Rule, str, str]]:
    """(rule, drawers, path) of every rule with numbers in it; foreign means that one number of the path is."""
    permissions = PERMISSIONS[places.people[person].role]
    ways = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        names = sorted(rule.arguments)
        if not names or rule.arguments & OPEN_ARGUMENTS:
            continue
        choices = [
            rows_of(places, person, name, own=True)[: None if own else 1]
            + ([] if own else rows_of(places, person, name, own=False))
            for name in names
        ]
        for chosen in itertools.product(*choices):
            if all(may_see(person, drawer) for drawer, _ in chosen) is not own:
                continue
            values = {name: row_id for name, (_, row_id) in zip(names, chosen, strict=True)}
            path = ways.build(
                rule.endpoint, values, method="POST" if "GET" not in (rule.methods or ()) else "GET"
            )
            yield rule, " + ".join(drawer for drawer, _ in chosen), path
            if mark_of(app.view_functions[rule.endpoint]) not in set[object](permissions):
                # The guard refuses the whole page before it looks at a number; one call shows that.
                break


def read(response: TestResponse) -> str:
    """All that a person could read in an answer: a page, data, a paper, or every part of a workbook."""
    if response.mimetype == "application/pdf":
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.data)).pages)
    if "officedocument" in (response.mimetype or ""):
        with zipfile.ZipFile(io.BytesIO(response.data)) as book:
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    if response.mimetype == "application/json":
        return json.dumps(response.json, ensure_ascii=False)
    return unescape(response.text)


def leaks(places: Places, person: str, response: TestResponse) -> set[str]:
    text = read(response)
    hidden = (drawer.words for name, drawer in places.drawers.items() if not may_see(person, name))
    return {word for words in hidden for word in words if word in text}


@pytest.mark.parametrize("person", [person for person in SEEN if person != READER])
def test_nothing_foreign_is_ever_read(app: Flask, client: Client, places: Places, person: str) -> None:
    """Lists, filters, select boxes, pages of own things, exports, data: no word of anybody else's."""
    sign_in(client, places.people[person])
    plain = [
        rule for rule in app.url_map.iter_rules() if not rule.arguments and "GET" in (rule.methods or ())
    ]
    paths = [f"{rule.rule}?{variant}" for rule in plain for variant in ["", *VARIANTS.get(rule.endpoint, [])]]
    found: dict[str, set[str]] = {}
    opened = 0
    for path in paths:
        response = client.get(path)
        opened += response.status_code == 200
        if leaked := leaks(places, person, response):
            found[path] = leaked
    for rule, _, path in addresses(places, app, person, own=True):
        if "GET" in (rule.methods or ()):
            response = client.get(path)
            opened += response.status_code == 200
            assert response.status_code in {200, 302, 403, 404, 409}, (path, response.status_code)
            if leaked := leaks(places, person, response):
                found[path] = leaked
    assert found == {}
    assert opened > 6


@pytest.mark.parametrize("person", [person for person in SEEN if person != READER])
def test_what_is_foreign_does_not_exist(app: Flask, client: Client, places: Places, person: str) -> None:
    """Opened or written to, by number: refused, and not a word of it in the answer."""
    sign_in(client, places.people[person])
    found: dict[str, object] = {}
    tried = 0
    calls: dict[str, Callable[[str], TestResponse]] = {"GET": client.get, "POST": client.post}
    for number, (rule, drawers, path) in enumerate(addresses(places, app, person, own=False)):
        if person.startswith("administrator") and rule.endpoint.startswith(("accounts.", "files.")):
            continue
        methods = sorted((rule.methods or set()) & set(calls))
        # Both load the thing by the same lines; the nearest and the farthest stranger share them out.
        method = methods[number % len(methods)]
        response = calls[method](path)
        tried += 1
        leaked = leaks(places, person, response)
        if response.status_code not in REFUSED or leaked:
            found[f"{method} {rule.rule} {drawers}"] = (response.status_code, leaked)
    assert found == {}
    assert tried > 30


def test_the_city_reads_its_districts_and_writes_nothing_of_theirs(
    app: Flask, client: Client, places: Places
) -> None:
    sign_in(client, places.people[READER])
    statuses: dict[str, int] = {}
    for rule, drawers, path in addresses(places, app, READER, own=True):
        if "POST" in (rule.methods or ()) and drawers.rpartition(" ")[2].startswith("A"):
            statuses[f"{rule.rule} {drawers}"] = client.post(path).status_code
    assert {name: status for name, status in statuses.items() if status not in REFUSED} == {}
    assert len(statuses) > 20


def test_every_kind_of_number_was_tried(app: Flask, places: Places) -> None:
    """An address with a new kind of number needs somebody's row of that kind here."""
    known = {name for drawer in places.drawers.values() for name in drawer.rows} | OPEN_ARGUMENTS
    assert {name for rule in app.url_map.iter_rules() for name in rule.arguments} <= known
