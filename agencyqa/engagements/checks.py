"""From the records to the pure rules, and from their answers to what a reader sees."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies.models import Tie
from agencyqa.agencies.policies import tie_visible
from agencyqa.agencies.queries import standing_on
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.engagements import rules
from agencyqa.engagements.data import EngagementData, data_of
from agencyqa.engagements.enums import EngagementState, Outcome
from agencyqa.engagements.facts import Facts
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.policies import visible
from agencyqa.engagements.recusal import facts as recusal_facts
from agencyqa.engagements.recusal.terms import terms_in_force
from agencyqa.engagements.ruling import Check, EvidenceKind
from agencyqa.engagements.selection.facts import exclusions_on, pick_of, selection_for
from agencyqa.engagements.team.facts import (
    bringing_of,
    evaluator_appointments,
    evaluator_link,
    leads_since,
    members_on,
)
from agencyqa.engagements.team.queries import members_of
from agencyqa.errors import Refused
from agencyqa.i18n import aside
from agencyqa.measures.models import Provision
from agencyqa.measures.queries import (
    provision_label,
    provision_summary,
    provisions_cited,
    provisions_in_force,
)
from agencyqa.objects.hooks import department_guards
from agencyqa.objects.models import EvaluationObject
from agencyqa.web.formats import day as shown
from agencyqa.web.messages import is_known, sentence
from agencyqa.web.once import is_one_page, once


def examine(
    session: Session,
    data: EngagementData,
    bureau_id: int,
    *,
    today: date,
    completed_on: date | None = None,
    department_id: int | None = None,
    engagement_id: int | None = None,
    newcomers: Collection[int] = (),
    without: Collection[int] = (),
    day: date | None = None,
    leads_from: date | None = None,
    is_selecting: bool = False,
) -> tuple[Check, ...]:
    """The checks of all rules, by what was in force on ``day``, else on the contract date. Every id must exist.

    ``department_id`` stands in for the object's department. Asked are the people of the team of ``engagement_id``
    and the principal evaluator, with ``newcomers`` and without those who are to leave. The principal evaluator
    must be fit on the day he begins: ``leads_from``, else as the team says, else the contract date.
    ``is_selecting``: the agency is only being picked, so it is not asked who was.
    """
    signed_on = data.contract_signed_on
    day = signed_on if day is None else day
    thing = session.get_one(EvaluationObject, data.object_id)
    department_id = thing.department_id if department_id is None else department_id
    sides = {data.commissioner_id, data.evaluated_unit_id, department_id}
    around = recusal_facts.surroundings_of(session, sides)
    near = around.near
    team = () if engagement_id is None else members_of(session, engagement_id)
    people = {*members_on(team, day), *newcomers}
    people -= set(without)
    if data.principal_evaluator_id is not None:
        people.add(data.principal_evaluator_id)
    leads_from = leads_from or leads_since(team, data.principal_evaluator_id) or signed_on
    appointments = evaluator_appointments(session, data.principal_evaluator_id, data.agency_id)
    pick = pick_of(
        session, selection_for(session, data, bureau_id, engagement_id), data.agency_id, engagement_id
    )
    terms = terms_in_force(session, bureau_id, signed_on)
    facts = Facts(
        contract_signed_on=signed_on,
        due_on=data.due_on,
        today=today,
        fee=data.fee,
        commissioner_id=data.commissioner_id,
        evaluated_unit_id=data.evaluated_unit_id,
        department_id=department_id,
        work_kind=data.work_kind,
        is_clerical_only=data.is_clerical_only,
        standing=standing_on(session, data.agency_id, bureau_id, signed_on),
        evaluator=evaluator_link(data.principal_evaluator_id, appointments, leads_from),
        exclusions=exclusions_on(session, data.agency_id, bureau_id, signed_on),
        picked=None if is_selecting else pick.picked,
        picked_agency=pick.agency,
        picked_contract=pick.contract,
        bringing=bringing_of(session, data.principal_evaluator_id, appointments, bureau_id, leads_from),
        is_related=around.are_related(data.commissioner_id, data.evaluated_unit_id),
        ties=recusal_facts.ties_of(
            session,
            data.agency_id,
            people,
            sides | near,
            signed_on=signed_on,
            day=day,
            months=terms.tie_months if terms else None,
        ),
        people=len(people),
        near=near,
        earlier=recusal_facts.earlier_work(
            session,
            thing,
            data.agency_id,
            people,
            day=signed_on,
            months=terms.work_months,
            besides=engagement_id,
        )
        if terms
        else (),
        for_unit=recusal_facts.work_for_unit(
            session, bureau_id, data.agency_id, data.evaluated_unit_id, day=signed_on, besides=engagement_id
        ),
        tie_months=terms.tie_months if terms else None,
        work_months=terms.work_months if terms else None,
        completed_on=completed_on,
    )
    return rules.examine(facts, _provisions(session, day).keys())


@once
def _provisions(session: Session, day: date) -> dict[str, Provision]:
    """Those of all rules in force on the day."""
    return provisions_in_force(session, rules.PROVISIONS, day)


# ---------------------------------------------------------------------------------------------- for readers


@dataclass(frozen=True)
class Citation:
    label: str
    summary: str
    href: str


@dataclass(frozen=True)
class Proof:
    """Where to look: the tie in the register, or another contract; ``href`` is None where the reader may not go."""

    label: str
    href: str | None


@dataclass(frozen=True)
class CheckView:
    """``text`` says what was found, ``advice`` what to do about it ("" where nothing is to be done).

    ``looked_at`` says what was gone through, "" where that goes without saying.
    """

    code: str
    outcome: Outcome
    text: str
    advice: str
    citations: tuple[Citation, ...]
    looked_at: str = ""
    proofs: tuple[Proof, ...] = ()


def views(
    session: Session, checks: Collection[Check], day: date, actor: Actor | None = None
) -> list[CheckView]:
    """In the reader's language, with the provisions of the version in force on ``day``.

    With ``actor`` also what each check rests on, as far as that reader may see it.
    """
    keys = {key for check in checks for key in check.provisions}
    cited: dict[str, Provision] = {}
    if keys:
        known = _provisions(session, day) if is_one_page() else {}
        cited = known if keys <= known.keys() else provisions_cited(session, sorted(keys), day)
    citations = {
        key: Citation(
            provision_label(provision),
            provision_summary(provision),
            url_for("measures.show", key=provision.measure_version.measure.key),
        )
        for key, provision in cited.items()
        if key in keys
    }
    proofs = _proofs(session, checks, actor) if actor is not None else {}
    return [
        CheckView(
            check.code,
            check.outcome,
            sentence(check.code, **check.params),
            sentence(advice) if is_known(advice := f"advice.{check.code}") else "",
            tuple(citations[key] for key in check.provisions if key in citations),
            sentence(code, **check.looked_at)
            if is_known(code := f"looked_at.{check.rule}") and not check.is_fault
            else "",
            tuple(proofs[item.kind, item.id] for item in check.evidence if (item.kind, item.id) in proofs),
        )
        for check in checks
    ]


def _proofs(
    session: Session, checks: Collection[Check], actor: Actor
) -> dict[tuple[EvidenceKind, int], Proof]:
    wanted: dict[EvidenceKind, set[int]] = {kind: set() for kind in EvidenceKind}
    for check in checks:
        for item in check.evidence:
            wanted[item.kind].add(item.id)
    found: dict[tuple[EvidenceKind, int], Proof] = {}
    if wanted[EvidenceKind.TIE] and actor.has(Permission.AGENCIES_READ):
        for tie in session.scalars(
            select(Tie).where(Tie.id.in_(wanted[EvidenceKind.TIE]), tie_visible(actor))
        ):
            label = gettext(
                "机构库利害关系第 %(number)s 号，自 %(day)s", number=tie.id, day=shown(tie.valid_from)
            )
            if tie.withdrawn_at is not None:
                label = aside(label, gettext("登记有误，已撤销"))
            href = url_for("agencies.show", agency_id=tie.agency_id, _anchor="ties")
            found[EvidenceKind.TIE, tie.id] = Proof(label, href)
    if wanted[EvidenceKind.ENGAGEMENT]:
        rows = session.execute(
            select(Engagement.id, Engagement.contract_number).where(
                Engagement.id.in_(wanted[EvidenceKind.ENGAGEMENT]), visible(actor)
            )
        )
        for row in rows:
            href = url_for("engagements.show", engagement_id=row.id)
            found[EvidenceKind.ENGAGEMENT, row.id] = Proof(row.contract_number, href)
    return found


# ---------------------------------------------------------------------------------------------- guard


def keep_independence(session: Session, thing: EvaluationObject, department_id: int) -> None:
    """An object may not pass to a department to which the agency of one of its engagements is tied."""
    engagements = session.scalars(
        select(Engagement)
        .where(Engagement.object_id == thing.id, Engagement.state != EngagementState.TERMINATED)
        .order_by(Engagement.id)
    )
    for engagement in engagements.all():
        checks = examine(
            session,
            data_of(engagement),
            engagement.bureau_id,
            today=engagement.contract_signed_on,
            department_id=department_id,
            engagement_id=engagement.id,
        )
        for check in rules.refusals(checks):
            if check.code in {"tie_with_department", "person_tie_with_department"}:
                raise Refused(
                    "department_tied_to_agency",
                    provision=check.provisions[0],
                    contract=engagement.contract_number,
                )


department_guards.append(keep_independence)
