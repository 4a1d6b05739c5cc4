"""Binds the look of the product to an application."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from flask import Flask, g, request, url_for
from flask_bootstrap import Bootstrap5

from agencyqa.auth.guards import optional_actor
from agencyqa.i18n import aside_markup, html_language, listed_markup, page_text
from agencyqa.web import error_pages, headers, intake
from agencyqa.web.assets import asset, bootstrap_asset
from agencyqa.web.formats import FILTERS
from agencyqa.web.icons import icon
from agencyqa.web.labels import label_of, role_label, tone_of
from agencyqa.web.marks import badge, csrf_token, tag, with_token
from agencyqa.web.navigation import drawn_navigation


def url_with(**changes: Any) -> str:
    """The present address with some arguments changed; None takes one away. The cursor never stays."""
    arguments: dict[str, Any] = request.args.to_dict(flat=False)
    arguments.pop("cursor", None)
    arguments.update(changes)
    kept = {name: value for name, value in arguments.items() if value is not None}
    # The path alone is an address that is built once; with arguments it would be looked for anew each time.
    path = url_for(str(request.endpoint), **(request.view_args or {}))
    return f"{path}?{urlencode(kept, doseq=True)}" if kept else path


def new_id() -> str:
    """An id for markup, new on every call."""
    return f"u{uuid4().hex[:10]}"


def has_view(app: Flask, endpoint: str) -> bool:
    return endpoint in app.view_functions


def page_state(app: Flask) -> dict[str, Any]:
    """What the layout of every page asks for."""
    return {
        "page_actor": optional_actor(),
        "page_language": html_language(),
        "is_demo": bool(app.config.get("DEMO_DATA") or g.get("demo_data")),
        "page_address": request.full_path.rstrip("?") if request.method == "GET" else "/",
        "membership_count": g.get("membership_count", 1),
    }


def _prefer_own_token(app: Flask) -> None:
    """The extension hands its token to every page under the name of ours, and what is handed in goes before globals."""
    handed = app.template_context_processors[None]
    handed[:] = [each for each in handed if each.__module__ != "flask_wtf.csrf"]


def init_app(app: Flask) -> None:
    """After the extensions, before the first request; reads SESSION_COOKIE_SECURE, DEMO_DATA."""
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    Bootstrap5(app)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(FILTERS, aside=aside_markup, listed=listed_markup, with_token=with_token)
    app.jinja_env.globals.update(
        _=page_text,
        asset=asset,
        bootstrap_asset=bootstrap_asset,
        csrf_token=csrf_token,
        draw_badge=badge,
        draw_icon=icon,
        draw_tag=tag,
        drawn_navigation=drawn_navigation,
        label_of=label_of,
        new_id=new_id,
        page_state=lambda: page_state(app),
        has_view=lambda endpoint: has_view(app, endpoint),
        role_label=role_label,
        tone_of=tone_of,
        url_with=url_with,
    )
    _prefer_own_token(app)
    intake.init_app(app)
    headers.init_app(app, secure=bool(app.config.get("SESSION_COOKIE_SECURE")))
    error_pages.init_app(app)
