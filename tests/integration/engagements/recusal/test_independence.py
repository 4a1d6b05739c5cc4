"""Ties of people and earlier work at the gate, declarations as they were signed, and what is found later."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.enums import TieKind
from agencyqa.agencies.models import Person, Tie
from agencyqa.agencies.services import TieData, declare_tie, end_tie
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.engagements import services as engagements
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.recusal import services
from agencyqa.engagements.recusal.enums import CaseAction, CaseState, SigningWay
from agencyqa.engagements.recusal.jobs import recheck_ties
from agencyqa.engagements.recusal.models import IndependenceDeclaration, RecusalCase
from agencyqa.engagements.recusal.services import CaseDecision, DeclarationData, TermsData
from agencyqa.engagements.recusal.terms import terms_in_force
from agencyqa.engagements.team.enums import ChangeAction, TeamRole
from agencyqa.engagements.team.models import TeamMember
from agencyqa.engagements.team.services import ChangeData, decide_change, propose_change
from agencyqa.errors import Forbidden, Invalid, NotVisible, Refused, Stale, WrongState
from agencyqa.measures.enums import WorkKind
from agencyqa.notifications.models import InboxMessage
from tests.factories.accounts import NOW, actor_of, make_actor, make_member
from tests.integration.engagements.world import World, appoint, change, create, make_world

TODAY = date(2022, 6, 15)


@pytest.fixture
def world(session: Session) -> World:
    made = make_world(session)
    services.load_terms(session, NOW)
    return made


def tie_of_person(
    session: Session, world: World, person_id: int, body: Body, since: date, until: date | None = None
) -> Tie:
    data = TieData(body.id, TieKind.RELATIVE, since, until, person_id=person_id)
    return declare_tie(world.supervisor, session, world.agency, data, now=NOW)


def manager_of(session: Session, world: World) -> Actor:
    return make_actor(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)


def only_case(session: Session) -> RecusalCase:
    return session.scalars(select(RecusalCase)).one()


def decide(
    session: Session, world: World, action: CaseAction, now: datetime = NOW, reason: str = "查明"
) -> None:
    case = only_case(session)
    services.decide_case(
        world.supervisor, session, case, CaseDecision(action, reason), seen_version=case.version, now=now
    )


def test_people_and_earlier_work_stop_at_the_gate_and_their_corrections_too(
    session: Session, world: World
) -> None:
    person_id = appoint(session, world.bureau, world.agency)
    other_id = appoint(session, world.bureau, world.agency, "李主评")
    tie_of_person(session, world, person_id, world.school, date(2021, 1, 1))
    with pytest.raises(engagements.CommissionRefused) as refused:
        create(session, world, principal_evaluator_id=person_id)
    assert [check.code for check in refused.value.checks] == ["person_tie_with_evaluated_unit"]
    assert refused.value.provision == "M1/independence"
    # Whoever helped to write the self-evaluation does not judge it.
    create(session, world, work_kind=WorkKind.SELF_EVALUATION, is_clerical_only=True)
    with pytest.raises(engagements.CommissionRefused) as refused:
        create(session, world, principal_evaluator_id=other_id)
    assert [check.code for check in refused.value.checks] == ["judges_own_help"]
    engagement = create(session, world, agency_id=world.rival.id)
    with pytest.raises(engagements.CommissionRefused):
        change(session, world, engagement, agency_id=world.agency.id, principal_evaluator_id=other_id)
    assert session.scalars(select(TeamMember.id)).all() == []


def test_a_declaration_is_kept_word_by_word_and_never_overwritten(session: Session, world: World) -> None:
    person_id = appoint(session, world.bureau, world.agency)
    engagement = create(session, world, principal_evaluator_id=person_id, contract_number="HT-独立")
    manager = manager_of(session, world)
    paper = DeclarationData(person_id, True, date(2022, 3, 2))
    first = services.sign_declaration(manager, session, engagement, paper, form_token="a" * 32, now=NOW)
    again = services.sign_declaration(
        manager, session, engagement, replace(paper, signed_on=TODAY), form_token="b" * 32, now=NOW
    )
    assert (first.number, again.number, first.way, first.signed_on) == (
        1,
        2,
        SigningWay.PAPER,
        date(2022, 3, 2),
    )
    for word in (
        "王主评",
        "甲咨询有限公司",
        "HT-独立",
        "长宁区财政局",
        "第一小学",
        "区教育局",
        "学前教育补助项目",
    ):
        assert word in first.text
    assert first.sha256 == hashlib.sha256(first.text.encode()).hexdigest()
    # Who has an account signs himself, on the day; colleagues sign for nobody.
    staff = make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_STAFF)
    with pytest.raises(Forbidden):
        services.sign_declaration(actor_of(session, staff), session, engagement, paper, now=NOW)
    session.get_one(Person, person_id).user_id = staff.user_id
    with pytest.raises(Invalid) as early:
        services.sign_declaration(actor_of(session, staff), session, engagement, paper, now=NOW)
    assert early.value.fields == {"signed_on": ("recusal_signs_today", {})}
    own = services.sign_declaration(
        actor_of(session, staff), session, engagement, replace(paper, signed_on=TODAY), now=NOW
    )
    assert (own.number, own.way) == (3, SigningWay.SELF)
    for actor in (world.supervisor, make_actor(session, world.school, Role.DEPARTMENT_OFFICER)):
        with pytest.raises(Forbidden):
            services.sign_declaration(actor, session, engagement, paper, now=NOW)
    foreign = make_actor(session, session.get_one(Body, world.rival.id), Role.AGENCY_MANAGER)
    with pytest.raises(NotVisible):
        services.sign_declaration(foreign, session, engagement, paper, now=NOW)
    stranger = appoint(session, world.bureau, world.rival, "赵某")
    for wrong, field in (
        (replace(paper, person_id=stranger), "person_id"),
        (replace(paper, signed_on=TODAY + timedelta(days=1)), "signed_on"),
        (replace(paper, is_independent=False), "statement"),
    ):
        with pytest.raises(Invalid) as invalid:
            services.sign_declaration(manager, session, engagement, wrong, now=NOW)
        assert set(invalid.value.fields) == {field}
    kept = select(IndependenceDeclaration.number).order_by(IndependenceDeclaration.id)
    assert session.scalars(kept).all() == [1, 2, 3]


def test_a_tie_found_later_opens_the_check_and_nothing_gets_past_it(session: Session, world: World) -> None:
    person_id = appoint(session, world.bureau, world.agency)
    engagement = create(session, world, principal_evaluator_id=person_id)
    elsewhere = create(session, world, agency_id=world.rival.id)
    manager = make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    rival = make_member(session, session.get_one(Body, world.rival.id), Role.AGENCY_MANAGER)
    tie = tie_of_person(session, world, person_id, world.school, date(2022, 1, 1))
    # A tie with nobody concerned opens nothing.
    tie_of_person(session, world, person_id, world.health, date(2022, 1, 1))
    case = only_case(session)
    assert (case.engagement_id, case.tie_id, case.person_id, case.state) == (
        engagement.id,
        tie.id,
        person_id,
        CaseState.OPEN,
    )
    assert [(item["code"], item["outcome"], item["provisions"]) for item in case.findings] == [
        ("person_tie_with_evaluated_unit", "refused", ["M1/independence", "CY6/recusal"])
    ]
    reopened = select(InboxMessage.membership_id).where(InboxMessage.code == "recusal_reopened")
    told = set(session.scalars(reopened))
    assert manager.id in told
    assert rival.id not in told
    assert elsewhere.state is EngagementState.CONTRACTED
    # The same night again: nothing new.
    assert recheck_ties(session, NOW) == 0
    with pytest.raises(WrongState, match="recusal_undecided"):
        engagements.complete_engagement(
            world.supervisor, session, engagement, TODAY, seen_version=engagement.version, now=NOW
        )
    with pytest.raises(Refused) as stands:
        decide(session, world, CaseAction.CONTINUE)
    assert (stands.value.code, stands.value.provision) == ("recusal_stop_stands", "M1/independence")
    with pytest.raises(Invalid):
        decide(session, world, CaseAction.REPLACE, reason=" ")
    for actor, error in (
        (make_actor(session, world.city, Role.BUREAU_LEAD), Forbidden),
        (actor_of(session, manager), Forbidden),
        (actor_of(session, rival), NotVisible),
    ):
        with pytest.raises(error):
            services.decide_case(
                actor,
                session,
                case,
                CaseDecision(CaseAction.REPLACE, "x"),
                seen_version=case.version,
                now=NOW,
            )
    with pytest.raises(Stale):
        services.decide_case(
            world.supervisor, session, case, CaseDecision(CaseAction.REPLACE, "x"), seen_version=99, now=NOW
        )
    decide(session, world, CaseAction.REPLACE)
    assert only_case(session).state is CaseState.REPLACING
    other = appoint(session, world.bureau, world.agency, "李主评")
    proposed = propose_change(
        actor_of(session, manager),
        session,
        engagement,
        ChangeData(other, person_id, TeamRole.PRINCIPAL_EVALUATOR, "回避"),
        now=NOW,
    )
    decide_change(
        world.lead, session, proposed, ChangeAction.CONSENT, "", seen_version=proposed.version, now=NOW
    )
    settled = only_case(session)
    assert (settled.state, settled.action, settled.reason) == (CaseState.REPLACED, CaseAction.SETTLE, "查明")
    engagements.complete_engagement(
        world.supervisor, session, engagement, TODAY, seen_version=engagement.version, now=NOW
    )
    session.commit()
    logged = select(AuditEntry.event).where(AuditEntry.target_type == "recusal_cases").order_by(AuditEntry.id)
    assert session.scalars(logged).all() == [
        "recusal.case.opened",
        "recusal.case.decided",
        "recusal.case.decided",
    ]


def test_a_tie_of_the_agency_ends_before_the_work_goes_on_or_the_contract_ends(
    session: Session, world: World
) -> None:
    engagement = create(session, world)
    tie = declare_tie(
        world.supervisor,
        session,
        world.agency,
        TieData(world.school.id, TieKind.ADVISORY, date(2022, 6, 20)),
        now=NOW,
    )
    # It begins later, and the night of that day finds it, once.
    assert session.scalars(select(RecusalCase)).all() == []
    later = NOW + timedelta(days=6)
    assert (recheck_ties(session, later), recheck_ties(session, later + timedelta(days=1))) == (1, 0)
    with pytest.raises(Invalid) as nobody:
        decide(session, world, CaseAction.REPLACE, now=later)
    assert nobody.value.fields == {"action": ("recusal_nobody_to_replace", {})}
    with pytest.raises(Refused):
        decide(session, world, CaseAction.CONTINUE, now=later)
    end_tie(world.supervisor, session, tie, on=date(2022, 6, 20), now=later)
    decide(session, world, CaseAction.CONTINUE, now=later)
    assert (only_case(session).state, engagement.state) == (CaseState.CONTINUED, EngagementState.CONTRACTED)
    with pytest.raises(WrongState, match="recusal_case_closed"):
        decide(session, world, CaseAction.TERMINATE, now=later)


def test_a_declared_conflict_opens_the_check_and_termination_closes_it(
    session: Session, world: World
) -> None:
    person_id = appoint(session, world.bureau, world.agency)
    engagement = create(session, world, principal_evaluator_id=person_id)
    manager = manager_of(session, world)
    said = DeclarationData(person_id, False, TODAY, "配偶在第一小学任教")
    services.sign_declaration(manager, session, engagement, said, now=NOW)
    services.sign_declaration(manager, session, engagement, replace(said, statement="另有说明"), now=NOW)
    cases = session.scalars(select(RecusalCase).order_by(RecusalCase.id)).all()
    assert [(case.state, case.person_id) for case in cases] == [(CaseState.OPEN, person_id)] * 2
    services.decide_case(
        world.supervisor,
        session,
        cases[0],
        CaseDecision(CaseAction.TERMINATE, "无人可换"),
        seen_version=cases[0].version,
        now=NOW,
    )
    ended = session.get_one(Engagement, engagement.id)
    assert (ended.state, ended.termination_reason) == (EngagementState.TERMINATED, "无人可换")
    assert [case.state for case in cases] == [CaseState.TERMINATED, CaseState.TERMINATED]


def test_terms_of_the_bureau_replace_the_shipped_ones(session: Session, world: World) -> None:
    assert services.load_terms(session, NOW) == 0
    with pytest.raises(Forbidden):
        services.enter_terms(world.supervisor, session, TermsData(date(2022, 1, 1), 12, 12, "局规"), now=NOW)
    with pytest.raises(Invalid) as wrong:
        services.enter_terms(world.lead, session, TermsData(date(2022, 1, 1), -1, 241, " "), now=NOW)
    assert set(wrong.value.fields) == {"source", "tie_months", "work_months"}
    for day, months in ((date(2022, 1, 1), 12), (date(2022, 3, 1), 60)):
        services.enter_terms(world.lead, session, TermsData(day, months, months, "局规"), now=NOW)
    with pytest.raises(Invalid):
        services.enter_terms(world.lead, session, TermsData(date(2022, 3, 1), 1, 1, "局规"), now=NOW)
    found = {
        day: terms_in_force(session, world.bureau.id, day)
        for day in (date(2021, 12, 31), date(2022, 2, 28), date(2022, 3, 1))
    }
    assert [terms.tie_months if terms else None for terms in found.values()] == [24, 12, 60]
    # Five years back by the new terms: the tie that ended in 2020 is seen.
    tie_of_person_end = date(2020, 1, 1)
    data = TieData(world.school.id, TieKind.ADVISORY, date(2019, 1, 1), tie_of_person_end)
    declare_tie(world.supervisor, session, world.agency, data, now=NOW)
    assert create(session, world).agency_id == world.agency.id
