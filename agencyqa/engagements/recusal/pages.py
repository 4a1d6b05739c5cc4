"""What the page of independence shows: the checks of today by subject, and what was found when a case was opened."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from agencyqa.clock import local_date
from agencyqa.engagements.checks import CheckView, examine, views
from agencyqa.engagements.data import data_of
from agencyqa.engagements.enums import EngagementState, Outcome
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal.models import RecusalCase
from agencyqa.engagements.recusal.rules import RULES
from agencyqa.engagements.ruling import Check, revived
from agencyqa.web.messages import sentence

_OWN = frozenset(rule.code for rule in RULES)


@dataclass(frozen=True)
class CaseView:
    case: RecusalCase
    person: str
    decided_by: str
    findings: list[CheckView]


@dataclass(frozen=True)
class OutcomeLine:
    """For readers who may not see ties: the rule, and how it came out."""

    text: str
    outcome: Outcome


def checks_now(session: Session, engagement: Engagement, today: date) -> tuple[tuple[Check, ...], date]:
    """The checks of recusal: of a running engagement as of today, of an ended one as of the day of the contract."""
    is_running = engagement.state is EngagementState.CONTRACTED
    day = max(today, engagement.contract_signed_on) if is_running else engagement.contract_signed_on
    checks = examine(
        session,
        data_of(engagement),
        engagement.bureau_id,
        today=today,
        completed_on=engagement.completed_on,
        engagement_id=engagement.id,
        day=day,
    )
    return tuple(check for check in checks if check.rule in _OWN), day


def outcome_lines(checks: Collection[Check]) -> list[OutcomeLine]:
    """The worst outcome of each rule, and nothing of why."""
    order = [Outcome.REFUSED, Outcome.WARNING, Outcome.NO_RULE, Outcome.PASSED]
    worst: dict[str, Outcome] = {}
    for check in checks:
        known = worst.get(check.rule)
        if known is None or order.index(check.outcome) < order.index(known):
            worst[check.rule] = check.outcome
    return [OutcomeLine(sentence(code), outcome) for code, outcome in worst.items()]


def case_view(session: Session, row: Row[*tuple[Any, ...]]) -> CaseView:
    """The sentences of the day it was opened, with the provisions of that day."""
    case: RecusalCase = row[0]
    found = [revived(item) for item in case.findings]
    return CaseView(
        case, row.person or "", row.decided_by or "", views(session, found, local_date(case.opened_at))
    )
