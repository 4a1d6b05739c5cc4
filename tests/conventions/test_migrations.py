"""The migrations alone make the schema that the models describe, and go back down with rows in the tables."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from agencyqa.agencies.enums import Matter, PersonRole, ProposalState, TieKind
from agencyqa.agencies.models import Person, RecordProposal
from agencyqa.agencies.services import (
    AppointmentData,
    PersonData,
    TieData,
    appoint_evaluator,
    declare_tie,
    end_appointment,
    open_report_year,
    withdraw_tie,
)
from agencyqa.audit.record import record
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.engagements.recusal import services as recusal
from agencyqa.extensions import db
from agencyqa.measures.workdays import built_in_years
from tests.conventions.places import build_places
from tests.factories.accounts import NOW, make_bureau, make_department, make_member
from tests.factories.agencies import change_facts, make_agency, make_evaluator, officer_of
from tests.integration.assessments.conftest import build_world
from tests.integration.assessments.panels_world import build_panelled
from tests.integration.engagements.world import appoint, create, make_world


def directory(app: Flask) -> str:
    found: str = app.extensions["migrate"].directory
    return found


def test_the_schema_is_what_the_models_say(real_app: Flask) -> None:
    with real_app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_down_and_up_again_with_rows_in_the_tables(real_app: Flask) -> None:
    with real_app.app_context():
        bureau = make_bureau(db.session())
        make_member(db.session(), make_department(db.session(), bureau), Role.DEPARTMENT_OFFICER)
        db.session.commit()
        db.session.remove()
        flask_migrate.downgrade(directory=directory(real_app), revision="base")
        assert set(sa.inspect(db.engine).get_table_names()) == {"alembic_version"}
        flask_migrate.upgrade(directory=directory(real_app))
        assert set(sa.inspect(db.engine).get_table_names()) == {"alembic_version", *db.metadata.tables}


def test_each_step_down_and_up_keeps_the_rows_it_does_not_touch(real_app: Flask) -> None:
    """Two districts with published years and all their evidence, through every migration one by one."""
    with real_app.app_context():
        build_places(db.session(), real_app)
        db.session.remove()
        before = _scores()
        assert before["sheets"] != []
        steps = list(ScriptDirectory(directory(real_app)).walk_revisions())
        # The first migration makes the tables, so nothing is left below it; it has a test of its own.
        for step in steps[:-1]:
            flask_migrate.downgrade(directory=directory(real_app), revision=str(step.down_revision))
            assert _scores() == before, step.revision
        flask_migrate.upgrade(directory=directory(real_app))
        assert _scores() == before


def test_experts_and_forms_about_agencies_go_with_their_tables_and_nothing_else_does(real_app: Flask) -> None:
    """The older schema could neither show nor open them; the sheets beside them and the shares stay."""
    with real_app.app_context():
        made = build_panelled(build_world(db.session()))
        made.score_bureau(90)
        made.give(made.invite(0)[0], 0, 80)
        db.session.commit()
        db.session.remove()
        held = _scores()["sheets"]
        assert len(held) == 2
        flask_migrate.downgrade(directory=directory(real_app), revision="0007")
        assert _scores()["sheets"] == held[:1]
        flask_migrate.upgrade(directory=directory(real_app))
        assert _scores()["sheets"] == held[:1]
        columns = sa.text("SELECT seat, agency_id, scorer_user_id FROM score_sheets")
        assert db.session.execute(columns).all() == [(0, None, None)]
        assert db.session.execute(sa.text("SELECT DISTINCT role_missing FROM share_tables")).all() == [
            ("wait",)
        ]


def test_the_term_of_a_report_gets_back_the_number_that_was_typed_in(real_app: Flask) -> None:
    """Over a spring festival, and over a year that is not published yet."""
    with real_app.app_context():
        session, officer = db.session(), officer_of(make_bureau(db.session()))
        begun = {2021: date(2022, 1, 20), 2022: date(max(built_in_years()), 12, 20)}
        for year, day in begun.items():
            open_report_year(officer, session, year=year, opened_on=day, working_days=15, now=NOW)
        session.commit()
        db.session.remove()
        flask_migrate.downgrade(directory=directory(real_app), revision="0055")
        flask_migrate.upgrade(directory=directory(real_app))
        columns = sa.text("SELECT year, working_days FROM report_years ORDER BY year")
        assert [tuple(row) for row in db.session.execute(columns)] == [(2021, 15), (2022, 15)]


@pytest.mark.parametrize(("state", "action"), [("lifted", "lift"), ("recorded", "record")])
def test_a_withdrawn_tie_goes_with_what_says_so(real_app: Flask, state: str, action: str) -> None:
    """The older program would keep people out for it, and knows neither these ends of a check nor such a proposal."""
    with real_app.app_context():
        session = db.session()
        world = make_world(session)
        recusal.load_terms(session, NOW)
        person_id = appoint(session, world.bureau, world.agency)
        create(session, world, principal_evaluator_id=person_id)
        wrong = TieData(world.school.id, TieKind.RELATIVE, date(2022, 1, 1), person_id=person_id)
        right = TieData(world.health.id, TieKind.RELATIVE, date(2022, 1, 1), person_id=person_id)
        tie = declare_tie(world.supervisor, session, world.agency, wrong, now=NOW)
        held = declare_tie(world.supervisor, session, world.agency, right, now=NOW).id
        withdraw_tie(world.supervisor, session, tie, reason="录错人员", now=NOW)
        proposal = RecordProposal(
            agency_id=world.agency.id,
            bureau_id=world.bureau.id,
            matter=Matter.TIE_WITHDRAWAL,
            target_id=tie.id,
            payload={},
            seen={},
            state=ProposalState.CONFIRMED,
            reason="录错人员",
            proposed_at=NOW,
        )
        session.add(proposal)
        session.flush()
        session.execute(
            sa.text("UPDATE recusal_cases SET state = :state, action = :action"),
            {"state": state, "action": action},
        )
        session.commit()
        db.session.remove()
        flask_migrate.downgrade(directory=directory(real_app), revision="0056")
        with db.engine.connect() as connection:
            rows = [
                [tuple(row) for row in connection.execute(sa.text(statement))]
                for statement in (
                    "SELECT id FROM ties",
                    "SELECT tie_id, cause, state, action, reason FROM recusal_cases",
                    "SELECT id FROM record_proposals",
                )
            ]
        assert rows == [[(held,)], [(None, "tie", "continued", "continue", "录错人员")], []]
        flask_migrate.upgrade(directory=directory(real_app))
        with db.engine.connect() as connection:
            columns = sa.text("SELECT id, withdrawn_at, withdrawal_reason FROM ties")
            assert [tuple(row) for row in connection.execute(columns)] == [(held, None, "")]


def test_what_was_known_of_a_person_when_is_read_from_the_log(real_app: Flask) -> None:
    """And where the log tells nothing, what is known today counts from the first day at an agency."""
    with real_app.app_context():
        session = db.session()
        bureau = make_bureau(session)
        agency, rival = make_agency(session, bureau), make_agency(session, bureau)
        place = make_evaluator(session, bureau, agency, licence="注册会计师 7")
        later = [NOW + timedelta(days=number) for number in (10, 20, 30, 40)]
        change_facts(session, bureau, place, title="教授", now=later[0])
        change_facts(session, bureau, place, work_since=date(2006, 7, 1), now=later[1])
        end_appointment(officer_of(bureau), session, place, on=local_date(later[1]), now=later[1])
        known = PersonData("赵敏", "研究员", "注册会计师 7", has_disqualifying_record=True)
        data = AppointmentData(known, local_date(later[2]), role=PersonRole.STAFF)
        appoint_evaluator(officer_of(bureau), session, rival, data, now=later[3])
        session.flush()
        person_id, homes, officer = place.person_id, (agency.id, rival.id), officer_of(bureau)
        session.commit()
        db.session.remove()
        kept = _versions()
        flask_migrate.downgrade(directory=directory(real_app), revision="0057")
        flask_migrate.upgrade(directory=directory(real_app))
        assert _versions() == kept
        flask_migrate.downgrade(directory=directory(real_app), revision="0057")
        # As the older program writes, and a person of whom its log says nothing.
        older, moment = db.session.get_one(Person, person_id), NOW + timedelta(days=50)
        older.licence, older.changed_at = "注册会计师 9", moment
        record(
            db.session(),
            officer,
            "agencies.evaluator.changed",
            older,
            now=moment,
            changes={"licence": ("注册会计师 7", "注册会计师 9")},
            agency_id=homes[1],
        )
        db.session.commit()
        db.session.remove()
        with db.engine.begin() as connection:
            connection.execute(
                sa.text(
                    "INSERT INTO persons (id, name, education, title, licence, has_disqualifying_record,"
                    " changed_at, version) VALUES (900, '孙行', 'master', '会计师', '', :yes, :at, 1)"
                ),
                {"yes": True, "at": "2022-06-20 17:00:00"},
            )
            connection.execute(
                sa.text(
                    "INSERT INTO appointments (person_id, agency_id, role, valid_from, note, end_reason)"
                    " VALUES (900, :agency, 'staff', '2019-05-01', '', '')"
                ),
                {"agency": homes[0]},
            )
        flask_migrate.upgrade(directory=directory(real_app))
        days = [str(local_date(each)) for each in (*later, moment)]
        assert _versions() == [
            *kept,
            (person_id, homes[1], days[4], "研究员", "注册会计师 9", "2006-07-01", True, days[4]),
            (900, homes[0], "2019-05-01", "会计师", "", "None", True, "2022-06-20"),
        ]
        first, end = "2018-01-01", "注册会计师 7"
        assert kept == [
            (person_id, homes[0], first, "高级会计师", end, "2005-07-01", False, str(local_date(NOW))),
            (person_id, homes[0], days[0], "教授", end, "2005-07-01", False, days[0]),
            (person_id, homes[0], first, "高级会计师", end, "2006-07-01", False, days[1]),
            (person_id, homes[0], days[0], "教授", end, "2006-07-01", False, days[1]),
            (person_id, homes[1], days[2], "研究员", end, "2006-07-01", True, days[3]),
        ]


def _versions() -> list[tuple[Any, ...]]:
    columns = sa.text(
        "SELECT person_id, agency_id, valid_from, title, licence, work_since, has_disqualifying_record,"
        " recorded_at FROM person_versions ORDER BY id"
    )
    with db.engine.connect() as connection:
        rows = connection.execute(columns).all()
    return [(*row[:2], str(row[2]), *row[3:5], str(row[5]), bool(row[6]), str(row[7])[:10]) for row in rows]


def _scores() -> dict[str, list[tuple[Any, ...]]]:
    """What every version of the schema has, as plain rows."""
    statements = {
        "sheets": "SELECT id, state, total, answers, section_totals FROM score_sheets ORDER BY id",
        "results": "SELECT id, agency_id, rounded, rank, trace FROM annual_results ORDER BY id",
        "log": "SELECT sequence, hash FROM audit_entries ORDER BY sequence",
    }
    with db.engine.connect() as connection:
        return {
            name: [tuple(map(str, row)) for row in connection.execute(sa.text(statement))]
            for name, statement in statements.items()
        }


def test_every_constraint_has_a_name(real_app: Flask) -> None:
    with real_app.app_context():
        inspector = sa.inspect(db.engine)
        for table in db.metadata.tables:
            unnamed = [
                constraint
                for constraint in (
                    inspector.get_pk_constraint(table),
                    *inspector.get_unique_constraints(table),
                    *inspector.get_foreign_keys(table),
                )
                if not constraint["name"]
            ]
            assert unnamed == [], table


def test_numbers_of_score_and_money_are_integers() -> None:
    """No binary floats and no NUMERIC anywhere: marks are ten-thousandths, money is fen."""
    wrong = [
        f"{table.name}.{column.name}"
        for table in db.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.Float | sa.Numeric)
    ]
    assert wrong == []
