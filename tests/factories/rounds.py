"""Final sheets with chosen figures, and rounds, for tests of the year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from agencyqa.assessments.enums import SheetState, WeightMode
from agencyqa.assessments.models import AnnualResult, AssessmentRound, ScoreSheet, SheetScorer, SheetSnapshot
from agencyqa.assessments.services.rounds import compute_round, open_round
from agencyqa.auth.actor import Actor
from agencyqa.engagements.models import Engagement
from agencyqa.measures.enums import Purpose
from agencyqa.measures.models import SchemeVersion
from agencyqa.scoring import SCALE
from tests.factories.accounts import NOW

YEAR = 2022


def make_sheet(
    session: Session,
    engagement: Engagement,
    role: Purpose,
    version: SchemeVersion,
    total: float | None,
    maximum: int = 100,
    *,
    measures: Mapping[str, tuple[float | None, int]] | None = None,
    state: SheetState = SheetState.FINAL,
    revision: int = 1,
    scorer_id: int | None = None,
) -> ScoreSheet:
    """A sheet as its scorer and the bureau left it. ``measures`` split points and maximum; without, no measure."""
    scorers = {Purpose.BUREAU: engagement.bureau_id, Purpose.COMMISSIONER: engagement.commissioner_id}
    parts = measures or {"": (total, maximum)}
    sheet = ScoreSheet(
        bureau_id=engagement.bureau_id,
        engagement_id=engagement.id,
        scorer_role=role,
        scorer_body_id=scorers.get(role, engagement.evaluated_unit_id),
        scheme_version_id=version.id,
        revision=revision,
        is_current=True,
        state=state,
        answers={},
        entered={},
        reasons={},
        packed=[],
        engine_version="1",
        total=units(total),
        max_points=maximum * SCALE,
        section_totals={},
        measure_totals={key: [units(points), most * SCALE] for key, (points, most) in parts.items()},
        created_at=NOW,
    )
    session.add(sheet)
    session.flush()
    if scorer_id is not None:
        session.add(SheetScorer(sheet_id=sheet.id, user_id=scorer_id, first_at=NOW))
    session.add(
        SheetSnapshot(
            sheet_id=sheet.id,
            number=1,
            taken_at=NOW,
            total=sheet.total,
            content={},
            content_hash=f"{sheet.id:064d}",
        )
    )
    session.flush()
    return sheet


def units(points: float | None) -> int | None:
    return None if points is None else round(points * SCALE)


def make_round(
    session: Session, actor: Actor, mode: WeightMode = WeightMode.EQUAL, now: datetime = NOW
) -> AssessmentRound:
    """Opened and computed."""
    found = open_round(actor, session, YEAR, mode, now=now)
    compute_round(actor, session, found, now=now)
    return found


def score_of(result: AnnualResult) -> Fraction | None:
    if result.numerator is None or result.denominator is None:
        return None
    return Fraction(int(result.numerator), int(result.denominator))
