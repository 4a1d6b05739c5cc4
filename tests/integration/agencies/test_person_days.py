"""A day that is told without anything else, entries made late, and who reads what they leave behind."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies import queries, services
from agencyqa.agencies.enums import Education, Matter, PersonRole, ProposalAction
from agencyqa.agencies.models import Agency, Appointment, Person, PersonVersion
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.errors import Invalid
from tests.client import Client
from tests.factories.accounts import NOW, actor_of, make_bureau, make_member, make_user, sign_in
from tests.factories.agencies import ENTERED_ON, change_facts, make_agency, officer_of

TODAY = local_date(NOW)


def held(session: Session, place: Appointment, *years: int) -> list[tuple[str, str, bool]]:
    """Title, licence and record in the middle of each year."""
    found = [queries.careers(session, [place.person_id], date(year, 6, 1))[place.person_id] for year in years]
    return [(each.title, each.licence, each.has_disqualifying_record) for each in found]


def count(session: Session, place: Appointment) -> int:
    return len(
        session.scalars(select(PersonVersion.id).where(PersonVersion.person_id == place.person_id)).all()
    )


def test_an_earlier_day_alone_moves_what_was_told_last_and_never_a_record(
    session: Session, bureau: Body, place: Appointment
) -> None:
    change_facts(
        session, bureau, place, title="教授", has_disqualifying_record=True, holds_from=date(2021, 1, 1)
    )
    change_facts(session, bureau, place, licence="新证", holds_from=date(2022, 1, 1))
    old = held(session, place, 2019)[0][1]
    change_facts(session, bureau, place, holds_from=date(2016, 1, 1))
    assert held(session, place, 2017, 2019, 2021, 2022) == [
        ("高级会计师", "新证", False),
        ("高级会计师", "新证", False),
        ("教授", "新证", True),
        ("教授", "新证", True),
    ]
    assert old != "新证"


def test_nothing_corrected_and_a_name_change_no_history(
    session: Session, bureau: Body, place: Appointment
) -> None:
    change_facts(session, bureau, place, title="教授", holds_from=date(2021, 5, 1))
    before = count(session, place)
    change_facts(session, bureau, place, is_correction=True)
    change_facts(session, bureau, place, name="赵敏敏", holds_from=date(2001, 1, 1))
    assert count(session, place) == before
    assert session.get_one(Person, place.person_id).name == "赵敏敏"


def test_an_agency_takes_no_record_away_by_a_day(
    session: Session, bureau: Body, agency: Agency, place: Appointment
) -> None:
    change_facts(session, bureau, place, has_disqualifying_record=True, holds_from=date(2019, 1, 1))
    change_facts(session, bureau, place, has_disqualifying_record=False, holds_from=date(2021, 1, 1))
    known = [each[2] for each in held(session, place, 2018, 2020, 2022)]
    assert known == [False, True, False]
    manager = actor_of(session, make_member(session, session.get_one(Body, agency.id), Role.AGENCY_MANAGER))
    person = session.get_one(Person, place.person_id)
    told = {
        name: getattr(person, name)
        for name in ("name", "title", "licence", "work_since", "evaluation_since", "education")
    }

    def propose(**more: object) -> None:
        proposal = services.propose_entry(
            manager,
            session,
            agency,
            bureau.id,
            Matter.PERSON_CHANGE,
            services.PersonChange(**(told | more)),
            target_id=place.id,
            reason="晋升",
            now=NOW,
        )
        services.decide_entry_proposal(
            officer_of(bureau),
            session,
            proposal,
            ProposalAction.CONFIRM,
            reason="",
            seen_version=proposal.version,
            now=NOW,
        )

    propose(holds_from=date(2017, 1, 1))
    propose(title="教授", holds_from=date(2017, 1, 1))
    assert held(session, place, 2018, 2020, 2022) == [
        ("教授", person.licence, False),
        ("教授", person.licence, True),
        ("教授", person.licence, False),
    ]
    with pytest.raises(Invalid):
        propose(title="教授", is_correction=True)


def test_an_appointment_tells_only_what_is_new(
    session: Session, bureau: Body, agency: Agency, place: Appointment
) -> None:
    change_facts(session, bureau, place, title="教授", holds_from=date(2021, 5, 1))
    person = session.get_one(Person, place.person_id)
    data = services.AppointmentData(
        services.PersonData(person.name, "教授", person.licence), date(2019, 1, 1), role=PersonRole.EXPERT
    )
    services.appoint_evaluator(officer_of(bureau), session, make_agency(session, bureau), data, now=NOW)
    assert [each[0] for each in held(session, place, 2018, 2020, 2022)] == [
        "高级会计师",
        "高级会计师",
        "教授",
    ]


def test_a_place_entered_late_shows_nothing_of_later_days(
    client: Client, session: Session, bureau: Body, place: Appointment
) -> None:
    former = make_agency(session, bureau, "乙咨询有限公司")
    person = session.get_one(Person, place.person_id)
    change_facts(
        session,
        bureau,
        place,
        education=Education.DOCTOR,
        has_disqualifying_record=True,
        holds_from=date(2021, 5, 1),
    )
    data = services.AppointmentData(
        services.PersonData(person.name, "会计师", person.licence), date(2019, 1, 1), role=PersonRole.EXPERT
    )
    late = services.appoint_evaluator(officer_of(bureau), session, former, data, now=NOW)
    services.end_appointment(officer_of(bureau), session, late, on=date(2019, 12, 31), now=NOW)
    session.commit()
    sign_in(client, make_member(session, session.get_one(Body, former.id), Role.AGENCY_MANAGER))
    page = client.get(f"/agencies/{former.id}/people/{late.id}").text
    assert [
        text in page for text in ("会计师", "2019-01-01", "博士", "2021-05-01", "登记时注明有不良执业记录")
    ] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_an_employer_who_told_nothing_new_still_knows_what_he_knew(
    client: Client, session: Session, bureau: Body, place: Appointment
) -> None:
    other = make_agency(session, bureau, "乙咨询有限公司")
    change_facts(session, bureau, place, licence="注册会计师 77")
    person = session.get_one(Person, place.person_id)
    data = services.AppointmentData(
        services.PersonData(person.name, licence=person.licence),
        TODAY - timedelta(days=30),
        role=PersonRole.EXPERT,
    )
    late = services.appoint_evaluator(officer_of(bureau), session, other, data, now=NOW)
    services.end_appointment(officer_of(bureau), session, late, on=TODAY - timedelta(days=9), now=NOW)
    session.commit()
    sign_in(client, make_member(session, session.get_one(Body, other.id), Role.AGENCY_MANAGER))
    assert "高级会计师" in client.get(f"/agencies/{other.id}/people/{late.id}").text


def test_a_day_before_all_others_is_told_on_the_page_and_no_officer_of_another_bureau(
    client: Client, session: Session, bureau: Body, agency: Agency, place: Appointment
) -> None:
    other = make_bureau(session, "另一区财政局")
    make_agency(session, other, "甲咨询有限公司", credit_code=agency.credit_code)
    me = make_member(session, bureau, Role.BUREAU_SUPERVISOR, user=make_user(session, display_name="江映月"))
    person = session.get_one(Person, place.person_id)
    told = services.PersonChange(
        person.name,
        person.title,
        person.licence,
        person.work_since,
        person.evaluation_since,
        holds_from=date(2010, 1, 1),
    )
    services.change_person(
        actor_of(session, me), session, place, person, told, seen_version=person.version, now=NOW
    )
    session.commit()
    sign_in(client, make_member(session, other, Role.BUREAU_SUPERVISOR))
    page = client.get(f"/agencies/{agency.id}/people/{place.id}").text
    assert [text in page for text in ("2010-01-01", ENTERED_ON.isoformat(), "江映月")] == [True, True, False]
