"""The page that lays two versions side by side shows no version that its reader may not see."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import docx
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.roles import Role
from agencyqa.engagements.deliverables.enums import DeliverableKind
from tests.client import Client
from tests.factories.accounts import make_member, sign_in
from tests.factories.deliverables import hand_in, make_deliverable, make_version
from tests.factories.engagements import make_engagement
from tests.factories.files import make_stored
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
