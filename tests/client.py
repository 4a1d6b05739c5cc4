"""The test client: it checks every page, sends tokens as a browser would, and notices a lost write."""

from __future__ import annotations

import contextvars
import secrets
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction
from werkzeug.test import TestResponse

from agencyqa.extensions import db
from tests import pages

REDIRECT = range(300, 400)
ERROR = 400
LOST = "tests.lost_writes"


class Client(FlaskClient):
    """Differs from Flask's client in four ways.

    A request never runs inside an application context of the test, because sharing its session would hide a
    missing commit. Every HTML page is parsed and checked; ``page(response)`` gives it back. A request that
    changes something carries a CSRF token unless it says ``csrf=False``. A successful request that leaves
    written rows uncommitted fails the test. What the test's session ``shared`` holds is committed before a
    request and read anew after it.
    """

    shared: Session | None = None

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        # Read to the end inside: a streamed answer holds the contexts of its request until then.
        kwargs["buffered"] = True
        if csrf and str(kwargs.get("method", "GET")).upper() not in {"GET", "HEAD", "OPTIONS"}:
            headers = dict(kwargs.pop("headers", None) or {})
            headers.setdefault("X-CSRFToken", self.csrf_token())
            kwargs["headers"] = headers
        lost: list[str] = self.application.extensions[LOST]
        lost.clear()
        if self.shared is not None:
            self.shared.commit()
        response = contextvars.Context().run(super().open, *args, **kwargs)
        if self.shared is not None:
            self.shared.expire_all()
        where = f"{response.request.method} {response.request.path} ({response.status_code})"
        assert not lost or response.status_code >= ERROR, f"{where} left uncommitted: {lost}"
        if response.mimetype == "text/html" and response.status_code not in REDIRECT:
            vars(response)["page"] = pages.check(response.text, where, response.request.path)
        return response

    @staticmethod
    def page(response: TestResponse) -> pages.Page:
        """The page as it was read when it came, or is read now: reading costs as much as making it."""
        found: pages.Page = vars(response).get("page") or pages.Page(response.text)
        return found

    def csrf_token(self) -> str:
        """A token that fits this client's session, as if it had been shown a form."""

        def make() -> str:
            with self.session_transaction() as session:
                value: str = session.setdefault("csrf_token", secrets.token_hex(20))
            return value

        value = contextvars.Context().run(make)
        signer = URLSafeTimedSerializer(self.application.secret_key or "", salt="wtf-csrf-token")
        token: str = signer.dumps(value)
        return token

    def submit(self, response: TestResponse, form: str = "", **changes: Any) -> TestResponse:
        """Send a form of the page just shown, with its own values where ``changes`` names no other.

        A value of None leaves the field out, as an unticked box is; a list sends the field several times. The
        token is the page's own, so that a form without one is refused.
        """
        found = self.page(response).form(form)
        data: dict[str, Any] = {**found.values, **changes}
        data = {name: value for name, value in data.items() if value is not None}
        target = found.action or response.request.full_path.rstrip("?")
        if found.method == "get":
            return self.get(target, query_string=data)
        return self.post(target, data=data, csrf=False)


def watch_commits(app: Flask) -> None:
    """Note, at the end of each request, what its session wrote or changed and did not commit."""
    lost: list[str] = app.extensions.setdefault(LOST, [])

    def look(error: BaseException | None) -> None:
        if not db.session.registry.has():
            return
        session = db.session()
        lost.extend(f"{type(row).__name__} added" for row in session.new)
        lost.extend(f"{type(row).__name__} changed" for row in session.dirty if session.is_modified(row))
        lost.extend(f"{type(row).__name__} deleted" for row in session.deleted)
        lost.extend(session.info.pop("written", ()))

    # Registered last, called first: before the extension removes the session.
    app.teardown_appcontext(look)


def listen_for_writes() -> None:
    """Rows once flushed are no longer new or changed; only the end of the whole transaction settles them."""

    def flushed(session: Session, context: object) -> None:
        names = {type(row).__name__ for row in (*session.new, *session.dirty, *session.deleted)}
        session.info.setdefault("written", []).append(f"flushed {sorted(names)}")

    def executed(state: ORMExecuteState) -> None:
        if state.is_insert or state.is_update or state.is_delete:
            # An upsert of rows has no text of its own to show.
            what = f"executed {type(state.statement).__name__} of {state.bind_mapper}"
            state.session.info.setdefault("written", []).append(what)

    def settled(session: Session, transaction: SessionTransaction) -> None:
        if transaction.parent is None:
            session.info.pop("written", None)

    event.listen(db.session, "after_flush", flushed)
    event.listen(db.session, "do_orm_execute", executed)
    event.listen(db.session, "after_transaction_end", settled)


def engines_of(app: Flask) -> dict[str | None, sa.Engine | sa.Connection]:
    """The extension's own table of engines, where a test may put a connection in place of an engine."""
    with app.app_context():
        engines: Any = db.engines
    found: dict[str | None, sa.Engine | sa.Connection] = engines
    return found
