"""Receipts, files, decisions and moves of a date stay as they are, whatever a programme does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.db import SettledRowChanged
from agencyqa.engagements.deliverables.enums import Decision, DeliverableKind
from agencyqa.engagements.deliverables.models import (
    Deliverable,
    DeliverableVersion,
    Submission,
)
from tests.factories.deliverables import decide, make_handed_in
from tests.factories.engagements import make_engagement
from tests.integration.engagements.world import World


def test_what_was_handed_in_and_decided_is_kept(session: Session, world: World) -> None:
    engagement = make_engagement(session, world.bureau, world.agency, world.school)
    version = make_handed_in(session, engagement, DeliverableKind.PLAN)
    decide(session, engagement, session.get_one(Deliverable, version.deliverable_id), Decision.RETURNED)
    session.commit()
    number = version.id

    def load() -> DeliverableVersion:
        return session.get_one(DeliverableVersion, number)

    changes: tuple[Callable[[], object], ...] = (
        lambda: setattr(load(), "sha256", "0" * 64),
        lambda: setattr(load(), "submission_id", None),
        lambda: setattr(load(), "decision", Decision.ACCEPTED),
        lambda: session.delete(load()),
        lambda: setattr(session.scalars(select(Submission)).one(), "note", "改"),
    )
    for change in changes:
        change()
        with pytest.raises(SettledRowChanged):
            session.flush()
        session.rollback()
