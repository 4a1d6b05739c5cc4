from __future__ import annotations

from flask import Flask

from agencyqa.auth.actor import Actor
from agencyqa.extensions import db
from agencyqa.notifications import queries
from agencyqa.web.navigation import register_badge


def _unread(actor: Actor) -> int:
    return queries.unread_count(db.session(), actor)


def init_app(app: Flask) -> None:
    """Shows the number of unread messages in the navigation of every page."""
    register_badge("notifications.inbox", _unread)
