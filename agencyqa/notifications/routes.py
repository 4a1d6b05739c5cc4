from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Row
from werkzeug.routing import BuildError, Map

from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.extensions import db
from agencyqa.notifications import queries, services
from agencyqa.notifications.models import InboxMessage
from agencyqa.notifications.params import from_json
from agencyqa.notifications.policies import visible_to
from agencyqa.notifications.readers import directory
from agencyqa.web.kept_markup import DrawnFrom
from agencyqa.web.loading import one_or_404
from agencyqa.web.messages import sentence
from agencyqa.web.once import one_page
from agencyqa.web.tables import paginate

bp = Blueprint("notifications", __name__, url_prefix="/inbox")


class MessageLine(DrawnFrom):
    """One row of ``queries.message_rows``. Its words are looked for only where they were not drawn before."""

    def __init__(self, row: Row[Any]) -> None:
        self._row = row

    def drawn_from(self) -> tuple[Any, ...]:
        return tuple(self._row)

    @property
    def id(self) -> int:
        found: int = self._row.id
        return found

    @property
    def created_at(self) -> datetime:
        found: datetime = self._row.created_at
        return found

    @property
    def is_unread(self) -> bool:
        return self._row.read_at is None

    @property
    def text(self) -> str:
        return sentence(f"inbox.{self._row.code}", **from_json(json.loads(self._row.params)))

    @property
    def has_target(self) -> bool:
        return _leads_on(current_app.url_map, self._row.endpoint, self._row.endpoint_values)


@bp.get("/")
@requires(Permission.INBOX_READ)
def inbox() -> ResponseReturnValue:
    actor = current_actor()
    unread_only = request.args.get("show") == "unread"
    statement = queries.message_rows(actor, unread_only=unread_only)
    page = paginate(db.session(), statement, queries.ORDER, request.args)
    lines = [MessageLine(row) for row in page.rows]
    is_mailed = current_app.config["SETTINGS"].mail is not None
    # The head of every page shows the number of unread messages as well.
    with one_page():
        return render_template(
            "notifications/inbox.html",
            lines=lines,
            page=page,
            unread_only=unread_only,
            unread=queries.unread_count(db.session(), actor),
            is_mailed=is_mailed,
            address=_address(actor) if is_mailed else None,
        )


@bp.post("/<int:message_id>/open")
@requires(Permission.INBOX_READ)
def open_message(message_id: int) -> ResponseReturnValue:
    """Marks a message as read and goes where it points to, or back to the inbox."""
    message = _read(message_id)
    return redirect(_target(message.endpoint, message.endpoint_values) or url_for("notifications.inbox"))


@bp.post("/<int:message_id>/read")
@requires(Permission.INBOX_READ)
def mark_read(message_id: int) -> ResponseReturnValue:
    _read(message_id)
    return redirect(_back())


@bp.post("/read-all")
@requires(Permission.INBOX_READ)
def mark_all_read() -> ResponseReturnValue:
    number = services.mark_all_read(current_actor(), db.session(), now=utc_now())
    db.session.commit()
    flash(gettext("已将 %(number)s 条消息标为已读。", number=number), "success")
    return redirect(_back())


def _address(actor: Actor) -> str | None:
    """Where the mails of this membership go."""
    if actor.membership_id is None:
        return None
    reader = directory().reader(db.session(), actor.membership_id, today())
    return None if reader is None else reader.email


def _read(message_id: int) -> InboxMessage:
    actor = current_actor()
    message = one_or_404(visible_to(actor).where(InboxMessage.id == message_id))
    services.mark_read(actor, db.session(), message, now=utc_now())
    db.session.commit()
    return message


def _back() -> str:
    """The inbox as it was shown: all messages or the unread ones."""
    show = "unread" if request.form.get("show") == "unread" else None
    return url_for("notifications.inbox", show=show)


# Of a few dozen endpoints with their values, and asked in every row.
@lru_cache(maxsize=1000)
def _leads_on(addresses: Map, endpoint: str, values: str) -> bool:
    """``addresses`` are those of the application that answers."""
    return _target(endpoint, json.loads(values)) is not None


def _target(endpoint: str, values: Mapping[str, Any]) -> str | None:
    """None where the message points nowhere, or to a page that the program no longer has."""
    if not endpoint:
        return None
    try:
        # No value of a message may turn the address into one of another host.
        plain = {name: value for name, value in values.items() if not name.startswith("_")}
        return url_for(endpoint, **plain)
    except BuildError:
        return None
