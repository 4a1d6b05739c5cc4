"""A list that is asked for again sends the statements that were put together for the first request."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from sqlalchemy import CompoundSelect, Select, select

from agencyqa.accounts.models import User
from tests.client import Client
from tests.factories.accounts import sign_in
from tests.integration.reports.filled import fill
from tests.integration.reports.world import World, world

__all__ = ["world"]

OF_AREAS = (
    "/board",
    "/board?view=table",
    "/duties",
    "/duties?view=all",
    "/duties?view=all&late=y&due_from=2022-01-01&due_to=2022-12-31",
    "/engagements/",
    "/engagements/?sort=-fee",
    "/engagements/deliverables",
    "/engagements/deliverables?late=y",
    "/engagements/deliverables?sort=due",
    "/engagements/selections/",
    "/engagements/plans/",
    "/evaluations/",
    "/objects/",
    "/agencies/",
    "/inspections/",
    "/inspections/findings",
    "/inspections/orders",
    "/inbox/",
)
OF_BUREAU = (*OF_AREAS, "/engagements/independence", "/sheets/", "/agencies/applications", "/audit/")
OF_ADMINISTRATOR = ("/users", "/users?q=a", "/bodies", "/bodies?kind=bureau&q=1", "/audit/")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every select that is begun or goes on to be built."""
    found: list[str] = []

    def watch(kind: type, name: str) -> None:
        build = getattr(kind, name)

        def noted(self: Any, *args: Any, **named: Any) -> Any:
            found.append(name)
            return build(self, *args, **named)

        monkeypatch.setattr(kind, name, noted)

    for kind in (Select, CompoundSelect):
        watch(kind, "__init__")
        watch(kind, "_generate")
    return found


def test_no_statement_of_a_list_is_put_together_twice(
    world: World, new_client: Callable[[], Client], made: list[str]
) -> None:
    own = world.own
    fill(own, "本区项目")
    clients = {}
    for name, person, pages in (
        ("supervisor", own.supervisor, OF_BUREAU),
        ("agency", own.manager, OF_AREAS),
        ("department", own.officer, OF_AREAS),
        ("administrator", world.administrator, OF_ADMINISTRATOR),
    ):
        clients[name] = new_client(), pages
        sign_in(clients[name][0], person)
    again: dict[tuple[str, str], int] = {}
    for name, (client, pages) in clients.items():
        for page in pages:
            if client.get(page).status_code == HTTPStatus.OK:
                made.clear()
                client.get(page)
                again[name, page] = len(made)
    assert {place: count for place, count in again.items() if count} == {}
    # Otherwise nothing was looked at, or nothing was counted.
    assert len(again) > 50
    select(User.id).where(User.is_active)
    assert made[-2:] == ["__init__", "_generate"]
