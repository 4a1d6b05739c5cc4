"""Bodies, people and signed-in clients for tests."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from http import HTTPStatus

from argon2 import PasswordHasher
from sqlalchemy import insert
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership, User
from agencyqa.accounts.queries import actor_for
from agencyqa.accounts.services.administration import BodyData, add_body
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind, Role
from tests.client import Client

NOW = datetime(2022, 6, 15, 2, 0, tzinfo=UTC)
PASSWORD = "a quiet river 7"
# Hashing is slow on purpose, and a hash says itself how slow: this one is checked by the same lines in a blink. What
# the application asks of its own hashes is tested where passwords are.
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
_numbers = itertools.count(1)


def make_bureau(session: Session, name: str = "长宁区财政局", parent: Body | None = None) -> Body:
    return add_body(
        session, BodyData(BodyKind.BUREAU, name, parent_id=parent.id if parent else None), now=NOW
    )


def make_department(
    session: Session, bureau: Body, name: str = "区教育局", parent: Body | None = None
) -> Body:
    data = BodyData(BodyKind.DEPARTMENT, name, bureau_id=bureau.id, parent_id=parent.id if parent else None)
    return add_body(session, data, now=NOW)


def make_departments(session: Session, bureau: Body, count: int, name: str = "街道") -> None:
    """So many at once, numbered from 0."""
    like = {"kind": BodyKind.DEPARTMENT, "bureau_id": bureau.id, "created_at": NOW, "version": 1}
    rows = [
        {**like, "name": f"{name}{number:03}", "sort_key": f"jie1 {number:03}"} for number in range(count)
    ]
    session.execute(insert(Body), rows)


def make_observer(session: Session, bureau: Body, name: str = "区审计局") -> Body:
    return add_body(session, BodyData(BodyKind.OBSERVER, name, bureau_id=bureau.id), now=NOW)


def make_agency_body(session: Session, name: str = "甲咨询有限公司") -> Body:
    return add_body(session, BodyData(BodyKind.AGENCY, name), now=NOW)


def make_user(session: Session, username: str | None = None, display_name: str | None = None) -> User:
    number = next(_numbers)
    user = User(
        username=username or f"user{number}",
        # Of one length, so that no name stands in another one where a test looks for who is told.
        display_name=display_name or f"测试用户{number:06}",
        password_hash=PASSWORD_HASH,
        locale="zh_CN",
        is_active=True,
        created_at=NOW,
    )
    session.add(user)
    session.flush()
    return user


def make_member(session: Session, body: Body, role: Role, user: User | None = None) -> Membership:
    holder = user or make_user(session)
    membership = Membership(user_id=holder.id, body_id=body.id, role=role, valid_from=date(2016, 1, 1))
    membership.user, membership.body = holder, body
    session.add(membership)
    session.flush()
    return membership


def actor_of(session: Session, membership: Membership) -> Actor:
    return actor_for(session, membership)


def make_actor(session: Session, body: Body, role: Role) -> Actor:
    return actor_for(session, make_member(session, body, role))


def user_of(session: Session, membership: Membership) -> User:
    """Loaded anew: a request makes the test's session forget what it had loaded."""
    return session.get_one(User, membership.user_id)


def body_of(session: Session, membership: Membership) -> Body:
    return session.get_one(Body, membership.body_id)


def sign_in(client: Client, membership: Membership) -> None:
    """Through the form, as a person does."""
    assert client.shared is not None
    username = user_of(client.shared, membership).username
    answer = client.submit(client.get("/sign-in"), "main-form", username=username, password=PASSWORD)
    assert answer.status_code == HTTPStatus.FOUND, answer.text
