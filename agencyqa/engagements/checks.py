"""From the records to the pure rules, and from their answers to what a reader sees."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import PersonRole
from agencyqa.agencies.models import Appointment
from agencyqa.agencies.queries import standing_on, ties_on
from agencyqa.auth.roles import BodyKind
from agencyqa.db import open_period
from agencyqa.engagements import rules
from agencyqa.engagements.data import EngagementData, data_of
from agencyqa.engagements.enums import EngagementState, Outcome
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.rules import Check, EvaluatorLink, Facts, TieFact
from agencyqa.errors import Refused
from agencyqa.measures.queries import (
    provision_label,
    provision_summary,
    provisions_cited,
    provisions_in_force,
)
from agencyqa.objects.hooks import department_guards
from agencyqa.objects.models import EvaluationObject
from agencyqa.web.messages import is_known, sentence


def examine(
    session: Session,
    data: EngagementData,
    bureau_id: int,
    *,
    today: date,
    completed_on: date | None = None,
    department_id: int | None = None,
) -> tuple[Check, ...]:
    """The checks of all rules, by what was in force on the contract date. Every id in ``data`` must exist.

    ``department_id`` stands in for the object's department.
    """
    day = data.contract_signed_on
    if department_id is None:
        department_id = session.scalars(
            select(EvaluationObject.department_id).where(EvaluationObject.id == data.object_id)
        ).one()
    sides = {data.commissioner_id, data.evaluated_unit_id, department_id}
    ties = [tie for tie in ties_on(session, data.agency_id, (), day) if tie.body_id in sides]
    facts = Facts(
        contract_signed_on=day,
        due_on=data.due_on,
        today=today,
        fee=data.fee,
        commissioner_id=data.commissioner_id,
        evaluated_unit_id=data.evaluated_unit_id,
        department_id=department_id,
        work_kind=data.work_kind,
        is_clerical_only=data.is_clerical_only,
        standing=standing_on(session, data.agency_id, bureau_id, day),
        evaluator=_evaluator_link(session, data.principal_evaluator_id, data.agency_id, day),
        is_related=_are_related(session, data.commissioner_id, data.evaluated_unit_id),
        ties=tuple(TieFact(tie.body_id, tie.body, tie.kind) for tie in ties if tie.body_id),
        completed_on=completed_on,
    )
    return rules.examine(facts, provisions_in_force(session, rules.PROVISIONS, day).keys())


def _evaluator_link(session: Session, person_id: int | None, agency_id: int, day: date) -> EvaluatorLink:
    if person_id is None:
        return EvaluatorLink.NOT_NAMED
    then = open_period(Appointment.valid_from, Appointment.valid_to, day)
    found = session.scalars(
        select(then).where(
            Appointment.person_id == person_id,
            Appointment.agency_id == agency_id,
            Appointment.role == PersonRole.PRINCIPAL_EVALUATOR,
        )
    ).all()
    if not found:
        return EvaluatorLink.NEVER
    return EvaluatorLink.APPOINTED if any(found) else EvaluatorLink.OTHER_TIME


def _are_related(session: Session, one: int, other: int) -> bool:
    """Whether one department stands directly above the other; a bureau stands above all and is not meant."""
    parents = {
        row.id: row.parent_id
        for row in session.execute(
            select(Body.id, Body.parent_id).where(Body.id.in_({one, other}), Body.kind == BodyKind.DEPARTMENT)
        )
    }
    return one in parents and other in parents and (parents[one] == other or parents[other] == one)


# ---------------------------------------------------------------------------------------------- for readers


@dataclass(frozen=True)
class Citation:
    label: str
    summary: str
    href: str


@dataclass(frozen=True)
class CheckView:
    """``text`` says what was found, ``advice`` what to do about it ("" where nothing is to be done)."""

    code: str
    outcome: Outcome
    text: str
    advice: str
    citations: tuple[Citation, ...]


def views(session: Session, checks: Collection[Check], day: date) -> list[CheckView]:
    """In the reader's language, with the provisions of the version in force on ``day``."""
    keys = {key for check in checks for key in check.provisions}
    cited = provisions_cited(session, sorted(keys), day) if keys else {}
    citations = {
        key: Citation(
            provision_label(provision),
            provision_summary(provision),
            url_for("measures.show", key=provision.measure_version.measure.key),
        )
        for key, provision in cited.items()
    }
    return [
        CheckView(
            check.code,
            check.outcome,
            sentence(check.code, **check.params),
            sentence(advice) if is_known(advice := f"advice.{check.code}") else "",
            tuple(citations[key] for key in check.provisions if key in citations),
        )
        for check in checks
    ]


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
        )
        for check in rules.refusals(checks):
            if check.code == "tie_with_department":
                raise Refused(
                    "department_tied_to_agency",
                    provision=check.provisions[0],
                    contract=engagement.contract_number,
                )


department_guards.append(keep_independence)
