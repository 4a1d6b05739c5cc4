"""Every address says who may open it, and the answer of the server agrees with the table of roles."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.auth.guards import PUBLIC, mark_of
from agencyqa.auth.permissions import Permission
from agencyqa.auth.roles import BODY_OF_ROLE, PERMISSIONS, BodyKind, Role
from agencyqa.files.lifecycles import FORMS
from agencyqa.web import bodies
from tests.client import Client
from tests.factories.accounts import (
    make_agency_body,
    make_bureau,
    make_department,
    make_member,
    make_observer,
    sign_in,
)

# The only addresses that a stranger may open. Adding one here is a decision.
PUBLIC_ENDPOINTS = {
    "accounts.invitation",
    "accounts.set_language",
    "accounts.sign_in",
    "accounts.sign_out",
    # Programmes read a calendar without a session; the address itself is the key.
    "duties.feed",
    "agencies.applicant",
    "agencies.apply",
    "agencies.apply_account",
    "agencies.apply_paper",
    "agencies.apply_paper_remove",
    "agencies.apply_person",
    "agencies.apply_qualification",
    "agencies.apply_remove",
    "agencies.apply_submit",
    "agencies.apply_withdraw",
    "agencies.applied_paper",
    "agencies.edit_application",
    "health.process",
    "health.ready",
    # Whoever holds a receipt checks it without an account.
    "receipts.key_file",
    "receipts.keys",
    "receipts.verifier",
}
ASSETS = {"static", "bootstrap.static"}


def test_every_view_is_marked(app: Flask) -> None:
    unmarked = {name for name, view in app.view_functions.items() if mark_of(view) is None}
    assert unmarked == ASSETS


def test_only_these_are_public(app: Flask) -> None:
    public = {name for name, view in app.view_functions.items() if mark_of(view) == PUBLIC}
    assert public == PUBLIC_ENDPOINTS


def test_marks_are_permissions_that_somebody_has(app: Flask) -> None:
    used = {mark_of(view) for view in app.view_functions.values()} - {None, PUBLIC}
    assert used <= set(Permission)
    held = frozenset().union(*PERMISSIONS.values())
    assert used <= held
    assert set(Permission) == held


def test_whoever_takes_files_says_what_for(app: Flask) -> None:
    """For the administrator's list of what was not sent to its end, and for the picture of who may begin."""
    taking = {name: view for name, view in app.view_functions.items() if hasattr(view, bodies.MARK)}
    assert [name for name, view in taking.items() if getattr(view, bodies.MARK) is None] == [
        "uploads.take_part"
    ]
    marks = {mark_of(view) for name, view in taking.items() if name != "uploads.take_part"}
    assert marks == {PUBLIC, *FORMS}


def test_addresses_that_change_something_take_no_get(app: Flask) -> None:
    """A link must never change anything: what is named as an action accepts POST only."""
    both = {
        rule.endpoint for rule in app.url_map.iter_rules() if rule.methods and {"GET", "POST"} <= rule.methods
    }
    forms = {endpoint for endpoint in both if endpoint not in ASSETS}
    for endpoint in forms:
        # A page with a form shows it by GET and takes it by POST; both have the same guard.
        assert mark_of(app.view_functions[endpoint]) is not None


def pages_without_arguments(app: Flask) -> list[tuple[str, str]]:
    return sorted(
        (rule.endpoint, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.methods
        and "GET" in rule.methods
        and not rule.arguments
        and rule.endpoint not in ASSETS | PUBLIC_ENDPOINTS
    )


# Who is let in is decided by marks; on PostgreSQL the same pages are opened by the walks of ``test_hostile_input``.
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", list(Role))
def test_role_by_page(app: Flask, client: Client, session: Session, role: Role) -> None:
    bureau = make_bureau(session)
    body = {
        BodyKind.BUREAU: lambda: bureau,
        BodyKind.AGENCY: lambda: make_agency_body(session),
        BodyKind.DEPARTMENT: lambda: make_department(session, bureau),
        BodyKind.OBSERVER: lambda: make_observer(session, bureau),
    }[BODY_OF_ROLE[role]]()
    sign_in(client, make_member(session, body, role))
    expected, found = {}, {}
    for endpoint, path in pages_without_arguments(app):
        mark = mark_of(app.view_functions[endpoint])
        expected[endpoint] = "shown" if mark in PERMISSIONS[role] else "refused"
        status = client.get(path).status_code
        found[endpoint] = {200: "shown", 403: "refused"}.get(status, status)
    assert found == expected


def test_a_stranger_is_sent_to_sign_in(app: Flask, client: Client) -> None:
    for endpoint, path in pages_without_arguments(app):
        answer = client.get(path)
        assert (endpoint, answer.status_code) == (endpoint, 302)
        assert answer.location.startswith("/sign-in"), endpoint


def test_an_unmarked_view_is_refused(app: Flask, client: Client, session: Session) -> None:
    """The guard itself: with the mark of a page taken away, nobody gets in."""
    view = app.view_functions["accounts.own_account"]
    sign_in(client, make_member(session, make_bureau(session), Role.BUREAU_LEAD))
    assert client.get("/account").status_code == 200
    unmarked: Any = lambda: view()  # noqa: E731, PLW0108
    app.view_functions["accounts.own_account"] = unmarked
    try:
        assert client.get("/account").status_code == 403
    finally:
        app.view_functions["accounts.own_account"] = view
