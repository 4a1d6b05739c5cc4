"""Making the sheets of an engagement: one for each scorer role that has a share, from the scheme in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.queries import bureau_chain
from agencyqa.accounts.table_locks import hold_tables
from agencyqa.assessments import policies
from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.evidence import OnRecord
from agencyqa.assessments.facts import collect, rows_of
from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.models import ScoreSheet, ShareTable
from agencyqa.assessments.queries.tables import role_shares, share_table_in_force
from agencyqa.assessments.services.content import put_content, score_content
from agencyqa.assessments.services.telling import scoring_members
from agencyqa.audit.record import record
from agencyqa.auth.actor import Actor
from agencyqa.auth.permissions import Permission
from agencyqa.clock import local_date
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.errors import Forbidden, Invalid, Refused, WrongState
from agencyqa.measures.enums import Purpose, WorkKind
from agencyqa.measures.models import SchemeVersion
from agencyqa.measures.occurrences import Occurrence
from agencyqa.measures.queries import compiled, scheme_in_force
from agencyqa.notifications.services import tell
from agencyqa.scoring import RoleShare


@dataclass(frozen=True)
class Plan:
    """One sheet that an engagement will get: who scores it, by which scheme."""

    role: Purpose
    body_id: int
    version: SchemeVersion
    # Of a panel: which scorer, and who he is.
    seat: int = 0
    user_id: int | None = None


@dataclass(frozen=True)
class Refusal:
    engagement_id: int
    contract_number: str
    error: Refused


@dataclass
class OpenedYear:
    """What a bulk run did; engagements that had all their sheets are in neither list."""

    sheets: list[ScoreSheet] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


class Chooser:
    """Finds shares and schemes for one bureau; a year's engagements share most of the answers."""

    def __init__(self, session: Session, bureau_id: int) -> None:
        self._session = session
        self._bureau_id = bureau_id
        self._chain = bureau_chain(session, bureau_id)
        self._shares: dict[date, ShareTable | None] = {}
        self._schemes: dict[tuple[Purpose, WorkKind, date], SchemeVersion | None] = {}

    def plan(self, engagement: Engagement, existing: frozenset[Purpose]) -> list[Plan]:
        """The sheets still to be made. Raise Refused, naming the role and the date, where a rule is missing."""
        if engagement.state is EngagementState.TERMINATED:
            raise Refused("engagement_terminated_no_sheets", contract=engagement.contract_number)
        day = engagement.contract_signed_on
        table = self._share_table(day)
        if table is None:
            raise Refused("no_share_table", day=day)
        plans: list[Plan] = []
        for share in role_shares(table):
            role = Purpose(share.role)
            # The scorers of a panel are persons, whom somebody has to choose: they are invited one by one.
            if share.numerator and share.panel is None and role not in existing:
                plans.append(Plan(role, scorer_body(engagement, role), self.version(engagement, role)))
        return plans

    def version(self, engagement: Engagement, role: Purpose) -> SchemeVersion:
        """The scheme by which the role scores the engagement. Raise Refused where none is in force."""
        day, kind = engagement.contract_signed_on, engagement.work_kind
        version = self._scheme(role, kind, day)
        if version is None:
            raise Refused("no_scheme_in_force", role=role, work_kind=kind, day=day)
        return version

    def panel(self, engagement: Engagement) -> RoleShare | None:
        """The share of the experts on the contract date, None where they score nothing."""
        table = self._share_table(engagement.contract_signed_on)
        shares = () if table is None else role_shares(table)
        return next((each for each in shares if each.panel is not None and each.numerator), None)

    def _share_table(self, day: date) -> ShareTable | None:
        if day not in self._shares:
            self._shares[day] = share_table_in_force(self._session, self._chain, day)
        return self._shares[day]

    def _scheme(self, role: Purpose, kind: WorkKind, day: date) -> SchemeVersion | None:
        key = (role, kind, day)
        if key not in self._schemes:
            self._schemes[key] = scheme_in_force(
                self._session, bureau_id=self._bureau_id, purpose=role, work_kind=kind, day=day
            )
        return self._schemes[key]


