"""Random years, once as arrays and once as the facts that a real round is computed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

import numpy as np
from hypothesis import strategies as st

from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.simulation.year import YearArrays, totals_of
from agencyqa.assessments.year_facts import EngagementFact, SheetFact
from agencyqa.engagements.enums import EngagementState
from agencyqa.scoring import GradeBand, RoleShare

ROLES = ("bureau", "commissioner", "evaluated_unit")
GRADES = (GradeBand("good", 800_000), GradeBand("fair", 600_000), GradeBand("poor", 0))


@dataclass(frozen=True)
class PastSheet:
    role: str
    total: int | None
    maximum: int


@dataclass(frozen=True)
class PastEngagement:
    agency: int
    fee: int
    shares: tuple[RoleShare, ...]
    sheets: tuple[PastSheet, ...]


@st.composite
def shares(draw: st.DrawFn) -> tuple[RoleShare, ...]:
    parts = draw(st.lists(st.integers(0, 7), min_size=3, max_size=3).filter(any))
    return tuple(RoleShare(role, part, sum(parts)) for role, part in zip(ROLES, parts, strict=True))


@st.composite
def past_years(draw: st.DrawFn) -> list[PastEngagement]:
    tables = draw(st.lists(shares(), min_size=1, max_size=2))
    found: list[PastEngagement] = []
    for _ in range(draw(st.integers(1, 8))):
        sheets: list[PastSheet] = []
        for role in ROLES:
            if draw(st.integers(0, 9)):
                maximum = draw(st.sampled_from([1_000_000, 940_000, 7]))
                total = draw(st.one_of(st.integers(0, maximum), st.integers(0, maximum), st.none()))
                sheets.append(PastSheet(role, total, maximum))
        table = draw(st.sampled_from(tables))
        fee = draw(st.sampled_from([0, 1, 300_000, 10**15]))
        found.append(PastEngagement(draw(st.integers(0, 3)), fee, table, tuple(sheets)))
    return found


def arrays_of(year: Sequence[PastEngagement]) -> YearArrays:
    tables = list(dict.fromkeys(each.shares for each in year))
    agencies = sorted({each.agency for each in year})
    sheets = [(number, sheet) for number, each in enumerate(year) for sheet in each.sheets]
    return YearArrays(
        agencies=tuple((agency, f"agency {agency}") for agency in agencies),
        engagement_ids=list(range(len(year))),
        contracts=[f"HT-{number}" for number in range(len(year))],
        objects=["" for _ in year],
        agency=np.array([agencies.index(each.agency) for each in year], dtype=np.int64),
        fees=[each.fee for each in year],
        shares=np.array([tables.index(each.shares) for each in year], dtype=np.int64),
        share_tables=tuple(tables),
        roles=ROLES,
        sheet_ids=list(range(len(sheets))),
        engagement=np.array([number for number, _ in sheets], dtype=np.int64),
        role=np.array([ROLES.index(sheet.role) for _, sheet in sheets], dtype=np.int64),
        version=np.ones(len(sheets), dtype=np.int64),
        sheets=totals_of([(sheet.total, sheet.maximum) for _, sheet in sheets]),
    )


def facts_of(year: Sequence[PastEngagement]) -> list[EngagementFact]:
    """Sheets are numbered as in the arrays."""
    numbers = count()
    return [
        EngagementFact(
            engagement_id=number,
            agency_id=each.agency,
            agency_name=f"agency {each.agency}",
            agency_order=f"{each.agency}",
            contract=f"HT-{number}",
            object_name="",
            fee=each.fee,
            signed_on=date(2022, 1, 1),
            state=EngagementState.COMPLETED,
            share_table_id=1,
            shares=each.shares,
            sheets=tuple(_fact(next(numbers), number, sheet) for sheet in each.sheets),
            bureau_id=1,
            bureau_name="",
        )
        for number, each in enumerate(year)
    ]


def _fact(sheet_id: int, engagement: int, sheet: PastSheet) -> SheetFact:
    return SheetFact(
        sheet_id=sheet_id,
        engagement_id=engagement,
        role=sheet.role,
        revision=1,
        state=SheetState.FINAL,
        total=sheet.total,
        max_points=sheet.maximum,
        measures={"": [sheet.total, sheet.maximum]},
        content_hash=None,
        scheme_version_id=1,
        scheme="s/1",
        is_reference=False,
        body_id=1,
        body_name="",
    )
