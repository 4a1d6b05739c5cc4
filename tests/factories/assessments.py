"""Shares, grades and score sheets for tests. Dull: each makes one thing the way the services do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.models import GradeTable, ScoreSheet, ShareTable
from agencyqa.assessments.services.scoring import submit_sheet
from agencyqa.assessments.services.sheets import open_sheets
from agencyqa.auth.actor import Actor
from agencyqa.engagements.models import Engagement
from agencyqa.measures.enums import Purpose
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import program_of
from agencyqa.scoring import Program, parse_points
from tests.factories.accounts import NOW
from tests.factories.measures import load_measures

SEVENTY_THIRTY = ((Purpose.BUREAU, Fraction(7, 10)), (Purpose.EVALUATED_UNIT, Fraction(3, 10)))
UNIT_ONLY = ((Purpose.EVALUATED_UNIT, Fraction(1)),)

# The published Jiading figures: 29, 19 and 46 of 30, 20 and 50; 94 of 100.
JIADING_ANSWERS: dict[str, dict[str, Any]] = {
    "team_ability": {"band": "strong", "value": parse_points("14")},
    "team_stability": {"met": True},
    "communication": {"band": "good", "value": parse_points("19")},
    "report_data": {"band": "good", "value": parse_points("23")},
    "report_conclusions": {"band": "good", "value": parse_points("23")},
}
JIADING_FORM = {
    "a-team_ability-band": "strong",
    "a-team_ability-value": "14",
    "a-team_stability-met": "yes",
    "a-communication-band": "good",
    "a-communication-value": "19",
    "a-report_data-band": "good",
    "a-report_data-value": "23",
    "a-report_conclusions-band": "good",
    "a-report_conclusions-value": "23",
}


def load_schemes(session: Session) -> None:
    """The shipped measures and schemes."""
    load_measures(session)


def make_share_table(
    session: Session,
    bureau: Body,
    shares: Sequence[tuple[Purpose, Fraction]] = SEVENTY_THIRTY,
    valid_from: date = date(2016, 1, 1),
    valid_to: date | None = None,
) -> ShareTable:
    table = ShareTable(
        bureau_id=bureau.id,
        valid_from=valid_from,
        valid_to=valid_to,
        source="测试用权重",
        shares=[[role.value, share.numerator, share.denominator] for role, share in shares],
    )
    session.add(table)
    session.flush()
    return table


def make_grade_table(session: Session, bureau: Body, valid_from: date = date(2016, 1, 1)) -> GradeTable:
    rows = (
        ("excellent", "优", "Excellent", 90),
        ("good", "良", "Good", 80),
        ("fair", "中", "Fair", 60),
        ("poor", "差", "Poor", 0),
    )
    table = GradeTable(
        bureau_id=bureau.id,
        valid_from=valid_from,
        valid_to=None,
        source="测试用等级",
        bands=[
            {"key": key, "label": label, "label_en": english, "low": low * 10_000}
            for key, label, english, low in rows
        ],
        places=2,
    )
    session.add(table)
    session.flush()
    return table


def make_sheets(
    session: Session,
    supervisor: Actor,
    engagement: Engagement,
    due_on: date | None = None,
    now: datetime = NOW,
) -> dict[Purpose, ScoreSheet]:
    """The sheets of an engagement by scorer role; needs shares and schemes."""
    made = open_sheets(supervisor, session, engagement, due_on=due_on, now=now)
    return {sheet.scorer_role: sheet for sheet in made}


def program_of_sheet(session: Session, sheet: ScoreSheet) -> Program:
    return program_of(session.get_one(SchemeVersion, sheet.scheme_version_id))


def best_answers(program: Program) -> dict[str, dict[str, Any]]:
    """Answers that give every criterion its full points, where its rule allows that."""
    answers: dict[str, dict[str, Any]] = {}
    for key, specs in program.layout.items():
        held: dict[str, Any] = {}
        for spec in specs:
            if spec.type == "choice":
                held[spec.name] = max(spec.choices, key=lambda choice: choice.high).key
            elif spec.type == "flag":
                held[spec.name] = spec.name.rpartition(".")[2] == "met"
            elif spec.type == "count" or spec.name.rpartition(".")[2] == "amount":
                held[spec.name] = 0
            else:
                held[spec.name] = spec.high
        answers[key] = held
    return answers


def submit(
    session: Session,
    scorer: Actor,
    sheet: ScoreSheet,
    answers: dict[str, dict[str, Any]] | None = None,
    now: datetime = NOW,
) -> ScoreSheet:
    """Fill in (with full points unless told otherwise) and hand in."""
    program = program_of_sheet(session, sheet)
    entry = Entry(answers or best_answers(program), {}, {})
    submit_sheet(scorer, session, sheet, program, entry, seen_version=sheet.version, now=now)
    return sheet
