"""The demo year is told whole on any day of the year, through real services, and holds every state."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from agencyqa.accounts.models import InstallationFact, User
from agencyqa.agencies.enums import PersonRole
from agencyqa.agencies.models import Appointment, Registration
from agencyqa.assessments.enums import ResultState, RoundState, SheetState
from agencyqa.assessments.models import AnnualResult, AssessmentRound, ScoreSheet
from agencyqa.audit.verification import verify
from agencyqa.auth.lifecycles import LifeCycle
from agencyqa.db import Base
from agencyqa.demo import loading
from agencyqa.demo.people import kept_passwords
from agencyqa.engagements.contracts.enums import FeeMethod
from agencyqa.engagements.contracts.models import ContractTerms
from agencyqa.engagements.deliverables.enums import DeliverableState
from agencyqa.engagements.deliverables.models import Deliverable, DeliverableVersion
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.opinions.gate import awaits_unit
from agencyqa.engagements.opinions.models import UnitOpinion
from agencyqa.engagements.recusal.enums import SigningWay
from agencyqa.engagements.recusal.models import IndependenceDeclaration
from agencyqa.evaluations.enums import AnswerState, RecordState
from agencyqa.evaluations.models import EvaluationRecord, ProblemAnswer
from agencyqa.extensions import db
from agencyqa.files.models import StoredFile
from agencyqa.files.services import open_stored
from agencyqa.inspections.enums import CheckState, FindingState, OrderState
from agencyqa.inspections.models import Finding, RectificationAnswer, RectificationOrder, SpotCheck
from agencyqa.measures.enums import FaultSource, Purpose
from agencyqa.measures.models import Scheme, SchemeVersion
from agencyqa.prepare import load_shipped_data
from tests.databases import ROOT

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


def states(session: Session, column: Any) -> set[object]:
    return set(session.scalars(sa.select(column).distinct()))


def life_cycles() -> list[LifeCycle]:
    files = sorted((ROOT / "agencyqa").rglob("lifecycles.py"))
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]
    return [cycle for name in names for cycle in getattr(importlib.import_module(name), "CYCLES", ())]


def missing_states(session: Session) -> dict[str, list[str]]:
    """By life cycle, the states in which no row of the demo is."""
    missing = {}
    for cycle in life_cycles():
        kind, table = type(cycle.states[0]), Base.metadata.tables[cycle.target]
        column = next(each for each in table.c if getattr(each.type, "members", None) is kind)
        found = states(session, column)
        if absent := [state.value for state in cycle.states if state not in found]:
            missing[cycle.name] = absent
    return missing


def _check_opinions(session: Session) -> None:
    """To one draft the unit has spoken and waits for the answers, to another it has yet to speak."""
    opinions = sa.select(UnitOpinion.engagement_id).where(UnitOpinion.answered_at.is_(None))
    unanswered = session.scalars(opinions).all()
    assert (len(unanswered), len(set(unanswered))) == (2, 1)
    drafts = sa.select(Deliverable.engagement_id).join(Engagement, Engagement.id == Deliverable.engagement_id)
    (asked,) = session.scalars(drafts.where(awaits_unit())).all()
    assert asked not in unanswered
    ways = states(session, IndependenceDeclaration.way)
    assert ways == set(SigningWay)


def results_of(session: Session, found: AssessmentRound) -> Sequence[AnnualResult]:
    statement = sa.select(AnnualResult).where(AnnualResult.round_id == found.id)
    return session.scalars(statement.order_by(AnnualResult.sort_position)).all()


def test_the_demo_year(loaded: tuple[Flask, Path, str]) -> None:
    app, folder, printed = loaded
    with app.app_context():
        session = db.session()
        assert session.get_one(InstallationFact, "demo_data").value == "2026"
        is_in_year = DAYS[db.engine.dialect.name].year == 2026
        # When the open year is over, only two works are left that still wait for a report.
        assert missing_states(session) == ({} if is_in_year else {"internal_review": ["level_3"]})
        # Twelve agencies, an applicant on paper, one that was admitted and one that was removed; the first in a
        # second register too.
        assert count(session, Registration) == 16
        if is_in_year:
            _check_opinions(session)
        assert states(session, Appointment.role) == set(PersonRole)
        assert count(session, Engagement) == 65
        assert states(session, ContractTerms.method) == set(FeeMethod)
        # The past year was published twice: a finding that had counted was withdrawn in between.
        first, newest, following = session.scalars(
            sa.select(AssessmentRound).order_by(AssessmentRound.year, AssessmentRound.revision)
        ).all()
        assert [(each.year, each.state) for each in (first, newest)] == [(2025, RoundState.PUBLISHED)] * 2
        _check_open_year(session, following)
        results = results_of(session, newest)
        moved = [
            (old.agency_name, (new.rounded or 0) > (old.rounded or 0))
            for old, new in zip(
                sorted(results_of(session, first), key=lambda each: each.agency_id),
                sorted(results, key=lambda each: each.agency_id),
                strict=True,
            )
            if old.rounded != new.rounded
        ]
        assert moved == [("云汀致远律师事务所", True)]
        assert [each.state for each in results] == [ResultState.FINAL] * 11 + [ResultState.PROVISIONAL]
        assert [each.rank for each in results] == [*range(1, 12), None]
        assert verify(session).fault is None
        _check_own_form(session)
        _check_evidence(session, results)
        for result in results:
            assert result.agency_name in printed
        ranked = [(each.rank, each.agency_name) for each in results if each.rank is not None]
        _check_sign_ins(session, folder, printed)
    book = load_workbook(folder / "annual-2025.xlsx", read_only=True)
    cells = book.worksheets[1].iter_rows(values_only=True)
    assert [(row[0], row[1]) for row in cells if isinstance(row[0], int)] == ranked
    assert "演示数据，均为虚构" in printed
    assert "机构、人员、业务与分数均为虚构。" in app.test_client().get("/sign-in").text


def _check_open_year(session: Session, found: AssessmentRound) -> None:
    """By rules of its own: experts on the later engagements, and a form about each agency that findings feed."""
    assert (found.year, found.state) == (2026, RoundState.OPEN)
    assert found.year_rules_id is not None
    experts = session.scalars(sa.select(ScoreSheet).where(ScoreSheet.scorer_role == Purpose.EXPERT)).all()
    assert {sheet.seat for sheet in experts} == {1, 2, 3}
    assert all(sheet.scorer_user_id is not None for sheet in experts)
    forms = session.scalars(sa.select(ScoreSheet).where(ScoreSheet.agency_id.is_not(None))).all()
    counted = [sheet for sheet in forms if sheet.facts]
    assert [[row["fault"] for row in sheet.facts] for sheet in counted] == [
        ["weak_internal_rules", "untrained_staff"]
    ]
    assert {row["criterion"] for sheet in counted for row in sheet.facts} == {"rules", "training"}


def _check_own_form(session: Session) -> None:
    """The bureau's own form: a bonus granted, a rating left out, a veto that caps the total, and a draft."""
    sheets = session.execute(
        sa.select(ScoreSheet.state, ScoreSheet.total, ScoreSheet.max_points, ScoreSheet.grade)
        .join(SchemeVersion, SchemeVersion.id == ScoreSheet.scheme_version_id)
        .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
        .where(Scheme.key == "indicator-work")
        .order_by(ScoreSheet.id)
    )
    assert [tuple(row) for row in sheets] == [
        (SheetState.FINAL, 963_400, 1_000_000, "excellent"),
        (SheetState.FINAL, 506_700, 800_000, "fair"),
        (SheetState.SUBMITTED, 500_000, 1_000_000, "poor"),
        (SheetState.DRAFT, None, 1_000_000, None),
    ]


