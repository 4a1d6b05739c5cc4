"""Places among agencies of one kind, before and after: where the rules of the year rank so."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

from agencyqa.agencies.enums import AgencyKind
from agencyqa.agencies.models import AgencyProfile
from agencyqa.assessments.enums import RankGroups
from agencyqa.assessments.services.tables import add_year_rules
from agencyqa.assessments.year_plan import YearPlan
from tests.client import Client
from tests.factories.accounts import NOW, sign_in
from tests.factories.agencies import make_agency
from tests.integration.assessments.simulation.drafts import table
from tests.integration.assessments.years import Year, year

__all__ = ["year"]

BY_UNIT = "s-bureau=0&s-evaluated_unit=100"
# 申评 has 71 and 93, by the units alone 50 and 100; 浦江 170/3 and 100/3; 东方 56 and 70.
BEFORE_AFTER = [
    ["申评咨询有限公司", "82.00", "75.00", 1, 1, "专业咨询机构", 1, 1],
    ["东方会计师事务所", "56.00", "70.00", 3, 2, "会计师事务所", 2, 1],
    ["浦江会计师事务所", "56.67", "33.33", 2, 3, "会计师事务所", 1, 2],
]


@pytest.fixture
def grouped(year: Year) -> Year:
    world, session = year.world, year.session
    session.execute(
        sa.update(AgencyProfile)
        .where(AgencyProfile.agency_id == world.other_agency.id)
        .values(kind=AgencyKind.ACCOUNTING_FIRM)
    )
    third = make_agency(session, world.bureau, "东方会计师事务所", kind=AgencyKind.ACCOUNTING_FIRM)
    year.score(year.engage(third), 50, 70)
    plan = YearPlan(groups=RankGroups.KIND)
    add_year_rules(year.lead, session, valid_from=date(2022, 1, 1), source="文", plan=plan, now=NOW)
    session.commit()
    return year


def test_the_page_and_the_workbook_show_them(client: Client, grouped: Year) -> None:
    sign_in(client, grouped.world.supervisor)
    rows = table(client.get(f"/simulation?year=2022&{BY_UNIT}").text)
    assert [(row[0], row[4].split(" ↑")[0].split(" ↓")[0], row[5]) for row in rows] == [
        (name, f"{before} → {after}", f"{group} {inside} → {moved}")
        for name, _, _, before, after, group, inside, moved in BEFORE_AFTER
    ]
    response = client.get(f"/simulation/workbook?year=2022&{BY_UNIT}")
    sheet = openpyxl.load_workbook(BytesIO(response.data)).worksheets[0]
    found = [[cell.value for cell in row] for row in sheet.iter_rows()][-3:]
    assert [[row[0], *row[4:9]] for row in found] == [[row[0], *row[3:]] for row in BEFORE_AFTER]


def test_the_command_line_tells_them(app: Flask, grouped: Year) -> None:
    words = "scoring simulate --year 2022 --bureau 长宁区财政局 --share bureau=0 --share evaluated_unit=100".split()
    told = app.test_cli_runner().invoke(args=words).output
    assert "东方会计师事务所  56.00 → 70.00  名次 3 → 2  组内名次 会计师事务所 2 → 1" in told
    rows = json.loads(app.test_cli_runner().invoke(args=[*words, "--format", "json"]).output)["agencies"]
    assert [list(row.values())[:8] for row in rows] == BEFORE_AFTER
