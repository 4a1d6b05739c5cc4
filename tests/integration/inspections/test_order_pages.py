"""Orders on their pages: from issue to closing, and as many statements for one row as for many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.clock import today
from agencyqa.inspections.enums import OrderState
from agencyqa.inspections.models import EvidenceFile, Finding, RectificationAnswer, RectificationOrder
from tests.client import Client
from tests.factories.accounts import sign_in
from tests.factories.files import pdf
from tests.factories.inspections import make_finding
from tests.factories.orders import make_order
from tests.integration.inspections.orders_world import DEMAND, OrderWorld, make_orders_world


@pytest.fixture
def world(session: Session) -> OrderWorld:
    return make_orders_world(session)


def test_pages_from_issue_to_closing(world: OrderWorld, new_client: Callable[[], Client]) -> None:
    session, check_id = world.session, world.check.id
    finding_id = make_finding(session, world.check, facts="缺三份底稿 <b>").id
    bureau, agency = new_client(), new_client()
    sign_in(bureau, world.members["supervisor"])
    sign_in(agency, world.members["manager"])
    shown = bureau.get(f"/inspections/{check_id}/orders/new")
    assert 'value="22"' in shown.text
    assert bureau.submit(shown, "main-form", demand="").status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    answer = bureau.submit(shown, "main-form", demand=DEMAND, working_days="5")
    order = session.scalars(select(RectificationOrder)).one()
    order_id, url = order.id, f"/inspections/orders/{order.id}"
    assert answer.location.endswith(url)
    assert (order.working_days, session.get_one(Finding, finding_id).order_id) == (5, order_id)
    # The same form once more: its finding is taken.
    assert bureau.submit(shown, "main-form", demand=DEMAND).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    session.get_one(RectificationOrder, order_id).due_on = today() - timedelta(days=20)
    page = bureau.get(url).text
    assert "缺三份底稿 &lt;b&gt;" in page
    assert DEMAND in page

    shown = agency.get(f"{url}/answer")
    assert agency.submit(shown, "main-form", text="已补齐底稿").status_code == HTTPStatus.FOUND
    stale = agency.submit(shown, "main-form", text="另一窗口的内容")
    assert stale.status_code == HTTPStatus.CONFLICT
    assert "另一窗口的内容" in stale.text
    shown = agency.get(f"{url}/answer/evidence")
    upload = agency.submit(shown, "main-form", file=(BytesIO(pdf("proof")), "底稿.pdf"), note="扫描件")
    assert upload.status_code == HTTPStatus.FOUND
    wrong = agency.submit(shown, "main-form", file=(BytesIO(pdf("other")), "错的.pdf"))
    assert wrong.status_code == HTTPStatus.FOUND
    right_id, wrong_id = session.scalars(select(EvidenceFile.id).order_by(EvidenceFile.id)).all()
    assert agency.post(f"{url}/answer/evidence/{wrong_id}/withdraw").status_code == HTTPStatus.FOUND
    assert agency.get(f"{url}/evidence/{wrong_id}").status_code == HTTPStatus.NOT_FOUND
    assert agency.get(f"{url}/evidence/{right_id}").data == pdf("proof")
    page = agency.get(f"{url}/answer").text
    assert ("底稿.pdf" in page, "错的.pdf" in page) == (True, False)

    page = bureau.get(url).text
    assert ("已补齐底稿" in page, "底稿.pdf" in page, "提交之前" in page) == (False, False, False)
    assert bureau.get(f"{url}/evidence/{right_id}").status_code == HTTPStatus.NOT_FOUND
    assert bureau.get(f"{url}/verify").status_code == HTTPStatus.CONFLICT

    confirm = agency.get(f"{url}/answer/submit")
    assert agency.submit(confirm, "answer/submit").status_code == HTTPStatus.FOUND
    assert agency.submit(confirm, "answer/submit").status_code == HTTPStatus.CONFLICT
    assert agency.post(f"{url}/answer/evidence/{right_id}/withdraw").status_code == HTTPStatus.CONFLICT

    page = bureau.get(url).text
    assert ("已补齐底稿" in page, "底稿.pdf" in page) == (True, True)
    late = session.scalars(select(RectificationAnswer.late_days)).one()
    assert f"逾期 {late} 个工作日" in page
    assert bureau.get(f"{url}/evidence/{right_id}").data == pdf("proof")
    shown = bureau.get(f"{url}/reject")
    early = bureau.submit(shown, "main-form", note="不足", due_on=today().isoformat())
    assert early.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    stale = bureau.get(f"{url}/verify")
    recheck_on = (today() + timedelta(days=30)).isoformat()
    assert (
        bureau.submit(stale, "main-form", note="属实", recheck_on=recheck_on).status_code == HTTPStatus.FOUND
    )
    assert bureau.submit(shown, "main-form", note="不足").status_code == HTTPStatus.CONFLICT
    shown = bureau.get(f"{url}/recheck")
    missing = bureau.submit(shown, "main-form", result="failed", note="未见底稿")
    assert missing.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    done = bureau.submit(shown, "main-form", result="passed", note="现场属实")
    assert done.status_code == HTTPStatus.FOUND
    assert session.get_one(RectificationOrder, order_id).state is OrderState.CLOSED
    assert "现场属实" in bureau.get(url).text
    listed = bureau.get("/inspections/orders?state=closed").text
    assert ("整改" in listed, f'href="{url}"' in listed) == (True, True)
    assert f'href="{url}"' not in bureau.get("/inspections/orders?state=issued").text
    for path in (f"{url}/answer", f"{url}/close", f"{url}/recheck"):
        assert bureau.get(path).status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT}


def test_list_pages_cost_the_same_for_one_row_and_for_many(world: OrderWorld, client: Client) -> None:
    session = world.session
    for _ in range(3):
        make_order(session, world.check, is_overdue=True)
    make_order(session, world.check, state=OrderState.VERIFIED)
    sign_in(client, world.members["manager"])
    page = client.get("/inspections/orders?overdue=1").text
    assert page.count("整改2022-00") == 3
    assert client.get("/inspections/orders?sort=due").text.count("整改2022-00") == 4
