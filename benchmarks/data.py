"""One bureau's year of realistic size in a database of its own: bulk inserts, then the real round and publication."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import flask_migrate
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from stdnum.cn import uscc

from agencyqa.accounts.models import Body, Membership, User
from agencyqa.accounts.passwords import hash_password
from agencyqa.accounts.queries import active_memberships, actor_for
from agencyqa.accounts.services.administration import BodyData, add_body
from agencyqa.agencies.enums import Standing
from agencyqa.agencies.models import Agency, Registration
from agencyqa.app import create_app
from agencyqa.assessments.enums import SheetState, WeightMode
from agencyqa.assessments.evidence import NOTHING_ON_RECORD
from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.models import (
    AssessmentRound,
    GradeTable,
    ScoreSheet,
    ShareTable,
    SheetScorer,
    SheetSnapshot,
)
from agencyqa.assessments.services.content import (
    content_hash,
    put_content,
    score_content,
    snapshot_content,
)
from agencyqa.assessments.services.publication import publish_round
from agencyqa.assessments.services.rounds import compute_round, open_round
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.demo.answers import answers_for
from agencyqa.demo.chance import Chance
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.extensions import db
from agencyqa.measures.compiled import CompiledScheme
from agencyqa.measures.enums import Purpose, WorkKind
from agencyqa.measures.models import Scheme, SchemeVersion
from agencyqa.measures.queries import compiled, program_of
from agencyqa.measures.services import load_reference_data
from agencyqa.objects.enums import BudgetType, ObjectKind
from agencyqa.objects.models import EvaluationObject
from config import Settings

YEAR = 2022
NOW = datetime(2023, 2, 1, 2, 0, tzinfo=UTC)
PASSWORD = "a quiet river 7"
SUPERVISOR, LEAD = "supervisor", "lead"
BUREAU_SCHEME, UNIT_SCHEME = "reference-2021", "jiading-2018"
PLACES = ("城东", "城西", "江南", "河口", "新区", "古镇", "滨海", "北郊")
TRADES = ("会计师事务所", "咨询有限公司", "绩效评价中心", "研究院", "资产评估有限公司")
DEPARTMENTS = (
    "教育局",
    "农业农村委员会",
    "文化和旅游局",
    "民政局",
    "交通委员会",
    "水务局",
    "体育局",
    "科学技术委员会",
)
WORKS = (
    "校舍维修",
    "高标准农田",
    "公共文化服务",
    "养老服务补贴",
    "道路养护",
    "河道整治",
    "全民健身",
    "科技创新资助",
)


@dataclass(frozen=True)
class Filled:
    """What the measurements ask for; ``draft_id`` is a complete sheet of the following year, still open."""

    round_id: int
    draft_id: int
    sheet_id: int
    engagements: int
    agencies: int


def settings_of(folder: Path, database_url: str | None = None) -> Settings:
    return Settings(
        secret_key="only for measurements, as long as a real one",
        database_url=database_url or f"sqlite:///{folder / 'benchmark.sqlite3'}",
        data_dir=folder,
        secure_cookies=False,
        log_level="WARNING",
    )


def make_app(folder: Path, database_url: str | None = None) -> Flask:
    """An application of its own on an empty, migrated database."""
    app = create_app(settings_of(folder, database_url))
    with app.app_context():
        flask_migrate.upgrade(directory=app.extensions["migrate"].directory)
    return app


@contextmanager
def session_of(app: Flask) -> Iterator[Session]:
    """Commits at the end, as a request does."""
    with app.app_context():
        session = db.session()
        yield session
        session.commit()


def fill(session: Session, engagements: int = 500, agencies: int = 40) -> Filled:
    """A year whose sheets are all final, with an open, computed round."""
    load_reference_data(session, NOW)
    bureau = add_body(session, BodyData(BodyKind.BUREAU, "示例区财政局"), now=NOW)
    departments = [
        add_body(session, BodyData(BodyKind.DEPARTMENT, f"示例区{name}", bureau_id=bureau.id), now=NOW)
        for name in DEPARTMENTS
    ]
    users = _people(session, bureau, departments)
    agency_ids = _agencies(session, bureau, agencies)
    _tables(session, bureau)
    commissions = _commissions(bureau, departments, agency_ids, engagements)
    _objects(session, commissions)
    # The last one is of the following year: its sheet of the bureau stays a draft.
    session.execute(sa.insert(Engagement), [commission.row() for commission in commissions])
    _sheets(session, commissions, users)
    lead = actor_of(session, LEAD)
    found = open_round(lead, session, YEAR, WeightMode.EQUAL, now=NOW)
    compute_round(lead, session, found, now=NOW)
    draft = session.scalars(
        sa.select(ScoreSheet.id).where(
            ScoreSheet.engagement_id == commissions[-1].number, ScoreSheet.scorer_role == Purpose.BUREAU
        )
    ).one()
    return Filled(found.id, draft, 1, engagements, agencies)


def publish(session: Session, filled: Filled) -> None:
    """The year as its lead publishes it."""
    found = session.get_one(AssessmentRound, filled.round_id)
    publish_round(actor_of(session, LEAD), session, found, seen_version=found.version, now=NOW)


def actor_of(session: Session, username: str) -> Actor:
    user_id = session.scalars(sa.select(User.id).where(User.username == username)).one()
    return actor_for(session, session.scalars(active_memberships(user_id, NOW.date())).one())


def _people(session: Session, bureau: Body, departments: Iterable[Body]) -> dict[int, int]:
    """A scorer for each body, and the lead; by body id."""
    found: dict[int, int] = {}
    hashed = hash_password(PASSWORD)
    everybody = [(SUPERVISOR, bureau, Role.BUREAU_SUPERVISOR), (LEAD, bureau, Role.BUREAU_LEAD)]
    everybody += [(f"officer{body.id}", body, Role.DEPARTMENT_OFFICER) for body in departments]
    for username, body, role in everybody:
        user = User(username=username, display_name="测量账号", password_hash=hashed, created_at=NOW)
        session.add(user)
        session.flush()
        session.add(Membership(user_id=user.id, body_id=body.id, role=role, valid_from=date(2016, 1, 1)))
        found.setdefault(body.id, user.id)
    return found


def _agencies(session: Session, bureau: Body, count: int) -> list[int]:
    found: list[int] = []
    for number in range(count):
        name = f"{PLACES[number % len(PLACES)]}{number + 1}号{TRADES[number % len(TRADES)]}"
        body = add_body(session, BodyData(BodyKind.AGENCY, name), now=NOW)
        code = f"91310000MA{number:07d}"
        session.add(
            Agency(
                id=body.id,
                credit_code=code + uscc.calc_check_digit(code),
                created_at=NOW,
                changed_at=NOW,
            )
        )
        session.flush()
        session.add(
            Registration(agency_id=body.id, bureau_id=bureau.id, standing=Standing.REGISTERED, created_at=NOW)
        )
        found.append(body.id)
    return found


def _tables(session: Session, bureau: Body) -> None:
    shares = ((Purpose.BUREAU, Fraction(7, 10)), (Purpose.EVALUATED_UNIT, Fraction(3, 10)))
    session.add(
        ShareTable(
            bureau_id=bureau.id,
            valid_from=date(2016, 1, 1),
            source="测量用权重",
            shares=[[role.value, share.numerator, share.denominator] for role, share in shares],
        )
    )
    bands = (
        ("excellent", "优", "Excellent", 90),
        ("good", "良", "Good", 80),
        ("fair", "中", "Fair", 60),
        ("poor", "差", "Poor", 0),
    )
    session.add(
        GradeTable(
            bureau_id=bureau.id,
            valid_from=date(2016, 1, 1),
            source="测量用等级",
            bands=[
                {"key": key, "label": label, "label_en": english, "low": low * 10_000}
                for key, label, english, low in bands
            ],
            places=2,
        )
    )


@dataclass(frozen=True)
class Commission:
    """Engagement and object share a number, which is the id of both."""

    number: int
    bureau_id: int
    unit_id: int
    agency_id: int
    signed_on: date
    work: str

    def row(self) -> dict[str, Any]:
        return {
            "id": self.number,
            "bureau_id": self.bureau_id,
            "object_id": self.number,
            "agency_id": self.agency_id,
            "commissioner_id": self.bureau_id,
            "evaluated_unit_id": self.unit_id,
            "work_kind": WorkKind.EVALUATION,
            "contract_number": f"SLQ-{self.signed_on.year}-{self.number:04d}",
            "contract_signed_on": self.signed_on,
            "due_on": self.signed_on + timedelta(days=120),
            "completed_on": self.signed_on + timedelta(days=100),
            "fee": 6_000_000 + self.number % 37 * 250_000,
            "assessment_year": self.signed_on.year,
            "state": EngagementState.COMPLETED,
            "created_at": NOW,
            "version": 1,
        }


def _commissions(
    bureau: Body, departments: list[Body], agency_ids: list[int], count: int
) -> list[Commission]:
    chance = Chance("commissions")
    found = [
        Commission(
            number + 1,
            bureau.id,
            departments[number % len(departments)].id,
            # Nobody is left without work; the rest falls as it falls.
            agency_ids[number if number < len(agency_ids) else chance.number(str(number), len(agency_ids))],
            date(YEAR, 1, 10) + timedelta(days=number * 5 % 240),
            WORKS[number % len(WORKS)],
        )
        for number in range(count)
    ]
    following = Commission(
        count + 1, bureau.id, departments[0].id, agency_ids[0], date(YEAR + 1, 1, 10), WORKS[0]
    )
    return [*found, following]


def _objects(session: Session, commissions: list[Commission]) -> None:
    session.execute(
        sa.insert(EvaluationObject),
        [
            {
                "id": each.number,
                "bureau_id": each.bureau_id,
                "code": f"XM{each.number:05d}",
                "name": f"{each.signed_on.year - 1} 年{each.work}项目（第 {each.number} 标段）",
                "kind": ObjectKind.PROJECT,
                "budget_type": BudgetType.GENERAL_PUBLIC,
                "budget_year": each.signed_on.year - 1,
                "department_id": each.unit_id,
                "amount": 500_000_000 + each.number * 1_000_000,
                "created_at": NOW,
                "version": 1,
            }
            for each in commissions
        ],
    )


def _sheets(session: Session, commissions: list[Commission], users: dict[int, int]) -> None:
    """Every answer drawn from the engagement's number, scored by the engine, stored as the service stores it."""
    sheets: list[ScoreSheet] = []
    for role, key in ((Purpose.BUREAU, BUREAU_SCHEME), (Purpose.EVALUATED_UNIT, UNIT_SCHEME)):
        version = session.scalars(
            sa.select(SchemeVersion)
            .join(Scheme, Scheme.id == SchemeVersion.scheme_id)
            .where(Scheme.key == key, SchemeVersion.number == 1)
        ).one()
        scheme = compiled(version)
        for each in commissions:
            scorer = each.bureau_id if role is Purpose.BUREAU else each.unit_id
            sheets.append(_sheet(each, role, scorer, version.id, scheme))
    session.add_all(sheets)
    session.flush()
    digests = {
        version.id: program_of(version).digest for version in session.scalars(sa.select(SchemeVersion))
    }
    session.execute(
        sa.insert(SheetScorer),
        [{"sheet_id": sheet.id, "user_id": users[sheet.scorer_body_id], "first_at": NOW} for sheet in sheets],
    )
    session.execute(
        sa.insert(SheetSnapshot),
        [
            _snapshot(sheet, digests[sheet.scheme_version_id])
            for sheet in sheets
            if sheet.state is SheetState.FINAL
        ],
    )


