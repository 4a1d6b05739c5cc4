"""Publishing a scheme for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.db import check_version
from agencyqa.errors import Forbidden, Refused
from agencyqa.measures import workflow
from agencyqa.measures.drafting.checking import check
from agencyqa.measures.enums import SchemeAction
from agencyqa.measures.models import Scheme, SchemeVersion
from agencyqa.measures.queries import citation_keys, fault_keys, neighbours, scheme_in_force
from agencyqa.measures.scheme_format import CheckedFile, content_hash, content_of, to_scheme
from agencyqa.measures.services.versions import end_version, lock_bureau, take_content


@dataclass(frozen=True)
class Effects:
    """What publication does: which version of the same line it ends, which one forbids it, and what held until then.

    ``held`` is what contracts of the first day would go by without it, of whichever bureau.
    """

    ends: SchemeVersion | None
    overlaps: SchemeVersion | None
    held: SchemeVersion | None


def effects_of(session: Session, version: SchemeVersion, scheme: Scheme) -> Effects:
    """For a draft of a bureau's ``scheme``."""
    assert scheme.bureau_id is not None
    line = neighbours(
        session, bureau_id=scheme.bureau_id, purpose=version.purpose, work_kind=version.work_kind
    )
    later = [other for other in line if other.valid_from >= version.valid_from]
    last = line[-1] if line else None
    is_open = last is not None and (last.valid_to is None or last.valid_to >= version.valid_from)
    held = scheme_in_force(
        session,
        bureau_id=scheme.bureau_id,
        purpose=version.purpose,
        work_kind=version.work_kind,
        day=version.valid_from,
    )
    return Effects(last if is_open and not later else None, later[0] if later else None, held)


def publish_scheme(
    actor: Actor, session: Session, version: SchemeVersion, *, seen_version: int | None, now: datetime
) -> None:
    """Make a draft of the lead's own bureau immutable and let it begin on its first day.

    The version before it ends the day before. Raise Refused where that would overlap with a later one or
    where the draft has errors, WrongState for anything but a draft, Stale for an outdated page.
    """
    scheme = session.get_one(Scheme, version.scheme_id)
    if not actor.has(Permission.SCHEMES_PUBLISH) or scheme.bureau_id is None:
        raise Forbidden()
    if scheme.bureau_id != actor.bureau_id:
        raise Forbidden()
    # Two publications at once could each miss the other, so they queue at their bureau's row.
    lock_bureau(session, scheme.bureau_id)
    state = workflow.next_state(version.state, SchemeAction.PUBLISH)
    check_version(version, seen_version)
    found = check(version.content, citation_keys(session), fault_keys(session))
    if not found.is_whole or found.file is None:
        raise Refused("scheme_has_errors", count=found.error_count)
    # What was wrong when it was saved may be right now, such as a provision that was added since.
    file = found.file
    content = content_of(file)
    take_content(
        version, CheckedFile(file, to_scheme(file, version.number), content, content_hash(content), ())
    )
    version.error_count = 0
    effects = effects_of(session, version, scheme)
    if (other := effects.overlaps) is not None:
        raise Refused(
            "scheme_validity_overlaps",
            valid_from=version.valid_from,
            other=other.scheme.title,
            number=other.number,
            other_from=other.valid_from,
        )
    if effects.ends is not None:
        end_version(session, actor, effects.ends, version, now)
    scheme.title, scheme.title_en = file.title.zh, file.title.en
    before, version.state = version.state, state
    version.published_at = now
    version.published_by_id = actor.user_id
    record(
        session,
        actor,
        "measures.scheme.published",
        version,
        now=now,
        bureau_id=scheme.bureau_id,
        changes={"state": (before, state)},
        key=scheme.key,
        number=version.number,
        content_hash=version.content_hash,
        valid_from=version.valid_from,
    )
