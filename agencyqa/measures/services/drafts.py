"""Drafts of schemes: from a file that must be whole, or page by page, when anything may still be missing."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.db import check_version
from agencyqa.errors import Forbidden, Invalid, Refused
from agencyqa.measures import workflow
from agencyqa.measures.drafting.checking import DraftCheck, check
from agencyqa.measures.drafting.tree import Content, units_of
from agencyqa.measures.enums import Purpose, SchemeAction, SchemeState, WorkKind
from agencyqa.measures.models import Scheme, SchemeVersion
from agencyqa.measures.policies import can_draft, can_edit
from agencyqa.measures.queries import citation_keys, fault_keys
from agencyqa.measures.reading import LARGEST_FILE, MOST_VALUES
from agencyqa.measures.scheme_format import content_hash, content_of, parse_scheme
from agencyqa.measures.scheme_format.model import FILE_KEY
from agencyqa.measures.services.versions import lock_bureau, take_content

# Whoever saves again within this time is still at the same work, which is one entry of the log.
ONE_SESSION = timedelta(minutes=30)
# What the column holds; a draft may say more, and then keeps what it had.
_LARGEST_COLUMN = 2**31 - 1


def draft_scheme(actor: Actor, session: Session, text: str | bytes, *, now: datetime) -> SchemeVersion:
    """Store a scheme file as the draft of the actor's bureau; a draft of the same key is overwritten.

    Raise FileError (``agencyqa.measures.reading``) with every fault of the file.
    """
    if not can_draft(actor) or actor.bureau_id is None:
        raise Forbidden()
    checked = parse_scheme(text, citation_keys(session), fault_keys(session))
    # Two people who draft the same new key at once would make it twice.
    lock_bureau(session, actor.bureau_id)
    scheme = _scheme(session, actor.bureau_id, checked.content)
    version = _draft_of(session, scheme)
    before = None if version is None else version.content_hash
    if version is None:
        version = _new_version(session, scheme, now)
    take_content(version, checked)
    version.error_count = 0
    version.edited_at = None
    session.add(version)
    _record(actor, session, version, scheme, before, now)
    return version


def start_draft(actor: Actor, session: Session, content: Content, *, now: datetime) -> SchemeVersion:
    """A new scheme of the actor's bureau with this beginning. Raise Invalid where its key is none or is taken."""
    if not can_draft(actor) or actor.bureau_id is None:
        raise Forbidden()
    key = content.get("key")
    if not isinstance(key, str) or not re.fullmatch(FILE_KEY, key):
        raise Invalid(key=("bad_scheme_key", {"value": str(key)[:80]}))
    lock_bureau(session, actor.bureau_id)
    taken = select(Scheme.id).where(Scheme.bureau_id == actor.bureau_id, Scheme.key == key)
    if session.scalar(taken) is not None:
        raise Invalid(key="scheme_key_taken")
    return _begin(actor, session, content, now)


def copy_draft(actor: Actor, session: Session, source: SchemeVersion, *, now: datetime) -> SchemeVersion:
    """A draft of the actor's bureau with the content of a version that the actor may see.

    Of the bureau's own scheme it becomes the next version. Raise Refused where a draft of it is open already.
    """
    if not can_draft(actor) or actor.bureau_id is None:
        raise Forbidden()
    lock_bureau(session, actor.bureau_id)
    return _begin(actor, session, copy.deepcopy(source.content), now)


def save_draft(
    actor: Actor,
    session: Session,
    version: SchemeVersion,
    content: Content,
    *,
    seen_version: int | None,
    now: datetime,
) -> DraftCheck:
    """Keep what was written, with all its faults, and tell them. The key of a scheme stays what it is.

    Raise WrongState for a published version, Stale for an outdated page, Invalid for what is too much for a scheme.
    """
    scheme = session.get_one(Scheme, version.scheme_id)
    if not can_edit(actor, scheme):
        raise Forbidden()
    workflow.next_state(version.state, SchemeAction.SAVE)
    check_version(version, seen_version)
    before = version.content_hash
    found = _take(session, version, {**content, "key": scheme.key})
    if version.content_hash == before:
        return found
    goes_on = (
        version.edited_at is not None
        and now - version.edited_at <= ONE_SESSION
        and version.drafted_by_id == actor.user_id
    )
    version.edited_at = now
    _name(session, scheme, version)
    if not goes_on:
        _record(actor, session, version, scheme, before, now)
    return found


