"""The page that lays two versions side by side shows no version that its reader may not see."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import docx
import typst
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.roles import Role
from agencyqa.engagements.deliverables.enums import DeliverableKind
from tests.client import Client
from tests.factories.accounts import make_member, sign_in
from tests.factories.deliverables import hand_in, make_deliverable, make_version
from tests.factories.engagements import make_engagement
from tests.factories.files import archive, make_stored, pdf
from tests.integration.engagements.world import World


def word(*paragraphs: str) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def test_two_versions_side_by_side(
    app: Flask, session: Session, world: World, new_client: Callable[[], Client]
) -> None:
    engagement = make_engagement(
        session, world.bureau, world.agency, world.school, commissioner=world.education
    )
    plan = make_deliverable(session, engagement, DeliverableKind.PLAN)
    for number, text in enumerate(("抽样 100 户", "抽样 <b>150</b> 户", "还没有交的抽样")):
        stored = make_stored(app, session, word("一、评价思路", text))
        make_version(session, engagement, plan, stored=stored, name=f"方案{number + 1}.docx")
        if number < 2:
            hand_in(session, engagement)
    path = f"/engagements/{engagement.id}/deliverables/{plan.id}/compare"
    agency = session.get_one(Body, world.agency.id)
    for body, role, expected in (
        (agency, Role.AGENCY_MANAGER, {"还没有交的抽样": True, "抽样 100 户": False}),
        (world.education, Role.DEPARTMENT_OFFICER, {"还没有交的抽样": False, "抽样 100 户": True}),
    ):
        client = new_client()
        sign_in(client, make_member(session, body, role))
        page = client.get(path)
        assert page.status_code == 200
        assert {text: text in page.text for text in expected} == expected
        assert "抽样 &lt;b&gt;150&lt;/b&gt; 户" in page.text
        # What did not change is not repeated, and a number that is nobody's falls back to the newest.
        assert "一、评价思路" not in page.text
        assert client.get(f"{path}?old=99&new=x").text.count("方案") == page.text.count("方案")
        assert "还没有交的抽样" not in client.get(f"{path}?old=1&new=2").text
    client = new_client()
    sign_in(client, make_member(session, world.school, Role.DEPARTMENT_OFFICER))
    assert client.get(path).status_code == 404


def test_word_against_pdf(
    app: Flask, session: Session, world: World, new_client: Callable[[], Client]
) -> None:
    engagement = make_engagement(
        session, world.bureau, world.agency, world.school, commissioner=world.education
    )
    report = make_deliverable(session, engagement, DeliverableKind.REPORT)
    page = '#set text(font: "Noto Sans CJK SC")\n一、总体结论\n\n资金到位不及时。得分 86.5 分。'
    printed: bytes = typst.compile(page.encode(), format="pdf")
    for name, data in (
        ("1.docx", word("一、总体结论", "资金到位及时。", "得分  86.5 分。")),
        ("2.pdf", printed),
        ("3.pdf", pdf("pictures only")),
        ("4.pdf", b"%PDF-1.7 broken"),
        ("5.zip", archive({"x": b"x"})),
    ):
        make_version(session, engagement, report, stored=make_stored(app, session, data), name=name)
    path = f"/engagements/{engagement.id}/deliverables/{report.id}/compare"
    client = new_client()
    sign_in(client, make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER))
    shown = client.get(f"{path}?old=1&new=2").text
    assert "1 处变动" in shown
    assert "一、总体结论资金到位不及时。" in shown
    assert "86.5" not in shown
    assert "正文没有变动" in client.get(f"{path}?old=2&new=2").text
    for new, words in ((3, "可能是扫描件"), (4, "文件的正文不能读取"), (5, "只比较 Word（docx）和 PDF")):
        assert words in client.get(f"{path}?old=2&new={new}").text
