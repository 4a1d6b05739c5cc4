"""What is laid down again is what was made: the same rows and objects, and nothing where it would not fit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership
from agencyqa.audit.models import AuditEntry
from agencyqa.audit.record import record_refusal
from agencyqa.audit.verification import verify
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.db import Base
from agencyqa.extensions import db
from agencyqa.files.models import StoredFile
from agencyqa.files.services import current_store, key_of, open_stored
from tests.client import engines_of
from tests.factories.accounts import NOW, actor_of, make_bureau, make_member
from tests.factories.agencies import make_agency
from tests.factories.files import make_stored, pdf
from tests.factories.measures import load_measures
from tests.kept import kept

TEXT = "它说 \\ '%s' %% ? \n\t"
made: list[str] = []


@dataclass
class House:
    session: Session
    bureau: Body
    people: dict[str, Membership]
    numbers: frozenset[int]


@kept
def make_house(session: Session) -> House:
    made.append(session.get_bind().dialect.name)
    load_measures(session)
    bureau = make_bureau(session, TEXT, parent=make_bureau(session, "市财政局"))
    make_agency(session, bureau)
    return House(
        session, bureau, {"lead": make_member(session, bureau, Role.BUREAU_LEAD)}, frozenset({bureau.id})
    )


@kept
def make_paper(session: Session, app: Flask) -> StoredFile:
    made.append("paper")
    return make_stored(app, session, pdf("laid down"))


def rows(session: Session) -> dict[str, list[str]]:
    """Everything that the database holds, as text."""
    return {
        table.name: sorted(map(repr, session.execute(sa.select(table)).all()))
        for table in Base.metadata.sorted_tables
    }


@contextmanager
def undone(app: Flask) -> Iterator[Session]:
    """What a test gets: a session whose commits are gone afterwards."""
    with engines_of(app)[None].engine.connect() as connection, connection.begin() as transaction:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()


def test_each_test_finds_the_same(app: Flask) -> None:
    found, times = [], []
    for _ in range(3):
        with undone(app) as session:
            house = make_house(session)
            found.append(rows(session))
            times.append(len(made))
            assert house.session is session
            assert house.bureau is session.get(Body, house.bureau.id)
            assert (house.bureau.name, house.numbers) == (TEXT, frozenset({house.bureau.id}))
            # The relations of a membership are loaded, or asking for them would raise.
            lead = house.people["lead"]
            assert (actor_of(session, lead).body_name, lead.body) == (TEXT, house.bureau)
            # What this test adds goes on with the log, and is gone for the next.
            make_agency(session, house.bureau, "后来的咨询有限公司")
            house.bureau.name = "改了"
            session.commit()
            assert len(rows(session)["agencies"]) == 2
            assert verify(session).fault is None
    assert found[1:] == found[:-1]
    assert [len(found[0][name]) for name in ("agencies", "memberships")] == [1, 1]
    assert len(found[0]["scheme_versions"]) > 3
    assert times[1:] == times[:-1]


def test_beside_other_rows_it_is_made_anew(session: Session) -> None:
    make_bureau(session, "原有的财政局")
    before = len(made)
    make_house(session)
    assert len(made) == before + 1
    names = set(session.scalars(sa.select(Body.name).where(Body.kind == BodyKind.BUREAU)))
    assert names == {TEXT, "市财政局", "原有的财政局"}


def test_what_waits_for_the_log_is_not_kept(app: Flask) -> None:
    before = len(made)
    with undone(app) as session:
        record_refusal(session, None, "accounts.sign_in.refused", now=NOW, username="", address="")
        make_house(session)
        assert session.scalars(sa.select(AuditEntry.event).where(AuditEntry.refused)).all() == [
            "accounts.sign_in.refused"
        ]
    with undone(app) as session:
        make_house(session)
        assert session.scalars(sa.select(AuditEntry.event).where(AuditEntry.refused)).all() == []
    assert len(made) > before


def test_on_a_database_of_its_own_it_is_made_anew(real_app: Flask) -> None:
    before = len(made)
    with real_app.app_context():
        for _ in range(2):
            make_house(db.session())
            db.session.rollback()
    assert len(made) == before + 2


def test_a_content_that_was_cleaned_up_is_kept_anew(app: Flask) -> None:
    counts = []
    for is_cleaned_up in (False, True, False):
        with undone(app) as session, app.app_context():
            paper = make_paper(session, app)
            counts.append(made.count("paper"))
            with open_stored(paper) as stream:
                assert stream.read() == pdf("laid down")
            if is_cleaned_up:
                current_store().delete(key_of(paper.sha256))
    assert [count - counts[0] for count in counts] == [0, 0, 1]
