"""What was seen: the answers of the checklist, the summary, and closing the record for good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.errors import Invalid, Refused, WrongState
from agencyqa.inspections import workflow
from agencyqa.inspections.checklist_format import items_of
from agencyqa.inspections.conflicts import Target, known_conflicts
from agencyqa.inspections.enums import Answer, CheckAction
from agencyqa.inspections.models import Checklist, SpotCheck
from agencyqa.inspections.queries.inspectors import inspector_of, inspectors_of
from agencyqa.inspections.services.access import RECUSAL, expect_check, expect_impartial
from agencyqa.inspections.services.checks import MINIMUM_INSPECTORS

Answers = Mapping[str, tuple[Answer | None, str]]


def write_answers(
    actor: Actor,
    session: Session,
    check: SpotCheck,
    answers: Answers,
    summary: str,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """``answers``: item key → (answer, note). An item without an answer may have a note all the same."""
    expect_check(actor, session, check, seen_version=seen_version)
    workflow.next_check_state(check.state, CheckAction.ANSWER)
    expect_impartial(actor, session, check, now=now)
    own = inspector_of(session, check.id, actor.user_id)
    if own is not None and own.declared_at is None:
        raise WrongState("declare_first")
    items = items_of(session.get_one(Checklist, check.checklist_id))
    written: dict[str, Any] = {}
    for item in items:
        answer, note = answers.get(item.key, (None, ""))
        if answer is not None or note:
            written[item.key] = {"answer": answer.value if answer else None, "note": note}
    before, had = check.summary, check.answers
    check.answers = written
    check.summary = summary
    session.flush()
    record(
        session,
        actor,
        "inspections.check.answered",
        check,
        now=now,
        bureau_id=check.bureau_id,
        changes={"summary": (before, summary), "answers": (had, written)},
    )


def unanswered(check: SpotCheck, checklist: Checklist) -> list[str]:
    """Keys of the items nobody answered."""
    return [
        item.key for item in items_of(checklist) if (check.answers.get(item.key) or {}).get("answer") is None
    ]


def close_record(
    actor: Actor,
    session: Session,
    check: SpotCheck,
    *,
    leave_unanswered: bool,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Facts and checklist stay from here on. Raise what the gates raise, Invalid, Refused or WrongState."""
    expect_check(actor, session, check, seen_version=seen_version)
    state = workflow.next_check_state(check.state, CheckAction.RECORD)
    expect_impartial(actor, session, check, now=now)
    if check.checked_on > local_date(now):
        raise WrongState("check_in_future", day=check.checked_on)
    _expect_inspectors(session, check, now=now)
    left = unanswered(check, session.get_one(Checklist, check.checklist_id))
    if left and not leave_unanswered:
        raise Invalid(leave_unanswered=("items_unanswered", {"count": len(left)}))
    if not check.summary:
        raise Invalid("summary_needed")
    answers = dict(check.answers)
    for key in left:
        answers[key] = {"answer": Answer.LEFT.value, "note": (answers.get(key) or {}).get("note", "")}
    check.answers = answers
    before, check.state = check.state, state
    check.recorded_at = now
    check.recorded_by_id = actor.user_id
    session.flush()
    record(
        session,
        actor,
        "inspections.check.recorded",
        check,
        now=now,
        bureau_id=check.bureau_id,
        changes={"state": (before, state)},
        left_open=left,
    )


def _expect_inspectors(session: Session, check: SpotCheck, *, now: datetime) -> None:
    """At least two without a conflict. Who never declared took no part, and the record says so."""
    impartial = 0
    for inspector, name in inspectors_of(session, check.id):
        if inspector.has_conflict is not False:
            continue
        # What became known after the declaration counts too.
        found = known_conflicts(session, inspector.user_id, Target.of(check), local_date(now))
        if found:
            raise Refused("inspector_known_conflict", provision=RECUSAL, name=name, reason=found[0].text)
        impartial += 1
    if impartial < MINIMUM_INSPECTORS:
        raise WrongState("too_few_inspectors", minimum=MINIMUM_INSPECTORS)
