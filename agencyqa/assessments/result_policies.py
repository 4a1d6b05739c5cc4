"""Who may see and do what with rounds and annual results. Deny by default.

A score a person may not see may not be sorted, filtered, counted or averaged for that person: every list, page,
export and figure of annual results starts from ``visible_to``.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import aliased

from agencyqa.assessments.enums import RoundState
from agencyqa.assessments.models import AnnualResult, AssessmentRound, ResultAssignment
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.clock import today
from agencyqa.db import open_period


def _is_published() -> ColumnElement[bool]:
    published = select(AssessmentRound.id).where(AssessmentRound.state == RoundState.PUBLISHED)
    return AnnualResult.round_id.in_(published)


def seen_by(actor: Actor, day: date | None = None) -> ColumnElement[bool]:
    """The condition under which an annual result exists for the actor on ``day``, by default today.

    Bureau: its own and its districts', before publication too. Observer: what its bureau published. Agency: its own
    published results of all bureaus. Department: published results assigned to it for a period that holds the day.
    """
    if not actor.has(Permission.RESULTS_READ):
        return sa.false()
    if actor.is_bureau:
        return AnnualResult.bureau_id.in_(actor.bureau_ids)
    if actor.is_observer:
        return sa.and_(AnnualResult.bureau_id.in_(actor.bureau_ids), _is_published())
    if actor.is_agency:
        return sa.and_(AnnualResult.agency_id == actor.body_id, _is_published())
    if actor.is_department:
        assigned = select(ResultAssignment.result_id).where(
            ResultAssignment.department_id == actor.body_id,
            open_period(ResultAssignment.valid_from, ResultAssignment.valid_to, day or today()),
        )
        return sa.and_(AnnualResult.id.in_(assigned), _is_published())
    return sa.false()


def visible_to(actor: Actor, day: date | None = None) -> Select[AnnualResult]:
    return select(AnnualResult).where(seen_by(actor, day))


def rounds_seen_by(actor: Actor) -> ColumnElement[bool]:
    """A round is a ranking of everybody, so only the bureau and, once published, its observers see it."""
    if not actor.has(Permission.ROUNDS_READ):
        return sa.false()
    own = AssessmentRound.bureau_id.in_(actor.bureau_ids)
    if actor.is_bureau:
        return own
    if actor.is_observer:
        return sa.and_(own, AssessmentRound.state == RoundState.PUBLISHED)
    return sa.false()


def visible_rounds(actor: Actor) -> Select[AssessmentRound]:
    return select(AssessmentRound).where(rounds_seen_by(actor))


def is_superseded() -> ColumnElement[bool]:
    """A later revision of the result's round has been published."""
    own, later = aliased(AssessmentRound), aliased(AssessmentRound)
    return sa.exists().where(
        own.id == AnnualResult.round_id,
        later.bureau_id == own.bureau_id,
        later.year == own.year,
        later.revision > own.revision,
        later.state == RoundState.PUBLISHED,
    )


def sees_engagement_scores(actor: Actor) -> bool:
    """A department gets the agency's figures: from one engagement's score it could reckon out another's."""
    return actor.is_bureau or actor.is_agency or actor.is_observer


def sees_fees(actor: Actor) -> bool:
    """What was paid is read by who supervises and by the agency; observers read the weights that came of it."""
    return actor.is_bureau or actor.is_agency


def sees_exact_weights(actor: Actor, result: AnnualResult) -> bool:
    """Where a year is weighted by fees, its exact fractions tell them."""
    return sees_fees(actor) or result.trace["weights"] != "fee"


def sees_agency_findings(actor: Actor) -> bool:
    """Findings concern the bureau and the agency; departments and observers read nothing of inspections."""
    return actor.is_bureau or actor.is_agency


def sees_who_is_late(actor: Actor) -> bool:
    """At which step a missing sheet is, and with whom, is the bureau's business."""
    return actor.is_bureau


def can_open_round(actor: Actor) -> bool:
    return actor.has(Permission.ROUNDS_MANAGE) and actor.bureau_id is not None


def is_own_round(actor: Actor, found: AssessmentRound) -> bool:
    """A municipal bureau reads its districts' rounds but writes only its own."""
    return can_open_round(actor) and actor.bureau_id == found.bureau_id


def can_manage(actor: Actor, found: AssessmentRound) -> bool:
    return is_own_round(actor, found) and found.state is RoundState.OPEN


def is_publisher(actor: Actor, found: AssessmentRound) -> bool:
    return actor.is_lead and actor.has(Permission.RESULTS_PUBLISH) and is_own_round(actor, found)


def can_publish(actor: Actor, found: AssessmentRound, scorers: Collection[int]) -> bool:
    """The lead of the bureau who scored no sheet of the year."""
    return is_publisher(actor, found) and found.state is RoundState.OPEN and actor.user_id not in scorers


def can_correct(actor: Actor, found: AssessmentRound, newest_revision: int) -> bool:
    return (
        is_publisher(actor, found)
        and found.state is RoundState.PUBLISHED
        and found.revision == newest_revision
    )


def can_assign(actor: Actor, result: AnnualResult) -> bool:
    return actor.has(Permission.RESULTS_ASSIGN) and actor.bureau_id == result.bureau_id
