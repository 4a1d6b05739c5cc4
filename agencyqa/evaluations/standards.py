"""Which grades and which least share hold for an evaluation: dated data, of the bureau or shipped."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import system_actor
from agencyqa.db import open_period, read_rows
from agencyqa.evaluations.checks import Band, Standard
from agencyqa.evaluations.models import EvaluationStandard
from agencyqa.i18n import language
from agencyqa.measures.enums import Tag

# The document bears the year 2020; its day is not confirmed, so the year of the number is the limit.
VALID_FROM = date(2020, 1, 1)
BANDS = (
    {"key": "excellent", "label": "优", "label_en": "Excellent", "low": 900_000},
    {"key": "good", "label": "良", "label_en": "Good", "low": 800_000},
    {"key": "fair", "label": "中", "label_en": "Fair", "low": 600_000},
    {"key": "poor", "label": "差", "label_en": "Poor", "low": 0},
)
# Remembered, not confirmed: a bureau that knows the text enters a row of its own.
MIN_RESULTS_SHARE = (6, 10)
PROVISION = "CY10/evaluation_grades"
SOURCE = "财预〔2020〕10号；等级界限、产出与效益指标权重不低于60%一项及起始日期均待核对"


def load_standards(session: Session, now: datetime) -> int:
    """Add the shipped row where it is missing and return how many were added; a second call changes nothing."""
    shipped = select(EvaluationStandard.id).where(
        EvaluationStandard.bureau_id.is_(None), EvaluationStandard.valid_from == VALID_FROM
    )
    if session.scalars(shipped).first() is not None:
        return 0
    row = EvaluationStandard(
        bureau_id=None,
        valid_from=VALID_FROM,
        valid_to=None,
        bands=[dict(band) for band in BANDS],
        grades_provision_key=PROVISION,
        grades_tag=Tag.REMEMBERED,
        min_results_share=list(MIN_RESULTS_SHARE),
        share_provision_key=None,
        share_tag=Tag.REMEMBERED,
        source=SOURCE,
    )
    session.add(row)
    session.flush()
    record(
        session,
        system_actor("reference data"),
        "evaluations.standard.loaded",
        row,
        now=now,
        valid_from=VALID_FROM,
        source=SOURCE,
    )
    return 1


def standard_in_force(session: Session, bureau_id: int, day: date) -> EvaluationStandard | None:
    """The bureau's own, else the shipped one, whose period holds the day; of several the one that began last."""
    statement = (
        select(EvaluationStandard)
        .where(
            sa.or_(EvaluationStandard.bureau_id == bureau_id, EvaluationStandard.bureau_id.is_(None)),
            open_period(EvaluationStandard.valid_from, EvaluationStandard.valid_to, day),
        )
        .order_by(
            EvaluationStandard.bureau_id.is_(None),
            EvaluationStandard.valid_from.desc(),
            EvaluationStandard.id.desc(),
        )
        .limit(1)
    )
    return session.scalars(statement).first()


def rules_of(row: EvaluationStandard | None) -> Standard | None:
    """The row as the checks want it."""
    if row is None:
        return None
    return Standard(_bands(row.bands), Fraction(*row.min_results_share) if row.min_results_share else None)


def _bands(stored: Sequence[Mapping[str, Any]]) -> tuple[Band, ...]:
    return tuple(Band(**{key: band[key] for key in ("key", "label", "label_en", "low")}) for band in stored)


def band_label(band: Band) -> str:
    return band.label_en if language() == "en" and band.label_en else band.label


def grade_labels(session: Session, standard_ids: Collection[int]) -> Mapping[tuple[int, str], str]:
    """(standard, key or written name of a band) → the grade in the reader's language."""
    if not standard_ids:
        return {}
    rows = read_rows(session, _BANDS, {"standard_ids": list(standard_ids)})
    return {
        (row.id, name): band_label(band)
        for row in rows
        for band in _bands(row.bands)
        for name in (band.label, band.label_en, band.key)
        if name
    }


_BANDS = select(EvaluationStandard.id, EvaluationStandard.bands).where(
    EvaluationStandard.id.in_(bindparam("standard_ids", expanding=True))
)
