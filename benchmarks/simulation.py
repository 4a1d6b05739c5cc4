"""Simulations beside a bare floor: the page for 500 engagements, a million sheets of a file, and a million stored ones.

.venv-test/bin/python -m benchmarks.simulation [--sheets 1000000] [--skip-stored]
"""

from __future__ import annotations

import argparse
import csv
import json
import logging
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.assessments.enums import YearWeights
from agencyqa.assessments.models import AssessmentRound, ScoreSheet, ShareTable
from agencyqa.assessments.services.tables import add_year_rules
from agencyqa.assessments.simulation.year_reading import read_year
from agencyqa.assessments.year_plan import PlanVeto, YearPlan
from agencyqa.db import Base
from agencyqa.extensions import db
from agencyqa.measures.enums import Purpose
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import program_of
from agencyqa.scoring import Panel, Program, format_points, panel_to_data
from benchmarks.data import LEAD, NOW, SUPERVISOR, YEAR, actor_of, fill, make_app, session_of
from benchmarks.measure import MILLI, machine, statements
from benchmarks.pages import signed_in

GOAL_PAGE = 0.3


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.simulation")
    parser.add_argument("--sheets", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument(
        "--skip-stored", action="store_true", help="do not fill a database with so many sheets"
    )
    parser.add_argument("--skip-own", action="store_true", help="leave out the year with panels and rules")
    options = parser.parse_args(arguments)
    logging.disable(logging.INFO)
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app = make_app(folder)
        with session_of(app) as session:
            fill(session)
        with session_of(app) as session:
            version = _bureau_version(session)
            version_id = version.id
            rows = _rows(session, version)
            program = program_of(version)
            first = next(criterion.key for _, criterion in program.scheme.criteria())
        _pages(app, version_id, first, options.rounds, "500 engagements")
        if not options.skip_own:
            own = folder / "own"
            own.mkdir()
            app_of_its_own = make_app(own)
            with session_of(app_of_its_own) as session:
                fill(session)
                version_id = _panels_and_rules(session)
            _pages(app_of_its_own, version_id, first, options.rounds, "500 engagements with panels and rules")
        table = folder / "sheets.csv"
        _write_table(table, program, rows, options.sheets)
        print(
            f"{table.stat().st_size / 1e6:.0f} MB of CSV, its lines split alone: {_read_alone(table):.1f} s"
        )
        _command(table, f"{first}=20")
        if not options.skip_stored:
            with session_of(app) as session:
                _multiply(session, options.sheets)
                bureau_id = session.scalars(sa.select(AssessmentRound.bureau_id)).first()
                assert bureau_id is not None
                began = time.perf_counter()
                read_year(session, bureau_id, YEAR)
                print(f"reading the year of the stored sheets alone: {time.perf_counter() - began:.1f} s")
            began = time.perf_counter()
            words = ["scoring", "simulate", "reference-2021", "--bureau", "示例区财政局", "--year", str(YEAR)]
            result = app.test_cli_runner().invoke(
                args=[*words, "--points", f"{first}=20", "--format", "json"]
            )
            assert result.exit_code == 0, result.output
            found = json.loads(result.output)
            print(
                f"{found['sheets']:,} stored sheets of {found['engagements']:,} engagements: "
                f"{time.perf_counter() - began:.1f} s"
            )
    print(f"highest memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 0


def _pages(app: Flask, version_id: int, first: str, rounds: int, year: str) -> None:
    """Every question with its time, its statements and, where a goal is set, whether it is met."""
    client = signed_in(app, SUPERVISOR)
    with app.app_context():
        engine = db.engine
    queries = {
        "weights, shares and limits": "?weights=fee&g-excellent=88&",
        "scored again by a scheme": f"?scheme={version_id}&",
        "scored again, other points": f"?scheme={version_id}&p-{first}=20&",
        "as a workbook": f"/workbook?scheme={version_id}&",
        "how far 18 criteria and the shares may move": f"/sensitivity?scheme={version_id}&",
    }
    for title, query in queries.items():
        path = f"/simulation{query}year={YEAR}"
        with statements(engine) as sent:
            answer = client.get(path)
        assert answer.status_code == 200, answer.text
        is_search = query.startswith("/sensitivity")
        taken = _median(partial(client.get, path), 3 if is_search else rounds)
        print(f"page, {year}, {title}: {taken * MILLI:.0f} ms, {len(sent)} statements", flush=True)
        assert is_search or taken < GOAL_PAGE


def _panels_and_rules(session: Session) -> int:
    """Three experts score every engagement beside the others, and the year has rules of its own.

    Gives the version of the experts' scheme.
    """
    version = _bureau_version(session)
    copies = {
        "schemes": ("id + 1000", {"key": "'experts'"}, f"id = {version.scheme_id}"),
        "scheme_versions": (
            "id + 1000",
            {"scheme_id": "scheme_id + 1000", "purpose": "'expert'"},
            f"id = {version.id}",
        ),
        "score_sheets": (
            "id + 100000 * :seat",
            {"scorer_role": "'expert'", "seat": ":seat", "scheme_version_id": "scheme_version_id + 1000"},
            "scorer_role = 'bureau'",
        ),
    }
    for table, (number, others, which) in copies.items():
        taken = {"id": number, **others}
        names = [column.name for column in Base.metadata.tables[table].columns]
        values = ", ".join(taken.get(name, name) for name in names)
        statement = f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE {which}"
        seats = [{"seat": seat} for seat in (1, 2, 3)] if ":seat" in statement else [{}]
        for seat in seats:
            session.execute(sa.text(statement), seat)
    panel = panel_to_data(Panel("trimmed_mean", 1, 3, "wait"))
    shares = [["bureau", 4, 10], ["evaluated_unit", 2, 10], ["expert", 4, 10, panel]]
    session.execute(sa.update(ShareTable).values(shares=shares))
    veto = PlanVeto("lent", "出借资质", "Licence lent", 590_000, "poor", ("no_contract",))
    plan = YearPlan(YearWeights.AMOUNT, base=0, cap=50_000, floor=-50_000, vetoes=(veto,))
    rules = add_year_rules(
        actor_of(session, LEAD), session, valid_from=date(YEAR, 1, 1), source="测量用规则", plan=plan, now=NOW
    )
    session.execute(sa.update(AssessmentRound).values(year_rules_id=rules.id))
    return version.id + 1000


def _bureau_version(session: Session) -> SchemeVersion:
    statement = sa.select(ScoreSheet.scheme_version_id).where(ScoreSheet.scorer_role == Purpose.BUREAU)
    return session.get_one(SchemeVersion, session.scalars(statement.limit(1)).one())


def _rows(session: Session, version: SchemeVersion) -> list[list[int | None]]:
    statement = sa.select(ScoreSheet.packed).where(ScoreSheet.scheme_version_id == version.id)
    return [row for row in session.scalars(statement) if row]


def _median(call: Callable[[], object], rounds: int) -> float:
    call()
    times = []
    for _ in range(rounds):
        began = time.process_time()
        call()
        times.append(time.process_time() - began)
    return statistics.median(times)


def _write_table(path: Path, program: Program, rows: list[list[int | None]], count: int) -> None:
    """The same sheets over and over, as a bureau would export them."""
    specs = {(key, spec.name): spec for key, held in program.layout.items() for spec in held}
    lines: list[list[str]] = []
    for row in rows:
        line: list[str] = []
        for slot, code in zip(program.slots, row, strict=True):
            spec = specs.get(slot)
            if code is None:
                line.append("")
            elif spec is not None and spec.type == "choice":
                line.append(spec.choices[code].key)
            elif spec is not None and spec.type in {"flag", "count"}:
                line.append(str(code))
            else:
                line.append(format_points(code))
        lines.append(line)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["name", *(f"{key}.{name}" if name else key for key, name in program.slots)])
        writer.writerows([str(number), *lines[number % len(lines)]] for number in range(count))


def _read_alone(path: Path) -> float:
    """What a reader of the table cannot be faster than."""
    began = time.perf_counter()
    with path.open(encoding="utf-8", newline="") as stream:
        for _ in csv.reader(stream):
            pass
    return time.perf_counter() - began


def _command(table: Path, points: str) -> None:
    """In a process of its own, so that its memory is its own as well."""
    words = [
        "simulate",
        "reference-2021",
        "reference-2021",
        str(table),
        "--points",
        points,
        "--format",
        "json",
    ]
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "agencyqa.assessments.cli", *words], capture_output=True, check=True, text=True
    )
    found = json.loads(done.stdout)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{found['sheets']:,} sheets of a file, {found['changed']:,} changed: "
        f"{time.perf_counter() - began:.1f} s, {peak:.0f} MB"
    )


def _multiply(session: Session, sheets: int) -> None:
    """Copies of every engagement and its sheets, with the packed answers alone, up to so many sheets."""
    copies = [{"k": k} for k in range(1, sheets // 1000)]
    columns = {
        "engagements": {"id": "id + :k * 1000", "contract_number": "contract_number || '-' || :k"},
        "score_sheets": {
            "id": "id + :k * 2000",
            "engagement_id": "engagement_id + :k * 1000",
            **dict.fromkeys(_LEFT_OUT, "'{}'"),
        },
    }
    for table, others in columns.items():
        names = [column.name for column in Base.metadata.tables[table].columns]
        taken = ", ".join(others.get(name, name) for name in names)
        # Ids of a copy lie beyond those of the year itself.
        first = 2000 if table == "score_sheets" else 1000
        session.execute(
            sa.text(
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {taken} FROM {table} WHERE id < {first}"
            ),
            copies,
        )
    session.commit()


_LEFT_OUT = ("answers", "entered", "reasons", "overruled")


if __name__ == "__main__":
    sys.exit(main())
