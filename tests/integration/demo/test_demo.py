"""The demo year is told whole on any day of the year, through real services, and holds every state."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from agencyqa.accounts.models import InstallationFact, User
from agencyqa.agencies.models import Registration
from agencyqa.assessments.enums import ResultState, RoundState, SheetState
from agencyqa.assessments.models import AnnualResult, AssessmentRound, ScoreSheet
from agencyqa.audit.verification import verify
from agencyqa.demo import loading
from agencyqa.demo.people import kept_passwords
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.extensions import db
from agencyqa.prepare import load_shipped_data

# A day in the middle of the open year, and one on which the open year lies in the past.
DAYS = {"sqlite": datetime(2026, 9, 30, 4, tzinfo=UTC), "postgresql": datetime(2027, 1, 2, 4, tzinfo=UTC)}


@pytest.fixture
def loaded(real_app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[Flask, Path, str]:
    with real_app.app_context():
        session = db.session()
        load_shipped_data(session)
        loading.load(session, tmp_path, DAYS[db.engine.dialect.name])
        loading.print_summary(session, tmp_path)
        db.session.remove()
    return real_app, tmp_path, capsys.readouterr().out


def count(session: Session, table: type[object]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def states(session: Session, column: sa.orm.InstrumentedAttribute[object]) -> set[object]:
    return set(session.scalars(sa.select(column).distinct()))


def test_the_demo_year(loaded: tuple[Flask, Path, str]) -> None:
    app, folder, printed = loaded
    with app.app_context():
        session = db.session()
        assert session.get_one(InstallationFact, "demo_data").value == "2026"
        # Twelve agencies and an applicant, the first agency in a second register too.
        assert count(session, Registration) == 14
        assert count(session, Engagement) == 61
        assert states(session, ScoreSheet.state) == set(SheetState)
        assert states(session, Engagement.state) == set(EngagementState)
        rounds = session.scalars(sa.select(AssessmentRound)).all()
        assert [(each.year, each.state) for each in rounds] == [(2025, RoundState.PUBLISHED)]
        results = session.scalars(sa.select(AnnualResult).order_by(AnnualResult.sort_position)).all()
        assert [each.state for each in results] == [ResultState.FINAL] * 11 + [ResultState.PROVISIONAL]
        assert [each.rank for each in results] == [*range(1, 12), None]
        assert verify(session).fault is None
        for result in results:
            assert result.agency_name in printed
        ranked = [(each.rank, each.agency_name) for each in results if each.rank is not None]
        _check_sign_ins(session, folder, printed)
    book = load_workbook(folder / "annual-2025.xlsx", read_only=True)
    cells = book.worksheets[1].iter_rows(values_only=True)
    assert [(row[0], row[1]) for row in cells if isinstance(row[0], int)] == ranked
    assert "演示数据，均为虚构" in printed
    assert "机构、人员、业务与分数均为虚构。" in app.test_client().get("/sign-in").text


def _check_sign_ins(session: Session, folder: Path, printed: str) -> None:
    """Exactly those accounts have a password that are printed, each with its own."""
    known = kept_passwords(folder)
    with_password = set(session.scalars(sa.select(User.username).where(User.password_hash.is_not(None))))
    assert set(known) == with_password
    assert len(set(known.values())) == len(known)
    for username, password in known.items():
        assert username in printed
        assert password in printed
    assert (folder / "demo_sign_ins.json").stat().st_mode & 0o777 == 0o600
