"""Guessing passwords from many sides at once, poisoned links, and sessions that should have ended."""

from __future__ import annotations

import contextvars
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts import throttle
from agencyqa.accounts.models import Membership, User
from agencyqa.accounts.services import invitations, signing_in
from agencyqa.accounts.services.signing_in import SignInRefused
from agencyqa.accounts.throttle import TooManyAttempts
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.clock import utc_now
from agencyqa.errors import WrongState
from agencyqa.extensions import db
from tests.client import Client
from tests.factories.accounts import (
    PASSWORD,
    actor_of,
    make_bureau,
    make_member,
    make_user,
    sign_in,
    user_of,
)


@pytest.fixture
def officer(session: Session) -> Membership:
    return make_member(session, make_bureau(session), Role.SYSTEM_ADMINISTRATOR)


def stored_officer(app: Flask) -> str:
    with app.app_context():
        session = db.session()
        membership = make_member(session, make_bureau(session), Role.SYSTEM_ADMINISTRATOR, make_user(session))
        username = membership.user.username
        session.commit()
    return username


def test_guesses_sent_at_once_are_counted_one_by_one(real_app: Flask) -> None:
    """Sixteen workers may not try sixteen passwords before the first failure is stored."""
    username = stored_officer(real_app)

    def guess(number: int) -> str:
        with real_app.app_context():
            session = db.session()
            try:
                signing_in.authenticate(
                    session,
                    username=username,
                    password=f"guess {number}",
                    address=f"10.0.0.{number}",
                    now=utc_now(),
                )
            except (SignInRefused, TooManyAttempts) as error:
                session.commit()
                return type(error).__name__
            raise AssertionError("a guess was right")

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda number: contextvars.Context().run(guess, number), range(12)))
    limit = throttle.LIMITS["account"]
    assert sorted(answers) == ["SignInRefused"] * limit + ["TooManyAttempts"] * (12 - limit)


def test_an_invitation_used_twice_at_once_sets_one_password(real_app: Flask) -> None:
    username = stored_officer(real_app)
    with real_app.app_context():
        session = db.session()
        membership = session.scalars(select(Membership).join(Membership.user)).one()
        membership.user = session.scalars(select(User).where(User.username == username)).one()
        session.refresh(membership, ["body"])
        actor = actor_of(session, membership)
        token = invitations.invite(actor, session, membership.user, limit=timedelta(days=1), now=utc_now())
        session.commit()

    def accept(password: str) -> int:
        client = real_app.test_client()
        form = {"password": password, "again": password}
        return client.post(f"/invitations/{token}", data=form).status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(accept, ["first of two 1", "second of two 2"]))
    assert statuses == [302, 409]
    with real_app.app_context(), pytest.raises(WrongState):
        invitations.open_invitation(db.session(), token, now=utc_now())


def test_the_present_password_cannot_be_guessed_from_inside(
    client: Client, officer: Membership, session: Session
) -> None:
    """Whoever finds an open browser has as many guesses as a stranger."""
    sign_in(client, officer)
    form = {"current": "not this one 1", "new": "a new one 12", "again": "a new one 12"}
    statuses = [client.post("/account", data=form).status_code for _ in range(throttle.LIMITS["account"] + 1)]
    assert statuses == [422] * throttle.LIMITS["account"] + [429]
    assert client.post("/account", data={**form, "current": PASSWORD}).status_code == 429


def test_a_changed_password_ends_every_other_session(
    client: Client, new_client: type[Client], officer: Membership
) -> None:
    other = new_client()
    sign_in(other, officer)
    sign_in(client, officer)
    form = {"current": PASSWORD, "new": "a new one 12", "again": "a new one 12"}
    assert client.post("/account", data=form).status_code == 302
    assert other.get("/account").status_code == 302
    assert client.get("/account").status_code == 200


def test_the_log_keeps_no_name_that_nobody_has(client: Client, officer: Membership, session: Session) -> None:
    """A password typed into the box of the name would otherwise be written down for ever."""
    for name in ("my secret password 1", user_of(session, officer).username):
        client.post("/sign-in", data={"username": name, "password": "wrong one 12"})
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.sequence))
    assert [entry.detail["username"] for entry in entries] == ["", user_of(session, officer).username]


def test_an_invitation_names_the_public_address_whatever_host_is_claimed(
    app: Flask, client: Client, officer: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = replace(app.config["SETTINGS"], public_url="https://qa.example.gov.cn")
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    sign_in(client, officer)
    user_id = officer.user_id
    forged = {"X-Forwarded-Host": "evil.example"}
    client.post(f"/users/{user_id}/invitation", headers=forged)
    answer = client.get(f"/users/{user_id}", headers=forged)
    assert "https://qa.example.gov.cn/invitations/" in answer.text
    assert "evil.example" not in answer.text


def test_without_a_proxy_nobody_chooses_the_address_that_is_counted(
    client: Client, officer: Membership, session: Session
) -> None:
    headers = {"X-Forwarded-For": "203.0.113.7", "X-Real-IP": "203.0.113.7", "Forwarded": "for=203.0.113.7"}
    form = {"username": user_of(session, officer).username, "password": "wrong one 12"}
    client.post("/sign-in", data=form, headers=headers)
    entry = session.scalars(select(AuditEntry)).one()
    assert entry.detail["address"] == "127.0.0.1"


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"])
def test_no_other_method_opens_a_guarded_page(client: Client, officer: Membership, method: str) -> None:
    answer = client.open("/users", method=method)
    assert answer.status_code in {302, 405}
    sign_in(client, officer)
    override = {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "POST"}
    assert client.get("/users", headers=override).status_code == 200
