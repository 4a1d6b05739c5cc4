from __future__ import annotations

import threading
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership
from agencyqa.auth.actor import system_actor
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.errors import NotVisible
from agencyqa.notifications import queries
from agencyqa.notifications.models import InboxMessage
from agencyqa.notifications.params import from_json, to_json
from agencyqa.notifications.services import mark_all_read, mark_read, tell
from agencyqa.web.messages import register_messages
from tests.client import Client
from tests.factories.accounts import (
    NOW,
    actor_of,
    make_bureau,
    make_department,
    make_member,
    make_user,
    sign_in,
)
from tests.integration.engagements.world import statements

register_messages({"inbox.test_told": _l("测试：%(name)s 于 %(on)s 得 %(total_points)s 分（%(kind)s）")})
PARAMS: dict[str, Any] = {
    "name": "甲机构",
    "on": NOW.date(),
    "total_points": 234_000,
    "kind": BodyKind.AGENCY,
}
TEXT = "测试：甲机构 于 2022-06-15 得 23.4 分（第三方机构）"


@pytest.fixture
def bureau(session: Session) -> Body:
    return make_bureau(session)


@pytest.fixture
def member(session: Session, bureau: Body) -> Membership:
    return make_member(session, bureau, Role.BUREAU_SUPERVISOR)


def keys(session: Session) -> list[tuple[int, str | None]]:
    rows = session.execute(
        sa.select(InboxMessage.membership_id, InboxMessage.dedupe_key).order_by(InboxMessage.id)
    )
    return [(row.membership_id, row.dedupe_key) for row in rows]


def test_each_recipient_gets_one_message(session: Session, bureau: Body, member: Membership) -> None:
    other = make_member(session, bureau, Role.BUREAU_LEAD)
    assert tell(session, [other.id, member.id, other.id], "test_told", now=NOW, **PARAMS) == 2
    assert tell(session, [], "test_told", now=NOW) == 0
    assert keys(session) == [(member.id, None), (other.id, None)]


def test_an_occasion_is_told_once_and_the_transaction_goes_on(
    session: Session, bureau: Body, member: Membership
) -> None:
    late = make_member(session, bureau, Role.BUREAU_LEAD)
    assert tell(session, [member.id], "test_told", now=NOW, dedupe_key="x:1") == 1
    assert tell(session, [member.id, late.id], "test_told", now=NOW, dedupe_key="x:1") == 1
    assert tell(session, [member.id], "test_told", now=NOW, dedupe_key="x:2") == 1
    session.commit()
    assert tell(session, [member.id], "test_told", now=NOW, dedupe_key="x:2") == 0
    assert keys(session) == [
        (member.id, f"x:1:{member.id}"),
        (late.id, f"x:1:{late.id}"),
        (member.id, f"x:2:{member.id}"),
    ]


def test_a_message_goes_with_the_change_it_tells_of(session: Session, member: Membership) -> None:
    session.commit()
    tell(session, [member.id], "test_told", now=NOW, dedupe_key="x")
    session.rollback()
    assert keys(session) == []


def test_two_transactions_tell_of_one_occasion_once(real_database: str) -> None:
    engine = sa.create_engine(real_database)
    with Session(engine) as session:
        member_id = make_member(session, make_bureau(session), Role.BUREAU_LEAD).id
        session.commit()
    start = threading.Barrier(2)
    told: list[int] = []

    def write() -> None:
        start.wait()
        with Session(engine) as session:
            number = tell(session, [member_id], "test_told", now=NOW, dedupe_key="x")
            session.commit()
            told.append(number)

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(engine) as session:
        assert (sorted(told), len(keys(session))) == ([0, 1], 1)
    engine.dispose()


def test_a_key_that_is_too_long_and_a_value_that_cannot_be_kept(session: Session, member: Membership) -> None:
    with pytest.raises(ValueError, match="120"):
        tell(session, [member.id], "test_told", now=NOW, dedupe_key="x" * 121)
    with pytest.raises(TypeError, match="figure: float"):
        tell(session, [member.id], "test_told", now=NOW, figure=0.5)


def test_values_come_back_as_they_went() -> None:
    values = {**PARAMS, "at": NOW, "none": None, "flag": True, "number": 3}
    assert from_json(to_json(values)) == values
    assert from_json({"kind": {"choice": "gone.module:Gone", "value": "x"}}) == {"kind": "x"}
    assert from_json({"kind": {"choice": "os:environ", "value": "x"}}) == {"kind": "x"}


# ------------------------------------------------------------------------------------------------ the page


def test_an_inbox_shows_the_messages_of_this_membership_only(
    client: Client, session: Session, bureau: Body, member: Membership
) -> None:
    same_person = make_member(
        session, make_bureau(session, "乙区财政局"), Role.BUREAU_LEAD, user=make_user(session)
    )
    tell(session, [member.id], "test_told", now=NOW, **PARAMS)
    tell(session, [same_person.id], "test_told", now=NOW, **{**PARAMS, "name": "乙机构"})
    sign_in(client, member)
    page = client.page(client.get("/inbox/"))
    assert TEXT in page.text
    assert "乙机构" not in page.text


def test_list_and_head_of_the_inbox_count_the_unread_once(
    client: Client, session: Session, member: Membership
) -> None:
    tell(session, [member.id], "test_told", now=NOW, **PARAMS)
    sign_in(client, member)
    with statements(session) as sent:
        page = client.page(client.get("/inbox/"))
    assert page.text.count("未读") >= 1
    assert sum("count(*)" in each and "inbox_messages" in each for each in sent) == 1


