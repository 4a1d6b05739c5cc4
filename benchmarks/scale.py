"""Every page of a city's register at its full size, each beside a bare page of the same rows.

.venv-test/bin/python -m benchmarks.scale [--engagements 200000] [--rounds 11] [--only /engagements] [--postgresql]
    [--folder FOLDER that keeps the filled database for the next run] [--database-url URL of an empty database]

The pages come from the map of addresses, so that none is left out: whatever a supervisor, an agency's manager, a
department's officer and an administrator may open. The floor answers each with the statements that the page sends, as
plain SQL, and puts all their rows and columns into a bare table below a bare menu: Flask, Jinja, and nothing else.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, render_template, session
from flask.testing import FlaskClient
from sqlalchemy import event

from agencyqa.app import create_app
from agencyqa.auth.guards import PUBLIC, mark_of
from agencyqa.clock import today, utc_now
from agencyqa.extensions import db
from benchmarks.crowd import (
    ADMINISTRATOR,
    AGENT,
    OFFICER,
    Crowd,
    Filler,
    begin_crowd,
    fill_accounts,
    fill_engagements,
    fill_messages,
    make_numbers,
)
from benchmarks.crowd_files import fill_files
from benchmarks.crowd_marks import fill_marks
from benchmarks.crowd_scores import fill_scores
from benchmarks.crowd_work import fill_work
from benchmarks.data import SUPERVISOR, make_app, session_of, settings_of
from benchmarks.floor import HERE
from benchmarks.measure import BEGINNINGS, Line, by_turns, machine, print_table
from benchmarks.pages import signed_in
from tests.postgres import Postgres

SLOW = 0.3
PEOPLE = (SUPERVISOR, AGENT, OFFICER, ADMINISTRATOR)
# Lists with a search, a filter, another order, or what else they can be asked.
QUESTIONS: dict[str, tuple[str, ...]] = {
    "agencies.index": ("q=12", "person=%E6%95%8F49", "kind=law_firm&sector=industry"),
    "objects.index": ("q=12345",),
    "engagements.index": (
        "q=12345",
        "q=HT-000777",
        "agency_id_part=12",
        "state=contracted&overdue=y",
        "sort=-fee",
    ),
    "deliverables.index": ("late=y", "was_late=y", "waiting=y", "sort=due", "sort=-submitted"),
    "duties.index": ("view=all", "view=all&late=y"),
    "duties.board": ("view=table", "year=2020"),
    "duties.calendar": ("view=all",),
    "evaluations.index": ("year=2020", "open=y"),
    "assessments.sheets": ("state=published", "year=2020"),
    "selection.index": ("state=draft",),
    "audit.entries": ("actor_name=%E6%B5%8B",),
}
# Lists that are no tables.
WITHOUT_TABLE = frozenset({"/", "/board", "/calendar", "/duties", "/inbox/"})
# Pages that are no lists: a form to fill in, a step to confirm.
FORMS = (
    "/new",
    "/edit",
    "/start",
    "/import",
    "/apply",
    "/invite",
    "/declare",
    "/open-year",
    "/account",
    "/sign-in",
)
# Files to take along; what they cost is in the other benchmarks.
FILES = frozenset(
    {
        "agencies.export",
        "archive.download",
        "assessments.simulation_workbook",
        "evaluations.export",
        "evaluations.template",
        "inspections.order_pdf",
        "inspections.record_docx",
        "inspections.record_pdf",
        "reports.workbook",
    }
)


class Recorder:
    """The statements of one page as they went to the database, with their parameters."""

    def __init__(self, engine: sa.Engine) -> None:
        self.sent: list[tuple[str, Any]] = []
        event.listen(engine, "before_cursor_execute", self._note)

    def _note(
        self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        if not statement.upper().startswith(BEGINNINGS):
            self.sent.append((statement, parameters))


def make_bare(app: Flask, engine: sa.Engine, pages: list[list[tuple[str, Any]]]) -> Flask:
    """Answers ``/<number>`` with the rows of that page, to somebody whose cookie is signed."""
    bare = Flask("benchmarks.scale", template_folder=str(HERE / "templates"))
    bare.secret_key = app.secret_key
    bare.jinja_env.trim_blocks = bare.jinja_env.lstrip_blocks = True
    bare.jinja_env.globals.update(body_name="示例区财政局", user_name="测量账号")

    @bare.get("/<int:number>")
    def page(number: int) -> str:
        assert session["_user_id"]
        with engine.connect() as connection:
            tables = [connection.exec_driver_sql(text, values).all() for text, values in pages[number]]
        # Pairs of number and name are what a filter offers.
        return render_template(
            "rows.html",
            tables=[rows for rows in tables if rows and len(rows[0]) > 2],
            choices=[rows for rows in tables if rows and len(rows[0]) == 2],
        )

    return bare


class Run:
    def __init__(self, app: Flask, crowd: Crowd, options: argparse.Namespace) -> None:
        self.app, self.crowd, self.options = app, crowd, options
        with app.app_context():
            self.engine = db.engine
            self.ids = rows_of(self.engine, crowd)
        self.recorder = Recorder(self.engine)
        self.pages: list[list[tuple[str, Any]]] = []
        self.bare = make_bare(app, self.engine, self.pages)
        self.left_out: list[str] = []

    def lines(self) -> Iterator[Line]:
        for person in PEOPLE:
            client = signed_in(self.app, person)
            bare = self.bare.test_client()
            with client.session_transaction() as held:
                user = held["_user_id"]
            with bare.session_transaction() as kept:
                kept["_user_id"] = user
            for path in addresses(self.app, self.ids):
                if self.options.only and not any(part in path for part in self.options.only):
                    continue
                line = self.line(client, bare, person, path)
                if line is not None:
                    print(f"{line.ratio:5.1f} {line.name}", file=sys.stderr, flush=True)
                    yield line

    def line(self, client: FlaskClient, bare: FlaskClient, person: str, path: str) -> Line | None:
        """None where this person may not open the page, or where it is no page with rows."""
        try:
            client.get(path)
            self.recorder.sent = []
            answer = client.get(path)
        except (KeyError, TypeError) as error:
            # The sheets and results of a crowd have no content, which a page about a single one wants to explain.
            self.left_out.append(f"{person} {path}: {error!r}")
            return None
        if answer.status_code != 200 or answer.mimetype != "text/html":
            return None
        if "<table" not in answer.text and path.partition("?")[0] not in WITHOUT_TABLE:
            return None
        # Once a minute a page notes that somebody is here; that is no part of the rows.
        self.pages.append([each for each in self.recorder.sent if each[0].startswith(("SELECT", "WITH"))])
        count, place = len(self.recorder.sent), f"/{len(self.pages) - 1}"
        assert bare.get(place).status_code == 200
        floor, product = by_turns(
            lambda: bare.get(place).data, lambda: client.get(path).data, rounds=self.options.rounds
        )
        elapsed = _elapsed(client, path)
        remark = f"{elapsed * 1000:.0f} ms in all" + (", SLOW" if elapsed > SLOW else "")
        return Line(f"{person[:5]} {path}", floor, product, count, remark=remark)


def addresses(app: Flask, ids: Mapping[str, Any]) -> Iterator[str]:
    """Of every page that is read, as far as ``ids`` names a row for what its address asks for."""
    adapter = app.url_map.bind("localhost")
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        mark = mark_of(app.view_functions[rule.endpoint])
        if "GET" not in (rule.methods or ()) or mark is None or mark == PUBLIC:
            continue
        if not rule.arguments <= set(ids) or rule.endpoint in FILES:
            continue
        if any(rule.rule.endswith(end) for end in FORMS):
            continue
        path = adapter.build(rule.endpoint, {name: ids[name] for name in rule.arguments})
        yield path
        for question in QUESTIONS.get(rule.endpoint, ()):
            yield f"{path}?{question}"


def _elapsed(client: FlaskClient, path: str) -> float:
    """With the time of the database's own process, the best of three."""
    found = []
    for _ in range(3):
        began = time.perf_counter()
        client.get(path)
        found.append(time.perf_counter() - began)
    return min(found)


