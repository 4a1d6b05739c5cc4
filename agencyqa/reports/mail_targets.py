"""May a reader still see the page to which a message leads? One entry for each endpoint that messages name.

The policies of the areas decide, as they do for the page itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from agencyqa.agencies import policies as agency_policies
from agencyqa.agencies.models import Agency, Application, ProfileProposal, RecordProposal, SelfReport
from agencyqa.assessments import policies as sheet_policies
from agencyqa.assessments import result_policies
from agencyqa.assessments.models import AnnualResult, AssessmentRound, ScoreSheet
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements import policies as engagement_policies
from agencyqa.engagements.contracts import policies as contract_policies
from agencyqa.engagements.deliverables import policies as deliverable_policies
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.schedule import policies as milestone_policies
from agencyqa.engagements.selection import policies as selection_policies
from agencyqa.engagements.selection.models import Selection
from agencyqa.evaluations import policies as evaluation_policies
from agencyqa.evaluations.models import EvaluationRecord
from agencyqa.inspections import order_policies
from agencyqa.inspections import policies as inspection_policies
from agencyqa.inspections.models import Finding, RectificationOrder, SpotCheck
from agencyqa.notifications.visibility import Check, visibility


def _one(visible_to: Callable[[Actor], Select[Any]], model: Any, name: str, needed: Permission) -> Check:
    """The page of one thing: its number stands in the values under ``name``."""

    def check(session: Session, actor: Actor, values: Mapping[str, Any]) -> bool:
        number = values.get(name)
        if not actor.has(needed) or not isinstance(number, int):
            return False
        found = visible_to(actor).where(model.id == number).with_only_columns(model.id)
        return session.scalar(found) is not None

    return check


def _list(needed: Permission) -> Check:
    """A list shows everybody only what is his own."""

    def check(session: Session, actor: Actor, values: Mapping[str, Any]) -> bool:
        return actor.has(needed)

    return check


CHECKS: dict[str, Check] = {
    "agencies.application": _one(
        agency_policies.visible_applications, Application, "application_id", Permission.AGENCIES_WRITE
    ),
    "agencies.proposal": _one(
        agency_policies.visible_proposals, ProfileProposal, "proposal_id", Permission.AGENCIES_READ
    ),
    "agencies.entry_proposal": _one(
        agency_policies.visible_record_proposals, RecordProposal, "entry_id", Permission.AGENCIES_READ
    ),
    "agencies.report": _one(
        agency_policies.visible_reports, SelfReport, "report_id", Permission.AGENCIES_READ
    ),
    "agencies.show": _one(agency_policies.visible_to, Agency, "agency_id", Permission.AGENCIES_READ),
    "engagements.show": _one(
        engagement_policies.visible_to, Engagement, "engagement_id", Permission.ENGAGEMENTS_READ
    ),
    "deliverables.of_engagement": _one(
        deliverable_policies.engagements_read, Engagement, "engagement_id", Permission.DELIVERABLES_READ
    ),
    "selection.show": _one(
        selection_policies.visible_selections, Selection, "selection_id", Permission.ENGAGEMENTS_READ
    ),
    "selection.exclusions": _list(Permission.AGENCIES_READ),
    "contracts.show": _one(
        contract_policies.visible_engagements, Engagement, "engagement_id", Permission.ENGAGEMENTS_READ
    ),
    "team.show": _one(
        engagement_policies.visible_to, Engagement, "engagement_id", Permission.ENGAGEMENTS_READ
    ),
    "recusal.show": _one(
        engagement_policies.visible_to, Engagement, "engagement_id", Permission.ENGAGEMENTS_READ
    ),
    "opinions.show": _one(
        engagement_policies.visible_to, Engagement, "engagement_id", Permission.DELIVERABLES_READ
    ),
    "review.show": _one(
        engagement_policies.visible_to, Engagement, "engagement_id", Permission.DELIVERABLES_READ
    ),
    "schedule.show": _one(
        milestone_policies.visible_engagements, Engagement, "engagement_id", Permission.DELIVERABLES_READ
    ),
    # Its page asks the same: the parties of the contract and the bureau.
    "archive.show": _one(
        milestone_policies.visible_engagements, Engagement, "engagement_id", Permission.DELIVERABLES_READ
    ),
    "evaluations.show": _one(
        evaluation_policies.visible_to, EvaluationRecord, "record_id", Permission.EVALUATIONS_READ
    ),
    "inspections.index": _list(Permission.INSPECTIONS_READ),
    "inspections.show": _one(
        inspection_policies.visible_checks, SpotCheck, "check_id", Permission.INSPECTIONS_READ
    ),
    "inspections.finding": _one(
        inspection_policies.visible_findings, Finding, "finding_id", Permission.INSPECTIONS_READ
    ),
    "inspections.order": _one(
        order_policies.visible_to, RectificationOrder, "order_id", Permission.INSPECTIONS_READ
    ),
    "assessments.sheet": _one(sheet_policies.visible_to, ScoreSheet, "sheet_id", Permission.SHEETS_READ),
    "assessments.edit": _one(sheet_policies.visible_to, ScoreSheet, "sheet_id", Permission.SHEETS_SCORE),
    "assessments.sheets": _list(Permission.SHEETS_READ),
    "assessments.result": _one(
        result_policies.visible_to, AnnualResult, "result_id", Permission.RESULTS_READ
    ),
    "assessments.round": _one(
        result_policies.visible_rounds, AssessmentRound, "round_id", Permission.ROUNDS_READ
    ),
}


def register() -> None:
    """Called when the application is made; a second call changes nothing."""
    visibility.update(CHECKS)
