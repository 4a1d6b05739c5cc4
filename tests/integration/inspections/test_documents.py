"""The papers of a spot check as they leave the house, and the bureau's own template."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from io import BytesIO

import docx
import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from agencyqa.inspections.enums import CheckState, FindingState, OrderState
from agencyqa.inspections.models import Inspector, RecordTemplate, RectificationOrder
from tests.client import Client
from tests.factories.accounts import NOW, sign_in
from tests.factories.files import pdf
from tests.factories.inspections import make_finding, make_spot_check
from tests.factories.orders import ANSWER, DEMAND, make_answer, make_order
from tests.integration.inspections.orders_world import OrderWorld, make_orders_world
from tests.unit.inspections.test_documents import HOSTILE, embedded_fonts, paper, texts_of

DRAFT, UNTOLD, ONLY_US = "机构不应看到的拟定问题", "告知前不予认定的问题", "尚未提交的草稿"


@pytest.fixture
def world(session: Session) -> OrderWorld:
    """A recorded check with findings in every state and an order rejected once, answered again in a draft."""
    made = make_orders_world(session)
    check = made.check
    make_finding(session, check, state=FindingState.DRAFT, facts=DRAFT)
    make_finding(session, check, state=FindingState.DROPPED, facts=UNTOLD)
    final = make_finding(session, check, facts=HOSTILE)
    withdrawn = make_finding(session, check, state=FindingState.WITHDRAWN, facts="后来撤销的问题")
    final.statement, final.stated_at = "我方认为已经补齐", NOW
    order = make_order(session, check, [final, withdrawn], state=OrderState.REJECTED)
    make_answer(session, order, ONLY_US, is_draft=True)
    member = made.members["second"]
    session.add(
        Inspector(
            spot_check_id=check.id,
            user_id=member.user_id,
            declared_at=NOW,
            has_conflict=True,
            conflict_note="亲属在该机构任职",
        )
    )
    session.add(Inspector(spot_check_id=check.id, user_id=made.members["lead"].user_id))
    session.flush()
    return made


def pdf_text(answer: TestResponse) -> str:
    assert (answer.status_code, answer.mimetype) == (HTTPStatus.OK, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    reader = PdfReader(BytesIO(answer.data))
    assert embedded_fonts(reader)
    return "".join(page.extract_text() for page in reader.pages).replace("\n", "").replace(" ", "")


def word_text(answer: TestResponse) -> str:
    assert answer.status_code == HTTPStatus.OK
    return "\n".join(texts_of(answer.data))


def test_record_and_order_for_both_sides(world: OrderWorld, new_client: Callable[[], Client]) -> None:
    check = f"/inspections/{world.check.id}"
    order_id = world.session.scalars(select(RectificationOrder.id)).one()
    order_url = f"/inspections/orders/{order_id}/order.pdf"
    expected = {
        "supervisor": {DRAFT: True, UNTOLD: False, ONLY_US: False},
        "city": {DRAFT: True, UNTOLD: False, ONLY_US: False},
        "manager": {DRAFT: False, UNTOLD: False, ONLY_US: False},
        "staff": {DRAFT: False, UNTOLD: False, ONLY_US: False},
    }
    shared: tuple[str, ...] = (
        "抽查2022-001",
        "甲咨询有限公司",
        "长宁区财政局",
        "指标没有对应底稿",
        "我方认为已经补齐",
        "后来撤销的问题",
    )
    shared += (
        DEMAND,
        ANSWER,
        "仍缺复核记录",
        "整改2022-001",
        "总体规范",
        "学前教育补助项目",
        "财监〔2021〕4号",
    )
    for name, seen in expected.items():
        client = new_client()
        sign_in(client, world.members[name])
        papers = [word_text(client.get(f"{check}/record.docx")), pdf_text(client.get(f"{check}/record.pdf"))]
        for text in papers:
            assert ({secret: secret in text for secret in seen}, name) == (seen, name)
            assert [part for part in shared if part.replace(" ", "") not in text.replace(" ", "")] == []
            # Whoever stepped aside or never declared carried out nothing, and why is nobody's business.
            assert [part for part in ("人员second", "人员lead", "亲属") if part in text] == []
        assert HOSTILE in papers[0]
        assert HOSTILE.replace(" ", "") in papers[1]
        order = pdf_text(client.get(order_url))
        assert "责令整改通知书" in order
        assert HOSTILE.replace(" ", "") in order
        assert ("2022年7月15日" in order, "已撤销" in order) == (True, True)


def test_papers_are_chinese_for_an_english_reader(world: OrderWorld, client: Client) -> None:
    world.members["supervisor"].user.locale = "en"
    sign_in(client, world.members["supervisor"])
    text = word_text(client.get(f"/inspections/{world.check.id}/record.docx"))
    assert ("抽查2022-001" in text, "已认定" in text, "Spot check" in text) == (True, True, False)


def test_an_agency_gets_no_paper_of_a_planned_check(
    world: OrderWorld, new_client: Callable[[], Client]
) -> None:
    planned = make_spot_check(world.session, world.bureau, world.agency, state=CheckState.PLANNED)
    gone = make_spot_check(world.session, world.bureau, world.agency, state=CheckState.CANCELLED)
    planned_id, gone_id = planned.id, gone.id
    agency, bureau = new_client(), new_client()
    sign_in(agency, world.members["manager"])
    sign_in(bureau, world.members["supervisor"])
    for ending in ("docx", "pdf"):
        assert agency.get(f"/inspections/{planned_id}/record.{ending}").status_code == HTTPStatus.NOT_FOUND
        assert bureau.get(f"/inspections/{planned_id}/record.{ending}").status_code == HTTPStatus.OK
        assert bureau.get(f"/inspections/{gone_id}/record.{ending}").status_code == HTTPStatus.CONFLICT


def test_a_bureau_prints_by_its_own_template_until_it_goes_back(
    app: Flask, world: OrderWorld, new_client: Callable[[], Client]
) -> None:
    session, record = world.session, f"/inspections/{world.check.id}/record.docx"
    client, agency = new_client(), new_client()
    sign_in(client, world.members["lead"])
    sign_in(agency, world.members["manager"])
    shown = client.get("/inspections/template")
    assert "<code>finding.facts</code>" in shown.text
    default = client.get("/inspections/template/default.docx")
    assert "{{ summary }}" in texts_of(default.data)

    def upload(data: bytes, name: str = "本局模板.docx") -> TestResponse:
        return client.submit(shown, "main-form", file=(BytesIO(data), name))

    for data, told in (
        (paper("{{ nummer }}"), "nummer"),
        (paper("{{ number.__class__.__mro__ }}"), "__class__"),
        (paper("{% for x in findings %}"), "标签写法有误"),
        (pdf("not Word"), "docx"),
    ):
        answer = upload(data)
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert told in answer.text
    assert session.scalars(select(RecordTemplate)).all() == []

    assert upload(paper("本局专用 {{ number }}")).status_code == HTTPStatus.FOUND
    assert (
        upload(
            paper("第二版 {{ number }}{% for finding in findings %} {{ finding.facts }}{% endfor %}")
        ).status_code
        == 302
    )
    # Both sides get the paper of the bureau, each with what it may see.
    assert DRAFT in word_text(client.get(record))
    text = word_text(agency.get(record))
    assert (text.startswith("第二版 抽查2022-001"), HOSTILE in text, DRAFT in text) == (True, True, False)
    rows = session.execute(
        select(RecordTemplate.number, RecordTemplate.file_name).order_by(RecordTemplate.number)
    ).all()
    assert [tuple(row) for row in rows] == [(1, "本局模板.docx"), (2, "本局模板.docx")]
    page = client.get("/inspections/template")
    assert "本局模板.docx" in page.text
    assert client.submit(page, "template/reset").status_code == HTTPStatus.FOUND
    assert client.post("/inspections/template/reset").status_code == HTTPStatus.CONFLICT
    assert "监督检查记录" in word_text(client.get(record))
    # What was used once can still be looked at.
    first_id = session.scalars(select(RecordTemplate.id).where(RecordTemplate.number == 1)).one()
    kept = client.get(f"/inspections/template/{first_id}")
    assert docx.Document(BytesIO(kept.data)).paragraphs[0].text == "本局专用 {{ number }}"
    last_id = session.scalars(select(RecordTemplate.id).where(RecordTemplate.number == 3)).one()
    assert client.get(f"/inspections/template/{last_id}").status_code == HTTPStatus.NOT_FOUND


def test_findings_without_a_provision_say_so(world: OrderWorld, client: Client) -> None:
    # No version of the rule was in force then, so none is cited.
    assert make_finding(world.session, world.check, fact_on=date(2010, 1, 1)).provision_id is None
    sign_in(client, world.members["supervisor"])
    assert "（待核对）" in word_text(client.get(f"/inspections/{world.check.id}/record.docx"))
