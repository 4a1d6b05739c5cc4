"""What a contract says: scope, how the fee was found, and when which part is paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.engagements.contracts.enums import FeeMethod, MilestoneTrigger
from agencyqa.engagements.contracts.fees import CostLine, TimeLine, cost_fee, time_fee
from agencyqa.engagements.contracts.models import ContractTerms, PaymentMilestone
from agencyqa.engagements.contracts.policies import can_enter
from agencyqa.engagements.contracts.tables import reckon, table_in_force
from agencyqa.engagements.deliverables.services.access import hold_engagement
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Forbidden, Invalid

Problems = dict[str, str | tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class TermsData:
    """``amount`` in fen is what brackets apply to; ``costs`` and ``times`` for the other methods.

    ``payments`` gives the fen that each event makes due; empty where nothing is agreed about it.
    """

    agreed_on: date
    scope: str
    method: FeeMethod
    amount: int | None = None
    costs: tuple[CostLine, ...] = ()
    times: tuple[TimeLine, ...] = ()
    difference_reason: str = ""
    reason: str = ""
    payments: Mapping[MilestoneTrigger, int] = field(default_factory=dict)


def enter_terms(
    actor: Actor, session: Session, engagement: Engagement, data: TermsData, *, now: datetime
) -> ContractTerms:
    """A new version beside the earlier ones. Raise NotVisible, Forbidden, Invalid."""
    engagement = hold_engagement(actor, session, engagement)
    if not can_enter(actor, engagement):
        raise Forbidden()
    last = session.scalar(
        select(sa.func.max(ContractTerms.number)).where(ContractTerms.engagement_id == engagement.id)
    )
    problems: Problems = {}
    _check_words(engagement, data, problems, is_supplement=bool(last), today=local_date(now))
    table = None
    reckoned: int | None = None
    basis: dict[str, Any] = {}
    if data.method is FeeMethod.BRACKETED:
        table = table_in_force(session, engagement.bureau_id, engagement.contract_signed_on)
        if table is None:
            problems["method"] = "fee_no_table"
        elif data.amount is None:
            problems["amount"] = "required"
        else:
            basis, reckoned = {"amount": data.amount}, reckon(table, data.amount).fee
    elif data.method is FeeMethod.COST:
        basis, reckoned = {"costs": [asdict(line) for line in data.costs]}, cost_fee(data.costs)
    elif data.method is FeeMethod.TIME:
        basis, reckoned = {"times": [asdict(line) for line in data.times]}, time_fee(data.times)
    if data.method in {FeeMethod.COST, FeeMethod.TIME} and not (data.costs or data.times):
        problems["lines"] = "required"
    differs = reckoned is not None and reckoned != engagement.fee
    if differs and not data.difference_reason.strip() and not problems:
        problems["difference_reason"] = (
            "fee_differs",
            {"reckoned_fen": reckoned, "fee_fen": engagement.fee},
        )
    paid = sum(data.payments.values())
    if data.payments and paid != engagement.fee:
        problems["payments"] = ("payments_differ", {"paid_fen": paid, "fee_fen": engagement.fee})
    if problems:
        raise Invalid("invalid", **problems)
    terms = ContractTerms(
        engagement_id=engagement.id,
        number=(last or 0) + 1,
        agreed_on=data.agreed_on,
        scope=data.scope.strip(),
        method=data.method,
        fee_table_id=table.id if table is not None else None,
        basis=basis,
        reckoned=reckoned,
        fee=engagement.fee,
        difference_reason=data.difference_reason.strip() if differs else "",
        reason=data.reason.strip(),
        entered_at=now,
        entered_by_id=actor.user_id,
    )
    session.add(terms)
    session.flush()
    for position, trigger in enumerate(MilestoneTrigger):
        if trigger in data.payments:
            session.add(
                PaymentMilestone(
                    terms_id=terms.id, position=position, trigger=trigger, amount=data.payments[trigger]
                )
            )
    session.flush()
    record(
        session,
        actor,
        "contracts.terms.entered",
        terms,
        now=now,
        bureau_id=engagement.bureau_id,
        engagement_id=engagement.id,
        number=terms.number,
        method=terms.method,
        reckoned_fen=reckoned,
        fee_fen=terms.fee,
        basis=basis,
        payments={trigger.value: amount for trigger, amount in data.payments.items()},
    )
    return terms


def _check_words(
    engagement: Engagement, data: TermsData, problems: Problems, *, is_supplement: bool, today: date
) -> None:
    if not data.scope.strip():
        problems["scope"] = "required"
    if is_supplement and not data.reason.strip():
        problems["reason"] = "required"
    if data.agreed_on < engagement.contract_signed_on:
        problems["agreed_on"] = "terms_before_contract"
    elif data.agreed_on > today:
        problems["agreed_on"] = "day_in_future"
    if any(amount < 0 for amount in data.payments.values()):
        problems["payments"] = "negative"
