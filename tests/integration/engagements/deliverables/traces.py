"""Helpers for the tests of this area: what was logged, told and refused."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.audit.models import AuditEntry
from agencyqa.errors import Invalid
from agencyqa.notifications.models import InboxMessage


def entries(session: Session, event: str) -> list[dict[str, Any]]:
    session.commit()
    found = session.scalars(select(AuditEntry).where(AuditEntry.event == event).order_by(AuditEntry.id))
    return [entry.detail for entry in found]


def inbox(session: Session, membership_id: int) -> list[str]:
    statement = select(InboxMessage.code).where(InboxMessage.membership_id == membership_id)
    return list(session.scalars(statement.order_by(InboxMessage.id)))


def refusal(error: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {name: code for name, (code, _) in error.value.fields.items()}
