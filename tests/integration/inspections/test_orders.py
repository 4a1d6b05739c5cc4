"""Rectification orders: their rules, asked of the services."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agencyqa.audit.models import AuditEntry
from agencyqa.db import Base, SettledRowChanged
from agencyqa.errors import Forbidden, Invalid, Refused, Stale, WrongState
from agencyqa.inspections.enums import CheckState, FindingState, OrderState
from agencyqa.inspections.models import (
    Finding,
    Inspector,
    OrderReview,
    RectificationAnswer,
    RectificationOrder,
)
from agencyqa.inspections.order_jobs import orders_due
from agencyqa.inspections.order_page import order_page
from agencyqa.inspections.order_panels import order_trail
from agencyqa.inspections.queries.orders import awaiting_answer, awaiting_verdict
from agencyqa.inspections.services.answers import add_evidence, draft_of, save_answer, submit_answer
from agencyqa.inspections.services.orders import (
    OrderData,
    RecheckData,
    close_order,
    issue_order,
    record_recheck,
    reject_answer,
    verify_answer,
)
from agencyqa.notifications.models import InboxMessage
from tests.factories.accounts import NOW
from tests.factories.files import make_stored_row
from tests.factories.inspections import make_finding, make_spot_check
from tests.factories.orders import make_answer, make_order
from tests.integration.inspections.orders_world import DEMAND, OrderWorld, make_orders_world


@pytest.fixture
def world(session: Session) -> OrderWorld:
    return make_orders_world(session)


def data(*findings: Finding, **changes: object) -> OrderData:
    values = {
        "finding_ids": [finding.id for finding in findings],
        "demand": DEMAND,
        "working_days": 22,
        "provision_key": "M2/violations",
    }
    return OrderData(**{**values, **changes})  # type: ignore[arg-type]


def at(day: date) -> datetime:
    """In the morning of a day in Shanghai."""
    return datetime.combine(day, NOW.time(), NOW.tzinfo)


def events(session: Session) -> list[str]:
    session.commit()
    statement = select(AuditEntry.event).where(AuditEntry.event.like("inspections.%"))
    return list(session.scalars(statement.order_by(AuditEntry.id)))


def rows(session: Session) -> list[int]:
    tables: list[type[Base]] = [
        RectificationOrder,
        RectificationAnswer,
        OrderReview,
        AuditEntry,
        InboxMessage,
    ]
    session.commit()
    return [session.scalars(select(func.count()).select_from(table)).one() for table in tables]


def test_an_order_through_rejection_recheck_and_closing(world: OrderWorld) -> None:
    session, check = world.session, world.check
    first, second = make_finding(session, check), make_finding(session, check, fault="no_evidence")
    supervisor, manager = world.actor("supervisor"), world.actor("manager")
    order = issue_order(supervisor, session, check, data(first, second), now=NOW)
    # 2022-06-15 is a Wednesday; no holiday lies in the 22 working days after it.
    assert (order.year, order.number, order.issued_on, order.due_on) == (
        2022,
        1,
        date(2022, 6, 15),
        date(2022, 7, 15),
    )
    assert (order.state, order.is_due_provisional, order.provision_key) == (
        OrderState.ISSUED,
        False,
        "M2/violations",
    )
    assert {first.order_id, second.order_id} == {order.id}
    assert world.told("order_issued") == ["evaluator", "manager"]

    draft = save_answer(manager, session, order, " 正在补 ", seen_version=None, now=NOW)
    assert (draft.number, draft.text) == (1, "正在补")
    add_evidence(manager, session, order, make_stored_row(session), "照片.pdf", note="", now=NOW)
    with pytest.raises(Stale):
        save_answer(manager, session, order, "另一窗口", seen_version=None, now=NOW)
    # Four working days after the term: the last two of the week of the term's end are a weekend.
    late = at(date(2022, 7, 21))
    submit_answer(manager, session, order, seen_version=draft.version, now=late)
    assert (draft.late_days, draft.is_lateness_provisional, draft.due_on) == (4, False, date(2022, 7, 15))
    assert (world.told("order_answered"), world.told("order_answered_late")) == (
        [],
        ["lead", "second", "supervisor"],
    )

    with pytest.raises(Invalid) as caught:
        reject_answer(
            supervisor, session, order, note="", due_on=date(2022, 8, 1), seen_version=order.version, now=late
        )
    assert caught.value.fields == {"note": ("required", {})}
    reject_answer(
        supervisor,
        session,
        order,
        note="仍缺复核记录",
        due_on=date(2022, 8, 5),
        seen_version=order.version,
        now=late,
    )
    assert (order.state, order.due_on) == (OrderState.REJECTED, date(2022, 8, 5))
    again = save_answer(manager, session, order, "已补复核记录", seen_version=None, now=late)
    submit_answer(manager, session, order, seen_version=again.version, now=at(date(2022, 8, 5)))
    # The last day counts in full, and the first answer stays as it was.
    assert [(answer.number, answer.text, answer.late_days) for answer in (draft, again)] == [
        (1, "正在补", 4),
        (2, "已补复核记录", 0),
    ]
    verified_at = at(date(2022, 8, 8))
    verify_answer(
        supervisor,
        session,
        order,
        note="",
        recheck_on=date(2022, 9, 1),
        seen_version=order.version,
        now=verified_at,
    )
    lines = [row.id for row in awaiting_verdict(session, supervisor, date(2022, 8, 31))]
    assert (lines, [row.id for row in awaiting_verdict(session, supervisor, date(2022, 9, 1))]) == (
        [],
        [order.id],
    )
    seen_at = at(date(2022, 9, 1))
    failed = RecheckData(False, "现场未见底稿", date(2022, 9, 1), date(2022, 9, 20))
    record_recheck(supervisor, session, order, failed, seen_version=order.version, now=seen_at)
    assert (order.state, order.recheck_on, order.due_on) == (OrderState.REJECTED, None, date(2022, 9, 20))
    third = save_answer(manager, session, order, "底稿已归档", seen_version=None, now=seen_at)
    submit_answer(manager, session, order, seen_version=third.version, now=seen_at)
    verify_answer(
        supervisor, session, order, note="", recheck_on=None, seen_version=order.version, now=seen_at
    )
    passed = RecheckData(True, "现场属实", date(2022, 9, 1))
    record_recheck(supervisor, session, order, passed, seen_version=order.version, now=seen_at)
    assert (order.state, order.closed_at, order.closed_by_id) == (
        OrderState.CLOSED,
        seen_at,
        supervisor.user_id,
    )
    reviews = session.scalars(select(OrderReview).order_by(OrderReview.number)).all()
    assert [(each.answer_id, each.is_recheck, each.is_accepted) for each in reviews] == [
        (draft.id, False, False),
        (again.id, False, True),
        (again.id, True, False),
        (third.id, False, True),
        (third.id, True, True),
    ]
    saved = ["inspections.answer.saved", "inspections.answer.submitted"]
    assert events(session) == [
        "inspections.order.issued",
        "inspections.answer.saved",
        "inspections.evidence.added",
        "inspections.answer.submitted",
        "inspections.order.rejected",
        *saved,
        "inspections.order.verified",
        "inspections.order.rechecked",
        *saved,
        "inspections.order.verified",
        "inspections.order.rechecked",
    ]
    trail = [
        line.code
        for line in sorted(order_trail(session, manager, world.engagement), key=lambda line: line.at)
    ]
    assert sorted(trail) == sorted(
        [
            *("order_issued", "order_answered_late", "order_rejected", "order_answered", "order_verified"),
            *("order_recheck_failed", "order_answered", "order_verified", "order_recheck_passed"),
            "order_closed",
        ]
    )
    assert [
        order_trail(session, world.actor(name), world.engagement) for name in ("department", "observer")
    ] == [[], []]


def test_an_order_needs_final_findings_of_its_check_that_are_under_none(world: OrderWorld) -> None:
    session, check, actor = world.session, world.check, world.actor("supervisor")
    good = make_finding(session, check)
    other = make_finding(session, make_spot_check(session, world.bureau, world.agency))
    wrong = [
        make_finding(session, check, state=state) for state in FindingState if state is not FindingState.FINAL
    ]
    before = rows(session)
    for bad in (*wrong, other):
        with pytest.raises(Invalid) as caught:
            issue_order(actor, session, check, data(good, bad), now=NOW)
        assert caught.value.fields == {"finding_ids": ("finding_not_open_for_order", {})}
    for changes, field in (
        ({"finding_ids": []}, "finding_ids"),
        ({"demand": " "}, "demand"),
        ({"working_days": 0}, "working_days"),
        ({"provision_key": "M1/independence"}, "provision_key"),
    ):
        with pytest.raises(Invalid) as caught:
            issue_order(actor, session, check, data(good, **changes), now=NOW)
        assert list(caught.value.fields) == [field]
    session.rollback()
    assert rows(session) == before
    first = issue_order(actor, session, check, data(good), now=NOW)
    # The second click of a double click.
    with pytest.raises(Invalid):
        issue_order(actor, session, check, data(good), now=NOW)
    more = issue_order(actor, session, check, data(make_finding(session, check)), now=NOW)
    assert (first.number, more.number) == (1, 2)
    planned = make_spot_check(session, world.bureau, world.agency, state=CheckState.PLANNED)
    with pytest.raises(WrongState):
        issue_order(actor, session, planned, data(make_finding(session, planned)), now=NOW)


def test_who_may_do_what(world: OrderWorld) -> None:
    session, check = world.session, world.check
    finding = make_finding(session, check)
    order = make_order(session, check, state=OrderState.ANSWERED)
    waiting = make_order(session, check)
    for name in ("city", "foreign", "manager", "rival", "department", "observer", "admin"):
        actor = world.actor(name)
        with pytest.raises(Forbidden):
            issue_order(actor, session, check, data(finding), now=NOW)
        with pytest.raises(Forbidden):
            verify_answer(
                actor, session, order, note="", recheck_on=None, seen_version=order.version, now=NOW
            )
        with pytest.raises(Forbidden):
            close_order(actor, session, order, reason="x", seen_version=order.version, now=NOW)
    for name in ("supervisor", "city", "foreign", "staff", "rival", "department", "observer"):
        with pytest.raises(Forbidden):
            save_answer(world.actor(name), session, waiting, "x", seen_version=None, now=NOW)
        with pytest.raises(Forbidden):
            submit_answer(world.actor(name), session, waiting, seen_version=1, now=NOW)
    # Whoever declared a conflict in the spot check judges nothing of it; a former evaluator of the agency neither.
    second = world.members["second"]
    session.add(Inspector(spot_check_id=check.id, user_id=second.user_id, declared_at=NOW, has_conflict=True))
    session.flush()
    with pytest.raises((Forbidden, Refused)):
        verify_answer(
            world.actor("second"),
            session,
            order,
            note="",
            recheck_on=None,
            seen_version=order.version,
            now=NOW,
        )
    assert order.state is OrderState.ANSWERED


def test_wrong_states_stale_pages_and_second_clicks(world: OrderWorld) -> None:
    session, supervisor, manager = world.session, world.actor("supervisor"), world.actor("manager")
    order = make_order(session, world.check)
    with pytest.raises(WrongState) as caught:
        verify_answer(
            supervisor, session, order, note="", recheck_on=None, seen_version=order.version, now=NOW
        )
    assert caught.value.code == "order_not_answered"
    with pytest.raises(WrongState) as caught:
        submit_answer(manager, session, order, seen_version=None, now=NOW)
    assert caught.value.code == "nothing_to_submit"
    draft = save_answer(manager, session, order, "", seen_version=None, now=NOW)
    with pytest.raises(Invalid) as empty:
        submit_answer(manager, session, order, seen_version=draft.version, now=NOW)
    assert empty.value.code == "answer_text_missing"
    seen = draft.version
    save_answer(manager, session, order, "甲", seen_version=seen, now=NOW)
    with pytest.raises(Stale):
        submit_answer(manager, session, order, seen_version=seen, now=NOW)
    submit_answer(manager, session, order, seen_version=draft.version, now=NOW)
    for call in (
        lambda: submit_answer(manager, session, order, seen_version=draft.version, now=NOW),
        lambda: save_answer(manager, session, order, "改", seen_version=draft.version, now=NOW),
        lambda: add_evidence(manager, session, order, make_stored_row(session), "x.pdf", note="", now=NOW),
    ):
        with pytest.raises(WrongState) as caught:
            call()
        assert caught.value.code == "order_already_answered"
    assert draft.text == "甲"
    with pytest.raises(Stale):
        verify_answer(
            supervisor, session, order, note="", recheck_on=None, seen_version=order.version - 1, now=NOW
        )
    seen = order.version
    verify_answer(supervisor, session, order, note="", recheck_on=None, seen_version=seen, now=NOW)
    with pytest.raises(WrongState) as caught:
        verify_answer(supervisor, session, order, note="", recheck_on=None, seen_version=seen, now=NOW)
    assert caught.value.code == "order_already_verified"
    with pytest.raises(WrongState):
        reject_answer(
            supervisor, session, order, note="x", due_on=date(2022, 9, 1), seen_version=order.version, now=NOW
        )
    for recheck, field in (
        (RecheckData(True, "", date(2022, 6, 16)), "reviewed_on"),
        (RecheckData(True, "", date(2022, 6, 14)), "reviewed_on"),
        (RecheckData(False, "x", date(2022, 6, 15)), "due_on"),
        (RecheckData(False, "", date(2022, 6, 15), date(2022, 7, 1)), "note"),
    ):
        with pytest.raises(Invalid) as wrong:
            record_recheck(supervisor, session, order, recheck, seen_version=order.version, now=NOW)
        assert list(wrong.value.fields) == [field]
    close_order(supervisor, session, order, reason="资料足以证明", seen_version=order.version, now=NOW)
    assert (order.state, order.close_reason) == (OrderState.CLOSED, "资料足以证明")
    with pytest.raises(WrongState):
        close_order(supervisor, session, order, reason="再次", seen_version=order.version, now=NOW)


def test_an_order_whose_findings_are_all_withdrawn_is_lifted(world: OrderWorld) -> None:
    session, supervisor = world.session, world.actor("supervisor")
    findings = [make_finding(session, world.check), make_finding(session, world.check)]
    order = make_order(session, world.check, findings)
    findings[0].state = FindingState.WITHDRAWN
    with pytest.raises(WrongState) as caught:
        close_order(supervisor, session, order, reason="撤销", seen_version=order.version, now=NOW)
    assert caught.value.code == "order_still_has_findings"
    findings[1].state = FindingState.WITHDRAWN
    close_order(supervisor, session, order, reason="问题已撤销", seen_version=order.version, now=NOW)
    assert order.state is OrderState.CLOSED
    page = order_page(session, world.actor("manager"), order)
    assert [line.is_withdrawn for line in page.findings] == [True, True]
    # An agency reads which body acted, not who.
    assert {event.by for event in page.events} == {"长宁区财政局"}


def test_the_nightly_job_reminds_and_marks_once_for_each_term(world: OrderWorld) -> None:
    session = world.session
    order = make_order(session, world.check)  # due on Friday 2022-07-15
    make_order(session, world.check, state=OrderState.ANSWERED, due_on=date(2022, 7, 1))
    assert orders_due(session, at(date(2022, 7, 7))) == 0
    orders_due(session, at(date(2022, 7, 8)))
    orders_due(session, at(date(2022, 7, 11)))
    assert world.told("order_due_soon") == ["evaluator", "manager"]
    version = order.version
    # Saturday is no day on which an answer would be late.
    assert (orders_due(session, at(date(2022, 7, 16))), order.is_overdue) == (0, False)
    assert (orders_due(session, at(date(2022, 7, 18))), order.is_overdue) == (1, True)
    assert orders_due(session, at(date(2022, 7, 19))) == 0
    assert world.told("order_overdue") == ["evaluator", "lead", "manager", "second", "supervisor"]
    session.expire_all()
    assert (order.is_overdue, order.version) == (True, version)
    assert [row.id for row in awaiting_answer(session, world.actor("manager"))] == [order.id]
    assert events(session) == ["inspections.order.overdue"]


def test_a_draft_of_a_lifted_order_goes_nowhere(world: OrderWorld) -> None:
    session = world.session
    order = make_order(session, world.check)
    make_answer(session, order, "草稿", is_draft=True)
    for finding in session.scalars(select(Finding).where(Finding.order_id == order.id)):
        finding.state = FindingState.WITHDRAWN
    close_order(world.actor("supervisor"), session, order, reason="撤销", seen_version=order.version, now=NOW)
    draft = draft_of(session, order)
    assert draft is not None
    with pytest.raises(WrongState):
        submit_answer(world.actor("manager"), session, order, seen_version=draft.version, now=NOW)


def test_what_was_handed_in_or_judged_cannot_be_altered_by_any_programme(world: OrderWorld) -> None:
    session = world.session
    make_order(session, world.check, state=OrderState.REJECTED)
    session.commit()
    for table, name in ((RectificationAnswer, "text"), (OrderReview, "note")):
        row = session.scalars(select(table)).one()
        setattr(row, name, "改过的话")
        with pytest.raises(SettledRowChanged):
            session.flush()
        session.rollback()
        session.delete(session.scalars(select(table)).one())
        with pytest.raises(SettledRowChanged):
            session.flush()
        session.rollback()
