"""Deny by default: a view says who may call it, or nobody may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.exceptions import MethodNotAllowed, NotFound

from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.errors import Forbidden

View = TypeVar("View", bound=Callable[..., Any])
MARK = "agencyqa_permission"
PUBLIC = "public"
_NO_VIEW = (NotFound, MethodNotAllowed)
_FILES = frozenset({"static", "bootstrap.static"})


def requires(permission: Permission) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, MARK, permission)
        return view

    return mark


def public(view: View) -> View:
    """Anybody may call it, signed in or not."""
    setattr(view, MARK, PUBLIC)
    return view


def mark_of(view: Callable[..., Any]) -> Permission | str | None:
    return getattr(view, MARK, None)


def current_actor() -> Actor:
    """The actor of this request; only for views marked with ``@requires``."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        raise Forbidden("sign_in_needed")
    return actor


def optional_actor() -> Actor | None:
    actor: Actor | None = g.get("actor")
    return actor


def enforce() -> Any:
    """Run before every request, after the actor was loaded into ``g``."""
    if isinstance(request.routing_exception, _NO_VIEW):
        return None
    endpoint = request.endpoint
    if endpoint is None:
        return None
    mark = mark_of(current_app.view_functions[endpoint])
    if mark == PUBLIC or endpoint in _FILES:
        return None
    if mark is None:
        raise Forbidden("view_not_marked", endpoint=endpoint)
    actor = optional_actor()
    if actor is None:
        # Only a page can be come back to; an address that changes something cannot.
        wanted = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.sign_in", next=wanted))
    if not actor.has(Permission(mark)):
        raise Forbidden("role_may_not", permission=str(mark))
    return None


def init_app(app: Flask) -> None:
    app.before_request(enforce)
