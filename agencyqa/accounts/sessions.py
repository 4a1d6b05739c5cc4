"""Browser sessions: a random key in the signed cookie, its row in the database, limits on both."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app, g, request
from flask import session as cookie
from flask_login import UserMixin, current_user, login_user, logout_user
from sqlalchemy import Row, update

from agencyqa.accounts.models import Membership, SignIn, User
from agencyqa.accounts.queries import browser_session, make_actor
from agencyqa.clock import local_date, utc_now
from agencyqa.db import set_reading
from agencyqa.extensions import db, login_manager
from agencyqa.web import bodies

# Writing the last use on every click would turn each page view into a write.
SEEN_STEP = timedelta(minutes=1)
# Nobody acts here, and the answers must not depend on the database.
WITHOUT_ACTOR = frozenset({"static", "bootstrap.static", "health.process", "health.ready"})
KEPT_ACROSS_SIGN_IN = ("locale",)


def is_read_request() -> bool:
    """An upload only reads until its file has arrived: SQLite's write lock must not wait for a slow line."""
    return request.method in {"GET", "HEAD", "OPTIONS"} or bodies.is_upload(request)


class SessionUser(UserMixin):
    """What Flask-Login carries: one browser session, not the account itself.

    ``memberships`` are the rows of ``browser_session`` that hold one; a session that has just begun has none yet.
    """

    def __init__(
        self,
        key: str,
        *,
        sign_in_id: int,
        user_id: int,
        membership_id: int | None,
        locale: str,
        memberships: Sequence[Row[*tuple[Any, ...]]] = (),
    ) -> None:
        self.key = key
        self.sign_in_id = sign_in_id
        self.user_id = user_id
        self.membership_id = membership_id
        self.locale = locale
        self.memberships = memberships

    def get_id(self) -> str:
        return self.key


def key_hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def begin(user: User, membership: Membership, now: datetime) -> None:
    """Start a session with a key of its own; whatever the cookie held before is dropped."""
    key = secrets.token_urlsafe(32)
    sign_in = SignIn(
        key_hash=key_hash(key), user_id=user.id, membership_id=membership.id, created_at=now, seen_at=now
    )
    db.session.add(sign_in)
    db.session.flush()
    kept = {name: cookie[name] for name in KEPT_ACROSS_SIGN_IN if name in cookie}
    cookie.clear()
    cookie.update(kept)
    cookie.permanent = True
    login_user(
        SessionUser(
            key,
            sign_in_id=sign_in.id,
            user_id=user.id,
            membership_id=membership.id,
            locale=user.locale,
        )
    )


def end(now: datetime) -> None:
    """End the session of this browser, here and in the database."""
    if current_user.is_authenticated:
        db.session.execute(
            update(SignIn)
            .where(SignIn.id == current_user.sign_in_id, SignIn.ended_at.is_(None))
            .values(ended_at=now)
        )
    logout_user()
    kept = {name: cookie[name] for name in KEPT_ACROSS_SIGN_IN if name in cookie}
    cookie.clear()
    cookie.update(kept)


@login_manager.user_loader  # type: ignore[untyped-decorator]
def load(key: str) -> SessionUser | None:
    """None where the session was ended, is too old, was idle too long, or its user was closed."""
    now = utc_now()
    settings = current_app.config["SETTINGS"]
    rows = browser_session(db.session(), key_hash(key), local_date(now))
    if not rows:
        return None
    found = rows[0]
    if found.ended_at is not None or not found.is_active:
        return None
    if now - found.created_at > settings.absolute_limit or now - found.seen_at > settings.idle_limit:
        return None
    if now - found.seen_at > SEEN_STEP:
        _touch(found.id, now)
    return SessionUser(
        key,
        sign_in_id=found.id,
        user_id=found.user_id,
        membership_id=found.acting_as,
        locale=found.locale,
        memberships=[row for row in rows if row.membership_id is not None],
    )


def _touch(sign_in_id: int, now: datetime) -> None:
    # A page view only reads; this write is a short transaction of its own before the page's.
    db.session.rollback()
    set_reading(False)
    db.session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=now))
    db.session.commit()
    set_reading(is_read_request())


def load_actor() -> None:
    """Before each request: who acts, in which of the user's roles."""
    g.actor = None
    g.membership_count = 0
    if request.endpoint in WITHOUT_ACTOR or not current_user.is_authenticated:
        return
    g.membership_count = len(current_user.memberships)
    for row in current_user.memberships:
        if row.membership_id == current_user.membership_id:
            g.actor = make_actor(
                db.session(),
                user_id=row.user_id,
                user_name=row.display_name,
                membership_id=row.membership_id,
                role=row.role,
                body_id=row.body_id,
                body_kind=row.body_kind,
                body_name=row.body_name,
                of_bureau_id=row.of_bureau_id,
            )
            return


def init_app(app: Flask) -> None:
    login_manager.session_protection = "strong"
    app.before_request(load_actor)
