"""A bureau's own table on its page: read, changed, read again, confirmed, drafted."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.roles import Role
from agencyqa.measures.enums import SchemeState
from agencyqa.measures.models import SchemeVersion
from tests.client import Client
from tests.factories.accounts import make_agency_body, make_bureau, make_member, sign_in
from tests.factories.measures import load_measures

ROWS: list[list[Any]] = [
    ["考核内容", "分值", "评分标准"],
    ["一、组织管理"],
    ["封面要素", 2, "每缺一项扣0.4分，扣完为止"],
    ["报告提交", 10, "每逾期1天扣1分，超过规定时限一倍的加扣5分"],
    ["沟通", 8, "酌情打分"],
    ["诚信", None, "提供虚假报告的，一票否决，总分不得超过59分"],
]


@pytest.fixture
def bureau(session: Session) -> Body:
    load_measures(session)
    return make_bureau(session)


@pytest.fixture
def officer(client: Client, session: Session, bureau: Body) -> Client:
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    return client


def upload(client: Client) -> str:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in ROWS:
        sheet.append(row)
    target = BytesIO()
    book.save(target)
    data = {"upload": (BytesIO(target.getvalue()), "某区评分表.xlsx")}
    return client.post("/measures/schemes/import", data=data).text


def fields(page: str) -> dict[str, str]:
    """What a browser would send of the form as it stands."""
    main = page[page.index('id="main-form"') :]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", main):
        held = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if held.get("type") != "radio" or " checked" in tag:
            found[held["name"]] = held.get("value", "")
    for name, text in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', main, re.DOTALL):
        found[name] = unescape(text)
    for name, options in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', main, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen.group(1) if chosen else ""
    return found


def drafts(session: Session) -> list[SchemeVersion]:
    return list(session.scalars(select(SchemeVersion).where(SchemeVersion.state == SchemeState.DRAFT)))


def test_what_was_read_is_shown_and_only_what_is_sure_is_chosen(officer: Client) -> None:
    page = upload(officer)
    sent = fields(page)
    assert sent["row-0-choice"] == "proposal"
    assert [sent.get(f"row-{n}-choice") for n in range(1, 4)] == [None, None, None]
    assert "满分 2 分；缺项，每处扣 0.4 分；扣完为止。" in page
    assert "<q>每缺一项扣0.4分</q> → “缺项”每处扣 0.4 分" in page
    assert "没有写明规定时限是多少天" in page
    assert (sent["title"], sent["count"]) == ("某区评分表", "4")


def test_nothing_is_saved_before_every_item_is_decided(officer: Client, session: Session) -> None:
    sent = fields(upload(officer)) | {"key": "table-2026", "provision": "M3/quality_assessment"}
    page = officer.post("/measures/schemes/import/table", data=sent)
    assert page.status_code == 422
    assert page.text.count("请选择如何导入这一项。") == 6
    assert drafts(session) == []


def test_changed_texts_are_read_again_and_confirmed(officer: Client, session: Session) -> None:
    sent = fields(upload(officer)) | {
        "key": "table-2026",
        "provision": "M3/quality_assessment",
        "measure": "M3",
    }
    sent["row-1-text"] += "，规定时限为10个工作日"
    page = officer.post("/measures/schemes/import/table", data={**sent, "read": "1"}).text
    assert "逾期超过期限的 1 倍，另扣 5 分" in page
    again = fields(page)
    again |= {"row-1-choice": "proposal", "row-2-choice": "free", "row-3-choice": "veto"}
    # Somebody changes a text after the page showed its rule: what was confirmed is not what would be saved.
    late = officer.post(
        "/measures/schemes/import/table", data={**again, "row-0-text": "每缺一项扣1分，扣完为止"}
    )
    assert "读出的规则有变化，请重新核对。" in late.text
    assert drafts(session) == []
    officer.post("/measures/schemes/import/table", data=again)
    content = drafts(session)[0].content
    criteria = content["sections"][0]["criteria"]
    assert [c["rule"]["kind"] for c in criteria] == ["deductions", "lateness", "free"]
    assert [c["max_points"] for c in criteria] == ["2", "10", "8"]
    assert (content["max_points"], content["sections"][0]["label"]["zh"]) == ("20", "一、组织管理")
    veto = content["vetoes"][0]
    assert (veto["label"]["zh"], veto["caps_total"]) == ("提供虚假报告", "59")
    assert veto["description"]["zh"] == "提供虚假报告的，一票否决，总分不得超过59分"
    assert content["source"]["zh"] == "由 Excel 表格“某区评分表.xlsx”导入"


def test_a_key_that_is_taken_keeps_what_was_typed(officer: Client, session: Session) -> None:
    sent = fields(upload(officer)) | {"key": "table-2026", "provision": "M3/quality_assessment"}
    sent |= {f"row-{n}-choice": "leave" for n in range(1, 4)}
    officer.post("/measures/schemes/import/table", data=sent)
    page = officer.post("/measures/schemes/import/table", data={**sent, "title": "另一张表"})
    assert (page.status_code, "另一张表" in page.text, len(drafts(session))) == (422, True, 1)


def test_only_those_who_draft(client: Client, session: Session, bureau: Body) -> None:
    sign_in(client, make_member(session, make_agency_body(session), Role.AGENCY_MANAGER))
    assert client.post("/measures/schemes/import/table", data={}).status_code == 403
