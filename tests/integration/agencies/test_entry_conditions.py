"""Proposed people: at home in another agency, or short of the conditions."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.agencies import services
from agencyqa.agencies.enums import Matter
from agencyqa.agencies.models import Appointment
from agencyqa.errors import Invalid, Refused
from tests.factories.accounts import NOW, make_bureau
from tests.factories.agencies import make_agency, make_evaluator
from tests.integration.agencies.entry_case import TODAY, Case, licence_of, make_case


@pytest.fixture
def case(session: Session) -> Case:
    return make_case(session)


def test_who_practises_elsewhere_or_does_not_meet_the_conditions(session: Session, case: Case) -> None:
    services.load_reference_data(session, NOW)
    other = make_bureau(session, "静安区财政局")
    there = make_evaluator(session, other, make_agency(session, other), "钱进", licence="注册会计师 5")
    person = services.PersonData("钱进", "", licence_of(session, there))
    taken = case.propose(Matter.PERSON, services.AppointmentData(person, TODAY))
    with pytest.raises(Refused) as caught:
        case.decide(taken)
    assert caught.value.code == "evaluator_practises_elsewhere"
    session.rollback()


def test_an_unmet_condition_needs_the_reason_of_the_decision(session: Session, case: Case) -> None:
    services.load_reference_data(session, NOW)
    young = services.PersonData("李想", "会计师", "", date(2020, 1, 1), date(2021, 1, 1))
    proposal = case.propose(Matter.PERSON, services.AppointmentData(young, TODAY))
    session.commit()
    with pytest.raises(Invalid) as caught:
        case.decide(proposal)
    assert list(caught.value.fields) == ["reason"]
    session.rollback()
    case.decide(proposal, reason="经局务会议同意")
    assert session.scalars(select(Appointment.note)).all() == ["经局务会议同意"]
