"""The workbook of a small year, read back."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy.orm import Session

from agencyqa.assessments.models import AssessmentRound
from agencyqa.auth.actor import Actor
from agencyqa.measures.enums import Purpose
from agencyqa.reports.workbook import write_workbook
from agencyqa.scoring import SCALE
from tests.factories.accounts import NOW
from tests.factories.agencies import make_agency
from tests.integration.reports.world import District, World

SHEETS = [
    "说明",
    "排名",
    "业务得分",
    "逐项得分",
    "计分过程",
    "复算",
    "复算排名",
    "监督检查问题",
    "提交时效",
    "未完成",
]


class Book:
    """The tables of a workbook by the text of their headings."""

    def __init__(self, content: bytes) -> None:
        self.book: Workbook = openpyxl.load_workbook(BytesIO(content))

    @property
    def names(self) -> list[str]:
        return list(self.book.sheetnames)

    def sheet(self, name: str) -> Worksheet:
        found = self.book[name]
        assert isinstance(found, Worksheet)
        return found

    def rows(self, name: str) -> list[dict[str, Any]]:
        sheet = self.sheet(name)
        top = int(str(sheet.freeze_panes)[1:]) - 1
        heads = [str(cell.value) for cell in sheet[top]]
        return [
            dict(zip(heads, (cell.value for cell in row), strict=True))
            for row in sheet.iter_rows(min_row=top + 1)
        ]

    def above(self, name: str) -> str:
        sheet = self.sheet(name)
        top = int(str(sheet.freeze_panes)[1:]) - 1
        return "\n".join(str(sheet.cell(number, 1).value) for number in range(1, top))

    def about(self) -> dict[str, str]:
        return {row["条目"]: row["内容"] for row in self.rows("说明")}


def written(session: Session, actor: Actor, found: AssessmentRound) -> Book:
    target = BytesIO()
    write_workbook(session, actor, found.id, target, now=NOW)
    return Book(target.getvalue())


@pytest.fixture
def scored(world: World) -> District:
    """申评: two engagements, 100 and 98.8. =浦江: one of 98.2. A third agency has a sheet missing."""
    own = world.own
    own.score(own.engage("学前教育补助项目", contract_number="HT-001", fee=1_000_000))
    own.score(own.engage("智慧校园项目", contract_number="HT-002", fee=3_000_000), lost=4 * SCALE)
    second = make_agency(own.session, own.bureau, "=浦江会计师事务所")
    own.score(own.engage("=cmd|' /C calc'!A0", second, contract_number="+HT-003"), lost=6 * SCALE)
    third = make_agency(own.session, own.bureau, "待评分机构")
    sheets = own.sheets(own.engage("尚缺评分的项目", third, contract_number="HT-004"))
    own.submit(sheets[Purpose.BUREAU])
    own.accept(sheets[Purpose.BUREAU])
    return own
