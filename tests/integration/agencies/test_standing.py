from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies import queries, services
from agencyqa.agencies.enums import (
    Standing,
    StandingAction,
)
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.errors import Forbidden, Invalid, NotVisible, Stale, WrongState
from agencyqa.measures.services import load_reference_data as load_measures
from agencyqa.notifications.models import InboxMessage
from tests.factories.accounts import NOW, make_actor, make_bureau, make_member
from tests.factories.agencies import (
    ENTERED_ON,
    HANDLING,
    decide,
    make_agency,
    officer_of,
    registration_of,
    row_counts,
)

TODAY = local_date(NOW)


def test_standing_on_any_day(session: Session) -> None:
    load_measures(session, NOW)
    bureau, other = make_bureau(session), make_bureau(session, "静安区财政局")
    agency = make_agency(session, bureau, standing=Standing.APPLIED)
    decide(session, bureau, agency, StandingAction.ADMIT, date(2019, 1, 1))
    decide(session, bureau, agency, StandingAction.SUSPEND, date(2021, 10, 1))
    decide(session, bureau, agency, StandingAction.RESTORE, date(2022, 1, 1))
    decide(session, bureau, agency, StandingAction.REMOVE, date(2022, 1, 1))
    decide(session, bureau, agency, StandingAction.READMIT, date(2022, 6, 1))
    expected = {
        date(2017, 12, 31): None,
        ENTERED_ON: Standing.APPLIED,
        date(2018, 12, 31): Standing.APPLIED,
        date(2019, 1, 1): Standing.REGISTERED,
        date(2021, 10, 1): Standing.SUSPENDED,
        date(2021, 12, 31): Standing.SUSPENDED,
        date(2022, 1, 1): Standing.REMOVED,
        date(2022, 6, 1): Standing.REGISTERED,
    }
    assert {day: queries.standing_on(session, agency.id, bureau.id, day) for day in expected} == expected
    assert queries.has_good_standing(session, agency.id, bureau.id, date(2019, 1, 1))
    assert not queries.has_good_standing(session, agency.id, bureau.id, date(2022, 1, 1))
    assert queries.standing_on(session, agency.id, other.id, TODAY) is None


def test_a_decision_cites_the_rule_in_force_and_tells_the_managers(session: Session) -> None:
    load_measures(session, NOW)
    bureau = make_bureau(session)
    agency = make_agency(session, bureau)
    body = session.get_one(Body, agency.id)
    manager = make_member(session, body, Role.AGENCY_MANAGER)
    make_member(session, body, Role.AGENCY_STAFF)
    decide(session, bureau, agency, StandingAction.SUSPEND)
    actor = make_actor(session, bureau, Role.BUREAU_SUPERVISOR)
    (view,) = queries.registrations_of(session, actor, agency.id)
    assert [event.change.provision_key for event in view.events] == [HANDLING, None, None]
    provision = view.events[0].provision
    assert provision is not None
    assert "财监〔2021〕4号" in provision
    messages = session.execute(select(InboxMessage.membership_id, InboxMessage.code)).all()
    assert [tuple(row) for row in messages] == [(manager.id, "agency_standing_decided")]


def test_a_decision_refuses(session: Session) -> None:
    load_measures(session, NOW)
    bureau, parent = make_bureau(session), make_bureau(session, "市财政局")
    agency = make_agency(session, bureau)
    registration = registration_of(session, agency, bureau)
    before = row_counts(session)

    def attempt(actor: Body, version: int | None = None, **changes: Any) -> None:
        data = services.DecisionData(StandingAction.SUSPEND, TODAY, "检查发现问题", HANDLING)
        services.decide_standing(
            officer_of(actor),
            session,
            registration,
            replace(data, **changes),
            seen_version=registration.version if version is None else version,
            now=NOW,
        )

    with pytest.raises(NotVisible):
        attempt(parent)
    with pytest.raises(Stale):
        attempt(bureau, registration.version - 1)
    for action in (StandingAction.ADMIT, StandingAction.RESTORE, StandingAction.APPLY):
        with pytest.raises(WrongState, match="standing_action_closed"):
            attempt(bureau, action=action)
    cases: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"reason": " "}, {"reason": ("required", {})}),
        ({"effective_on": TODAY + timedelta(1)}, {"effective_on": ("day_in_future", {})}),
        ({"provision_key": None}, {"provision_key": ("provision_needed", {})}),
        ({"provision_key": "M9/none"}, {"provision_key": ("provision_not_in_force", {})}),
        # 财监〔2021〕4号 began on 2021-08-01.
        ({"effective_on": date(2021, 7, 31)}, {"provision_key": ("provision_not_in_force", {})}),
        (
            {"effective_on": ENTERED_ON - timedelta(1), "provision_key": None},
            {
                "effective_on": ("before_last_decision", {"day": ENTERED_ON}),
                "provision_key": ("provision_needed", {}),
            },
        ),
    ]
    for changes, expected in cases:
        with pytest.raises(Invalid) as caught:
            attempt(bureau, **changes)
        assert caught.value.fields == expected
    assert registration.standing is Standing.REGISTERED
    assert row_counts(session) == before


def test_a_parent_bureau_reads_and_does_not_decide(session: Session) -> None:
    load_measures(session, NOW)
    city = make_bureau(session, "市财政局")
    district = make_bureau(session, "长宁区财政局", parent=city)
    agency = make_agency(session, district)
    registration = registration_of(session, agency, district)
    actor = make_actor(session, city, Role.BUREAU_LEAD)
    data = services.DecisionData(StandingAction.SUSPEND, TODAY, "检查发现问题", HANDLING)
    with pytest.raises(Forbidden):
        services.decide_standing(
            actor, session, registration, data, seen_version=registration.version, now=NOW
        )
    with pytest.raises(Forbidden):
        services.add_qualification(actor, session, agency, services.QualificationData("证书"), now=NOW)