def test_the_second_role_of_a_person_has_an_inbox_of_its_own(session: Session, member: Membership) -> None:
    second = make_member(session, make_bureau(session, "乙区财政局"), Role.BUREAU_LEAD, user=member.user)
    tell(session, [second.id], "test_told", now=NOW)
    assert queries.unread_count(session, actor_of(session, second)) == 1
    assert queries.unread_count(session, actor_of(session, member)) == 0
    assert queries.unread_count(session, system_actor("jobs")) == 0


def test_opening_marks_as_read_and_goes_to_the_target(
    client: Client, session: Session, member: Membership
) -> None:
    tell(session, [member.id], "test_told", now=NOW, endpoint="jobs.runs", **PARAMS)
    sign_in(client, member)
    answer = client.submit(client.get("/inbox/"), "/open")
    assert (answer.status_code, answer.location) == (HTTPStatus.FOUND, "/jobs/")
    assert session.scalars(sa.select(InboxMessage.read_at)).one() is not None


def test_a_target_that_is_gone_or_foreign_is_no_link(
    client: Client, session: Session, member: Membership
) -> None:
    tell(session, [member.id], "test_told", now=NOW, endpoint="gone.page", endpoint_values={"x": 1})
    sign_in(client, member)
    page = client.page(client.get("/inbox/"))
    assert [form.action for form in page.forms if form.action.endswith("/open")] == []
    message_id = session.scalars(sa.select(InboxMessage.id)).one()
    assert client.post(f"/inbox/{message_id}/open").location == "/inbox/"
    session.execute(
        sa.update(InboxMessage).values(
            endpoint="jobs.runs", endpoint_values={"_external": True, "_host": "x"}
        )
    )
    assert client.post(f"/inbox/{message_id}/open").location == "/jobs/"


def test_the_message_of_somebody_else_does_not_exist(
    client: Client, session: Session, bureau: Body, member: Membership
) -> None:
    other = make_member(session, make_department(session, bureau), Role.DEPARTMENT_OFFICER)
    tell(session, [other.id], "test_told", now=NOW)
    message = session.scalars(sa.select(InboxMessage)).one()
    message_id = message.id
    with pytest.raises(NotVisible):
        mark_read(actor_of(session, member), session, message, now=NOW)
    sign_in(client, member)
    for action in ("open", "read"):
        assert client.post(f"/inbox/{message_id}/{action}").status_code == HTTPStatus.NOT_FOUND
    assert session.get_one(InboxMessage, message_id).read_at is None


def test_a_row_that_was_drawn_before_has_the_buttons_and_the_token_of_its_reader(
    client: Client, session: Session, member: Membership
) -> None:
    # What looks like a button without a token is a text like any other.
    field = '<input type="hidden" name="csrf_token" value="">'
    tell(session, [member.id], "test_told", now=NOW, endpoint="jobs.runs", **{**PARAMS, "name": field})
    message_id = session.scalars(sa.select(InboxMessage.id)).one()
    actions = [f"/inbox/{message_id}/open", f"/inbox/{message_id}/read"]
    sign_in(client, member)
    tokens: list[str | None] = []
    for _ in range(3):
        # Another secret in the cookie, as in another browser.
        with client.session_transaction() as cookie:
            cookie.pop("csrf_token", None)
        answer = client.get("/inbox/")
        page = client.page(answer)
        mine = {form.value("csrf_token") for form in page.forms if form.method == "post"}
        assert [form.action for form in page.forms if form.action in actions] == actions
        assert field in page.text
        assert 'value=""' not in answer.text
        assert len(mine) == 1
        tokens += mine
    assert len(set(tokens)) == 3
    # The buttons of the other view lead back to it.
    page = client.page(client.get("/inbox/?show=unread"))
    assert [form.value("show") for form in page.forms if form.action == actions[1]] == ["unread"]
    page = client.page(client.get("/inbox/"))
    assert [form.value("show") for form in page.forms if form.action == actions[1]] == ["all"]


def test_all_are_marked_as_read_for_this_membership_only(
    session: Session, bureau: Body, member: Membership
) -> None:
    other = make_member(session, bureau, Role.BUREAU_LEAD)
    for _ in range(3):
        tell(session, [member.id, other.id], "test_told", now=NOW)
    actor = actor_of(session, member)
    later = NOW + timedelta(hours=1)
    assert mark_all_read(actor, session, now=later) == 3
    assert mark_all_read(actor, session, now=later + timedelta(hours=1)) == 0
    read = session.execute(
        sa.select(InboxMessage.membership_id, InboxMessage.read_at).order_by(InboxMessage.id)
    ).all()
    assert [tuple(row) for row in read] == [(member.id, later), (other.id, None)] * 3


def test_the_pages_buttons_and_the_count(client: Client, session: Session, member: Membership) -> None:
    for _ in range(2):
        tell(session, [member.id], "test_told", now=NOW, **PARAMS)
    sign_in(client, member)
    unread = client.get("/inbox/?show=unread")
    assert client.page(unread).text.count(TEXT) == 2
    first = min(session.scalars(sa.select(InboxMessage.id)))
    answer = client.submit(unread, f"/{first}/read")
    assert answer.location == "/inbox/?show=unread"
    assert client.page(client.get(answer.location)).text.count(TEXT) == 1
    answer = client.submit(client.get("/inbox/"), "read-all")
    assert answer.location == "/inbox/"
    assert "已将 1 条消息标为已读。" in client.page(client.get("/inbox/")).text
    assert "没有未读消息" in client.page(client.get("/inbox/?show=unread")).text


def test_the_count_is_bounded(session: Session, member: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "COUNT_LIMIT", 2)
    for _ in range(4):
        tell(session, [member.id], "test_told", now=NOW)
    assert queries.unread_count(session, actor_of(session, member)) == 2
