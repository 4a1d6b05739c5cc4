"""The pages of workbooks of schemes: out for every reader, in for those who draft."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.measures.enums import SchemeState
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.scheme_books.reading import read_book
from tests.client import Client
from tests.factories.accounts import make_agency_body, make_bureau, make_member, sign_in
from tests.factories.measures import load_measures, shipped_version


@pytest.fixture
def bureau(session: Session) -> Body:
    load_measures(session)
    return make_bureau(session)


@pytest.fixture
def officer(client: Client, session: Session, bureau: Body) -> Client:
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    return client


def content_in(page: str) -> str:
    found = re.search(r'name="content"[^>]*value="([^"]*)"', page)
    assert found is not None
    return unescape(found.group(1))


def test_out_shown_confirmed_and_a_draft(officer: Client, session: Session) -> None:
    shipped = shipped_version(session, "jiading-2018")
    book = officer.get(f"/measures/schemes/{shipped.id}/scheme.xlsx").data
    preview = officer.post("/measures/schemes/import", data={"upload": (BytesIO(book), "嘉定.xlsx")})
    assert "专业能力强：10～15 分" in preview.text
    assert shipped.content_hash in preview.text
    drafts = select(SchemeVersion).where(SchemeVersion.state == SchemeState.DRAFT)
    assert session.scalars(drafts).all() == []
    officer.post("/measures/schemes/import/confirm", data={"content": content_in(preview.text)})
    draft = session.scalars(drafts).one()
    assert draft.content_hash == shipped.content_hash
    last = select(AuditEntry.event).order_by(AuditEntry.sequence.desc()).limit(1)
    assert session.scalar(last) == "measures.scheme.drafted"


def test_faults_stand_beside_their_cells_and_nothing_is_saved(officer: Client, session: Session) -> None:
    template = officer.get("/measures/schemes/template.xlsx").data
    assert {fault.code for fault in read_book(template).faults} == {"table.no_rows"}
    page = officer.post("/measures/schemes/import", data={"upload": (BytesIO(template), "a.xlsx")})
    assert page.status_code == 422
    assert "表头以下没有数据。" in page.text
    page = officer.post("/measures/schemes/import", data={"upload": (BytesIO(b"no book"), "a.xlsx")})
    assert "这不是可以读取的 Excel 工作簿（.xlsx）。" in page.text
    page = officer.post("/measures/schemes/import/confirm", data={"content": "key: x"})
    assert (page.status_code, "缺少此项。" in page.text) == (422, True)
    assert session.scalars(select(SchemeVersion).where(SchemeVersion.state == SchemeState.DRAFT)).all() == []


def test_others_read_but_do_not_import(
    new_client: Callable[[], Client], session: Session, bureau: Body
) -> None:
    client = new_client()
    sign_in(client, make_member(session, make_agency_body(session), Role.AGENCY_MANAGER))
    shipped = shipped_version(session, "jiading-2018")
    assert client.get(f"/measures/schemes/{shipped.id}/scheme.xlsx").status_code == 200
    for path in ("/measures/schemes/import", "/measures/schemes/template.xlsx"):
        assert client.get(path).status_code == 403