def rows_of(engine: sa.Engine, crowd: Crowd) -> dict[str, Any]:
    with engine.connect() as connection:
        return rows_for(connection, crowd)


def rows_for(connection: sa.Connection, crowd: Crowd) -> dict[str, Any]:
    """A row in the middle of everything for each name that an address has; it is the agency's and the officer's."""
    number = crowd.engagements // 2 // crowd.agencies * crowd.agencies
    engagement = number + 1

    def newest(table: str, condition: str = "1 = 1") -> int | None:
        value: int | None = connection.scalar(sa.text(f"SELECT max(id) FROM {table} WHERE {condition}"))  # nosec
        return value

    found = {
        "agency_id": crowd.first_agency,
        "appointment_id": newest("appointments", f"agency_id = {crowd.first_agency}"),
        "object_id": number // 2 + 1,
        "engagement_id": engagement,
        "deliverable_id": 4 * number + 4,
        "plan_id": newest("annual_plans"),
        "selection_id": engagement,
        "round_id": newest("assessment_rounds"),
        "check_id": newest("spot_checks"),
        "finding_id": newest("findings"),
        "order_id": newest("rectification_orders"),
        "record_id": newest("evaluation_records", "state = 'submitted'"),
        "checklist_id": newest("checklists"),
        "user_id": crowd.officer_id,
        "body_id": crowd.first_department,
        "key": connection.scalar(sa.text("SELECT min(key) FROM measures")),
    }
    return {name: value for name, value in found.items() if value is not None}


