"""The calendar address: only what its holder owes today, and worthless once it is revoked or his role has ended."""

from __future__ import annotations

import re
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Membership, SignInThrottle
from agencyqa.accounts.throttle import LIMITS
from agencyqa.audit.models import AuditEntry
from agencyqa.clock import today
from agencyqa.duties.feeds import token_of
from agencyqa.duties.models import CalendarFeed
from agencyqa.engagements.deliverables.enums import DeliverableKind
from tests.client import Client
from tests.factories.accounts import NOW, sign_in, user_of
from tests.factories.deliverables import make_deliverable
from tests.integration.reports.world import World, world

__all__ = ["world"]

HOSTILE = "项目\r\nBEGIN:VEVENT\r\nSUMMARY:假"
UID = re.compile(r"^UID:(\S+)$", re.MULTILINE)


def address_of(client: Client, person: Membership) -> str:
    """Made on the page, as the page shows it."""
    client.delete_cookie("agencyqa")
    sign_in(client, person)
    assert client.post("/calendar/address").status_code == 302
    found = re.search(r"/calendar/\d+-[\w-]{43}\.ics", client.page(client.get("/calendar")).text)
    assert found is not None
    return found[0]


def read(client: Client, address: str) -> str:
    """By a programme that has no session."""
    client.delete_cookie("agencyqa")
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.get_data(as_text=True).replace("\r\n ", "")


@pytest.fixture
def both(world: World) -> World:
    """Each district's agency owes a plan; the neighbour's must never be read here."""
    for district, name in ((world.own, HOSTILE), (world.other, "邻区的项目")):
        engagement = district.engage(name, due_on=today())
        make_deliverable(district.session, engagement, DeliverableKind.PLAN, due_on=today())
    return world


def test_only_what_the_holder_owes_and_nothing_breaks_out(both: World, client: Client) -> None:
    own = both.own
    address = address_of(client, own.manager)
    text = read(client, address)
    assert text.count("\r\nBEGIN:VEVENT\r\n") == text.count("\r\nEND:VEVENT\r\n") == 2
    assert "SUMMARY:提交成果：项目\\nBEGIN:VEVENT\\nSUMMARY:假\r\n" in text
    assert "邻区的项目" not in text
    assert f"DTSTART;VALUE=DATE:{today():%Y%m%d}\r\n" in text
    # Where the day moves, the event moves: its name is the same.
    before = UID.findall(text)
    own.session.execute(sa.text("UPDATE deliverables SET due_on = '2022-01-03'"))
    own.session.execute(
        sa.text("UPDATE engagements SET due_on = '2099-01-03', contract_signed_on = '2022-01-01'")
    )
    moved = read(client, address)
    assert (UID.findall(moved), "20990103" in moved) == ([], False)
    own.session.execute(sa.text("UPDATE deliverables SET due_on = :day"), {"day": f"{today():%Y-%m-%d}"})
    assert UID.findall(read(client, address)) == [name for name in before if name.startswith("deliverable")]
    # The neighbour's agency reads its own.
    assert "邻区的项目" in read(client, address_of(client, both.other.manager))


def test_revoked_replaced_and_ended(both: World, client: Client) -> None:
    own, session = both.own, both.own.session
    first = address_of(client, own.manager)
    second = address_of(client, own.manager)
    assert first != second
    assert client.get(first).status_code == 404
    assert "提交成果" in read(client, second)
    # The role ended yesterday, and the session with it.
    membership = session.get_one(Membership, own.manager.id)
    membership.valid_from, membership.valid_to = date(2022, 1, 1), date(2022, 1, 2)
    assert client.get(second).status_code == 404
    membership.valid_to = None
    assert client.get(second).status_code == 200
    user_of(session, membership).is_active = False
    assert client.get(second).status_code == 404
    user_of(session, membership).is_active = True
    sign_in(client, own.manager)
    assert client.post("/calendar/address/revoke").status_code == 302
    assert client.get(second).status_code == 404
    assert client.page(client.get("/calendar")).text.count("生成订阅地址") == 1
    log = [
        (row.event, row.target_type)
        for row in session.scalars(
            sa.select(AuditEntry).where(AuditEntry.event.like("duties.feed.%")).order_by(AuditEntry.sequence)
        )
    ]
    made, revoked = ("duties.feed.made", "calendar_feeds"), ("duties.feed.revoked", "calendar_feeds")
    assert log == [made, revoked, made, revoked]


def test_no_address_can_be_guessed(both: World, client: Client, app: Flask, session: Session) -> None:
    address = address_of(client, both.own.manager)
    number, signature = address.removeprefix("/calendar/").removesuffix(".ics").split("-", 1)
    foreign = CalendarFeed(membership_id=both.other.manager.id, nonce="n" * 43, created_at=NOW)
    session.add(foreign)
    session.flush()
    tried = [
        f"{number}-{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}",
        f"{foreign.id}-{signature}",
        f"{number}-",
        number,
        f"{10**17}-{signature}",
        f"{10**30}-{signature}",
        f"-{signature}",
        "x",
        token_of(foreign, "another secret of another house"),
    ]
    client.delete_cookie("agencyqa")
    bodies = {client.get(f"/calendar/{token}.ics").status_code for token in tried}
    assert bodies == {404}
    assert client.get(address).status_code == 200
    # Enough guesses from one place, and even a good address waits.
    for _ in range(LIMITS["feed-guess"] - len(tried)):
        client.get("/calendar/1-x.ics")
    assert client.get(address).status_code == 429
    session.execute(sa.delete(SignInThrottle))
    statuses = [client.get(address).status_code for _ in range(LIMITS["feed"] + 1)]
    assert statuses == [200] * LIMITS["feed"] + [429]
