"""Anybody clicks anything about who must stay out and who has signed: nothing gets stuck, and no stop is passed by.

After every click each open check can be brought to its end without anybody's help from outside, and a finished file can
be sealed: by a signature of whoever can sign, by an exemption of whoever cannot, and never the other way round. A year
whose results are final is not opened again for that.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import TieKind
from agencyqa.agencies.models import Appointment, Tie
from agencyqa.agencies.services import TieData, declare_tie, end_appointment
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.engagements.archive import services as archive
from agencyqa.engagements.archive.checklist import Item, checklist
from agencyqa.engagements.deliverables.services.pauses import Grounds
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.locks import year_locks
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal import services
from agencyqa.engagements.recusal.enums import CaseAction, CaseState, ExemptionCause
from agencyqa.engagements.recusal.models import DeclarationExemption, RecusalCase
from agencyqa.engagements.recusal.services import CaseDecision, DeclarationData, ExemptionData
from agencyqa.engagements.recusal.workflow import CHOICES, PENDING
from agencyqa.engagements.services.progress import complete_engagement, reopen_engagement
from agencyqa.engagements.team.enums import ChangeAction, TeamRole
from agencyqa.engagements.team.models import TeamChange, TeamMember
from agencyqa.engagements.team.services import ChangeData, decide_change, propose_change
from agencyqa.errors import AgencyQAError, Forbidden, NotVisible
from tests.factories.accounts import NOW, actor_of, make_member
from tests.factories.agencies import make_evaluator
from tests.factories.engagements import make_engagement
from tests.integration.engagements.world import World, make_world

# One database is enough: nothing here runs beside anything else.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

TODAY = local_date(NOW)
PEOPLE = ("manager", "rival", "officer", "unit", "lead")
# Who may take a step at all; the state decides the rest.
WHO: dict[str, str] = {
    **dict.fromkeys(("sign", "state", "seal"), "manager"),
    **dict.fromkeys(("tie", "dismiss", "complete", "reopen", "exempt", "withdraw"), "lead"),
    **dict.fromkeys(CHOICES, "lead"),
}
# What happens around them: somebody leaves with the commissioner's consent, a year is published or corrected.
AROUND = ("leave", "publish", "correct")
# How a case may come to its end. A person who is replaced leaves the team.
ENDINGS = (*((each,) for each in CHOICES), ("leave",), (CaseAction.REPLACE, "leave"))
WAYS = [(*first, *ending) for first, ending in itertools.product(((), ("reopen",)), ENDINGS)]


@dataclass
class House:
    session: Session
    world: World
    actors: dict[str, Actor]
    engagement: Engagement
    appointment: Appointment
    final_years: set[int] = field(default_factory=set)

    @property
    def person_id(self) -> int:
        return self.appointment.person_id

    @property
    def pending(self) -> list[RecusalCase]:
        wanted = sa.select(RecusalCase).where(
            RecusalCase.engagement_id == self.engagement.id, RecusalCase.state.in_(PENDING)
        )
        return list(self.session.scalars(wanted.order_by(RecusalCase.id)))

    @property
    def is_signed(self) -> bool:
        (line,) = (
            line for line in checklist(self.session, self.engagement) if line.item is Item.DECLARATIONS
        )
        return line.is_there

    def events(self) -> int:
        return self.session.scalar(sa.select(sa.func.count(AuditEntry.id))) or 0

    def seen(self) -> tuple[object, ...]:
        """What a refused click must leave as it was."""
        self.session.expire_all()
        found = self.engagement
        cases = sa.select(RecusalCase.id, RecusalCase.state).order_by(RecusalCase.id)
        exempt = sa.select(DeclarationExemption.id, DeclarationExemption.state)
        return (
            (found.state, found.completed_on, self.is_signed, self.appointment.valid_to, self.events()),
            *self.session.execute(cases).all(),
            *self.session.execute(exempt.order_by(DeclarationExemption.id)).all(),
        )

    def act(self, verb: str, actor: Actor) -> None:
        session, found, seen = self.session, self.engagement, self.engagement.version
        match verb:
            case "sign" | "state":
                data = DeclarationData(self.person_id, verb == "sign", TODAY, "亲属")
                services.sign_declaration(actor, session, found, data, now=NOW)
            case "seal":
                archive.seal(actor, session, found, now=NOW + timedelta(seconds=self.events()))
            case "tie":
                # Each walk has a person of its own.
                if session.scalars(sa.select(Tie.id).where(Tie.person_id == self.person_id)).first():
                    raise NotVisible()
                tie = TieData(
                    self.world.school.id, TieKind.RELATIVE, date(2021, 1, 1), person_id=self.person_id
                )
                declare_tie(actor, session, self.world.agency, tie, now=NOW)
            case "dismiss":
                end_appointment(actor, session, self.appointment, on=TODAY - timedelta(days=1), now=NOW)
            case "complete":
                complete_engagement(actor, session, found, TODAY, seen_version=seen, now=NOW)
            case "reopen":
                reopen_engagement(actor, session, found, "误登记", seen_version=seen, now=NOW)
            case "exempt":
                grounds = Grounds("三次联系无回音", "会议纪要")
                data_of_it = ExemptionData(self.person_id, ExemptionCause.LEFT, grounds)
                services.grant_exemption(actor, session, found, data_of_it, now=NOW)
            case "withdraw":
                granted = sa.select(DeclarationExemption).where(
                    DeclarationExemption.engagement_id == found.id
                )
                one = session.scalars(granted.order_by(DeclarationExemption.id.desc()).limit(1)).one_or_none()
                if one is None:
                    raise NotVisible()
                services.withdraw_exemption(actor, session, one, "误准", seen_version=one.version, now=NOW)
            case "leave":
                data_of_move = ChangeData(None, self.person_id, TeamRole.MEMBER, "离职")
                propose_change(self.actors["manager"], session, found, data_of_move, now=NOW)
                newest = sa.select(TeamChange).order_by(TeamChange.id.desc()).limit(1)
                move = session.scalars(newest).one()
                decide_change(
                    self.actors["officer"],
                    session,
                    move,
                    ChangeAction.CONSENT,
                    "同意",
                    seen_version=move.version,
                    now=NOW,
                )
            case "publish":
                self.final_years.add(found.assessment_year)
            case "correct":
                self.final_years.discard(found.assessment_year)
            case _:
                first = next(iter(self.pending), None)
                if first is None:
                    raise NotVisible()
                decision = CaseDecision(CaseAction(verb), "查明")
                services.decide_case(actor, session, first, decision, seen_version=first.version, now=NOW)

    def tried(self, way: tuple[str, ...], reached: Callable[[], bool]) -> bool:
        """Whether these steps are all possible and lead there; afterwards nothing of them has happened."""
        try:
            for verb in way:
                self.act(verb, self.actors[WHO.get(verb, "lead")])
            return reached()
        except AgencyQAError:
            return False
        finally:
            self.session.rollback()
            self.session.expire_all()

    def check(self) -> None:
        """Every case that waits has a way to its end, and whoever has not signed can, or is exempted."""
        for case in self.pending:
            case_id = case.id

            def is_closed(case_id: int = case_id) -> bool:
                return self.session.get_one(RecusalCase, case_id).state not in PENDING

            assert any(self.tried(way, is_closed) for way in WAYS), (case.state, self.engagement.state)
            # One stays first in line; the others wait for their turn.
            break
        ended = self.engagement.state is EngagementState.TERMINATED
        if self.is_signed or ended:
            return
        is_employed = self.appointment.valid_to is None
        if is_employed:
            assert not self.tried(("exempt",), lambda: True)
            assert self.tried(("sign",), lambda: self.is_signed)
        else:
            ways: tuple[tuple[str, ...], ...] = (("exempt",), ("leave", "exempt"))
            assert any(self.tried(way, lambda: self.is_signed) for way in ways)


@pytest.fixture
def build(app: Flask, session: Session) -> Iterator[Callable[[], House]]:
    world = make_world(session)
    agency, rival = session.get_one(Body, world.agency.id), session.get_one(Body, world.rival.id)
    places = {
        "manager": (agency, Role.AGENCY_MANAGER),
        "rival": (rival, Role.AGENCY_MANAGER),
        "officer": (world.education, Role.DEPARTMENT_OFFICER),
        "unit": (world.school, Role.DEPARTMENT_OFFICER),
        "lead": (world.bureau, Role.BUREAU_LEAD),
    }
    actors = {name: actor_of(session, make_member(session, *place)) for name, place in places.items()}
    archive.set_retention(actors["lead"], session, date(2020, 1, 1), 10, "局发〔2020〕1号", now=NOW)
    years: set[int] = set()

    def is_final(session: Session, bureau_id: int, year: int, *, hold: bool = False) -> bool:
        return year in years

    def made() -> House:
        years.clear()
        engagement = make_engagement(
            session, world.bureau, world.agency, world.school, commissioner=world.education
        )
        appointment = make_evaluator(session, world.bureau, world.agency, "钱进")
        session.add(
            TeamMember(
                engagement_id=engagement.id,
                person_id=appointment.person_id,
                role=TeamRole.MEMBER,
                valid_from=TODAY - timedelta(days=60),
                entered_at=NOW,
            )
        )
        session.commit()
        return House(session, world, actors, engagement, appointment, years)

    year_locks.append(is_final)
    with app.app_context():
        yield made
    year_locks.remove(is_final)


# From the start alone a walk would hardly ever reach what was stuck once, so most begin beside it: finished work of a
# published year with a stop, running work of such a year, and a file that waits for somebody who is gone.
BEGINNINGS = (
    (),
    ("sign", "complete", "tie", "publish", "state"),
    ("tie", CaseAction.REPLACE, "publish"),
    ("leave", "dismiss", "complete"),
    ("complete", "dismiss", "exempt", "withdraw"),
    ("dismiss", "leave", "exempt", "complete", "seal", "withdraw"),
)
CLICKS = st.one_of(
    st.tuples(st.sampled_from(sorted(WHO)), st.none()),
    st.tuples(st.sampled_from(sorted(WHO)), st.sampled_from(PEOPLE)),
    st.tuples(st.sampled_from(AROUND), st.none()),
)


@settings(
    max_examples=24,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
    # A walk that fails is short enough to read; to look for a shorter one would take minutes.
    phases=(Phase.explicit, Phase.generate),
)
@given(st.sampled_from(BEGINNINGS), st.lists(CLICKS, min_size=3, max_size=8))
def test_no_walk_gets_stuck_or_passes_a_stop_by(
    build: Callable[[], House], beginning: tuple[str, ...], clicks: list[tuple[str, str | None]]
) -> None:
    house = build()
    for verb, named in (*((verb, None) for verb in beginning), *clicks):
        who = named or WHO.get(verb, "lead")
        before = house.seen()
        try:
            house.act(verb, house.actors[who])
        except AgencyQAError as error:
            refused: AgencyQAError | None = error
        else:
            refused = None
        if refused is not None:
            house.session.rollback()
            # Who may not is told so; he does not learn from the state of the thing.
            if verb in WHO and who != WHO[verb]:
                assert isinstance(refused, Forbidden | NotVisible), (verb, who, refused)
            assert house.seen() == before
            continue
        house.session.commit()
        assert verb in AROUND or who == WHO[verb], (verb, who)
        assert verb in {"publish", "correct"} or house.events() > before[0][-1], (verb, who)  # type: ignore[index]
        house.check()


@pytest.mark.parametrize("beginning", BEGINNINGS[1:])
def test_each_beginning_leads_where_it_says(build: Callable[[], House], beginning: tuple[str, ...]) -> None:
    """None of its steps is refused, so that the walks begin where they are meant to."""
    house = build()
    for verb in beginning:
        house.act(verb, house.actors[WHO.get(verb, "lead")])
        house.session.commit()
        house.check()


def test_the_walk_reaches_the_new_ways(build: Callable[[], House]) -> None:
    house = build()
    for verb in (*BEGINNINGS[1], CaseAction.RECORD, "seal"):
        house.act(verb, house.actors[WHO.get(verb, "lead")])
        house.session.commit()
    states = house.session.scalars(
        sa.select(RecusalCase.state).where(RecusalCase.engagement_id == house.engagement.id)
    )
    assert (list(states), house.engagement.state) == ([CaseState.RECORDED], EngagementState.COMPLETED)
