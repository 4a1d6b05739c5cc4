"""A register of 5,000 agencies and 50,000 people, and its list beside a bare page of the same rows.

.venv-test/bin/python -m benchmarks.register [--agencies 5000] [--people 50000] [--rounds 41] [--database-url URL]
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, render_template
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from stdnum.cn import uscc

from agencyqa.accounts.models import Body, Membership, User
from agencyqa.accounts.naming import sort_key
from agencyqa.accounts.passwords import hash_password
from agencyqa.accounts.services.administration import BodyData, add_body
from agencyqa.agencies.enums import AgencyKind, PersonRole, Sector, Standing
from agencyqa.agencies.models import (
    Agency,
    AgencyProfile,
    Appointment,
    Person,
    PersonVersion,
    Qualification,
    Registration,
)
from agencyqa.agencies.person_facts import NAMES
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.extensions import db
from benchmarks.data import NOW, PASSWORD, PLACES, SUPERVISOR, TRADES, make_app, session_of
from benchmarks.floor import HERE, ROWS
from benchmarks.measure import Line, by_turns, machine, peak_of, print_table, statements
from benchmarks.pages import signed_in

INNER = 5
BATCH = 5000
DAY = date(2023, 2, 1)
KINDS = tuple(AgencyKind)
ROLES = (PersonRole.PRINCIPAL_EVALUATOR, *[PersonRole.STAFF] * 3, PersonRole.EXPERT)
LIST = sa.text(
    "SELECT a.id, a.credit_code, b.name, p.kind, r.standing, "
    "(SELECT count(*) FROM appointments t WHERE t.agency_id = a.id AND t.role = 'principal_evaluator' "
    " AND t.valid_from <= :day AND (t.valid_to IS NULL OR t.valid_to >= :day)) AS evaluators, "
    "(SELECT count(*) FROM engagements e WHERE e.agency_id = a.id AND e.state = 'contracted') AS load, "
    "(SELECT min(q.expires_on) FROM qualifications q WHERE q.agency_id = a.id AND q.withdrawn_at IS NULL) AS ends "
    "FROM registrations r JOIN agencies a ON a.id = r.agency_id JOIN bodies b ON b.id = a.id "
    "JOIN agency_profiles p ON p.agency_id = a.id AND p.is_current "
    "WHERE r.bureau_id = :bureau ORDER BY b.sort_key, r.id LIMIT :count"
)


def fill_register(session: Session, agencies: int, people: int) -> int:
    """The id of the bureau; everything by bulk inserts."""
    bureau = add_body(session, BodyData(BodyKind.BUREAU, "示例区财政局"), now=NOW)
    user = User(
        username=SUPERVISOR, display_name="测量账号", password_hash=hash_password(PASSWORD), created_at=NOW
    )
    session.add(user)
    session.flush()
    session.add(Membership(user_id=user.id, body_id=bureau.id, role=Role.BUREAU_SUPERVISOR, valid_from=DAY))
    session.flush()
    first = bureau.id + 1
    # The pinyin of a name is by far the dearest part of it; the places and trades are few.
    keys = {text: sort_key(text) for text in (*PLACES, *TRADES)}
    for table, rows in (
        (Body, _bodies(first, agencies, keys)),
        (Agency, _agencies(first, agencies)),
        (AgencyProfile, _profiles(first, agencies)),
        (Registration, _registrations(first, agencies, bureau.id)),
        (Qualification, _qualifications(first, agencies)),
        (Person, _persons(people)),
        (PersonVersion, _versions(first, agencies, people)),
        (Appointment, _appointments(first, agencies, people)),
    ):
        _insert(session, table, rows)
    return bureau.id


def _insert(session: Session, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            session.execute(sa.insert(table), batch)
            batch = []
    if batch:
        session.execute(sa.insert(table), batch)


def _name(number: int) -> tuple[str, str]:
    return PLACES[number % len(PLACES)], TRADES[number % len(TRADES)]


def _bodies(first: int, count: int, keys: dict[str, str]) -> Iterator[dict[str, Any]]:
    for number in range(count):
        place, trade = _name(number)
        yield {
            "id": first + number,
            "kind": BodyKind.AGENCY,
            "name": f"{place}{number + 1}号{trade}",
            "short_name": "",
            "sort_key": f"{keys[place]} {number + 1:05d} hao4 {keys[trade]}",
            "is_active": True,
            "created_at": NOW,
            "version": 1,
        }


def _agencies(first: int, count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        code = f"91310000MA{number:07d}"
        yield {
            "id": first + number,
            "credit_code": code + uscc.calc_check_digit(code),
            "created_at": NOW,
            "changed_at": NOW,
            "version": 1,
        }


def _profiles(first: int, count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        place, trade = _name(number)
        yield {
            "agency_id": first + number,
            "number": 1,
            "is_current": True,
            "effective_on": date(2016, 1, 1),
            "name": f"{place}{number + 1}号{trade}",
            "kind": KINDS[number % len(KINDS)],
            "legal_representative": "王明",
            "address": f"示例路 {number + 1} 号",
            "contact_name": "李静",
            "contact_phone": "",
            "contact_email": "",
            "on_credit_platform": number % 3 == 0,
            "platform_number": "",
            "head_office_code": "",
            "sectors": (tuple(Sector)[number % len(Sector)],),
            "reason": "",
            "recorded_at": NOW,
        }


def _registrations(first: int, count: int, bureau_id: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        standing = Standing.SUSPENDED if number % 50 == 7 else Standing.REGISTERED
        yield {
            "agency_id": first + number,
            "bureau_id": bureau_id,
            "standing": standing,
            "created_at": NOW,
            "version": 1,
        }


def _qualifications(first: int, count: int) -> Iterator[dict[str, Any]]:
    for number in range(2 * count):
        yield {
            "agency_id": first + number // 2,
            "name": ("执业证书", "资信证书")[number % 2],
            "number": f"{number:06d}",
            "issuer": "市财政局",
            "expires_on": DAY + timedelta(days=number % 1500),
            "withdrawal_reason": "",
        }


def _persons(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield {
            "id": number + 1,
            "name": f"{'赵钱孙李周吴郑王'[number % 8]}{'敏进立正越重明静'[number // 8 % 8]}{number}",
            "title": "高级会计师",
            "licence": f"注册会计师 {number:08d}",
            "work_since": date(2005, 7, 1),
            "evaluation_since": date(2012, 1, 1),
            "has_disqualifying_record": False,
            "changed_at": NOW,
            "version": 1,
        }


def _versions(first: int, agencies: int, people: int) -> Iterator[dict[str, Any]]:
    for number, person in enumerate(_persons(people)):
        yield {
            "person_id": person["id"],
            "agency_id": first + number % agencies,
            "valid_from": date(2018, 1, 1),
            "recorded_at": NOW,
            "education": None,
            **{name: person[name] for name in NAMES if name in person},
        }


def _appointments(first: int, agencies: int, people: int) -> Iterator[dict[str, Any]]:
    for number in range(people):
        yield {
            "person_id": number + 1,
            "agency_id": first + number % agencies,
            "role": ROLES[number // agencies % len(ROLES)],
            "valid_from": date(2018, 1, 1),
            "note": "",
            "end_reason": "",
        }


def make_list(url: str, bureau_id: int) -> Flask:
    """The bare page: the same rows and the same words of each, and nothing about who asks."""
    app = Flask("benchmarks.register", template_folder=str(HERE / "templates"))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(body_name="示例区财政局", user_name="测量账号")
    engine = sa.create_engine(url)

    @app.get("/agencies/")
    def agencies() -> str:
        with engine.connect() as connection:
            rows = connection.execute(LIST, {"day": DAY, "bureau": bureau_id, "count": ROWS}).all()
        return render_template("agencies.html", rows=rows)

    return app


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.register")
    parser.add_argument("--agencies", type=int, default=5000)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=41)
    parser.add_argument(
        "--database-url", help="an empty database to use instead of SQLite in a temporary folder"
    )
    options = parser.parse_args(arguments)
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        app = make_app(Path(folder), options.database_url)
        began = time.perf_counter()
        with session_of(app) as session:
            bureau_id = fill_register(session, options.agencies, options.people)
        with app.app_context(), db.engine.begin() as connection:
            # As a database that has run for a day knows itself.
            connection.execute(sa.text("ANALYZE"))
        print(f"filled in {time.perf_counter() - began:.1f} s")
        lines = list(_lines(app, bureau_id, options.rounds))
    print(f"\n{machine()}\n{options.agencies} agencies, {options.people} people; {options.rounds} turns\n")
    print_table(lines)
    return 0


def _lines(app: Flask, bureau_id: int, rounds: int) -> Iterator[Line]:
    client = signed_in(app, SUPERVISOR)
    bare = make_list(app.config["SQLALCHEMY_DATABASE_URI"], bureau_id).test_client()
    first = client.get("/agencies/").text
    cursor = first.rpartition("cursor=")[2].partition('"')[0]
    for name, path in (
        ("register, first page", "/agencies/"),
        ("register, second page", f"/agencies/?cursor={cursor}"),
        ("register, one kind and field", "/agencies/?kind=law_firm&sector=industry"),
        ("register, name of a person", "/agencies/?person=%E6%95%8F49"),
        ("people of an agency", f"/agencies/{bureau_id + 1}/people"),
    ):
        yield _line(app, client, bare, name, path, rounds)


def _line(app: Flask, client: FlaskClient, bare: FlaskClient, name: str, path: str, rounds: int) -> Line:
    with app.app_context():
        engine = db.engine
    with statements(engine) as sent:
        answer = client.get(path)
    assert answer.status_code == 200, answer.text
    count = len(sent)
    floor, product = by_turns(
        lambda: bare.get("/agencies/").data, lambda: client.get(path).data, rounds=rounds, inner=INNER
    )
    return Line(name, floor, product, count, peak_of(lambda: client.get(path).data))


if __name__ == "__main__":
    sys.exit(main())
