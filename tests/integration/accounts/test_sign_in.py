"""Signing in and out, throttling, sessions, languages and switching roles."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts import throttle
from agencyqa.accounts.models import Membership, SignIn, SignInThrottle
from agencyqa.accounts.queries import _BROWSER_SESSION, browser_session
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date, utc_now
from tests.client import Client
from tests.factories.accounts import (
    PASSWORD,
    body_of,
    make_bureau,
    make_department,
    make_member,
    sign_in,
    user_of,
)


@pytest.fixture
def officer(session: Session) -> Membership:
    return make_member(session, make_bureau(session), Role.BUREAU_SUPERVISOR)


def events(session: Session) -> list[tuple[str, bool]]:
    rows = session.execute(select(AuditEntry.event, AuditEntry.refused).order_by(AuditEntry.sequence))
    return [(row.event, row.refused) for row in rows]


def test_signing_in_opens_the_page_that_was_wanted(
    client: Client, officer: Membership, session: Session
) -> None:
    first = client.get("/account")
    assert (first.status_code, first.location) == (302, "/sign-in?next=/account")
    answer = client.submit(
        client.get(first.location),
        "main-form",
        username=user_of(session, officer).username,
        password=PASSWORD,
    )
    assert (answer.status_code, answer.location) == (302, "/account")
    assert body_of(session, officer).name in client.get("/account").text


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "account"]
)
def test_signing_in_never_leads_to_another_site(
    client: Client, officer: Membership, session: Session, target: str
) -> None:
    page = client.get("/sign-in", query_string={"next": target})
    answer = client.submit(page, "main-form", username=user_of(session, officer).username, password=PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/")


def test_a_wrong_password_keeps_the_name_and_says_nothing_about_accounts(
    client: Client, officer: Membership, session: Session
) -> None:
    wrong = client.submit(
        client.get("/sign-in"),
        "main-form",
        username=user_of(session, officer).username,
        password="not this one 1",
    )
    unknown = client.submit(client.get("/sign-in"), "main-form", username="nobody", password="not this one 1")
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    sentence = "用户名或密码不正确。请检查大小写后重试。"
    assert sentence in wrong.text
    assert sentence in unknown.text
    assert client.page(wrong).form("main-form").values["username"] == [user_of(session, officer).username]
    assert events(session) == [("accounts.sign_in.refused", True)] * 2


def test_an_account_is_closed_for_a_while_after_too_many_failures(
    client: Client, officer: Membership, session: Session
) -> None:
    for _ in range(throttle.LIMITS["account"]):
        client.submit(
            client.get("/sign-in"),
            "main-form",
            username=user_of(session, officer).username,
            password="not this one 1",
        )
    right = client.submit(
        client.get("/sign-in"), "main-form", username=user_of(session, officer).username, password=PASSWORD
    )
    assert right.status_code == 429
    assert "尝试次数过多，请在 15 分钟后再试。" in right.text
    for row in session.scalars(select(SignInThrottle)):
        row.window_started_at -= throttle.WINDOW
    sign_in(client, officer)


def test_the_session_cookie_is_closed_to_scripts_and_changes_at_sign_in(
    client: Client, officer: Membership, session: Session
) -> None:
    before = client.get("/sign-in").headers["Set-Cookie"]
    answer = client.submit(
        client.get("/sign-in"), "main-form", username=user_of(session, officer).username, password=PASSWORD
    )
    after = answer.headers["Set-Cookie"]
    assert before.split(";")[0] != after.split(";")[0]
    assert "HttpOnly" in after
    assert "SameSite=Lax" in after


def test_signing_out_ends_the_session_even_for_a_kept_cookie(
    client: Client, officer: Membership, session: Session
) -> None:
    sign_in(client, officer)
    kept = client.get_cookie("agencyqa")
    assert kept is not None
    assert client.post("/sign-out").status_code == 302
    client.set_cookie("agencyqa", kept.value)
    assert client.get("/account").status_code == 302
    assert events(session) == [("accounts.sign_in.begun", False), ("accounts.sign_in.ended", False)]


@pytest.mark.parametrize(
    ("column", "age", "status"),
    [
        ("seen_at", timedelta(minutes=59), 200),
        ("seen_at", timedelta(minutes=61), 302),
        ("created_at", timedelta(hours=11), 200),
        ("created_at", timedelta(hours=13), 302),
    ],
)
def test_a_session_ends_when_idle_and_when_old(
    client: Client, officer: Membership, session: Session, column: str, age: timedelta, status: int
) -> None:
    sign_in(client, officer)
    setattr(session.scalars(select(SignIn)).one(), column, utc_now() - age)
    assert client.get("/account").status_code == status


def test_using_the_site_keeps_the_session_alive(
    client: Client, officer: Membership, session: Session
) -> None:
    sign_in(client, officer)
    session.scalars(select(SignIn)).one().seen_at = utc_now() - timedelta(minutes=50)
    assert client.get("/account").status_code == 200
    assert utc_now() - session.scalars(select(SignIn)).one().seen_at < timedelta(minutes=1)


def test_closing_the_account_ends_its_sessions(client: Client, officer: Membership, session: Session) -> None:
    sign_in(client, officer)
    user_of(session, officer).is_active = False
    assert client.get("/account").status_code == 302


def test_an_ended_role_no_longer_signs_in(client: Client, officer: Membership, session: Session) -> None:
    officer.valid_to = date(2020, 1, 1)
    answer = client.submit(
        client.get("/sign-in"), "main-form", username=user_of(session, officer).username, password=PASSWORD
    )
    assert answer.status_code == 422
    assert "没有有效的岗位" in answer.text


def test_a_person_acts_in_one_role_at_a_time(client: Client, officer: Membership, session: Session) -> None:
    department = make_department(session, body_of(session, officer))
    second = make_member(session, department, Role.DEPARTMENT_OFFICER, user_of(session, officer))
    stranger = make_member(session, department, Role.DEPARTMENT_OFFICER)
    sign_in(client, officer)
    assert "预算单位经办人" in client.get("/memberships").text
    assert client.post(f"/memberships/{stranger.id}").status_code == 404
    assert client.post(f"/memberships/{second.id}").status_code == 302
    page = client.get("/account").text
    assert department.name in page
    assert body_of(session, officer).name not in page


def test_a_role_of_a_closed_body_or_of_another_time_is_none(
    client: Client, officer: Membership, session: Session
) -> None:
    bureau, user, day = body_of(session, officer), user_of(session, officer), local_date(utc_now())
    closed, open_ended, over, to_come = (
        make_member(session, make_department(session, bureau, name), Role.DEPARTMENT_OFFICER, user)
        for name in ("区甲局", "区乙局", "区丙局", "区丁局")
    )
    body_of(session, closed).is_active = False
    over.valid_to, to_come.valid_from = day - timedelta(days=1), day + timedelta(days=1)
    # The last and the first day count in full.
    open_ended.valid_from, open_ended.valid_to = day, day
    sign_in(client, officer)
    (session_row,) = session.scalars(select(SignIn))
    rows = browser_session(session, session_row.key_hash, day)
    assert [row.membership_id for row in rows if row.membership_id is not None] == [officer.id, open_ended.id]
    assert [(row.body_name, row.body_kind) for row in rows if row.membership_id is not None] == [
        (bureau.name, bureau.kind),
        ("区乙局", body_of(session, open_ended).kind),
    ]
    officer.valid_to = day - timedelta(days=1)
    session.flush()
    # Who acted in a role that is over has to choose again.
    assert client.get("/account").status_code != 200
    open_ended.valid_to = over.valid_to
    session.flush()
    rows = browser_session(session, session_row.key_hash, day)
    assert {(row.id, row.membership_id) for row in rows} == {(session_row.id, None)}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_who_is_signed_in_is_found_without_reading_all_accounts(session: Session) -> None:
    """SQLite would gladly put together the roles of all accounts first, on every page."""
    sent = _BROWSER_SESSION.compile(dialect=session.get_bind().dialect)
    plan = session.connection().exec_driver_sql(
        f"EXPLAIN QUERY PLAN {sent}", ("2026-01-01", "2026-01-01", "")
    )
    steps = [row.detail for row in plan]
    assert len(steps) > 3
    assert [step for step in steps if step.startswith(("SCAN", "MATERIALIZE"))] == []


def test_the_language_is_the_users_choice_and_never_the_browsers(client: Client, officer: Membership) -> None:
    assert '<html lang="zh-CN">' in client.get("/sign-in", headers={"Accept-Language": "en"}).text
    client.post("/language", data={"locale": "en", "next": "/sign-in"})
    assert '<html lang="en">' in client.get("/sign-in").text
    sign_in(client, officer)
    # The account's own setting goes before what the browser was set to.
    assert '<html lang="zh-CN">' in client.get("/account").text
    client.post("/language", data={"locale": "en", "next": "/account"})
    assert '<html lang="en">' in client.get("/account").text


def test_a_post_without_a_token_is_refused(client: Client, officer: Membership) -> None:
    sign_in(client, officer)
    answer = client.post("/sign-out", csrf=False)
    assert answer.status_code == 400
    assert client.get("/account").status_code == 200