def _check_evidence(session: Session, results: Sequence[AnnualResult]) -> None:
    """Every state of the evidence occurs, and what is known of the work stands on the sheets."""
    handed_in = session.scalars(sa.select(Deliverable).where(Deliverable.first_submitted_at.is_not(None)))
    assert 140 <= len(handed_in.all()) <= 180
    assert states(session, Deliverable.state) == set(DeliverableState)
    waiting = sa.select(DeliverableVersion.id).where(DeliverableVersion.submission_id.is_(None))
    assert session.scalars(waiting.limit(1)).first() is not None
    assert states(session, EvaluationRecord.state) == set(RecordState)
    assert 28 <= count(session, EvaluationRecord) <= 40
    assert states(session, ProblemAnswer.state) == set(AnswerState)
    assert count(session, SpotCheck) == 26
    assert states(session, SpotCheck.state) == set(CheckState)
    assert states(session, Finding.state) == set(FindingState)
    assert states(session, RectificationOrder.state) == set(OrderState)
    assert states(session, RectificationOrder.is_overdue) == {False, True}
    late = sa.select(RectificationAnswer.id).where(RectificationAnswer.late_days > 0)
    assert session.scalars(late).all() != []
    (listed,) = [result for result in results if result.agency_findings]
    assert [each["fault"] for each in listed.agency_findings] == ["weak_internal_rules", "untrained_staff"]
    sheets = session.scalars(sa.select(ScoreSheet)).all()
    rows = [row for sheet in sheets for row in sheet.facts]
    assert {row["source"] for row in rows} == {source.value for source in FaultSource}
    assert "slow_response" in {row["fault"] for row in rows if row["criterion"] is None}
    assert len([sheet for sheet in sheets if sheet.overruled]) == 1
    # What the store holds is what the rows say.
    stored = session.scalars(sa.select(StoredFile).order_by(StoredFile.id)).all()
    for file in (stored[0], stored[-1]):
        with open_stored(file) as stream:
            assert hashlib.sha256(stream.read()).hexdigest() == file.sha256


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
