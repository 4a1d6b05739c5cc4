from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, aliased

from agencyqa.accounts.models import User
from agencyqa.auth.actor import Actor
from agencyqa.engagements.contents import may_hold
from agencyqa.engagements.contracts.fees import BracketedFee, CostLine, TimeLine
from agencyqa.engagements.contracts.models import ContractTerms, FeeTable, PaymentMilestone, Subcontract
from agencyqa.engagements.contracts.policies import subcontract_visible, visible_terms
from agencyqa.engagements.contracts.tables import costs_of, reckon, times_of
from agencyqa.web.once import once


@dataclass(frozen=True)
class TermsView:
    """A version with how its fee was found, reckoned again from what is kept."""

    terms: ContractTerms
    payments: list[PaymentMilestone]
    bracketed: BracketedFee | None
    source: str
    costs: list[CostLine]
    times: list[TimeLine]


_DECIDER = aliased(User)


@once
def terms_of(session: Session, actor: Actor, engagement_id: int) -> list[TermsView]:
    """The newest version first."""
    if not may_hold(session, engagement_id, ContractTerms):
        return []
    versions = session.scalars(
        visible_terms(actor)
        .where(ContractTerms.engagement_id == engagement_id)
        .order_by(ContractTerms.number.desc())
    ).all()
    if not versions:
        return []
    payments: dict[int, list[PaymentMilestone]] = {}
    for item in session.scalars(
        select(PaymentMilestone)
        .where(PaymentMilestone.terms_id.in_([version.id for version in versions]))
        .order_by(PaymentMilestone.terms_id, PaymentMilestone.position)
    ):
        payments.setdefault(item.terms_id, []).append(item)
    wanted = {version.fee_table_id for version in versions if version.fee_table_id is not None}
    tables: dict[int, FeeTable] = {}
    if wanted:
        tables = {
            table.id: table for table in session.scalars(select(FeeTable).where(FeeTable.id.in_(wanted)))
        }
    return [_view(version, payments.get(version.id, []), tables) for version in versions]


def _view(terms: ContractTerms, payments: list[PaymentMilestone], tables: dict[int, FeeTable]) -> TermsView:
    table = tables.get(terms.fee_table_id or 0)
    return TermsView(
        terms,
        payments,
        reckon(table, terms.basis["amount"]) if table is not None else None,
        table.source if table is not None else "",
        costs_of(terms.basis),
        times_of(terms.basis),
    )


def subcontracts_of(session: Session, actor: Actor, engagement_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """(request, who decided), the newest first."""
    if not may_hold(session, engagement_id, Subcontract):
        return []
    return session.execute(
        select(Subcontract, _DECIDER.display_name.label("decided_by"))
        .outerjoin(_DECIDER, _DECIDER.id == Subcontract.decided_by_id)
        .where(subcontract_visible(actor), Subcontract.engagement_id == engagement_id)
        .order_by(Subcontract.requested_at.desc(), Subcontract.id.desc())
    ).all()


def fee_tables(session: Session, bureau_ids: Collection[int]) -> list[FeeTable]:
    """The newest first."""
    statement = select(FeeTable).where(FeeTable.bureau_id.in_(bureau_ids))
    return list(session.scalars(statement.order_by(FeeTable.valid_from.desc(), FeeTable.id.desc())))
