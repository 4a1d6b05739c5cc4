"""The invented accounts. Only those printed in the summary can sign in; the others would need an invitation."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts import passwords
from agencyqa.accounts.models import Body, Membership, User
from agencyqa.accounts.queries import active_memberships, actor_for
from agencyqa.accounts.services.administration import BodyData, add_body, create_user, grant_membership
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor, system_actor
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.clock import local_date
from agencyqa.demo import content

SIGN_IN_FILE = "demo_sign_ins.json"


@dataclass(frozen=True)
class SignIn:
    """One line of the summary: who signs in as what."""

    username: str
    role: Role
    body_name: str


class People:
    """Makes accounts as the administrator would, and finds the actor of a user name."""

    def __init__(self, session: Session, data_dir: Path) -> None:
        self._session = session
        self._file = data_dir / SIGN_IN_FILE
        self._passwords: dict[str, str] = {}
        self._administrator: Actor | None = None
        self._actors: dict[str, Actor] = {}

    def found_bureau(self, name: str, now: datetime) -> Body:
        """The first bureau and its administrator, whom nobody else could have made."""
        bureau = add_body(self._session, BodyData(BodyKind.BUREAU, name), now=now)
        person = content.ADMINISTRATOR
        user = User(
            username=person.username,
            display_name=person.name,
            password_hash=self._password(person.username),
            locale="zh_CN",
            is_active=True,
            created_at=now,
        )
        self._session.add(user)
        self._session.flush()
        self._session.add(
            Membership(
                user_id=user.id,
                body_id=bureau.id,
                role=Role.SYSTEM_ADMINISTRATOR,
                valid_from=local_date(now),
            )
        )
        record(self._session, system_actor("demo"), "accounts.user.created", user, now=now)
        self._administrator = self.actor(person.username, local_date(now))
        return bureau

    @property
    def administrator(self) -> Actor:
        assert self._administrator is not None
        return self._administrator

    def add(
        self,
        username: str,
        name: str,
        body: Body,
        role: Role,
        now: datetime,
        *,
        can_sign_in: bool = False,
    ) -> User:
        user = create_user(
            self.administrator, self._session, username=username, display_name=name, email=None, now=now
        )
        if can_sign_in:
            user.password_hash = self._password(username)
        grant_membership(
            self.administrator,
            self._session,
            user,
            body,
            role,
            valid_from=local_date(now),
            valid_to=None,
            now=now,
        )
        return user

    def actor(self, username: str, day: date) -> Actor:
        """Read once: nobody of the demo changes his role or leaves."""
        if username not in self._actors:
            self._actors[username] = self._read_actor(username, day)
        return self._actors[username]

    def _read_actor(self, username: str, day: date) -> Actor:
        user_id = self._session.scalars(select(User.id).where(User.username == username)).one()
        membership = self._session.scalars(active_memberships(user_id, day)).first()
        assert membership is not None, username
        return actor_for(self._session, membership)

    def keep_passwords(self) -> None:
        """For the summary of the next start; readable by the owner of the data folder only."""
        text = json.dumps(self._passwords, ensure_ascii=False, indent=1)
        self._file.unlink(missing_ok=True)
        descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)

    def _password(self, username: str) -> str:
        self._passwords[username] = secrets.token_urlsafe(9)
        return passwords.hash_password(self._passwords[username])


def kept_passwords(data_dir: Path) -> dict[str, str]:
    file = data_dir / SIGN_IN_FILE
    if not file.is_file():
        return {}
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found


def printed_sign_ins(session: Session, usernames: list[str]) -> list[SignIn]:
    rows = session.execute(
        select(User.username, Membership.role, Body.name)
        .join(Membership, Membership.user_id == User.id)
        .join(Body, Body.id == Membership.body_id)
        .where(User.username.in_(usernames))
        .order_by(Membership.id)
    )
    return [SignIn(row.username, row.role, row.name) for row in rows]
