"""The gate that services pass again, whatever a route asked before."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Forbidden, NotVisible, Refused, WrongState
from agencyqa.evaluations import workflow
from agencyqa.evaluations.enums import RecordAction
from agencyqa.evaluations.models import EvaluationRecord
from agencyqa.evaluations.policies import is_author, visible_to

# The bureau that reads in its log what happens to a draft: none, for it learns of a record when it is handed in.
DRAFTS_READER: int | None = None


def expect_visible(actor: Actor, session: Session, record: EvaluationRecord) -> None:
    if session.scalars(visible_to(actor).where(EvaluationRecord.id == record.id)).one_or_none() is None:
        raise NotVisible()


def expect_open(engagement: Engagement) -> None:
    """Raise WrongState for a contract that was terminated, Refused for clerical help."""
    if engagement.state is EngagementState.TERMINATED:
        raise WrongState("evaluation_of_terminated")
    if engagement.is_clerical_only:
        raise Refused("clerical_issues_no_report", provision="CY6/negative_list")


def expect_author(actor: Actor, agency_id: int) -> None:
    if not actor.is_agency or actor.body_id != agency_id:
        raise NotVisible()
    if not is_author(actor, agency_id):
        raise Forbidden()


def expect_draft(
    actor: Actor, session: Session, record: EvaluationRecord, *, hold: bool = False
) -> Engagement:
    """The engagement of a draft that the actor may write. ``hold`` makes later writers wait for this one."""
    expect_author(actor, record.agency_id)
    statement = select(Engagement).where(Engagement.id == record.engagement_id)
    engagement = session.scalars(statement.with_for_update(key_share=True) if hold else statement).one()
    if engagement.agency_id != record.agency_id:
        raise WrongState("evaluation_agency_changed")
    expect_open(engagement)
    workflow.next_state(record.state, RecordAction.SAVE)
    return engagement
