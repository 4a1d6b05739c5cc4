"""A bureau with an officer who writes a draft, for the tests of the editor."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.measures import services
from agencyqa.measures.enums import SchemeState
from agencyqa.measures.models import SchemeVersion
from tests.client import Client
from tests.factories.accounts import NOW, make_actor, make_bureau, make_member, sign_in
from tests.factories.measures import load_measures


@pytest.fixture
def bureau(session: Session) -> Body:
    load_measures(session)
    return make_bureau(session)


@pytest.fixture
def officer(client: Client, session: Session, bureau: Body) -> Client:
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    return client


def start(session: Session, bureau: Body, **more: Any) -> SchemeVersion:
    """A draft with one section of one criterion that has a key and nothing else."""
    content = {
        "key": "own",
        "title": {"zh": "自编表"},
        "purpose": "bureau",
        "valid_from": "2023-01-01",
        "max_points": "10",
        "sections": [{"key": "section_1", "criteria": [{"key": "item_1"}]}],
    }
    actor = make_actor(session, bureau, Role.BUREAU_SUPERVISOR)
    version = services.start_draft(actor, session, content | more, now=NOW)
    session.flush()
    return version


def drafts(session: Session) -> list[SchemeVersion]:
    return list(session.scalars(select(SchemeVersion).where(SchemeVersion.state == SchemeState.DRAFT)))


def entries(session: Session, version: SchemeVersion) -> int:
    session.commit()
    found = session.scalar(
        select(func.count()).where(
            AuditEntry.event == "measures.scheme.drafted", AuditEntry.target_id == version.id
        )
    )
    return found or 0
