"""The Word template of a bureau's records: the newest row holds, older ones stay."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.errors import Forbidden, Invalid, WrongState
from agencyqa.files.enums import FileKind
from agencyqa.files.models import StoredFile
from agencyqa.files.services import open_stored
from agencyqa.inspections import order_policies
from agencyqa.inspections.documents.template import default_template
from agencyqa.inspections.documents.word import LARGEST_TEMPLATE, check_template
from agencyqa.inspections.models import RecordTemplate


def template_in_use(session: Session, bureau_id: int) -> RecordTemplate | None:
    """None, or a row without a file: the shipped template holds."""
    return session.scalars(
        select(RecordTemplate)
        .where(RecordTemplate.bureau_id == bureau_id)
        .order_by(RecordTemplate.number.desc())
        .limit(1)
    ).one_or_none()


def template_bytes(session: Session, bureau_id: int) -> bytes:
    """The content by which the bureau's records are printed now."""
    found = template_in_use(session, bureau_id)
    if found is None or found.file_id is None:
        return default_template()
    return _read(session.get_one(StoredFile, found.file_id))


def replace_template(
    actor: Actor, session: Session, stored: StoredFile, file_name: str, *, now: datetime
) -> RecordTemplate:
    """Take a bureau's own template; raise Invalid on ``file`` unless a sample record can be printed by it."""
    _expect_may_change(actor)
    if stored.kind is not FileKind.DOCX:
        raise Invalid(file="template_not_word")
    if stored.size > LARGEST_TEMPLATE:
        raise Invalid(file=("template_too_large", {"limit": LARGEST_TEMPLATE // (1024 * 1024)}))
    check_template(_read(stored))
    session.flush()
    return _add(actor, session, "inspections.template.replaced", stored, file_name, now)


def reset_template(actor: Actor, session: Session, *, now: datetime) -> RecordTemplate:
    """Go back to the shipped template. The second click of a double click is told that it holds already."""
    _expect_may_change(actor)
    assert actor.bureau_id is not None
    found = template_in_use(session, actor.bureau_id)
    if found is None or found.file_id is None:
        raise WrongState("template_is_default")
    return _add(actor, session, "inspections.template.reset", None, "", now)


def _expect_may_change(actor: Actor) -> None:
    if not order_policies.can_change_template(actor):
        raise Forbidden()


def _add(
    actor: Actor, session: Session, event: str, stored: StoredFile | None, file_name: str, now: datetime
) -> RecordTemplate:
    # The bureau's row is held, so that two uploads at once get two numbers.
    session.execute(select(Body.id).where(Body.id == actor.bureau_id).with_for_update(key_share=True))
    last = session.scalar(
        select(sa.func.max(RecordTemplate.number)).where(RecordTemplate.bureau_id == actor.bureau_id)
    )
    template = RecordTemplate(
        bureau_id=actor.bureau_id,
        number=(last or 0) + 1,
        file_id=None if stored is None else stored.id,
        file_name=file_name,
        entered_at=now,
        entered_by_id=actor.user_id,
    )
    session.add(template)
    session.flush()
    record(
        session,
        actor,
        event,
        template,
        now=now,
        bureau_id=actor.bureau_id,
        file_name=file_name,
        sha256=None if stored is None else stored.sha256,
    )
    return template


def _read(stored: StoredFile) -> bytes:
    with open_stored(stored) as content:
        return content.read()
