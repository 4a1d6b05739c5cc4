from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from agencyqa.agencies import queries, services
from agencyqa.agencies.conditions import unmet
from agencyqa.agencies.enums import (
    ConditionCode,
)
from agencyqa.agencies.models import (
    Appointment,
    EvaluatorCondition,
    Person,
)
from agencyqa.clock import local_date
from agencyqa.errors import Invalid, Refused, Stale, WrongState
from agencyqa.measures.enums import Tag
from agencyqa.web.constraints import constraint_errors
from tests.factories.accounts import NOW, make_bureau
from tests.factories.agencies import (
    ENTERED_ON,
    make_agency,
    make_evaluator,
    officer_of,
    row_counts,
)

TODAY = local_date(NOW)


def test_an_evaluator_practises_in_one_agency_at_a_time(session: Session) -> None:
    services.load_reference_data(session, NOW)
    bureau, other = make_bureau(session), make_bureau(session, "静安区财政局")
    first, second = make_agency(session, bureau), make_agency(session, other)
    appointment = make_evaluator(session, bureau, first, licence="注册会计师 1")
    before = row_counts(session)
    with pytest.raises(Invalid) as caught:
        make_evaluator(session, bureau, first, licence="注册会计师 1")
    assert caught.value.fields == {"name": ("evaluator_already_here", {})}
    with pytest.raises(Refused) as refused:
        make_evaluator(session, other, second, licence="注册会计师 1")
    assert (refused.value.code, refused.value.provision, refused.value.params) == (
        "evaluator_practises_elsewhere",
        "CJ4/principal_evaluator_conditions",
        {},
    )
    assert row_counts(session) == before
    last = date(2022, 5, 31)
    services.end_appointment(officer_of(bureau), session, appointment, on=last, now=NOW)
    with pytest.raises(Refused):
        make_evaluator(session, other, second, licence="注册会计师 1", valid_from=last)
    moved = make_evaluator(session, other, second, licence="注册会计师 1", valid_from=date(2022, 6, 1))
    assert moved.person_id == appointment.person_id
    assert [row.name for row in queries.appointed_evaluators(session, first.id, last)] == ["赵敏"]
    assert queries.appointed_evaluators(session, first.id, date(2022, 6, 1)) == []
    assert [row.valid_to for row in queries.appointed_evaluators(session, first.id)] == [last]
    assert [row.person_id for row in queries.appointed_evaluators(session, second.id, TODAY)] == [
        moved.person_id
    ]


def test_of_two_open_appointments_the_database_keeps_one(session: Session) -> None:
    bureau = make_bureau(session)
    appointment = make_evaluator(session, bureau, make_agency(session, bureau))
    other = make_agency(session, bureau)
    session.add(Appointment(person_id=appointment.person_id, agency_id=other.id, valid_from=TODAY, note=""))
    with pytest.raises(IntegrityError) as caught, session.begin_nested():
        session.flush()
    error = constraint_errors(caught.value, services.CONSTRAINTS)
    assert error is not None
    assert error.fields == {"name": ("evaluator_practises_elsewhere", {})}


def test_namesakes_without_a_licence_are_different_people(session: Session) -> None:
    bureau = make_bureau(session)
    data = services.AppointmentData(services.PersonData("赵敏", title="高级经济师"), ENTERED_ON)
    people = [
        services.appoint_evaluator(
            officer_of(bureau), session, make_agency(session, bureau), data, now=NOW
        ).person_id
        for _ in range(2)
    ]
    assert people[0] != people[1]


def test_an_unmet_condition_asks_for_a_reason(session: Session) -> None:
    services.load_reference_data(session, NOW)
    bureau = make_bureau(session)
    agency = make_agency(session, bureau)
    person = services.PersonData("钱进", work_since=date(2018, 1, 1), evaluation_since=date(2020, 1, 1))
    data = services.AppointmentData(person, date(2022, 1, 1))
    before = row_counts(session)
    with pytest.raises(Invalid) as caught:
        services.appoint_evaluator(officer_of(bureau), session, agency, data, now=NOW)
    assert caught.value.fields == {
        "note": (
            "conditions_unmet",
            {
                "conditions": (
                    ConditionCode.TITLE_OR_LICENCE,
                    ConditionCode.WORK_YEARS,
                    ConditionCode.EVALUATION_YEARS,
                )
            },
        )
    }
    assert row_counts(session) == before
    services.appoint_evaluator(
        officer_of(bureau), session, agency, replace(data, note="由项目组共同负责"), now=NOW
    )
    conditions = queries.conditions_in_force(session, bureau.id, TODAY)
    (view,) = queries.evaluators_of(session, agency.id, TODAY, conditions)
    assert unmet(view.results) == (
        ConditionCode.TITLE_OR_LICENCE,
        ConditionCode.WORK_YEARS,
        ConditionCode.EVALUATION_YEARS,
    )
    assert view.appointment.note == "由项目组共同负责"


