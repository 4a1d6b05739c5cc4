"""The register: applications and proposals to decide, yearly reports to write and to read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, select

from agencyqa.agencies import policies
from agencyqa.agencies.enums import ApplicationState, ProposalState, ReportState
from agencyqa.agencies.models import Application, ProfileProposal, RecordProposal, ReportYear, SelfReport
from agencyqa.auth.actor import Actor
from agencyqa.duties.enums import Duty
from agencyqa.duties.items import Member, Scope, item


def register_duties(scope: Scope) -> list[Member]:
    return [_applications(scope), _proposals(scope), _record_changes(scope), *_reports(scope)]


def _applications(scope: Scope) -> Member:
    return select(
        *item(
            Duty.APPLICATION,
            id=Application.id,
            bureau_id=Application.bureau_id,
            body_id=Application.bureau_id,
            title=Application.name,
            since=Application.submitted_at,
        )
    ).where(
        _among(scope, policies.visible_applications),
        Application.state == ApplicationState.SUBMITTED,
    )


def _proposals(scope: Scope) -> Member:
    return _proposed(scope, Duty.PROPOSAL, policies.visible_proposals, ProfileProposal)


def _record_changes(scope: Scope) -> Member:
    seen, title = policies.visible_record_proposals, RecordProposal.matter
    return _proposed(scope, Duty.RECORD_CHANGE, seen, RecordProposal, title=title)


def _proposed(
    scope: Scope, duty: Duty, visible_to: Any, kind: type[ProfileProposal | RecordProposal], **more: Any
) -> Member:
    return select(
        *item(
            duty,
            id=kind.id,
            bureau_id=kind.bureau_id,
            body_id=kind.bureau_id,
            agency_id=kind.agency_id,
            since=kind.proposed_at,
            **more,
        )
    ).where(_among(scope, visible_to), kind.state == ProposalState.PROPOSED)


def _reports(scope: Scope) -> list[Member]:
    seen = _among(scope, policies.visible_reports)
    return [
        _report(Duty.SELF_REPORT, SelfReport.agency_id, due_on=ReportYear.due_on).where(
            seen, SelfReport.state.in_((ReportState.DUE, ReportState.RETURNED))
        ),
        _report(Duty.REPORT_REVIEW, ReportYear.bureau_id, since=SelfReport.submitted_at).where(
            seen, SelfReport.state == ReportState.SUBMITTED
        ),
    ]


def _report(duty: Duty, body_id: Any, **moments: Any) -> Member:
    return (
        select(
            *item(
                duty,
                id=SelfReport.id,
                bureau_id=ReportYear.bureau_id,
                body_id=body_id,
                agency_id=SelfReport.agency_id,
                title=sa.cast(ReportYear.year, sa.String(10)),
                **moments,
            )
        )
        .select_from(SelfReport)
        .join(ReportYear, ReportYear.id == SelfReport.report_year_id)
    )


def _among(scope: Scope, visible_to: Callable[[Actor], Select[Any]]) -> ColumnElement[bool]:
    """These areas say what is visible as a statement. Its condition is taken, for the member reads the same tables:
    asked for the rows themselves, a database would list them all before it looks at anything else."""

    def policy(actor: Actor) -> ColumnElement[bool]:
        condition = visible_to(actor).whereclause
        assert condition is not None
        return condition

    return scope.sees(policy)