def scorer_body(engagement: Engagement, role: Purpose) -> int:
    """The body whose officers fill in the sheet of a role."""
    match role:
        case Purpose.BUREAU:
            return engagement.bureau_id
        case Purpose.COMMISSIONER:
            return engagement.commissioner_id
        case Purpose.EVALUATED_UNIT:
            return engagement.evaluated_unit_id
        case Purpose.EXPERT | Purpose.AGENCY_YEAR:
            raise ValueError(f"{role} is not the role of a party of the contract")


def open_sheets(
    actor: Actor, session: Session, engagement: Engagement, *, due_on: date | None = None, now: datetime
) -> list[ScoreSheet]:
    """Make the sheets the engagement still lacks; an empty list where it has them all.

    Raises Refused ``no_share_table`` or ``no_scheme_in_force`` and then makes none.
    """
    if not policies.can_open_sheets(actor, engagement):
        raise Forbidden("only_bureau_opens_sheets")
    check_due(due_on, now)
    hold_tables(session, bureau_chain(session, engagement.bureau_id))
    plans = Chooser(session, engagement.bureau_id).plan(engagement, _roles_of(session, engagement.id))
    known = collect(session, [engagement.id] if plans else []).get(engagement.id, [])
    sheets = [make_sheet(actor, session, engagement, plan, known, due_on, now) for plan in plans]
    tell_opened(session, sheets, now)
    return sheets


def open_year(
    actor: Actor, session: Session, year: int, *, due_on: date | None = None, now: datetime
) -> OpenedYear:
    """The same for every engagement of the actor's bureau in an assessment year. A refusal stops only its own."""
    if actor.bureau_id is None or not actor.has(Permission.SHEETS_FINALISE):
        raise Forbidden("only_bureau_opens_sheets")
    check_due(due_on, now)
    hold_tables(session, bureau_chain(session, actor.bureau_id))
    plans, refused = _plans_of_year(session, actor.bureau_id, year)
    known = collect(session, [engagement.id for engagement, _ in plans])
    done = OpenedYear(refused=refused)
    for engagement, own in plans:
        done.sheets += [
            make_sheet(actor, session, engagement, plan, known.get(engagement.id, []), due_on, now)
            for plan in own
        ]
    tell_opened(session, done.sheets, now)
    return done


def refused_in_year(actor: Actor, session: Session, year: int) -> list[Refusal]:
    """The engagements of the actor's bureau for which ``open_year`` would make no sheets now, and why."""
    if actor.bureau_id is None or not actor.has(Permission.SHEETS_FINALISE):
        raise Forbidden("only_bureau_opens_sheets")
    return _plans_of_year(session, actor.bureau_id, year)[1]


def _plans_of_year(
    session: Session, bureau_id: int, year: int
) -> tuple[list[tuple[Engagement, list[Plan]]], list[Refusal]]:
    engagements = session.scalars(
        select(Engagement)
        .where(
            Engagement.bureau_id == bureau_id,
            Engagement.assessment_year == year,
            Engagement.state != EngagementState.TERMINATED,
        )
        .order_by(Engagement.id)
    ).all()
    existing: dict[int, set[Purpose]] = {}
    for engagement_id, role in session.execute(
        select(Engagement.id, ScoreSheet.scorer_role)
        .join(ScoreSheet, ScoreSheet.engagement_id == Engagement.id)
        .where(Engagement.bureau_id == bureau_id, Engagement.assessment_year == year)
    ):
        existing.setdefault(engagement_id, set()).add(role)
    chooser = Chooser(session, bureau_id)
    plans: list[tuple[Engagement, list[Plan]]] = []
    refused: list[Refusal] = []
    for engagement in engagements:
        try:
            own = chooser.plan(engagement, frozenset(existing.get(engagement.id, ())))
        except Refused as error:
            refused.append(Refusal(engagement.id, engagement.contract_number, error))
        else:
            plans.append((engagement, own))
    return plans, refused