def _begin(actor: Actor, session: Session, content: Content, now: datetime) -> SchemeVersion:
    assert actor.bureau_id is not None
    scheme = _scheme(session, actor.bureau_id, content)
    if _draft_of(session, scheme) is not None:
        raise Refused("scheme_draft_exists", title=scheme.title)
    version = _new_version(session, scheme, now)
    version.purpose, version.valid_from, version.max_points = Purpose.BUREAU, now.date(), 0
    _take(session, version, content)
    version.edited_at = now
    session.add(version)
    _record(actor, session, version, scheme, None, now)
    return version


def _scheme(session: Session, bureau_id: int, content: Mapping[str, Any]) -> Scheme:
    key = content["key"]
    found = session.scalars(select(Scheme).where(Scheme.bureau_id == bureau_id, Scheme.key == key))
    scheme = found.one_or_none()
    if scheme is None:
        zh, en = _title(content)
        scheme = Scheme(bureau_id=bureau_id, key=key, title=zh or key, title_en=en or zh or key)
        session.add(scheme)
        session.flush()
    return scheme


def _draft_of(session: Session, scheme: Scheme) -> SchemeVersion | None:
    statement = select(SchemeVersion).where(
        SchemeVersion.scheme_id == scheme.id, SchemeVersion.state == SchemeState.DRAFT
    )
    return session.scalars(statement).one_or_none()


def _new_version(session: Session, scheme: Scheme, now: datetime) -> SchemeVersion:
    highest = session.scalar(
        select(func.max(SchemeVersion.number)).where(SchemeVersion.scheme_id == scheme.id)
    )
    return SchemeVersion(
        scheme_id=scheme.id, number=(highest or 0) + 1, state=SchemeState.DRAFT, created_at=now
    )


def _take(session: Session, version: SchemeVersion, content: Content) -> DraftCheck:
    """The content with its columns; a whole one in the form that published versions have."""
    _refuse_too_much(content)
    found = check(content, citation_keys(session), fault_keys(session))
    stored = content_of(found.file) if found.is_whole and found.file is not None else content
    version.content, version.content_hash = stored, content_hash(stored)
    version.error_count = found.error_count
    version.is_reference = content.get("is_reference") is True
    if (purpose := content.get("purpose")) in set(Purpose):
        version.purpose = Purpose(purpose)
    kind = content.get("work_kind")
    version.work_kind = WorkKind(kind) if kind in set(WorkKind) else None
    if (day := _day(content.get("valid_from"))) is not None:
        version.valid_from = day
    if (units := units_of(content.get("max_points"))) is not None and 0 <= units <= _LARGEST_COLUMN:
        version.max_points = units
    return found


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _title(content: Mapping[str, Any]) -> tuple[str, str]:
    title = content.get("title")
    words = title if isinstance(title, dict) else {}
    return str(words.get("zh", ""))[:200], str(words.get("en", ""))[:300]


def _name(session: Session, scheme: Scheme, version: SchemeVersion) -> None:
    """A scheme that was never published goes by the title of its draft."""
    others = select(SchemeVersion.id).where(
        SchemeVersion.scheme_id == scheme.id, SchemeVersion.id != version.id
    )
    if session.scalar(others.limit(1)) is None:
        zh, en = _title(version.content)
        scheme.title, scheme.title_en = zh or scheme.key, en or zh or scheme.key


def _refuse_too_much(content: Content) -> None:
    """The limits of a file hold for a draft, or it could never leave as one."""
    size = len(json.dumps(content, ensure_ascii=False).encode(errors="replace"))
    if size > LARGEST_FILE:
        raise Invalid(content=("scheme_too_large", {"limit": LARGEST_FILE}))
    if sum(1 for _ in _values(content)) > MOST_VALUES:
        raise Invalid(content=("scheme_too_large", {"limit": LARGEST_FILE}))


def _values(held: Any) -> Iterator[Any]:
    yield held
    inside = held.values() if isinstance(held, dict) else held if isinstance(held, list) else ()
    for each in inside:
        yield from _values(each)


def _record(
    actor: Actor, session: Session, version: SchemeVersion, scheme: Scheme, before: str | None, now: datetime
) -> None:
    version.drafted_by_id = actor.user_id
    record(
        session,
        actor,
        "measures.scheme.drafted",
        version,
        now=now,
        bureau_id=scheme.bureau_id,
        changes={"content_hash": (before, version.content_hash)},
        key=scheme.key,
        number=version.number,
    )