def test_before_the_conditions_were_in_force_nothing_is_asked(session: Session) -> None:
    services.load_reference_data(session, NOW)
    bureau = make_bureau(session)
    data = services.AppointmentData(services.PersonData("钱进"), date(2021, 7, 31))
    agency = make_agency(session, bureau)
    assert services.appoint_evaluator(officer_of(bureau), session, agency, data, now=NOW).note == ""


def test_a_record_does_not_vanish_with_a_new_agency(session: Session) -> None:
    bureau = make_bureau(session)
    first, second = make_agency(session, bureau), make_agency(session, bureau)
    appointment = make_evaluator(session, bureau, first, licence="注册会计师 9")
    person = session.get_one(Person, appointment.person_id)
    data = services.PersonChange(person.name, "", person.licence, has_disqualifying_record=True)
    with pytest.raises(Stale):
        services.change_person(
            officer_of(bureau), session, appointment, person, data, seen_version=person.version - 1, now=NOW
        )
    services.change_person(
        officer_of(bureau), session, appointment, person, data, seen_version=person.version, now=NOW
    )
    services.end_appointment(officer_of(bureau), session, appointment, on=date(2022, 1, 1), now=NOW)
    with pytest.raises(WrongState, match="appointment_over"):
        services.end_appointment(officer_of(bureau), session, appointment, on=TODAY, now=NOW)
    with pytest.raises(WrongState, match="appointment_over"):
        services.change_person(
            officer_of(bureau), session, appointment, person, data, seen_version=person.version, now=NOW
        )
    make_evaluator(session, bureau, second, licence="注册会计师 9", valid_from=date(2022, 2, 1))
    assert person.has_disqualifying_record is True
    assert person.title == "高级会计师"


def test_dates_of_a_person_the_wrong_way_round(session: Session) -> None:
    bureau = make_bureau(session)
    agency = make_agency(session, bureau)
    person = services.PersonData("赵敏", "", "", date(2015, 1, 1), date(2014, 1, 1))
    with pytest.raises(Invalid) as caught:
        services.appoint_evaluator(
            officer_of(bureau), session, agency, services.AppointmentData(person, TODAY), now=NOW
        )
    assert caught.value.fields == {"evaluation_since": ("evaluation_before_work", {})}
    appointment = make_evaluator(session, bureau, agency)
    with pytest.raises(Invalid) as caught:
        services.end_appointment(
            officer_of(bureau), session, appointment, on=ENTERED_ON - timedelta(1), now=NOW
        )
    assert caught.value.fields == {"on": ("ends_before_start_of", {"day": ENTERED_ON})}


def test_conditions_of_a_bureau_go_before_its_parents_and_the_shipped(session: Session) -> None:
    assert services.load_reference_data(session, NOW) == 2
    assert services.load_reference_data(session, NOW) == 0
    city = make_bureau(session, "市财政局")
    district = make_bureau(session, "长宁区财政局", parent=city)
    shipped = queries.conditions_in_force(session, district.id, TODAY)
    assert shipped is not None
    assert (shipped.min_work_years, shipped.min_evaluation_years, shipped.tag) == (5, 3, Tag.REMEMBERED)
    assert shipped.provision_key == "CJ4/principal_evaluator_conditions"
    assert queries.conditions_in_force(session, district.id, date(2021, 7, 31)) is None
    for bureau, years in ((city, 6), (district, 7)):
        session.add(
            EvaluatorCondition(
                bureau_id=bureau.id,
                valid_from=date(2022, 1, 1),
                min_work_years=years,
                min_evaluation_years=3,
                needs_title_or_licence=False,
                provision_key="CJ4/principal_evaluator_conditions",
                tag=Tag.CONFIRMED,
            )
        )
        session.flush()
        own = queries.conditions_in_force(session, district.id, TODAY)
        assert own is not None
        assert own.min_work_years == years
    outside = queries.conditions_in_force(session, make_bureau(session, "静安区财政局").id, TODAY)
    assert outside == shipped