def filled(folder: Path, options: argparse.Namespace, url: str | None) -> tuple[Flask, Crowd]:
    """The application on its database, filled unless the folder holds one from an earlier run."""
    kept = folder / "crowd.json"
    if kept.exists():
        values = json.loads(kept.read_text())
        return create_app(settings_of(folder, url)), Crowd(
            **{**values, "today": date.fromisoformat(values["today"])}
        )
    began = time.perf_counter()
    app = make_app(folder, url)
    agencies = max(20, options.engagements // 40)
    crowd = Crowd(agencies, 10 * agencies, options.engagements, max(8, agencies // 25), today())
    with session_of(app) as opened:
        crowd = begin_crowd(opened, crowd, utc_now())
    with app.app_context(), db.engine.connect() as connection:
        # The rows are right by construction; looking up every reference would take longer than all else.
        is_sqlite = connection.dialect.name == "sqlite"
        connection.exec_driver_sql(
            "PRAGMA foreign_keys = OFF" if is_sqlite else "SET session_replication_role = replica"
        )
        connection.commit()
        make_numbers(connection, 5 * options.engagements)
        filler = Filler(connection)
        for part in (
            fill_accounts,
            fill_engagements,
            fill_messages,
            fill_work,
            fill_files,
            fill_marks,
            fill_scores,
        ):
            part(filler, crowd)
        connection.exec_driver_sql("DROP TABLE benchmark_numbers")
        connection.commit()
    with app.app_context():
        engine = db.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            # As a database that has run for a day knows itself.
            connection.exec_driver_sql("ANALYZE" if is_sqlite else "VACUUM ANALYZE")
            connection.commit()
    kept.write_text(json.dumps({**asdict(crowd), "today": crowd.today.isoformat()}))
    print(f"filled in {time.perf_counter() - began:.0f} s", flush=True)
    return app, crowd


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.scale")
    parser.add_argument("--engagements", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--only", action="append", help="a part of the address")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--database-url", help="an empty database instead of SQLite in the folder")
    parser.add_argument(
        "--postgresql", action="store_true", help="a PostgreSQL of its own, as the tests start one"
    )
    options = parser.parse_args(arguments)
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        if not options.postgresql:
            return _measure(folder, options, options.database_url)
        server = Postgres(Path(temporary) / "postgres")
        Path(temporary).chmod(0o755)
        server.start()
        try:
            return _measure(folder, options, server.url)
        finally:
            server.stop()


def _measure(folder: Path, options: argparse.Namespace, url: str | None) -> int:
    app, crowd = filled(folder, options, url)
    lines = list(Run(app, crowd, options).lines())
    print(f"\n{machine()}")
    print(
        f"{crowd.agencies} agencies, {crowd.people} people, {crowd.engagements} engagements; {options.rounds} turns\n"
    )
    print_table(lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
