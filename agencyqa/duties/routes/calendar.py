"""The month, and the address under which a calendar programme reads it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from agencyqa.accounts.queries import actor_for
from agencyqa.accounts.throttle import TooManyAttempts, check_use, count_use
from agencyqa.auth.actor import Actor
from agencyqa.auth.guards import current_actor, public, requires
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today, utc_now
from agencyqa.db import set_reading
from agencyqa.duties import feeds, ical
from agencyqa.duties.items import Scope
from agencyqa.duties.months import Month
from agencyqa.duties.queries import Item, due_between
from agencyqa.duties.routes import bp
from agencyqa.errors import NotVisible
from agencyqa.extensions import db
from agencyqa.i18n import LOCALES, SOURCE_LOCALE
from agencyqa.measures.reckoning import reckon
from agencyqa.web.labels import label_of

# A month of the busiest bureau; what is left out is said on the page.
MOST_ITEMS = 600
IN_DAY = 5
# What a calendar programme gets: what is overdue, and what falls due within a year.
BACK, AHEAD = timedelta(days=180), timedelta(days=400)
MOST_EVENTS = 1000


@bp.get("/calendar")
@requires(Permission.DUTIES_READ)
def calendar() -> ResponseReturnValue:
    actor, day, session = current_actor(), today(), db.session()
    month = Month.read(request.args.get("month", ""), default=day)
    is_all = request.args.get("view") == "all"
    days = month.days()
    scope = Scope(actor, reckon(session, day))
    items = due_between(session, scope, days[0], days[-1], mine=not is_all, limit=MOST_ITEMS + 1)
    feed = feeds.open_feed(session, actor)
    return render_template(
        "duties/calendar.html",
        month=month,
        days=_by_day(days, items[:MOST_ITEMS]),
        is_cut=len(items) > MOST_ITEMS,
        is_all=is_all,
        day=day,
        in_day=IN_DAY,
        address=None if feed is None else _address(feeds.token_of(feed, _secret())),
    )


def _by_day(days: Sequence[date], items: Sequence[Item]) -> list[tuple[date, list[Item]]]:
    found: dict[date, list[Item]] = {day: [] for day in days}
    for item in items:
        if item.due_on is not None:
            found[item.due_on].append(item)
    return list(found.items())


@bp.post("/calendar/address")
@requires(Permission.DUTIES_READ)
def make_address() -> ResponseReturnValue:
    feeds.make_feed(current_actor(), db.session(), now=utc_now())
    db.session.commit()
    flash(gettext("已生成新的订阅地址，原来的地址不再有效。"), "success")
    return redirect(url_for("duties.calendar", _anchor="feed"))


@bp.post("/calendar/address/revoke")
@requires(Permission.DUTIES_READ)
def revoke_address() -> ResponseReturnValue:
    feeds.revoke_feed(current_actor(), db.session(), now=utc_now())
    db.session.commit()
    flash(gettext("订阅地址已撤销。"), "success")
    return redirect(url_for("duties.calendar", _anchor="feed"))


@bp.get("/calendar/<token>.ics")
@public
def feed(token: str) -> ResponseReturnValue:
    """What the holder of the address owes today. Whoever has no right to it learns only that there is nothing."""
    session, now = db.session(), utc_now()
    # The use is counted, so this is a write from its first statement on.
    session.rollback()
    set_reading(False)
    guesser = request.remote_addr or ""
    check_use(session, "feed-guess", guesser, now=now)
    membership = feeds.holder_of(session, token, _secret(), now=now)
    try:
        if membership is None:
            count_use(session, "feed-guess", guesser, now=now)
            raise NotVisible("calendar_unknown")
        count_use(session, "feed", str(membership.id), now=now)
    except (TooManyAttempts, NotVisible):
        session.commit()
        raise
    actor = actor_for(session, membership)
    if not actor.has(Permission.DUTIES_READ):
        session.commit()
        raise NotVisible("calendar_unknown")
    with force_locale(LOCALES.get(membership.user.locale, SOURCE_LOCALE)):
        content = _stream(actor)
    session.commit()
    return Response(content, content_type=f"{ical.CONTENT_TYPE}; charset=utf-8")


def _stream(actor: Actor) -> bytes:
    day, session = today(), db.session()
    scope = Scope(actor, reckon(session, day))
    items = due_between(session, scope, day - BACK, day + AHEAD, mine=True, limit=MOST_EVENTS)
    return ical.calendar(
        gettext("AgencyQA 待办事项（%(body)s）", body=actor.body_name),
        [_event(item) for item in items],
        stamp=utc_now(),
    )


def _event(item: Item) -> ical.Event:
    firm = gettext("期限为暂定：途经年度的节假日尚未公布。") if item.is_provisional else ""
    parts = [part for part in (item.detail, item.agency, firm) if part]
    assert item.due_on is not None
    return ical.Event(
        uid=f"{item.key}@agencyqa",
        on=item.due_on,
        summary=gettext("%(duty)s：%(title)s", duty=label_of(item.duty), title=item.title),
        description="\n".join(parts),
        url=_site() + item.address(),
    )


def _secret() -> str:
    return str(current_app.secret_key)


def _address(token: str) -> str:
    return _site() + url_for("duties.feed", token=token)


def _site() -> str:
    """What people type to get here; else the address of the request, which is then only shown to its sender."""
    settings = current_app.config["SETTINGS"]
    return str(settings.public_url) or request.url_root.rstrip("/")
