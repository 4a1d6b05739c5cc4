from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from agencyqa.engagements import hooks
from agencyqa.engagements.deliverables import services
from tests.factories.accounts import NOW
from tests.integration.engagements.world import World, make_world


@pytest.fixture
def world(session: Session) -> World:
    made = make_world(session)
    services.load_requirement_tables(session, NOW)
    return made


@pytest.fixture
def told() -> Iterator[list[int]]:
    """The engagements of which somebody heard that their evidence changed."""
    heard: list[int] = []

    def listen(session: Session, engagement_id: int, now: datetime) -> None:
        heard.append(engagement_id)

    hooks.evidence_listeners.append(listen)
    yield heard
    hooks.evidence_listeners.remove(listen)
