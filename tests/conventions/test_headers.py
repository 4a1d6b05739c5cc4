"""What every answer says to the browser, whatever it is an answer to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.app import create_app
from agencyqa.auth.guards import requires
from agencyqa.auth.permissions import Permission
from agencyqa.auth.roles import Role
from tests.client import Client
from tests.conftest import dispose
from tests.databases import SECRET_KEY
from tests.factories.accounts import make_bureau, make_member, sign_in

# Headers are written outside of anything a database decides.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def faults(client: Client, app: Flask, method: str, path: str, **kwargs: Any) -> list[str]:
    answer = client.open(path, method=method, **kwargs)
    policy = answer.headers.get("Content-Security-Policy", "")
    wrong = [name for name, value in FIXED.items() if answer.headers.get(name) != value]
    if "default-src 'none'" not in policy or "'unsafe" in policy:
        wrong.append(f"policy {policy}")
    if answer.headers.get("Cache-Control") != "no-store" and not path.startswith("/static"):
        wrong.append(f"cache {answer.headers.get('Cache-Control')}")
    if b"Traceback" in answer.data:
        wrong.append("stack trace")
    return [f"{method} {path} {answer.status_code}: {each}" for each in wrong]


def test_every_page_and_every_refusal(app: Flask, client: Client, session: Session) -> None:
    sign_in(client, make_member(session, make_bureau(session), Role.BUREAU_LEAD))
    found: list[str] = []
    for rule in app.url_map.iter_rules():
        if not rule.arguments and "GET" in (rule.methods or ()):
            found += faults(client, app, "GET", rule.rule)
    for method, path in (
        ("GET", "/nothing/here"),
        ("GET", "/agencies"),
        ("GET", "/users"),
        ("GET", "/agencies/999999"),
        ("GET", "/audit/?q=%00"),
        ("DELETE", "/agencies/"),
        ("GET", "/static/app.css"),
        ("GET", "/static/../config.py"),
        ("GET", "/static/%2e%2e/config.py"),
        ("POST", "/sign-out"),
    ):
        found += faults(client, app, method, path)
    found += faults(client, app, "POST", "/language", csrf=False)
    found += faults(client, app, "POST", "/language", data={"locale": "x" * 5_000_000})
    assert found == []


def test_a_failure_of_our_own_tells_nothing_of_itself(
    app: Flask, client: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, make_member(session, make_bureau(session), Role.BUREAU_LEAD))

    def broken() -> str:
        raise RuntimeError("the inner reason")

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    guarded = requires(Permission.OWN_ACCOUNT)(broken)
    monkeypatch.setitem(app.view_functions, "accounts.own_account", guarded)
    answer = client.get("/account")
    assert answer.status_code == 500
    assert "系统出错" in answer.text
    assert "the inner reason" not in answer.text
    assert faults(client, app, "GET", "/account") == []


def test_a_cookie_for_the_world_is_secure(app: Flask) -> None:
    made = create_app(replace(app.config["SETTINGS"], secure_cookies=True))
    answer = made.test_client().get("/sign-in")
    dispose(made)
    assert "Strict-Transport-Security" in answer.headers
    cookie = answer.headers["Set-Cookie"]
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax"))
    assert SECRET_KEY not in cookie
