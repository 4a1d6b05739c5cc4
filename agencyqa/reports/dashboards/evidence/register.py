"""What the register waits for: applications, changes proposed and self-reports, as members of ``tasks.collect``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import ApplicationState, ProposalState, ReportState
from agencyqa.agencies.models import Application, ProfileProposal, RecordProposal, ReportYear, SelfReport
from agencyqa.agencies.policies import (
    visible_applications,
    visible_proposals,
    visible_record_proposals,
    visible_reports,
)
from agencyqa.agencies.queries.reporting import OPEN
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.reports.dashboards.rows import count
from agencyqa.reports.dashboards.tasks import Part, What, columns

Member = Select[*tuple[Any, ...]]
Seen = Callable[[Actor], Select[Any]]
# Of the record's own fields, and of what is entered beside them.
PROPOSALS: tuple[tuple[Seen, type[ProfileProposal | RecordProposal]], ...] = (
    (visible_proposals, ProfileProposal),
    (visible_record_proposals, RecordProposal),
)


def to_decide(actor: Actor) -> list[Member]:
    """For the officers of the bureau that was asked, the longest waiting first; a municipality only reads."""
    return [
        visible_applications(actor)
        .with_only_columns(
            *columns(
                Part.DECIDE,
                What.APPLIED,
                id=Application.id,
                title=Application.name,
                who=Application.name,
                since=Application.submitted_at,
            )
        )
        .where(*_applied(actor))
        .order_by(Application.submitted_at, Application.id),
        *(_proposed(actor, seen, kind) for seen, kind in PROPOSALS),
        visible_reports(actor)
        .join(Body, Body.id == SelfReport.agency_id)
        .with_only_columns(
            *columns(
                Part.DECIDE,
                What.REPORT,
                id=SelfReport.agency_id,
                detail=sa.cast(ReportYear.year, sa.String(10)),
                agency=Body.name,
                who=Body.name,
                since=SelfReport.submitted_at,
            )
        )
        .where(
            _may(actor, Permission.AGENCIES_WRITE),
            ReportYear.bureau_id == actor.bureau_id,
            SelfReport.state == ReportState.SUBMITTED,
        )
        .order_by(SelfReport.submitted_at, SelfReport.id),
    ]


def _proposed(actor: Actor, seen: Seen, kind: type[ProfileProposal | RecordProposal]) -> Member:
    return (
        seen(actor)
        .join(Body, Body.id == kind.agency_id)
        .with_only_columns(
            *columns(
                Part.DECIDE,
                What.PROPOSAL,
                id=kind.agency_id,
                title=Body.name,
                agency=Body.name,
                who=Body.name,
                since=kind.proposed_at,
            )
        )
        .where(
            _may(actor, Permission.AGENCIES_WRITE),
            kind.bureau_id == actor.bureau_id,
            kind.state == ProposalState.PROPOSED,
        )
        .order_by(kind.proposed_at, kind.id)
    )


def own_reports(actor: Actor) -> Member:
    """Self-reports that an agency still has to hand in, or to hand in again, by their due date."""
    return (
        visible_reports(actor)
        .with_only_columns(
            *columns(
                Part.DECIDE,
                What.OWN_REPORT,
                id=SelfReport.agency_id,
                detail=sa.cast(ReportYear.year, sa.String(10)),
                due_on=ReportYear.due_on,
            )
        )
        .where(sa.true() if actor.is_agency else sa.false(), SelfReport.state.in_(OPEN))
        .order_by(ReportYear.due_on, SelfReport.id)
    )


def applied_figure(actor: Actor) -> sa.ScalarSelect[int]:
    seen = visible_applications(actor).with_only_columns(Application.id)
    return count(Application, Application.id.in_(seen), *_applied(actor))


def _applied(actor: Actor) -> tuple[sa.ColumnElement[bool], ...]:
    return _may(actor, Permission.STANDING_DECIDE), Application.state == ApplicationState.SUBMITTED


def _may(actor: Actor, permission: Permission) -> sa.ColumnElement[bool]:
    return sa.true() if actor.has(permission) else sa.false()
