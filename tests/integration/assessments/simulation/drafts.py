"""Drafts to simulate by, sheets that have answers, and what a page says."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.assessments.models import ScoreSheet
from agencyqa.db import Base
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.queries import program_of
from agencyqa.measures.services import draft_scheme
from tests.factories.accounts import NOW
from tests.factories.assessments import JIADING_ANSWERS
from tests.factories.measures import shipped_version
from tests.integration.assessments.years import Year

# The draft: communication may give 15 at most, and advice is a criterion of its own.
DRAFT = """\
key: own-unit
title: {zh: 新服务评价表, en: New service form, ours: true}
source: {zh: 测试用, en: For a test}
purpose: evaluated_unit
valid_from: 2030-01-01
max_points: %(total)s
sections:
  - key: all
    label: {zh: 全部, en: All}
    max_points: %(total)s
    criteria:
      - key: team_stability
        label: {zh: 人员稳定, en: Stable team}
        max_points: 20
        provision: M3/quality_assessment
        rule: {kind: all_or_nothing, points: 20}
      - key: communication
        label: {zh: 沟通, en: Communication}
        max_points: %(communication)s
        provision: M3/quality_assessment
        rule:
          kind: banded
          step: 1
          bands:
            - {key: good, label: {zh: 好, en: Good}, low: 10, high: %(communication)s}
            - {key: poor, label: {zh: 差, en: Poor}, low: 0, high: 10}
"""
ADVICE = """\
      - key: advice
        label: {zh: 建议, en: Advice}
        max_points: 10
        provision: M3/quality_assessment
        rule: {kind: free, low: 0, high: 10}
"""


def draft(year: Year, communication: int = 20, *, advice: bool = False) -> SchemeVersion:
    total = 20 + communication + (10 if advice else 0)
    text = DRAFT % {"total": total, "communication": communication} + (ADVICE if advice else "")
    version = draft_scheme(year.supervisor, year.session, text, now=NOW)
    year.session.flush()
    return version


@pytest.fixture
def answered(year: Year) -> Year:
    """The units' forms are the published Jiading form, 94 points, with its answers."""
    version = shipped_version(year.session, "jiading-2018")
    program = program_of(version)
    for sheet in year.session.scalars(select(ScoreSheet)):
        if sheet.scorer_role.value == "evaluated_unit":
            sheet.scheme_version_id = version.id
            sheet.packed = list(program.pack(JIADING_ANSWERS))
            sheet.total, sheet.max_points = 940_000, 1_000_000
            sheet.measure_totals = {"": [940_000, 1_000_000]}
        else:
            sheet.scheme_version_id = shipped_version(year.session, "reference-2021").id
    year.session.flush()
    return year


def table(page: str, name: str = "agencies") -> list[list[str]]:
    """The cells of the first table of a card, as text."""
    card = page[page.index(f'<section class="panel" id="{name}"') :]
    body = card[card.index("<tbody>") : card.index("</tbody>")]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)
    return [
        [
            " ".join(unescape(re.sub("<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        ]
        for row in rows
    ]


def said(page: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", page)).split())


def everything(session: Session) -> dict[str, list[Any]]:
    return {
        held.name: sorted(map(repr, session.execute(select(held)).all()))
        for held in Base.metadata.sorted_tables
    }
