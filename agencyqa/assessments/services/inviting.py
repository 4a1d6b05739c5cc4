"""Inviting experts to score an engagement: each gets a sheet of his own, in a seat of the panel."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from agencyqa.accounts.queries import bureau_chain
from agencyqa.accounts.table_locks import hold_tables
from agencyqa.assessments import policies
from agencyqa.assessments.facts import collect
from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.queries.experts import experts_of
from agencyqa.assessments.services.sheets import Chooser, Plan, check_due, make_sheet, tell_opened
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Forbidden, Invalid, Refused
from agencyqa.measures.enums import Purpose

# Constraint → (field, code) of two who invite at once.
CONSTRAINTS = {"uq_score_sheets_engagement_id_scorer_role_seat_revision": ("experts", "invited_meanwhile")}


def invite_experts(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    user_ids: Collection[int],
    *,
    due_on: date | None = None,
    now: datetime,
) -> list[ScoreSheet]:
    """Make a sheet for each of these experts who has none yet; they are told, and see their own sheet alone.

    Raise Refused ``no_expert_share`` where experts score nothing on the contract date, or ``no_scheme_in_force``;
    Invalid for somebody who is no active expert of the bureau.
    """
    if not policies.can_open_sheets(actor, engagement):
        raise Forbidden("only_bureau_opens_sheets")
    check_due(due_on, now)
    if engagement.state is EngagementState.TERMINATED:
        raise Refused("engagement_terminated_no_sheets", contract=engagement.contract_number)
    hold_tables(session, bureau_chain(session, engagement.bureau_id))
    chooser = Chooser(session, engagement.bureau_id)
    if chooser.panel(engagement) is None:
        raise Refused("no_expert_share", day=engagement.contract_signed_on)
    known = {
        each.user_id: each.body_id for each in experts_of(session, engagement.bureau_id, local_date(now))
    }
    if not user_ids or not set(user_ids) <= set(known):
        raise Invalid(experts="not_an_expert" if user_ids else "required")
    seats = {
        user_id: seat
        for seat, user_id in session.execute(
            sa.select(ScoreSheet.seat, ScoreSheet.scorer_user_id).where(
                ScoreSheet.engagement_id == engagement.id, ScoreSheet.scorer_role == Purpose.EXPERT
            )
        )
    }
    version = chooser.version(engagement, Purpose.EXPERT)
    facts = collect(session, [engagement.id]).get(engagement.id, [])
    first = max(seats.values(), default=0) + 1
    invited = sorted(set(user_ids) - set(seats))
    sheets = [
        make_sheet(
            actor,
            session,
            engagement,
            Plan(Purpose.EXPERT, known[user_id], version, seat, user_id),
            facts,
            due_on,
            now,
        )
        for seat, user_id in enumerate(invited, start=first)
    ]
    tell_opened(session, sheets, now)
    return sheets
