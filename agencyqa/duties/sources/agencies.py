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
        among(scope, policies.visible_applications, select(Application)),
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
    ).where(among(scope, visible_to, select(kind)), kind.state == ProposalState.PROPOSED)


def _reports(scope: Scope) -> list[Member]:
    seen = among(scope, policies.visible_reports, _with_year(select(SelfReport)))
    return [
        _report(Duty.SELF_REPORT, SelfReport.agency_id, due_on=ReportYear.due_on).where(
            seen, SelfReport.state.in_((ReportState.DUE, ReportState.RETURNED))
        ),
        _report(Duty.REPORT_REVIEW, ReportYear.bureau_id, since=SelfReport.submitted_at).where(
            seen, SelfReport.state == ReportState.SUBMITTED
        ),
    ]


def _report(duty: Duty, body_id: Any, **moments: Any) -> Member:
    columns = item(
        duty,
        id=SelfReport.id,
        bureau_id=ReportYear.bureau_id,
        body_id=body_id,
        agency_id=SelfReport.agency_id,
        title=sa.cast(ReportYear.year, sa.String(10)),
        **moments,
    )
    return _with_year(select(*columns).select_from(SelfReport))


def _with_year(statement: Select[Any]) -> Select[Any]:
    return statement.join(ReportYear, ReportYear.id == SelfReport.report_year_id)


def among(scope: Scope, visible_to: Callable[[Actor], Select[Any]], read: Select[Any]) -> ColumnElement[bool]:
    """The condition under which a row of ``read`` is one of those that a policy selects.

    ``read`` selects one kind of row from the tables that the member reads. Where the policy adds nothing to that but
    a condition, the condition is taken: asked for the rows themselves, a database would list them all before it looks
    at anything else. What joins, groups or cuts otherwise is asked for them.
    """

    def policy(actor: Actor) -> ColumnElement[bool]:
        seen = visible_to(actor)
        condition = seen.whereclause
        # In words, for structures differ by how the conditions of one statement were put together.
        if condition is not None and str(seen) == str(read.where(condition)):
            return condition
        rows = seen.subquery()
        return read.selected_columns.id.in_(select(rows.c.id))

    return scope.sees(policy)
