"""An agency asks to be registered: what the applicant does with his link, and what the bureau decides."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.accounts.queries import member_ids
from agencyqa.agencies import credit_code
from agencyqa.agencies.applied import MOST_ITEMS, AppliedPerson, AppliedQualification, Gap, gaps
from agencyqa.agencies.enums import (
    ApplicationAction,
    ApplicationState,
)
from agencyqa.agencies.models import Application, ApplicationEvent
from agencyqa.agencies.policies import can_register, visible_applications
from agencyqa.agencies.queries.applications import papers_of_application
from agencyqa.agencies.queries.conditions import admission_in_force, conditions_in_force
from agencyqa.agencies.services.profiles import ProfileData, profile_problems, profile_values
from agencyqa.agencies.workflow import is_decided, next_application_state
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor, system_actor
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.clock import local_date
from agencyqa.db import check_version
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState
from agencyqa.notifications.services import tell

APPLICANT = system_actor("applicant")
A = ApplicationAction
EVENTS = {
    A.BEGIN: "agencies.application.begun",
    A.INVITE: "agencies.application.invited",
    A.EDIT: "agencies.application.changed",
    A.SUBMIT: "agencies.application.submitted",
    A.RETURN: "agencies.application.returned",
    A.ADMIT: "agencies.application.admitted",
    A.REFUSE: "agencies.application.refused",
    A.WITHDRAW: "agencies.application.withdrawn",
}


@dataclass(frozen=True)
class ApplicationData:
    """``credit_code`` as typed."""

    credit_code: str
    profile: ProfileData
    statement: str = ""
    has_declared: bool = False


# ---------------------------------------------------------------------------------------------- the applicant


@dataclass(frozen=True)
class Once:
    """A form that counts once: the link is made from its token, so that sending it again finds what it made.

    Only who knows ``secret`` can tell a link from a token.
    """

    form_token: str
    secret: str = field(repr=False)

    def link_token(self) -> str:
        made = hmac.new(self.secret.encode(), f"application link {self.form_token}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(made.digest()).decode().rstrip("=")


def made_before(session: Session, once: Once) -> str | None:
    """The secret of the link of the application that this form has made already."""
    found = session.scalar(select(Application.id).where(Application.form_token == once.form_token))
    return None if found is None else once.link_token()


def begin_application(
    session: Session, bureau_id: int, data: ApplicationData, *, once: Once | None = None, now: datetime
) -> tuple[Application, str]:
    """A new application and the secret of its link, which is shown once.

    Raise Invalid; a form sent twice at once comes as IntegrityError.
    """
    is_bureau = session.scalar(
        select(Body.id).where(Body.id == bureau_id, Body.kind == BodyKind.BUREAU, Body.is_active)
    )
    if is_bureau is None:
        raise Invalid(bureau_id="not_a_choice")
    return _make(APPLICANT, session, bureau_id, data, A.BEGIN, once, now)


def open_application(session: Session, token: str) -> Application:
    """Whose link it is. Raise NotVisible."""
    found = session.scalars(select(Application).where(Application.token_hash == _digest(token))).one_or_none()
    if found is None:
        raise NotVisible()
    return found


def change_application(
    session: Session,
    application: Application,
    data: ApplicationData,
    *,
    seen_version: int | None,
    now: datetime,
) -> None:
    """Raise Stale, WrongState, Invalid."""
    check_version(application, seen_version)
    expect_open(application, A.EDIT, by_bureau=False)
    code = _checked(session, application.bureau_id, data, now, apart_from=application.id)
    _fill(application, code, data)
    note_step(APPLICANT, session, application, A.EDIT, now)


def add_to_application(
    session: Session,
    application: Application,
    item: AppliedPerson | AppliedQualification,
    *,
    now: datetime,
) -> None:
    """Raise WrongState, Invalid."""
    expect_open(application, A.EDIT, by_bureau=False)
    if not item.name.strip():
        raise Invalid(name="required")
    if isinstance(item, AppliedPerson):
        work, evaluation = item.work_since, item.evaluation_since
        for field, day in (("work_since", work), ("evaluation_since", evaluation)):
            if day is not None and day > local_date(now):
                raise Invalid("invalid", **{field: "day_in_future"})
        if work and evaluation and evaluation < work:
            raise Invalid(evaluation_since="evaluation_before_work")
        application.people = _longer(application.people, item)
    else:
        if item.issued_on is not None and item.issued_on > local_date(now):
            raise Invalid(issued_on="day_in_future")
        if item.issued_on and item.expires_on and item.expires_on < item.issued_on:
            raise Invalid(expires_on="expires_before_issue")
        application.qualifications = _longer(application.qualifications, item)
    note_step(APPLICANT, session, application, A.EDIT, now)


def remove_from_application(
    session: Session, application: Application, kind: str, position: int, *, now: datetime
) -> None:
    """``kind``: people or qualifications. Raise WrongState, NotVisible."""
    expect_open(application, A.EDIT, by_bureau=False)
    items = list(getattr(application, kind))
    if not 0 <= position < len(items):
        raise NotVisible()
    del items[position]
    setattr(application, kind, items)
    note_step(APPLICANT, session, application, A.EDIT, now)


def submit_application(session: Session, application: Application, *, now: datetime) -> None:
    """Hand it in; what the bureau must have is there. Raise WrongState, Invalid."""
    state = expect_open(application, A.SUBMIT, by_bureau=False)
    day = local_date(now)
    missing = tuple(dict.fromkeys(gap.code for gap in gaps_of(session, application, day) if gap.is_blocking))
    if missing:
        raise WrongState("application_incomplete", gaps=missing)
    # The draft was begun when nobody else had applied for the agency; meanwhile somebody may have.
    if _is_under_way(session, application.bureau_id, application.credit_code, apart_from=application.id):
        raise WrongState("application_open")
    application.state = state
    application.submitted_at = now
    note_step(APPLICANT, session, application, A.SUBMIT, now)
    tell(
        session,
        member_ids(session, application.bureau_id, {Role.BUREAU_SUPERVISOR}, day=day),
        "application_submitted",
        now=now,
        endpoint="agencies.application",
        endpoint_values={"application_id": application.id},
        agency=application.name,
    )


def gaps_of(session: Session, application: Application, day: date) -> tuple[Gap, ...]:
    """What it lacks by the conditions of its bureau on this day."""
    bureau_id = application.bureau_id
    papers = {item.kind for item in papers_of_application(session, application.id)}
    return gaps(
        application,
        papers,
        conditions_in_force(session, bureau_id, day),
        admission_in_force(session, bureau_id, day),
        day,
    )


def withdraw_application(session: Session, application: Application, *, now: datetime) -> None:
    """Raise WrongState."""
    application.state = expect_open(application, A.WITHDRAW, by_bureau=False)
    note_step(APPLICANT, session, application, A.WITHDRAW, now)


def invite_application(
    actor: Actor, session: Session, data: ApplicationData, *, once: Once | None = None, now: datetime
) -> tuple[Application, str]:
    """The bureau begins it for an agency and sends it the link; the same form gives the same one again.

    Raise Forbidden, Invalid; a form sent twice at once comes as IntegrityError.
    """
    if not can_register(actor) or actor.bureau_id is None:
        raise Forbidden()
    if once is not None:
        own = visible_applications(actor).where(
            Application.form_token == once.form_token, Application.is_invited
        )
        if (made := session.scalar(own)) is not None:
            return made, once.link_token()
    return _make(actor, session, actor.bureau_id, data, A.INVITE, once, now)


def _make(
    actor: Actor,
    session: Session,
    bureau_id: int,
    data: ApplicationData,
    action: ApplicationAction,
    once: Once | None,
    now: datetime,
) -> tuple[Application, str]:
    code = _checked(session, bureau_id, data, now)
    token = secrets.token_urlsafe(32) if once is None else once.link_token()
    application = Application(
        bureau_id=bureau_id,
        state=ApplicationState.DRAFT,
        token_hash=_digest(token),
        form_token=None if once is None else once.form_token,
        is_invited=action is A.INVITE,
        qualifications=[],
        people=[],
        created_at=now,
        changed_at=now,
    )
    _fill(application, code, data)
    session.add(application)
    session.flush()
    note_step(actor, session, application, action, now)
    return application, token


def _checked(
    session: Session, bureau_id: int, data: ApplicationData, now: datetime, apart_from: int | None = None
) -> str:
    """The code as it is stored. Whether other registers know it is never told to an applicant. Raise Invalid."""
    problems = profile_problems(data.profile, local_date(now), now)
    # What is missing is listed on the page of the application, not refused here; a name and a code are needed.
    problems.pop("legal_representative", None)
    code = ""
    try:
        code = credit_code.read(data.credit_code)
    except credit_code.CreditCodeError as error:
        problems["credit_code"] = (error.code, error.params)
    if code and apart_from is None and _is_under_way(session, bureau_id, code):
        problems["credit_code"] = "application_open"
    if problems:
        raise Invalid("invalid", **problems)
    return code


def _is_under_way(session: Session, bureau_id: int, code: str, apart_from: int | None = None) -> bool:
    """A draft that nobody handed in keeps nobody else from applying."""
    open_states = [
        state for state in ApplicationState if not is_decided(state) and state is not ApplicationState.DRAFT
    ]
    statement = select(Application.id).where(
        Application.bureau_id == bureau_id,
        Application.credit_code == code,
        Application.state.in_(open_states),
    )
    if apart_from is not None:
        statement = statement.where(Application.id != apart_from)
    return session.scalars(statement).first() is not None


def _fill(application: Application, code: str, data: ApplicationData) -> None:
    application.credit_code = code
    for name, value in profile_values(data.profile).items():
        setattr(application, name, value)
    application.statement, application.has_declared = data.statement.strip(), data.has_declared


def expect_open(application: Application, action: ApplicationAction, *, by_bureau: bool) -> ApplicationState:
    state = next_application_state(application.state, action, by_bureau=by_bureau)
    if state is None:
        raise WrongState("application_closed", state=application.state, action=action)
    return state


def _longer(
    items: list[dict[str, object]], item: AppliedPerson | AppliedQualification
) -> list[dict[str, object]]:
    if len(items) >= MOST_ITEMS:
        raise Invalid(name=("application_too_long", {"maximum": MOST_ITEMS}))
    if item.dump() in items:
        raise Invalid(name="application_lists_it")
    return [*items, item.dump()]


def note_step(
    actor: Actor,
    session: Session,
    application: Application,
    action: ApplicationAction,
    now: datetime,
    reason: str = "",
    provision_id: int | None = None,
    provision_key: str | None = None,
) -> None:
    """The step, and its entry in the log; edits are only logged."""
    application.changed_at = now
    session.flush()
    if action is not A.EDIT:
        last = session.scalar(
            select(sa.func.max(ApplicationEvent.number)).where(
                ApplicationEvent.application_id == application.id
            )
        )
        session.add(
            ApplicationEvent(
                application_id=application.id,
                number=(last or 0) + 1,
                action=action,
                reason=reason,
                provision_id=provision_id,
                at=now,
                by_id=actor.user_id,
            )
        )
        session.flush()
    record(
        session,
        actor,
        EVENTS[action],
        application,
        now=now,
        bureau_id=application.bureau_id,
        name=application.name,
        credit_code=application.credit_code,
        reason=reason,
        provision_key=provision_key,
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
