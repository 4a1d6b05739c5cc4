"""Every figure of docs/performance.md in one run: each time beside a bare floor that does the same visible work.

.venv-test/bin/python -m benchmarks.pages [--rounds 41] [--only ranking] [--database-url URL of an empty database]
"""

from __future__ import annotations

import argparse
import logging
import re
import resource
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask, url_for
from flask.testing import FlaskClient

from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.queries.provisions import citations
from agencyqa.extensions import db
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import program_of, texts_of
from benchmarks.books import workbook_line
from benchmarks.data import LEAD, NOW, PASSWORD, SUPERVISOR, Filled, fill, make_app, publish, session_of
from benchmarks.floor import Words, make_floor
from benchmarks.measure import Line, by_turns, difference, machine, peak_of, print_table, statements
from benchmarks.scoring import scoring_lines

PARTS = ("frame", "ranking", "sheets", "list", "workbook", "scoring")
INNER = 5


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.pages")
    parser.add_argument(
        "--rounds", type=int, default=41, help="turns per page; a tenth of it for the workbook"
    )
    parser.add_argument("--engagements", type=int, default=500)
    parser.add_argument("--agencies", type=int, default=40)
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument(
        "--database-url", help="an empty database to use instead of SQLite in a temporary folder"
    )
    options = parser.parse_args(arguments)
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder), options)
        lines = list(run.lines())
    print(f"\n{machine()}")
    print(
        f"{options.engagements} engagements of {options.agencies} agencies, {2 * options.engagements} sheets; "
        f"{options.rounds} turns A B A B of {INNER} requests; medians of processor time\n"
    )
    print_table(lines)
    print(
        f"\nhighest memory of the whole run: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )
    for text in run.remarks:
        print(f"The floor is out of date. {text}", file=sys.stderr)
    return 0


class Run:
    """A filled database with product and floor side by side. ``remarks`` say where the two no longer say the same."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self.folder = folder
        self.options = options
        self.remarks: list[str] = []
        self.app = make_app(folder, options.database_url)
        with session_of(self.app) as session:
            self.filled = fill(session, options.engagements, options.agencies)
        self.url = self.app.config["SQLALCHEMY_DATABASE_URI"]
        self.floor, _ = make_floor(self.url, _words(self.app, self.filled), "示例区财政局", "测量账号")

    def lines(self) -> Iterator[Line]:
        only = self.options.only or PARTS
        client = signed_in(self.app, SUPERVISOR)
        found, draft, sheet = self.filled.round_id, self.filled.draft_id, self.filled.sheet_id
        if "frame" in only:
            yield self.page(client, "empty inbox: sign-in, rights, layout", "notifications.inbox", "/inbox")
        if "ranking" in only:
            yield self.page(
                client,
                "ranking, open: are the figures of today?",
                "assessments.round",
                f"/rounds/{found}",
                round_id=found,
            )
        with session_of(self.app) as session:
            publish(session, self.filled)
        if "ranking" in only:
            yield self.page(
                client, "ranking, published", "assessments.round", f"/rounds/{found}", round_id=found
            )
        if "sheets" in only:
            edit = f"/sheets/{draft}/edit"
            yield self.page(client, "score sheet, entry form", "assessments.edit", edit, sheet_id=draft)
            yield self.page(
                client, "score sheet, explained", "assessments.sheet", f"/sheets/{sheet}", sheet_id=sheet
            )
        if "list" in only:
            yield self.page(client, "engagement list, 50 rows", "engagements.index", "/engagements")
        if "workbook" in only:
            with self.app.test_request_context():
                yield workbook_line(LEAD, self.filled, self.folder, rounds=max(3, self.options.rounds // 10))
        if "scoring" in only:
            with self.app.test_request_context():
                yield from scoring_lines()

    def page(self, client: FlaskClient, name: str, endpoint: str, floor_path: str, **values: int) -> Line:
        with self.app.test_request_context():
            path = url_for(endpoint, **dict[str, Any](values))
            engine = db.engine
        bare = self.floor.test_client()
        if text := difference(bare.get(floor_path).text, client.get(path).text):
            self.remarks.append(f"{name}: the pages differ: {text}")
        with statements(engine) as sent:
            answer = client.get(path)
        assert answer.status_code == 200, answer.text
        count = len(sent)
        floor, product = by_turns(
            lambda: bare.get(floor_path).data,
            lambda: client.get(path).data,
            rounds=self.options.rounds,
            inner=INNER,
        )
        return Line(
            name,
            floor,
            product,
            count,
            peak_of(lambda: client.get(path).data),
            peak_of(lambda: bare.get(floor_path).data),
        )


def signed_in(app: Flask, username: str) -> FlaskClient:
    """Through the form, as a person does."""
    client = app.test_client()
    page = client.get("/sign-in").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    values = {"csrf_token": token.group(1), "username": username, "password": PASSWORD}
    answer = client.post("/sign-in", data=values)
    assert answer.status_code == 302, answer.text
    return client


def _words(app: Flask, filled: Filled) -> Words:
    """The form of the bureau's sheets, prepared for the floor."""
    with app.test_request_context():
        session = db.session()
        sheet = session.get_one(ScoreSheet, filled.sheet_id)
        version = session.get_one(SchemeVersion, sheet.scheme_version_id)
        texts = texts_of(version)
        return Words.of(program_of(version), texts, citations(session, texts, NOW.date()))


if __name__ == "__main__":
    sys.exit(main())
