"""Where each duty is done, and who of a body is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agencyqa.auth.roles import Role
from agencyqa.duties.enums import Duty

_AGENCY = frozenset({Role.AGENCY_MANAGER, Role.PRINCIPAL_EVALUATOR})
_BUREAU = frozenset({Role.BUREAU_SUPERVISOR, Role.BUREAU_LEAD})
# A commissioner, and whoever fills in a sheet, is a department, the bureau itself, or a person who was invited.
_ANYBODY = _AGENCY | _BUREAU | {Role.DEPARTMENT_OFFICER, Role.EXPERT}


@dataclass(frozen=True)
class Kind:
    """``arguments`` maps the names of the endpoint's arguments to columns of an item."""

    endpoint: str
    arguments: Mapping[str, str]
    roles: frozenset[Role]
    # Waits for the bureau alone, so the bureau may set itself a limit.
    is_of_bureau: bool = False


KINDS: dict[Duty, Kind] = {
    Duty.ENGAGEMENT: Kind("engagements.show", {"engagement_id": "id"}, _AGENCY),
    Duty.DELIVERABLE: Kind("deliverables.of_engagement", {"engagement_id": "engagement_id"}, _AGENCY),
    Duty.RETURNED: Kind("deliverables.of_engagement", {"engagement_id": "engagement_id"}, _AGENCY),
    # A kick-off is the agency's, a payment the commissioner's.
    Duty.MILESTONE: Kind("schedule.show", {"engagement_id": "engagement_id"}, _ANYBODY),
    Duty.STATEMENT: Kind("inspections.finding", {"finding_id": "id"}, _AGENCY),
    Duty.ORDER: Kind("inspections.order", {"order_id": "id"}, _AGENCY),
    Duty.INTERNAL_REVIEW: Kind("review.show", {"engagement_id": "engagement_id"}, _AGENCY),
    Duty.OPINION: Kind("opinions.show", {"engagement_id": "engagement_id"}, _AGENCY),
    Duty.DECLARATION: Kind("recusal.show", {"engagement_id": "engagement_id"}, _AGENCY),
    Duty.ARCHIVE: Kind("archive.show", {"engagement_id": "engagement_id"}, _AGENCY),
    Duty.SELF_REPORT: Kind("agencies.report", {"agency_id": "agency_id", "report_id": "id"}, _AGENCY),
    Duty.ACCEPTANCE: Kind(
        "deliverables.of_engagement", {"engagement_id": "engagement_id"}, _ANYBODY, is_of_bureau=True
    ),
    Duty.DRAFT: Kind(
        "opinions.show", {"engagement_id": "engagement_id"}, frozenset({Role.DEPARTMENT_OFFICER})
    ),
    Duty.SUBCONTRACT: Kind("contracts.show", {"engagement_id": "engagement_id"}, _ANYBODY, is_of_bureau=True),
    Duty.TEAM_CHANGE: Kind("team.show", {"engagement_id": "engagement_id"}, _ANYBODY, is_of_bureau=True),
    Duty.SHEET: Kind("assessments.edit", {"sheet_id": "id"}, _ANYBODY, is_of_bureau=True),
    Duty.PROBLEMS: Kind("evaluations.show", {"record_id": "id"}, _ANYBODY),
    Duty.RECTIFICATION: Kind("evaluations.show", {"record_id": "id"}, _ANYBODY),
    Duty.APPLICATION: Kind("agencies.application", {"application_id": "id"}, _BUREAU, is_of_bureau=True),
    Duty.PROPOSAL: Kind(
        "agencies.proposal", {"agency_id": "agency_id", "proposal_id": "id"}, _BUREAU, is_of_bureau=True
    ),
    Duty.RECORD_CHANGE: Kind(
        "agencies.entry_proposal", {"agency_id": "agency_id", "entry_id": "id"}, _BUREAU, is_of_bureau=True
    ),
    Duty.REPORT_REVIEW: Kind(
        "agencies.report", {"agency_id": "agency_id", "report_id": "id"}, _BUREAU, is_of_bureau=True
    ),
    Duty.RECUSAL: Kind("recusal.show", {"engagement_id": "engagement_id"}, _BUREAU, is_of_bureau=True),
    Duty.CHECK: Kind("inspections.show", {"check_id": "id"}, _BUREAU, is_of_bureau=True),
    Duty.NOTICE: Kind("inspections.finding", {"finding_id": "id"}, _BUREAU, is_of_bureau=True),
    Duty.FINDING: Kind("inspections.finding", {"finding_id": "id"}, _BUREAU, is_of_bureau=True),
    Duty.VERIFICATION: Kind("inspections.order", {"order_id": "id"}, _BUREAU, is_of_bureau=True),
    Duty.RECHECK: Kind("inspections.order", {"order_id": "id"}, _BUREAU, is_of_bureau=True),
    Duty.SHEET_REVIEW: Kind("assessments.sheet", {"sheet_id": "id"}, _BUREAU, is_of_bureau=True),
    Duty.ROUND: Kind("assessments.round", {"round_id": "id"}, _BUREAU, is_of_bureau=True),
}
OF_BUREAU = tuple(duty for duty, kind in KINDS.items() if kind.is_of_bureau)