def reissue_sheet(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    sheet: ScoreSheet,
    *,
    reason: str,
    now: datetime,
) -> SchemeVersion:
    """Choose the scheme of an untouched draft anew, for instance after its contract date was corrected."""
    if not policies.can_open_sheets(actor, engagement) or sheet.engagement_id != engagement.id:
        raise Forbidden("only_bureau_opens_sheets")
    if sheet.state is not SheetState.DRAFT or sheet.answers or sheet.overruled or sheet.revision > 1:
        raise WrongState("sheet_already_begun")
    if not reason:
        raise Invalid(reason="required")
    others = _roles_of(session, engagement.id) - {sheet.scorer_role}
    plans = Chooser(session, engagement.bureau_id).plan(engagement, others)
    plan = next((plan for plan in plans if plan.role is sheet.scorer_role), None)
    if plan is None or plan.version.id == sheet.scheme_version_id:
        raise WrongState("scheme_unchanged")
    before = (sheet.scheme_version_id, sheet.scorer_body_id)
    sheet.scheme_version_id, sheet.scorer_body_id = plan.version.id, plan.body_id
    fill_sheet(sheet, plan.version, collect(session, [engagement.id]).get(engagement.id, []))
    record(
        session,
        actor,
        "assessments.sheet.reissued",
        sheet,
        now=now,
        bureau_id=sheet.bureau_id,
        changes={
            "scheme_version_id": (before[0], plan.version.id),
            "scorer_body_id": (before[1], plan.body_id),
        },
        reason=reason,
    )
    session.flush()
    return plan.version


def make_sheet(
    actor: Actor,
    session: Session,
    engagement: Engagement,
    plan: Plan,
    known: Sequence[Occurrence],
    due_on: date | None,
    now: datetime,
) -> ScoreSheet:
    sheet = ScoreSheet(
        bureau_id=engagement.bureau_id,
        engagement_id=engagement.id,
        scorer_role=plan.role,
        seat=plan.seat,
        scorer_body_id=plan.body_id,
        scorer_user_id=plan.user_id,
        scheme_version_id=plan.version.id,
        revision=1,
        is_current=True,
        state=SheetState.DRAFT,
        due_on=due_on,
        created_at=now,
    )
    fill_sheet(sheet, plan.version, known)
    session.add(sheet)
    session.flush()
    invited: dict[str, Any] = {"seat": plan.seat, "scorer_user_id": plan.user_id} if plan.seat else {}
    record(
        session,
        actor,
        "assessments.sheet.opened",
        sheet,
        now=now,
        bureau_id=sheet.bureau_id,
        role=plan.role,
        scheme_version_id=plan.version.id,
        scheme_hash=plan.version.content_hash,
        due_on=due_on,
        **invited,
    )
    return sheet


def fill_sheet(sheet: ScoreSheet, version: SchemeVersion, known: Sequence[Occurrence]) -> None:
    """An untouched sheet: nothing typed, and what is on record already."""
    scheme = compiled(version)
    record = OnRecord(rows_of(known, scheme.counting))
    put_content(sheet, scheme.program, score_content(scheme.program, scheme.counting, Entry(), record))


def _roles_of(session: Session, engagement_id: int) -> frozenset[Purpose]:
    return frozenset(
        session.scalars(select(ScoreSheet.scorer_role).where(ScoreSheet.engagement_id == engagement_id))
    )


def check_due(due_on: date | None, now: datetime) -> None:
    if due_on is not None and due_on < local_date(now):
        raise Invalid(due_on="due_in_the_past")


def tell_opened(session: Session, sheets: Sequence[ScoreSheet], now: datetime) -> None:
    """One message to each body, whatever the number of its sheets."""
    for body_id, count in sorted(Counter(sheet.scorer_body_id for sheet in sheets).items()):
        own = [sheet for sheet in sheets if sheet.scorer_body_id == body_id]
        endpoint, values = (
            ("assessments.edit", {"sheet_id": own[0].id}) if count == 1 else ("assessments.sheets", {})
        )
        tell(
            session,
            scoring_members(session, body_id, now, {sheet.scorer_user_id for sheet in own}),
            "sheets_opened",
            now=now,
            endpoint=endpoint,
            endpoint_values=values,
            count=count,
            due_on=own[0].due_on,
        )
