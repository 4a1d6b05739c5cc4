from __future__ import annotations

from flask import Flask

from agencyqa.auth.actor import Actor
from agencyqa.extensions import db
from agencyqa.notifications import queries
from agencyqa.notifications.readers import Directory, register_directory
from agencyqa.web.navigation import register_badge


def _unread(actor: Actor) -> int:
    return queries.unread_count(db.session(), actor)


def init_app(app: Flask, directory: Directory) -> None:
    """Shows the number of unread messages in the navigation of every page, and knows where mail goes."""
    register_directory(directory)
    register_badge("notifications.inbox", _unread)
