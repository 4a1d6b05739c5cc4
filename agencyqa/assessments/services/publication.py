"""Publishing a year, and taking a published year up again. What was published stays as it was, for ever."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Membership, User
from agencyqa.assessments import result_policies, round_workflow
from agencyqa.assessments.annual import sheets_in
from agencyqa.assessments.enums import UNFINISHED, RoundAction, RoundState, SheetState
from agencyqa.assessments.models import AnnualResult, AssessmentRound
from agencyqa.assessments.queries.rounds import locked_sheets, newest_round
from agencyqa.assessments.queries.scorers import scorers_of_year
from agencyqa.assessments.services.assignments import carry_over
from agencyqa.assessments.services.review import publish_sheets
from agencyqa.assessments.services.rounds import computation, lock_round
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.db import check_version, open_period
from agencyqa.errors import Forbidden, Invalid, WrongState
from agencyqa.notifications.services import tell


def publish_round(
    actor: Actor,
    session: Session,
    found: AssessmentRound,
    *,
    seen_version: int | None,
    accept_provisional: bool = False,
    provisional_reason: str = "",
    now: datetime,
) -> None:
    """Publish every result of the year and every final sheet that was counted, at once.

    Only the lead of the bureau, and only one who scored no sheet of the year. What is published is what the page
    showed: Stale after any newer computation, WrongState ``round_out_of_date`` where sheets or engagements changed
    since. Results that are provisional are published unranked and need a tick and a reason (else Invalid).
    """
    expect_publisher(actor, session, found)
    state = round_workflow.next_state(found.state, RoundAction.PUBLISH)
    if actor.user_id in scorers_of_year(session, found.bureau_id, found.year):
        raise Forbidden("publisher_scored_in_year")
    if found.computed_at is None:
        raise WrongState("round_not_computed")
    check_version(found, seen_version)
    # Before the figures are read: a correction that begins meanwhile would leave a counted sheet unpublished.
    sheets = locked_sheets(session, found.bureau_id, found.year)
    computed = computation(session, found)
    if computed.digest != found.results_digest:
        raise WrongState("round_out_of_date")
    # Too few engagements is a result of its own: nothing is missing that could still come.
    provisional = sum(year.state in UNFINISHED for year in computed.years)
    if provisional:
        _expect_reason(accept_provisional, provisional_reason, provisional)
        found.provisional_reason = provisional_reason
    counted = frozenset(sheet["sheet_id"] for year in computed.years for sheet in sheets_in(year.inputs))
    final = [sheet for sheet in sheets if sheet.id in counted and sheet.state is SheetState.FINAL]
    publish_sheets(actor, session, final, now=now)
    before, found.state = found.state, state
    found.published_at = now
    found.published_by_id = actor.user_id
    record(
        session, actor, "assessments.round.published", found, now=now, bureau_id=found.bureau_id,
        changes={"state": (before, state)}, year=found.year, revision=found.revision,
        results_digest=computed.digest, provisional=provisional, reason=found.provisional_reason,
    )  # fmt: skip
    session.flush()
    carry_over(actor, session, found, now=now)
    _tell_agencies(session, found, bureau=actor.body_name, now=now)


def correct_round(
    actor: Actor, session: Session, found: AssessmentRound, *, reason: str, now: datetime
) -> AssessmentRound:
    """Begin a new revision of a published year. The old one and its results are not written again.

    The correction keeps grades and weights; it is computed from the sheets that are final when it is computed.
    """
    expect_publisher(actor, session, found)
    round_workflow.next_state(found.state, RoundAction.CORRECT)
    newest = newest_round(session, found.bureau_id, found.year)
    if newest is None or newest.id != found.id:
        raise WrongState(
            "round_superseded", revision=found.revision + 1 if newest is None else newest.revision
        )
    if not reason.strip():
        raise Invalid(reason="required")
    following = AssessmentRound(
        bureau_id=found.bureau_id,
        year=found.year,
        revision=found.revision + 1,
        state=RoundState.OPEN,
        weight_mode=found.weight_mode,
        grade_table_id=found.grade_table_id,
        year_rules_id=found.year_rules_id,
        reason=reason.strip(),
        notes={},
        created_at=now,
        opened_by_id=actor.user_id,
    )
    session.add(following)
    session.flush()
    record(
        session, actor, "assessments.round.corrected", following, now=now, bureau_id=found.bureau_id,
        year=found.year, revision=following.revision, previous=found.id, reason=following.reason,
    )  # fmt: skip
    return following


def expect_publisher(actor: Actor, session: Session, found: AssessmentRound) -> None:
    """Raise NotVisible or Forbidden; afterwards the row is locked and as new as it can be."""
    lock_round(actor, session, found)
    if not result_policies.is_publisher(actor, found):
        raise Forbidden("only_lead_publishes_year")


def _expect_reason(accepted: bool, reason: str, count: int) -> None:
    problems: dict[str, str | tuple[str, dict[str, int]]] = {}
    if not accepted:
        problems["accept_provisional"] = ("provisional_not_accepted", {"count": count})
    if not reason.strip():
        problems["provisional_reason"] = "required"
    if problems:
        raise Invalid("invalid", **problems)


def _tell_agencies(session: Session, found: AssessmentRound, *, bureau: str, now: datetime) -> None:
    """Every agency's managers hear of their own result and of nobody else's."""
    rows = session.execute(
        select(AnnualResult.agency_id, AnnualResult.id)
        .where(AnnualResult.round_id == found.id)
        .order_by(AnnualResult.agency_id)
    )
    results = dict(rows.all())
    managers: dict[int, list[int]] = {}
    for body_id, membership_id in session.execute(
        select(Membership.body_id, Membership.id)
        .join(User, User.id == Membership.user_id)
        .join(AnnualResult, AnnualResult.agency_id == Membership.body_id)
        .where(
            AnnualResult.round_id == found.id,
            Membership.role == Role.AGENCY_MANAGER,
            User.is_active,
            open_period(Membership.valid_from, Membership.valid_to, local_date(now)),
        )
        .order_by(Membership.body_id, Membership.id)
    ):
        managers.setdefault(body_id, []).append(membership_id)
    for agency_id, result_id in results.items():
        if agency_id in managers:
            tell(
                session,
                managers[agency_id],
                "result_published" if found.revision == 1 else "result_corrected",
                now=now,
                endpoint="assessments.result",
                endpoint_values={"result_id": result_id},
                year=found.year,
                bureau=bureau,
                revision=found.revision,
            )
