from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import AgencyKind, Standing
from agencyqa.agencies.models import (
    Agency,
)
from agencyqa.agencies.services import load_reference_data
from agencyqa.auth.roles import Role
from agencyqa.clock import today
from tests.client import Client
from tests.factories.accounts import NOW, make_bureau, make_department, make_member, sign_in
from tests.factories.agencies import (
    make_agency,
    make_evaluator,
    make_qualification,
    make_tie,
)


@pytest.fixture
def bureau(session: Session, client: Client) -> Body:
    """Its supervisor is signed in."""
    made = make_bureau(session)
    sign_in(client, make_member(session, made, Role.BUREAU_SUPERVISOR))
    return made


def listed(client: Client, query: str = "") -> list[str]:
    page = client.page(client.get(f"/agencies/{query}"))
    return [text for text, href in page.links if href.startswith("/agencies/") and "有限公司" in text]


def test_filters_and_order(client: Client, session: Session, bureau: Body) -> None:
    other = make_bureau(session, "静安区财政局")
    law = make_agency(session, bureau, "乙_律师100%有限公司", kind=AgencyKind.LAW_FIRM)
    firm = make_agency(session, bureau, "甲咨询有限公司")
    gone = make_agency(session, bureau, "丙咨询有限公司", standing=Standing.SUSPENDED)
    make_agency(session, other, "丁咨询有限公司", kind=AgencyKind.LAW_FIRM)
    make_qualification(session, bureau, law, expires_on=today() + timedelta(90))
    make_qualification(session, bureau, firm, "甲证", expires_on=today() - timedelta(1))
    make_qualification(session, bureau, gone, "乙证", expires_on=today() - timedelta(1))
    make_qualification(session, bureau, gone, "乙证", expires_on=today() + timedelta(91))
    everything = ["丙咨询有限公司", "甲咨询有限公司", "乙_律师100%有限公司"]
    assert listed(client) == everything
    assert listed(client, "?kind=law_firm") == ["乙_律师100%有限公司"]
    assert listed(client, "?standing=suspended") == ["丙咨询有限公司"]
    assert listed(client, "?lapse=expiring") == ["乙_律师100%有限公司"]
    assert listed(client, "?lapse=expired") == ["甲咨询有限公司"]
    assert listed(client, "?q=咨询") == ["丙咨询有限公司", "甲咨询有限公司"]
    assert listed(client, f"?q={firm.credit_code.lower()[3:]}") == ["甲咨询有限公司"]
    # Signs with a meaning in LIKE are plain text here.
    assert listed(client, "?q=%25") == ["乙_律师100%有限公司"]
    assert listed(client, "?q=_") == ["乙_律师100%有限公司"]
    assert listed(client, "?q=咨_有") == []
    assert listed(client, "?kind=none&standing=none") == everything


def test_paging_by_key(client: Client, session: Session, bureau: Body) -> None:
    for number in range(60):
        make_agency(session, bureau, f"第{number:02d}号有限公司")
    page = client.page(client.get("/agencies/"))
    first = [text for text, _ in page.links if "有限公司" in text]
    (following,) = [href for text, href in page.links if text == "下一页"]
    second = [text for text, _ in client.page(client.get(following)).links if "有限公司" in text]
    assert first + second == [f"第{number:02d}号有限公司" for number in range(60)]
    assert len(first) == 50


def test_equal_statements_for_one_and_for_many(
    client: Client, session: Session, bureau: Body, connection: sa.Connection
) -> None:
    def fill() -> Agency:
        agency = make_agency(session, bureau)
        for _ in range(2):
            make_evaluator(session, bureau, agency, name="赵敏")
        make_qualification(session, bureau, agency, expires_on=date(2030, 1, 1))
        return agency

    def statements(path: str) -> int:
        seen: list[str] = []

        def note(conn: Any, cursor: Any, statement: str, *args: Any) -> None:
            if statement.lstrip().upper().startswith("SELECT"):
                seen.append(statement)

        sa.event.listen(connection, "before_cursor_execute", note)
        try:
            assert client.get(path).status_code == 200
        finally:
            sa.event.remove(connection, "before_cursor_execute", note)
        return len(seen)

    load_reference_data(session, NOW)
    agency, school = fill(), make_department(session, bureau)
    make_tie(session, bureau, agency, school, valid_from=date(2017, 1, 1), valid_to=date(2017, 2, 1))
    listing = statements("/agencies/")
    detail = statements(f"/agencies/{agency.id}")
    # Of these, two find out who asks.
    assert (listing, detail) == (5, 14)
    for _ in range(29):
        fill()
    for year in range(2018, 2022):
        make_qualification(session, bureau, agency, f"{year} 年证书", expires_on=date(2030, 1, 1))
        make_tie(session, bureau, agency, school, valid_from=date(year, 1, 1), valid_to=date(year, 2, 1))
    assert statements("/agencies/") == listing
    assert statements(f"/agencies/{agency.id}") == detail


def test_export_of_the_filtered_list(client: Client, session: Session, bureau: Body) -> None:
    first = make_agency(session, bureau, "=甲咨询有限公司")
    make_agency(session, bureau, "乙律师事务所", kind=AgencyKind.LAW_FIRM)
    make_agency(session, make_bureau(session, "静安区财政局"), "丙咨询有限公司")
    make_qualification(session, bureau, first, expires_on=date(2030, 6, 1))
    answer = client.get("/agencies/export?kind=consulting_firm")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).worksheets[0]
    cells = [[cell for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    rows = [row for row in cells if any(cell.value == first.credit_code for cell in row)]
    assert len(rows) == 1
    assert [cell.value for cell in rows[0]][:6] == [
        "=甲咨询有限公司",
        first.credit_code,
        "专业咨询机构",
        "已登记",
        bureau.name,
        "王明",
    ]
    assert rows[0][0].data_type == "s"
    texts = " ".join(str(cell.value) for row in cells for cell in row)
    assert "机构类型：专业咨询机构" in texts
    for secret in ("乙律师事务所", "丙咨询有限公司", "静安"):
        assert secret not in texts
