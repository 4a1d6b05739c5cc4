"""Who may see and do what with score sheets. Deny by default."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, select

from agencyqa.assessments import workflow
from agencyqa.assessments.enums import SheetAction, SheetState
from agencyqa.assessments.models import ScoreSheet
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements.models import Engagement


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """The condition under which a sheet exists for the actor.

    A bureau reads its own and its districts'; a department only the sheets it fills in itself; the agency that was
    scored, and an observer, only what is published; an expert the sheets to which he himself was invited.
    """
    if actor.is_bureau:
        return ScoreSheet.bureau_id.in_(actor.bureau_ids)
    if actor.is_department:
        return ScoreSheet.scorer_body_id == actor.body_id
    if actor.is_expert:
        return sa.and_(ScoreSheet.scorer_user_id == actor.user_id, ScoreSheet.scorer_body_id == actor.body_id)
    if actor.is_agency:
        own = select(Engagement.id).where(Engagement.agency_id == actor.body_id)
        about_it = sa.or_(ScoreSheet.engagement_id.in_(own), ScoreSheet.agency_id == actor.body_id)
        return sa.and_(ScoreSheet.state == SheetState.PUBLISHED, about_it)
    if actor.is_observer:
        return sa.and_(ScoreSheet.state == SheetState.PUBLISHED, ScoreSheet.bureau_id.in_(actor.bureau_ids))
    return sa.false()


def visible_to(actor: Actor) -> Select[ScoreSheet]:
    return select(ScoreSheet).where(seen_by(actor))


def is_scorer(actor: Actor, sheet: ScoreSheet) -> bool:
    """Whether the actor acts for the body that fills in this sheet; in a panel, whether he is the one invited."""
    is_invited = sheet.scorer_user_id is None or sheet.scorer_user_id == actor.user_id
    return actor.has(Permission.SHEETS_SCORE) and actor.body_id == sheet.scorer_body_id and is_invited


def can_score(actor: Actor, sheet: ScoreSheet) -> bool:
    return is_scorer(actor, sheet) and workflow.allows(sheet.state, SheetAction.SAVE)


def is_reviewer(actor: Actor, sheet: ScoreSheet, scorers: Collection[int]) -> bool:
    """A supervisor or lead of the sheet's own bureau who entered nothing on it."""
    return (
        actor.has(Permission.SHEETS_FINALISE)
        and actor.bureau_id == sheet.bureau_id
        and actor.user_id not in scorers
    )


def can_review(actor: Actor, sheet: ScoreSheet, scorers: Collection[int]) -> bool:
    return is_reviewer(actor, sheet, scorers) and workflow.allows(sheet.state, SheetAction.FINALISE)


def can_correct(actor: Actor, sheet: ScoreSheet) -> bool:
    """A correction is opened by the bureau; the scorer then fills in the new revision."""
    return (
        actor.has(Permission.SHEETS_FINALISE)
        and actor.bureau_id == sheet.bureau_id
        and sheet.is_current
        and workflow.allows(sheet.state, SheetAction.CORRECT)
    )


def can_open_sheets(actor: Actor, engagement: Engagement) -> bool:
    return actor.has(Permission.SHEETS_FINALISE) and actor.bureau_id == engagement.bureau_id


def can_keep_tables(actor: Actor) -> bool:
    """Shares and grades decide every result of the bureau, so only its lead sets them."""
    return actor.is_lead and actor.has(Permission.RESULTS_PUBLISH)


def can_simulate(actor: Actor) -> bool:
    """A simulation shows every score of the bureau, so only its own officers see one."""
    return actor.is_bureau and actor.bureau_id is not None and actor.has(Permission.ROUNDS_MANAGE)
