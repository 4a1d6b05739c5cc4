"""The check or finding of a page, through what the actor may see."""

from __future__ import annotations

from flask import request

from agencyqa.auth.guards import current_actor
from agencyqa.errors import Forbidden
from agencyqa.inspections import workflow
from agencyqa.inspections.enums import CheckAction, FindingAction
from agencyqa.inspections.models import Finding, SpotCheck
from agencyqa.inspections.policies import can_write, visible_checks, visible_findings
from agencyqa.web.loading import one_or_404


def load_check(check_id: int) -> SpotCheck:
    return one_or_404(visible_checks(current_actor()).where(SpotCheck.id == check_id))


def load_check_to_write(check_id: int, action: CheckAction | None = None) -> SpotCheck:
    """Raise NotVisible, or Forbidden where it is another bureau's.

    A page for an ``action`` that is closed is not even shown; what comes in is left to the service to judge.
    """
    check = load_check(check_id)
    if not can_write(current_actor(), check):
        raise Forbidden()
    if action is not None and request.method == "GET":
        workflow.next_check_state(check.state, action)
    return check


def load_finding(finding_id: int) -> Finding:
    return one_or_404(visible_findings(current_actor()).where(Finding.id == finding_id))


def load_finding_to_write(finding_id: int, action: FindingAction) -> Finding:
    """As ``load_check_to_write``."""
    finding = load_finding(finding_id)
    if not can_write(current_actor(), finding):
        raise Forbidden()
    if request.method == "GET":
        workflow.next_finding_state(finding.state, action)
    return finding
