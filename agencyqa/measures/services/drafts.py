"""Drafts of schemes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.errors import Forbidden
from agencyqa.measures.enums import SchemeState
from agencyqa.measures.models import Scheme, SchemeVersion
from agencyqa.measures.policies import can_draft
from agencyqa.measures.queries import citation_keys, fault_keys
from agencyqa.measures.scheme_format import parse_scheme
from agencyqa.measures.services.versions import lock_bureau, take_content, version_of


def draft_scheme(actor: Actor, session: Session, text: str | bytes, *, now: datetime) -> SchemeVersion:
    """Store a scheme file as the draft of the actor's bureau; a draft of the same key is overwritten.

    Raise FileError (``agencyqa.measures.reading``) with every fault of the file.
    """
    if not can_draft(actor) or actor.bureau_id is None:
        raise Forbidden()
    checked = parse_scheme(text, citation_keys(session), fault_keys(session))
    # Two people who draft the same new key at once would make it twice.
    lock_bureau(session, actor.bureau_id)
    scheme = session.scalars(
        select(Scheme).where(Scheme.bureau_id == actor.bureau_id, Scheme.key == checked.file.key)
    ).one_or_none()
    if scheme is None:
        scheme = Scheme(
            bureau_id=actor.bureau_id,
            key=checked.file.key,
            title=checked.file.title.zh,
            title_en=checked.file.title.en,
        )
        session.add(scheme)
        session.flush()
    version = session.scalars(
        select(SchemeVersion).where(
            SchemeVersion.scheme_id == scheme.id, SchemeVersion.state == SchemeState.DRAFT
        )
    ).one_or_none()
    before = None if version is None else version.content_hash
    if version is None:
        highest = session.scalar(
            select(func.max(SchemeVersion.number)).where(SchemeVersion.scheme_id == scheme.id)
        )
        version = version_of(checked, scheme, (highest or 0) + 1, now)
        session.add(version)
    else:
        take_content(version, checked)
    version.drafted_by_id = actor.user_id
    record(
        session,
        actor,
        "measures.scheme.drafted",
        version,
        now=now,
        bureau_id=actor.bureau_id,
        changes={"content_hash": (before, checked.content_hash)},
        key=scheme.key,
        number=version.number,
    )
    return version
