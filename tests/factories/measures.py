"""Shipped rules and small schemes for tests."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.roles import Role
from agencyqa.measures import services
from agencyqa.measures.fault_format import shipped_fault_codes
from agencyqa.measures.measure_format import shipped_citations
from agencyqa.measures.models import Scheme, SchemeVersion
from agencyqa.measures.scheme_format import CheckedFile, parse_scheme
from tests.factories.accounts import NOW, make_actor
from tests.kept import kept

MIXED_FORM = Path(__file__).parents[2] / "docs" / "examples" / "mixed-form.yaml"


def mixed_form() -> CheckedFile:
    """The invented form of the documents: most kinds of rules, a bonus with conditions, a veto of the whole."""
    return parse_scheme(MIXED_FORM.read_bytes(), shipped_citations(), shipped_fault_codes())


@kept
def load_measures(session: Session) -> None:
    """Measures, provisions, fault codes and the shipped schemes in all their versions."""
    services.load_reference_data(session, NOW)
    session.flush()


def shipped_version(session: Session, key: str, number: int = 1) -> SchemeVersion:
    statement = (
        select(SchemeVersion)
        .join(SchemeVersion.scheme)
        .where(Scheme.key == key, Scheme.bureau_id.is_(None), SchemeVersion.number == number)
    )
    return session.scalars(statement).one()


def scheme_text(
    *,
    key: str = "own-sheet",
    title: str = "本局评分表",
    purpose: str = "bureau",
    valid_from: date = date(2022, 1, 1),
    work_kind: str | None = None,
    points: str = "10",
) -> str:
    """A sheet of one free value."""
    kind = f"work_kind: {work_kind}\n" if work_kind else ""
    return f"""\
key: {key}
title: {{zh: {title}, en: Own sheet, ours: true}}
source: {{zh: 测试用, en: For a test}}
purpose: {purpose}
{kind}valid_from: {valid_from.isoformat()}
max_points: {points}
sections:
  - key: all
    label: {{zh: 全部, en: All}}
    max_points: {points}
    criteria:
      - key: quality
        label: {{zh: 质量, en: Quality}}
        max_points: {points}
        measure: M3
        provision: M3/quality_assessment
        rule: {{kind: free, low: 0, high: {points}}}
"""


def make_scheme(session: Session, bureau: Body, text: str | None = None) -> SchemeVersion:
    """A published version of the bureau, drafted and published as its people do; needs ``load_measures``."""
    draft = services.draft_scheme(
        make_actor(session, bureau, Role.BUREAU_SUPERVISOR), session, text or scheme_text(), now=NOW
    )
    session.flush()
    lead = make_actor(session, bureau, Role.BUREAU_LEAD)
    services.publish_scheme(lead, session, draft, seen_version=draft.version, now=NOW)
    session.flush()
    return draft
