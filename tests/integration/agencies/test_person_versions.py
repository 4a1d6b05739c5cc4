"""What is known of a person by day, and by the day on which it was entered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies import queries, services
from agencyqa.agencies.conditions import Career
from agencyqa.agencies.enums import Education, Matter, PersonRole, ProposalAction
from agencyqa.agencies.models import Agency, Appointment, Person, PersonVersion, RecordProposal
from agencyqa.agencies.person_facts import facts_of, in_force, timeline
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date, utc_now
from agencyqa.errors import Invalid
from tests.client import Client
from tests.factories.accounts import (
    NOW,
    actor_of,
    make_member,
    make_observer,
    sign_in,
)
from tests.factories.agencies import (
    ENTERED_ON,
    change_facts,
    make_agency,
    make_evaluator,
    officer_of,
    place_of,
)
from tests.integration.engagements.world import statements

TODAY = local_date(NOW)
DAY = timedelta(days=1)


def title_on(session: Session, place: Appointment, day: date) -> str:
    return queries.careers(session, [place.person_id], day)[place.person_id].title


def kept(session: Session, place: Appointment) -> list[tuple[date, str]]:
    statement = select(PersonVersion.valid_from, PersonVersion.title).where(
        PersonVersion.person_id == place.person_id
    )
    return [(row.valid_from, row.title) for row in session.execute(statement.order_by(PersonVersion.id))]


def test_by_the_day_and_before_the_first(session: Session, bureau: Body, place: Appointment) -> None:
    other = make_evaluator(session, bureau, make_agency(session, bureau), "孙行")
    change_facts(session, bureau, place, title="教授", holds_from=date(2021, 5, 1))
    known = Career("高级会计师", "", date(2005, 7, 1), date(2012, 1, 1), has_disqualifying_record=False)
    asked = [place.person_id, other.person_id]
    with statements(session) as sent:
        found = {
            day: queries.careers(session, asked, day)
            for day in (ENTERED_ON - DAY, ENTERED_ON, date(2021, 4, 30), date(2021, 5, 1), TODAY)
        }
    assert len(sent) == len(found)
    assert [
        (careers[place.person_id].title, careers[place.person_id].assumed_from) for careers in found.values()
    ] == [
        ("高级会计师", ENTERED_ON),
        ("高级会计师", None),
        ("高级会计师", None),
        ("教授", None),
        ("教授", None),
    ]
    assert {
        (careers[other.person_id].title, careers[other.person_id].work_since) for careers in found.values()
    } == {(known.title, known.work_since)}
    assert queries.careers(session, [], TODAY) == {}


def test_the_database_finds_what_the_pure_rule_finds(
    session: Session, bureau: Body, place: Appointment
) -> None:
    entries: list[dict[str, Any]] = [
        {"title": "会计师", "holds_from": date(2019, 3, 1)},
        {"title": "教授", "holds_from": date(2021, 3, 1)},
        {"licence": "注册会计师 9", "holds_from": date(2018, 6, 1)},
        {"has_disqualifying_record": True, "holds_from": date(2020, 3, 1)},
        {"title": "研究员", "holds_from": date(2021, 3, 1)},
        {"work_since": date(2006, 1, 1)},
        {"education": Education.DOCTOR, "holds_from": date(2015, 1, 1)},
        {"licence": "", "is_correction": True},
        {"title": "副教授", "holds_from": date(2020, 1, 1)},
        {"has_disqualifying_record": False},
    ]
    person = session.get_one(Person, place.person_id)
    for entry in entries:
        change_facts(session, bureau, place, **entry)
        versions = queries.fact_versions(session, [person.id])[person.id]
        known = timeline(versions)
        # What the register says of today is the last of its versions.
        assert in_force(known, TODAY) == facts_of(person)
        for day in {each + shift for each in known for shift in (-DAY, 0 * DAY, DAY)}:
            career = queries.careers(session, [person.id], day)[person.id]
            facts = asdict(in_force(known, day))
            assert facts.pop("education") is in_force(known, day).education
            assert asdict(career) == {
                **facts,
                "credentials": 0,
                "assumed_from": min(known) if day < min(known) else None,
            }
    assert min(known) == date(2015, 1, 1)


def test_nothing_is_overwritten_and_a_correction_is_a_version_of_its_own(
    session: Session, bureau: Body, place: Appointment
) -> None:
    first, gained = (ENTERED_ON, "高级会计师"), date(2022, 1, 1)
    change_facts(session, bureau, place, title="教授")
    assert kept(session, place) == [first, (TODAY, "教授")]
    # It was gained before: nothing but the day is told.
    change_facts(session, bureau, place, holds_from=gained)
    assert kept(session, place) == [first, (TODAY, "教授"), (gained, "教授")]
    assert (title_on(session, place, gained - DAY), title_on(session, place, gained)) == (
        "高级会计师",
        "教授",
    )
    # The same again, and today's facts told of today, say nothing new.
    before = session.get_one(Person, place.person_id).version
    change_facts(session, bureau, place, holds_from=gained)
    change_facts(session, bureau, place)
    assert session.get_one(Person, place.person_id).version == before
    change_facts(session, bureau, place, title="副教授", is_correction=True)
    assert kept(session, place)[3:] == [(gained, "副教授"), (TODAY, "副教授")]
    session.commit()
    told = session.scalars(
        select(AuditEntry.detail)
        .where(AuditEntry.event == "agencies.evaluator.changed")
        .order_by(AuditEntry.id)
    )
    assert [(each["changes"], each["holds_from"], each["is_correction"]) for each in told] == [
        ({"title": ["高级会计师", "教授"]}, TODAY.isoformat(), False),
        ({}, gained.isoformat(), False),
        ({"title": ["教授", "副教授"]}, None, True),
    ]


def test_no_day_to_come(session: Session, bureau: Body, place: Appointment) -> None:
    with pytest.raises(Invalid) as caught:
        change_facts(session, bureau, place, title="教授", holds_from=TODAY + DAY)
    assert caught.value.fields == {"holds_from": ("day_in_future", {})}
    assert kept(session, place) == [(ENTERED_ON, "高级会计师")]


def test_a_new_agency_tells_of_the_first_day_there(session: Session, bureau: Body, agency: Agency) -> None:
    """What it leaves out is not forgotten, and a record that came later is not moved before its day."""
    licence = "注册会计师 77"
    place = make_evaluator(session, bureau, agency, licence=licence, valid_from=date(2021, 1, 1))
    change_facts(session, bureau, place, has_disqualifying_record=True, holds_from=date(2022, 1, 1))
    data = services.AppointmentData(
        services.PersonData("赵敏", "教授", licence), date(2019, 1, 1), role=PersonRole.EXPERT
    )
    rival = make_agency(session, bureau)
    assert (
        services.appoint_evaluator(officer_of(bureau), session, rival, data, now=NOW).person_id
        == place.person_id
    )
    found = {
        day: queries.careers(session, [place.person_id], day)[place.person_id]
        for day in (date(2018, 12, 31), date(2019, 1, 1), date(2021, 12, 31), date(2022, 1, 1))
    }
    assert [
        (each.title, each.evaluation_since, each.has_disqualifying_record, each.assumed_from)
        for each in found.values()
    ] == [
        ("教授", date(2012, 1, 1), False, date(2019, 1, 1)),
        ("教授", date(2012, 1, 1), False, None),
        ("教授", date(2012, 1, 1), False, None),
        ("教授", date(2012, 1, 1), True, None),
    ]


def test_the_form_asks_from_when_and_the_page_tells_the_history(
    client: Client, session: Session, bureau: Body, agency: Agency, place: Appointment
) -> None:
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    form = client.get(f"/agencies/{agency.id}/evaluators/{place.id}")
    later = (local_date(utc_now()) + 2 * DAY).isoformat()
    answer = client.submit(form, "/evaluators/", title="教授", holds_from=later)
    assert answer.status_code == 422
    assert "日期不得晚于今天" in answer.text
    answer = client.submit(answer, "/evaluators/", holds_from="2021-05-01")
    assert answer.status_code == 302
    assert kept(session, place) == [(ENTERED_ON, "高级会计师"), (date(2021, 5, 1), "教授")]
    form = client.get(f"/agencies/{agency.id}/evaluators/{place.id}")
    client.submit(form, "/evaluators/", education="doctor", has_disqualifying_record="y", is_correction="y")
    page = client.get(f"/agencies/{agency.id}/people/{place.id}").text
    history = page[page.index('id="versions"') : page.index('id="credentials"')]
    assert [history.count(text) for text in ("<tr>", "教授", "高级会计师", "博士", "已更正")] == [
        5,
        1,
        2,
        2,
        2,
    ]
    assert "有不良执业记录" in history
    # Whoever only watches reads of no record.
    client.post("/sign-out")
    sign_in(client, make_member(session, make_observer(session, bureau), Role.OBSERVER))
    page = client.get(f"/agencies/{agency.id}/people/{place.id}").text
    assert ["教授" in page, "博士" in page, "不良执业记录" in page] == [True, True, False]


def test_a_proposal_tells_from_when(
    client: Client, session: Session, bureau: Body, agency: Agency, place: Appointment
) -> None:
    sign_in(client, make_member(session, session.get_one(Body, agency.id), Role.AGENCY_MANAGER))
    form = client.get(f"/agencies/{agency.id}/proposals/entries/new/person_change?target={place.id}")
    answer = client.submit(form, "main-form", why="晋升")
    assert answer.status_code == 422
    answer = client.submit(answer, "main-form", title="教授", holds_from="2021-05-01", why="晋升")
    assert answer.status_code == 302
    (proposal,) = session.scalars(select(RecordProposal))
    client.post("/sign-out")
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    page = client.get(f"/agencies/{agency.id}/proposals/entries/{proposal.id}")
    assert ["2021-05-01" in page.text, "更正登记错误" in page.text] == [True, False]
    answer = client.submit(page, "main-form", action="confirm")
    assert answer.status_code == 302
    assert kept(session, place) == [(ENTERED_ON, "高级会计师"), (date(2021, 5, 1), "教授")]


def test_a_proposal_from_before_there_were_versions_is_still_confirmed(
    session: Session, bureau: Body, agency: Agency, place: Appointment
) -> None:
    manager = actor_of(session, make_member(session, session.get_one(Body, agency.id), Role.AGENCY_MANAGER))
    person = session.get_one(Person, place.person_id)
    data = services.PersonChange("赵敏", "教授", person.licence, person.work_since, person.evaluation_since)
    proposal = services.propose_entry(
        manager,
        session,
        agency,
        bureau.id,
        Matter.PERSON_CHANGE,
        data,
        target_id=place.id,
        reason="晋升",
        now=NOW,
    )
    proposal.payload = {
        name: value for name, value in proposal.payload.items() if name not in {"holds_from", "is_correction"}
    }
    session.flush()
    services.decide_entry_proposal(
        officer_of(bureau),
        session,
        proposal,
        ProposalAction.CONFIRM,
        reason="",
        seen_version=proposal.version,
        now=NOW,
    )
    assert kept(session, place) == [(ENTERED_ON, "高级会计师"), (TODAY, "教授")]


def test_a_former_employer_reads_what_was_recorded_until_he_left(
    client: Client,
    session: Session,
    bureau: Body,
    agency: Agency,
    place: Appointment,
    new_client: Callable[[], Client],
) -> None:
    begun = NOW - timedelta(days=900)
    early = make_evaluator(session, bureau, agency, "钱进")
    # As if both had been entered in time.
    session.execute(sa.update(PersonVersion).values(recorded_at=begun))
    change_facts(session, bureau, place, title="从前教授", now=NOW - timedelta(days=20))
    services.end_appointment(officer_of(bureau), session, place, on=TODAY - 9 * DAY, now=NOW)
    later = Appointment(
        person_id=place.person_id, agency_id=make_agency(session, bureau).id, valid_from=TODAY - 5 * DAY
    )
    session.add(later)
    session.flush()
    # Also where it is told of a day on which he still worked there.
    change_facts(
        session,
        bureau,
        place_of(session, place.person_id),
        title="后来研究员",
        has_disqualifying_record=True,
        holds_from=TODAY - 15 * DAY,
    )
    session.commit()
    home = f"/agencies/{agency.id}"
    sign_in(client, make_member(session, session.get_one(Body, agency.id), Role.AGENCY_MANAGER))
    for address in (f"{home}/people/{place.id}", f"{home}/people?is_past=y"):
        page = client.get(address).text
        assert ["从前教授" in page, "后来" in page, "登记时注明有不良执业记录" in page] == [
            True,
            False,
            False,
        ]
    assert "高级会计师" in client.get(f"{home}/people/{early.id}").text
    officer, employer = new_client(), new_client()
    sign_in(officer, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    sign_in(employer, make_member(session, session.get_one(Body, later.agency_id), Role.AGENCY_MANAGER))
    for reader, address in (
        (officer, f"{home}/people/{place.id}"),
        (employer, f"/agencies/{later.agency_id}/people/{later.id}"),
    ):
        page = reader.get(address).text
        assert ["从前教授" in page, "后来研究员" in page, "登记时注明有不良执业记录" in page] == [True] * 3
    assert "后来研究员" in officer.get(f"{home}/people?is_past=y").text