def _sheet(
    each: Commission, role: Purpose, scorer: int, version_id: int, scheme: CompiledScheme
) -> ScoreSheet:
    is_open = each.signed_on.year > YEAR
    sheet = ScoreSheet(
        bureau_id=each.bureau_id,
        engagement_id=each.number,
        scorer_role=role,
        scorer_body_id=scorer,
        scheme_version_id=version_id,
        revision=1,
        is_current=True,
        state=SheetState.DRAFT if is_open else SheetState.FINAL,
        due_on=each.signed_on + timedelta(days=150),
        created_at=NOW,
        submitted_at=None if is_open else NOW,
        finalised_at=None if is_open else NOW,
    )
    quality = 55 + each.agency_id * 7 % 40
    program = scheme.program
    answers = answers_for(program.scheme, scheme.counting, Chance(f"{each.number}/{role}"), quality)
    entry = Entry(answers, {}, {})
    put_content(sheet, program, score_content(program, scheme.counting, entry, NOTHING_ON_RECORD))
    return sheet


def _snapshot(sheet: ScoreSheet, scheme_hash: str) -> dict[str, Any]:
    content = snapshot_content(sheet, scheme_hash)
    return {
        "sheet_id": sheet.id,
        "number": 1,
        "taken_at": NOW,
        "total": sheet.total,
        "content": content,
        "content_hash": content_hash(content),
    }
