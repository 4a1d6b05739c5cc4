"""Applications as the bureau lists them and as both sides read them; what looks like an agency that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from agencyqa.accounts.models import Body, User
from agencyqa.agencies.enums import ApplicationState, Standing
from agencyqa.agencies.models import Agency, Application, ApplicationEvent, ApplicationFile, Registration
from agencyqa.agencies.names import names_like
from agencyqa.agencies.policies import visible_applications
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import BodyKind
from agencyqa.db import kept
from agencyqa.measures.models import MeasureVersion, Provision
from agencyqa.measures.queries import provision_label
from agencyqa.web.tables import Key

APPLICATION_ORDER = (Key(Application.id, descending=True),)


@dataclass(frozen=True)
class ApplicationStep:
    """``by`` is a name within the bureau, empty for the applicant and for readers outside."""

    event: ApplicationEvent
    by: str
    provision: str | None


@dataclass(frozen=True)
class Similar:
    """An agency of the own register, or an application of the own bureau, that may be the same one."""

    agency_id: int
    name: str
    standing: Standing


@kept
def application_rows(actor: Actor, state: ApplicationState | None = None) -> Select[*tuple[Any, ...]]:
    statement = visible_applications(actor).with_only_columns(
        Application.id,
        Application.name,
        Application.credit_code,
        Application.kind,
        Application.state,
        Application.is_invited,
        Application.created_at,
        Application.submitted_at,
    )
    return statement if state is None else statement.where(Application.state == state)


def application_steps(session: Session, application_id: int, *, with_names: bool) -> list[ApplicationStep]:
    """Newest first."""
    rows = session.execute(
        select(ApplicationEvent, User.display_name, Provision)
        .outerjoin(User, User.id == ApplicationEvent.by_id)
        .outerjoin(Provision, Provision.id == ApplicationEvent.provision_id)
        .outerjoin(Provision.measure_version)
        .outerjoin(MeasureVersion.measure)
        .options(
            contains_eager(Provision.measure_version).contains_eager(MeasureVersion.measure),
        )
        .where(ApplicationEvent.application_id == application_id)
        .order_by(ApplicationEvent.number.desc())
    )
    return [
        ApplicationStep(
            event, (name or "") if with_names else "", provision_label(cited) if event.provision_id else None
        )
        for event, name, cited in rows
    ]


def papers_of_application(session: Session, application_id: int) -> list[ApplicationFile]:
    """Those that were not taken out again, by kind, the oldest first."""
    return list(
        session.scalars(
            select(ApplicationFile)
            .where(ApplicationFile.application_id == application_id, ApplicationFile.removed_at.is_(None))
            .order_by(ApplicationFile.kind, ApplicationFile.id)
        )
    )


def similar_agencies(session: Session, bureau_id: int, name: str, *, apart_from: str = "") -> list[Similar]:
    """Of this bureau's register only: what others have is nobody's business here. ``apart_from``: a credit code."""
    rows = session.execute(
        select(Agency.id, Agency.credit_code, Body.name, Registration.standing)
        .join(Registration, Registration.agency_id == Agency.id)
        .join(Body, Body.id == Agency.id)
        .where(Registration.bureau_id == bureau_id)
        .order_by(Body.sort_key, Agency.id)
    ).all()
    alike = set(names_like(name, [(row.credit_code, row.name) for row in rows], apart_from=apart_from))
    return [
        Similar(row.id, row.name, row.standing)
        for row in rows
        if row.name in alike and row.credit_code != apart_from
    ]


_OPEN = (ApplicationState.DRAFT, ApplicationState.SUBMITTED, ApplicationState.RETURNED)


def similar_applications(session: Session, actor: Actor, application: Application) -> list[Application]:
    """Others that the actor sees and that are not decided, by names that look alike or by the same code; oldest first.

    For who decides alone: no applicant learns that somebody else applies.
    """
    others = session.scalars(
        visible_applications(actor)
        .where(
            Application.bureau_id == application.bureau_id,
            Application.id != application.id,
            Application.state.in_(_OPEN),
        )
        .order_by(Application.id)
    ).all()
    alike = set(names_like(application.name, [(str(each.id), each.name) for each in others], apart_from=""))
    return [each for each in others if each.name in alike or each.credit_code == application.credit_code]


def agency_of_code(session: Session, bureau_id: int, code: str) -> Similar | None:
    """The agency of this code in the bureau's own register."""
    row = session.execute(
        select(Agency.id, Body.name, Registration.standing)
        .join(Registration, Registration.agency_id == Agency.id)
        .join(Body, Body.id == Agency.id)
        .where(Registration.bureau_id == bureau_id, Agency.credit_code == code)
    ).one_or_none()
    return None if row is None else Similar(row.id, row.name, row.standing)


def addressable_bureaus(session: Session) -> list[tuple[int, str]]:
    """The bureaus an agency may apply to: all that are open."""
    rows = session.execute(
        select(Body.id, Body.name)
        .where(Body.kind == BodyKind.BUREAU, Body.is_active)
        .order_by(Body.sort_key, Body.id)
    )
    return [(row.id, row.name) for row in rows]
