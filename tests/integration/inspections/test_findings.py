"""A finding from draft to final, dropped or withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.audit.models import AuditEntry
from agencyqa.audit.policies import visible_to as visible_entries
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.db import SettledRowChanged
from agencyqa.errors import Forbidden, Invalid, NotVisible, Refused, Stale, WrongState
from agencyqa.files.uploads import KeptFile
from agencyqa.inspections.enums import FindingState, Severity
from agencyqa.inspections.facts import agency_findings, occurrences
from agencyqa.inspections.hooks import withdrawal_listeners
from agencyqa.inspections.jobs import statements_due
from agencyqa.inspections.models import Finding
from agencyqa.inspections.policies import visible_evidence
from agencyqa.inspections.services import decisions, findings
from agencyqa.inspections.services.evidence import add_evidence, withdraw_evidence
from agencyqa.measures.enums import FaultSource
from agencyqa.measures.models import MeasureVersion, Provision
from agencyqa.measures.occurrences import Occurrence
from agencyqa.measures.workdays import working_calendar
from tests.factories.accounts import NOW, body_of, make_member, user_of
from tests.factories.files import make_stored_row
from tests.factories.inspections import make_faults, make_finding, make_spot_check
from tests.integration.inspections.world import (
    FACTS,
    World,
    add,
    evidence_changes,
    finding_data,
    inbox,
    later,
    make_world,
    notify,
    plan,
    recorded,
)


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def state(world: World, finding: Finding, *, now: datetime, text: str = "底稿已补齐") -> None:
    decisions.make_statement(
        world.actor("manager"), world.session, finding, text, seen_version=finding.version, now=now
    )


def decide(
    world: World,
    step: Callable[..., None],
    finding: Finding,
    person: str = "second",
    *,
    now: datetime = NOW,
    reason: str = "事实清楚",
) -> None:
    step(world.actor(person), world.session, finding, reason, seen_version=finding.version, now=now)


def test_the_whole_way_of_a_finding(session: Session, world: World) -> None:
    check = recorded(world)
    finding = add(world, check)
    assert (finding.year, finding.number, finding.state, finding.engagement_id) == (
        2022,
        1,
        FindingState.DRAFT,
        world.engagement.id,
    )
    with evidence_changes() as told:
        # Wednesday 15 June; five working days later it is Wednesday 22.
        notify(world, finding)
        assert (finding.statement_due_on, finding.is_statement_due_provisional) == (date(2022, 6, 22), False)
        state(world, finding, now=later(3))
        assert told == []
        decide(world, decisions.finalise_finding, finding, now=later(3))
        assert told == [world.engagement.id]
        heard: list[tuple[str, int, str]] = []

        def listen(actor: Actor, session: Session, withdrawn: Finding, reason: str, now: datetime) -> None:
            heard.append((actor.user_name, withdrawn.id, reason))

        withdrawal_listeners.append(listen)
        try:
            decide(world, decisions.withdraw_finding, finding, "lead", now=later(9), reason="复核后撤销")
        finally:
            withdrawal_listeners.remove(listen)
        assert heard == [(world.actor("lead").user_name, finding.id, "复核后撤销")]
        assert told == [world.engagement.id] * 2
    assert finding.state is FindingState.WITHDRAWN
    assert inbox(world, "manager") == ["finding_notified", "finding_final", "finding_withdrawn"]
    assert inbox(world, "staff") == inbox(world, "rival_manager") == []
    assert inbox(world, "second") == ["inspector_named", "finding_stated"]
    session.commit()
    entries = select(AuditEntry.event).where(AuditEntry.target_type == "findings")
    assert list(session.scalars(entries.order_by(AuditEntry.id))) == [
        "inspections.finding.added",
        "inspections.finding.notified",
        "inspections.finding.stated",
        "inspections.finding.finalised",
        "inspections.finding.withdrawn",
    ]


def test_numbers_are_never_given_twice(session: Session, world: World) -> None:
    check = plan(world)
    make_finding(session, make_spot_check(session, world.other_bureau, world.rival))
    dropped = make_finding(session, check, state=FindingState.DROPPED)
    assert (dropped.number, make_finding(session, check).number) == (1, 2)
    session.delete(dropped)
    with pytest.raises(SettledRowChanged):
        session.flush()


def test_the_rule_cited_is_that_of_the_day(session: Session, world: World) -> None:
    """M2 changed with the first day of 2024; CJ4 began with August 2021."""
    check = recorded(world)

    def version(finding: Finding) -> str | None:
        statement = (
            select(MeasureVersion.doc_number)
            .join(Provision, Provision.measure_version_id == MeasureVersion.id)
            .where(Provision.id == finding.provision_id)
        )
        return session.scalars(statement).one()

    cited = [
        findings.add_finding(
            world.actor("first"),
            session,
            check,
            finding_data(fact_on=day, provision_key="M2/practice_rules"),
            now=datetime.fromisoformat("2024-03-01T02:00:00+00:00"),
        )
        for day in (date(2023, 12, 31), date(2024, 1, 1))
    ]
    assert [version(finding) for finding in cited] == ["沪财发〔2021〕6号", "沪财发〔2023〕17号"]
    assert [(finding.year, finding.number) for finding in cited] == [(2024, 1), (2024, 2)]
    with pytest.raises(Refused) as refused:
        add(world, check, fact_on=date(2021, 7, 31))
    assert (refused.value.code, refused.value.provision) == (
        "fault_provision_not_in_force",
        "CJ4/work_papers",
    )
    other = add(world, check, fact_on=date(2021, 7, 31), provision_key="CY6/traceable_source")
    assert other.provision_key == "CY6/traceable_source"


def test_what_cannot_be_written(session: Session, world: World) -> None:
    check = recorded(world)

    def problem(**changes: Any) -> dict[str, str]:
        with pytest.raises(Invalid) as error:
            add(world, check, **changes)
        return {name: code for name, (code, _) in error.value.fields.items()}

    make_faults(session)
    assert problem(fault_code="late_report") == {"fault_code": "not_a_choice"}
    assert problem(fault_code="no_such_code", occurrences=0, facts="", fact_on=date(2022, 6, 16)) == {
        "fault_code": "not_a_choice",
        "occurrences": "below_minimum",
        "facts": "required",
        "fact_on": "fact_in_future",
    }
    assert problem(fact_on=date(2021, 7, 31), provision_key="CJ4/archive") == {
        "provision_key": "cited_provision_not_in_force"
    }
    for name, error in (
        ("manager", Forbidden),
        ("rival_manager", NotVisible),
        ("officer", NotVisible),
        ("observer", NotVisible),
        ("other_supervisor", NotVisible),
        ("city_lead", Forbidden),
    ):
        with pytest.raises(error):
            add(world, check, name)
    assert session.scalars(select(Finding)).all() == []


def test_facts_stay_once_the_agency_was_told(session: Session, world: World) -> None:
    check = plan(world)
    finding = add(world, check)
    with pytest.raises(WrongState, match="check_not_recorded"):
        notify(world, finding)
    finding = add(world, recorded(world))
    change = finding_data(occurrences=5, severity=Severity.SERIOUS)
    findings.change_finding(
        world.actor("second"), session, finding, change, seen_version=finding.version, now=NOW
    )
    assert (finding.occurrences, finding.severity) == (5, Severity.SERIOUS)
    with pytest.raises(Stale):
        findings.change_finding(
            world.actor("first"), session, finding, change, seen_version=finding.version - 1, now=NOW
        )
    with pytest.raises(Invalid):
        notify(world, finding, days=0)
    notify(world, finding)
    with pytest.raises(WrongState, match="finding_wrong_state"):
        findings.change_finding(
            world.actor("first"), session, finding, change, seen_version=finding.version, now=NOW
        )
    with pytest.raises(WrongState):
        notify(world, finding)
    session.commit()
    for name, value in (("facts", "改写"), ("occurrences", 1), ("fault_code", "no_contract")):
        setattr(finding, name, value)
        with pytest.raises(SettledRowChanged):
            session.flush()
        session.rollback()
    assert (finding.facts, finding.occurrences) == (FACTS, 5)


def test_who_decides_and_when(session: Session, world: World) -> None:
    finding = add(world, recorded(world))
    notify(world, finding)
    with pytest.raises(WrongState, match="statement_term_runs"):
        decide(world, decisions.finalise_finding, finding, now=later(7))
    for name, error in (
        ("first", "author_decides_not"),
        ("city_lead", "forbidden"),
        ("manager", "forbidden"),
        ("rival_manager", "not_found"),
        ("officer", "not_found"),
        ("observer", "not_found"),
        ("other_supervisor", "not_found"),
    ):
        for step in (decisions.finalise_finding, decisions.drop_finding):
            with pytest.raises((Forbidden, NotVisible), match=error):
                decide(world, step, finding, name, now=later(8))
    # Who worked for the agency last year does not judge it.
    make_member(session, body_of(session, world.manager), Role.AGENCY_STAFF, user_of(session, world.third))
    with pytest.raises(Refused, match="known_conflict"):
        decide(world, decisions.finalise_finding, finding, "third", now=later(8))
    with pytest.raises(Invalid):
        decide(world, decisions.finalise_finding, finding, now=later(8), reason="")
    with pytest.raises(Forbidden, match="only_lead_withdraws_findings"):
        decide(world, decisions.withdraw_finding, finding, now=later(8))
    with pytest.raises(WrongState, match="finding_wrong_state"):
        decide(world, decisions.withdraw_finding, finding, "lead", now=later(8))
    decide(world, decisions.finalise_finding, finding, now=later(8))
    assert (finding.state, finding.decided_by_id) == (FindingState.FINAL, world.second.user_id)
    with pytest.raises(WrongState):
        state(world, finding, now=later(9))


def test_statements(session: Session, world: World) -> None:
    check = recorded(world)
    in_time, late, silent, draft = (add(world, check) for _ in range(4))
    for finding in (in_time, late, silent):
        notify(world, finding)
    state(world, in_time, now=later(7))
    with pytest.raises(WrongState, match="stated_already"):
        state(world, in_time, now=later(7))
    # The last day counts in full; the morning after is late, and still taken.
    assert statements_due(session, later(7)) == 0
    assert statements_due(session, later(8)) == 4
    assert statements_due(session, later(9)) == 0
    state(world, late, now=later(8))
    calendar = working_calendar(session)
    assert [decisions.is_statement_late(finding, calendar) for finding in (in_time, late)] == [False, True]
    with pytest.raises(Invalid):
        state(world, silent, now=later(8), text="")
    with pytest.raises(NotVisible):
        state(world, draft, now=later(8))
    for name, error in (("staff", Forbidden), ("rival_manager", NotVisible), ("second", Forbidden)):
        with pytest.raises(error):
            decisions.make_statement(
                world.actor(name), session, silent, "x", seen_version=silent.version, now=later(8)
            )
    assert inbox(world, "first")[-4:] == [
        "finding_stated",
        "statement_term_over",
        "statement_term_over",
        "finding_stated_late",
    ]
    decide(world, decisions.drop_finding, late, now=later(8), reason="已补齐")
    decide(world, decisions.drop_finding, draft, "first", reason="登记有误")
    assert inbox(world, "manager") == ["finding_notified"] * 3 + ["finding_dropped"]


def test_what_the_scores_are_told(session: Session, world: World) -> None:
    """Final findings only; those on the agency as a whole apart, by the year of the fact."""
    check = make_spot_check(session, world.bureau, world.agency, world.engagement)
    whole = make_spot_check(session, world.bureau, world.agency)
    for number, every in enumerate(FindingState):
        make_finding(session, check, state=every, occurrences=number + 1)
    for every in FindingState:
        make_finding(session, whole, state=every)
    make_finding(session, whole, fact_on=date(2021, 12, 31))
    make_finding(session, make_spot_check(session, world.bureau, world.rival))
    make_finding(session, make_spot_check(session, world.other_bureau, world.agency))
    final = session.scalars(
        select(Finding).where(Finding.spot_check_id == check.id, Finding.state == FindingState.FINAL)
    ).one()
    assert occurrences(session, [world.engagement.id, world.engagement.id + 1]) == [
        Occurrence(
            key=f"finding:{final.id}",
            engagement_id=world.engagement.id,
            source=FaultSource.FINDING,
            fault="no_work_paper",
            count=3,
            fact_on=date(2022, 4, 1),
            provision="CJ4/work_papers",
            params={
                "number": "2022-003",
                "check": "2022-001",
                "severity": "ordinary",
                "facts": FACTS,
                "occurrences": 3,
            },
            endpoint="inspections.finding",
            endpoint_values={"finding_id": final.id},
        )
    ]
    assert occurrences(session, []) == []
    (found,) = agency_findings(session, world.bureau.id, [world.agency.id], 2022)
    assert found.as_json() == {
        "finding_id": found.finding_id,
        "agency_id": world.agency.id,
        "number": "2022-008",
        "fault": "no_work_paper",
        "title": found.title,
        "title_en": found.title_en,
        "occurrences": 1,
        "severity": "ordinary",
        "facts": FACTS,
        "fact_on": "2022-04-01",
        "provision": "CJ4/work_papers",
    }
    both = agency_findings(session, world.bureau.id, [world.agency.id, world.rival.id], 2022)
    assert [each.agency_id for each in both] == [world.agency.id, world.rival.id]
    earlier = agency_findings(session, world.bureau.id, [world.agency.id], 2021)
    assert [each.fact_on for each in earlier] == [date(2021, 12, 31)]


def test_the_log_tells_the_bureau_nothing_of_what_an_agency_gathers(session: Session, world: World) -> None:
    finding = make_finding(
        session, make_spot_check(session, world.bureau, world.agency), state=FindingState.NOTIFIED
    )
    kept = KeptFile(make_stored_row(session), "申辩材料.pdf")
    for who in ("manager", "first"):
        evidence = add_evidence(world.actor(who), session, finding, kept, note="", now=NOW)
        withdraw_evidence(world.actor(who), session, finding, evidence, now=NOW)
    session.commit()
    told = visible_entries(world.actor("lead")).where(AuditEntry.event.startswith("inspections.proof."))
    assert [(entry.event, entry.actor_name) for entry in session.scalars(told.order_by(AuditEntry.id))] == [
        ("inspections.proof.added", world.actor("first").user_name),
        ("inspections.proof.withdrawn", world.actor("first").user_name),
    ]
    # What the agency took back before it spoke is nobody else's afterwards either.
    state(world, finding, now=NOW)
    files = {
        name: [file.is_statement for file in session.scalars(visible_evidence(world.actor(name), finding.id))]
        for name in ("manager", "lead")
    }
    assert files == {"manager": [True], "lead": [False]}
