"""What each role sees of orders, answers, their files, and of the papers made from them."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.inspections import order_policies
from agencyqa.inspections.enums import OrderState
from agencyqa.inspections.models import EvidenceFile, RectificationAnswer, RectificationOrder
from agencyqa.inspections.queries.orders import agency_choices, awaiting_answer, awaiting_verdict, order_rows
from agencyqa.inspections.services.templates import replace_template
from tests.client import Client
from tests.factories.accounts import NOW, sign_in
from tests.factories.files import make_stored
from tests.factories.orders import ISSUED_ON, make_answer, make_answer_evidence, make_order
from tests.integration.inspections.orders_world import OrderWorld, make_orders_world
from tests.unit.inspections.test_documents import paper

SECRET = "尚未提交的草稿"
READERS = {"supervisor", "second", "lead", "city", "manager", "evaluator", "staff"}


@pytest.fixture
def world(session: Session) -> OrderWorld:
    return make_orders_world(session)


def test_only_the_bureau_above_and_the_agency_itself_see_orders(app: Flask, world: OrderWorld) -> None:
    session = world.session
    waiting = make_order(session, world.check)
    draft = make_answer(session, waiting, SECRET, is_draft=True)
    hidden = make_answer_evidence(session, draft, make_stored(app, session))
    answered = make_order(session, world.check, state=OrderState.ANSWERED)
    answer = session.scalars(
        select(RectificationAnswer).where(RectificationAnswer.order_id == answered.id)
    ).one()
    shown = make_answer_evidence(session, answer, make_stored(app, session))
    own_side = {"manager", "evaluator", "staff"}
    for name in world.members:
        actor = world.actor(name)
        both = [waiting.id, answered.id] if name in READERS else []
        seen = session.scalars(order_policies.visible_to(actor).order_by(RectificationOrder.id))
        assert ([order.id for order in seen], name) == (both, name)
        listed = session.execute(order_rows(actor).order_by(RectificationOrder.id))
        assert [row.id for row in listed] == both
        files = session.scalars(order_policies.visible_evidence(actor).order_by(EvidenceFile.id))
        expected = [hidden.id, shown.id] if name in own_side else [shown.id] if name in READERS else []
        assert ([file.id for file in files], name) == (expected, name)
        # The municipality reads, but what waits for a verdict waits for the district.
        waits = [answered.id] if name in {"supervisor", "second", "lead"} else []
        assert [row.id for row in awaiting_verdict(session, actor, ISSUED_ON)] == waits
        assert [row.id for row in awaiting_answer(session, actor)] == ([waiting.id] if both else [])


def test_orders_are_found_by_a_part_of_the_agencys_name(world: OrderWorld) -> None:
    session = world.session
    order = make_order(session, world.check)
    name = session.get_one(Body, order.agency_id).name
    for reader in world.members:
        actor = world.actor(reader)
        own = [(order.agency_id, name)] if reader in READERS else []
        assert agency_choices(session, actor, part=name[1:3], limit=5) == own
        assert agency_choices(session, actor, only=order.agency_id) == own
        listed = session.scalars(order_rows(actor, agency=name[1:3]))
        assert list(listed) == ([order.id] if own else [])
        assert session.execute(order_rows(actor, agency=name + "分")).all() == []


def test_every_address_answers_strangers_as_if_nothing_were_there(
    app: Flask, world: OrderWorld, new_client: Callable[[], Client]
) -> None:
    session = world.session
    order = make_order(session, world.check)
    draft = make_answer(session, order, SECRET, is_draft=True)
    file_id = make_answer_evidence(session, draft, make_stored(app, session)).id
    url, check = f"/inspections/orders/{order.id}", f"/inspections/{world.check.id}"
    stored = make_stored(app, session, paper("{{ number }}"))
    with app.app_context():
        template = replace_template(world.actor("supervisor"), session, stored, "本局.docx", now=NOW)
    template_url = f"/inspections/template/{template.id}"
    papers = [f"{check}/record.docx", f"{check}/record.pdf", f"{url}/order.pdf"]
    reading = [url, f"{url}/evidence/{file_id}", *papers, template_url]
    writing = [
        f"{url}/{verb}" for verb in ("answer", "answer/submit", "verify", "reject", "recheck", "close")
    ]
    writing += [f"{url}/answer/evidence", f"{check}/orders/new"]
    refused = {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}
    for name in ("rival", "foreign", "department", "observer", "admin"):
        client = new_client()
        sign_in(client, world.members[name])
        for path in (*reading, *writing):
            assert (client.get(path).status_code in refused, name, path) == (True, name, path)
        if name in {"rival", "foreign"}:
            for path in (*writing, f"{url}/answer/evidence/{file_id}/withdraw"):
                answer = client.post(path, data={"text": "x", "note": "x", "reason": "x", "version": "1"})
                assert (answer.status_code in refused, name, path) == (True, name, path)
    # Of those who see the order, bureau and agency staff may not write an answer; the city writes nothing at all.
    for name, paths in (
        ("supervisor", ("answer", "answer/submit", "answer/evidence")),
        ("staff", ("answer", "answer/submit", "answer/evidence")),
        ("city", ("verify", "reject", "recheck", "close")),
        ("manager", ("verify", "reject", "recheck", "close")),
    ):
        client = new_client()
        sign_in(client, world.members[name])
        assert client.get(url).status_code == HTTPStatus.OK
        for path in paths:
            assert client.post(f"{url}/{path}").status_code == HTTPStatus.FORBIDDEN
        is_agency = name in {"manager", "staff"}
        # The draft and its file are the agency's, and only those who may answer are shown it.
        assert (SECRET in client.get(url).text, name) == (name == "manager", name)
        code = HTTPStatus.OK if is_agency else HTTPStatus.NOT_FOUND
        assert client.get(f"{url}/evidence/{file_id}").status_code == code
        is_own_officer = name == "supervisor"
        assert (client.get(template_url).status_code == HTTPStatus.OK) == is_own_officer
    session.expire_all()
    assert session.get_one(RectificationOrder, order.id).state is OrderState.ISSUED
    assert session.get_one(RectificationAnswer, draft.id).text == SECRET


def test_evidence_is_only_found_below_its_own_order(app: Flask, world: OrderWorld, client: Client) -> None:
    session = world.session
    order, other = make_order(session, world.check), make_order(session, world.check)
    draft = make_answer(session, order, is_draft=True)
    file_id = make_answer_evidence(session, draft, make_stored(app, session)).id
    sign_in(client, world.members["manager"])
    for path in (f"{other.id}/evidence/{file_id}", f"{order.id}/evidence/{file_id + 1}"):
        assert client.get(f"/inspections/orders/{path}").status_code == HTTPStatus.NOT_FOUND
    answer = client.post(f"/inspections/orders/{other.id}/answer/evidence/{file_id}/withdraw")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert session.get_one(EvidenceFile, file_id).withdrawn_at is None
