from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies import queries, services
from agencyqa.agencies.enums import (
    AgencyKind,
    Entry,
    Standing,
    StandingAction,
)
from agencyqa.agencies.models import (
    Agency,
    StandingChange,
)
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.errors import Forbidden, Invalid, Stale
from agencyqa.web.constraints import constraint_errors
from tests.factories.accounts import NOW, make_actor, make_bureau, make_department, make_observer
from tests.factories.agencies import (
    ENTERED_ON,
    make_agency,
    make_credit_code,
    officer_of,
    profile_data,
    registration_of,
    row_counts,
)

TODAY = local_date(NOW)


def register(
    session: Session, bureau: Body, code: str, name: str = "甲咨询有限公司", **changes: Any
) -> Agency:
    data = services.AgencyData(code, profile_data(name), ENTERED_ON)
    return services.register_agency(officer_of(bureau), session, replace(data, **changes), now=NOW)


def test_registration_is_one_whole(session: Session) -> None:
    bureau = make_bureau(session)
    code = make_credit_code()
    agency = register(session, bureau, f" {code[:9].lower()} {code[9:].lower()}", entry=Entry.ADMISSION)
    body = session.get_one(Body, agency.id)
    profile = queries.current_profile(session, agency.id)
    changes = session.execute(
        select(StandingChange.number, StandingChange.action, StandingChange.standing).order_by(
            StandingChange.number
        )
    ).all()
    assert (agency.credit_code, body.name, body.sort_key[:3]) == (code, "甲咨询有限公司", "jia")
    assert (profile.number, profile.effective_on, profile.kind) == (
        1,
        ENTERED_ON,
        AgencyKind.CONSULTING_FIRM,
    )
    assert registration_of(session, agency, bureau).standing is Standing.REGISTERED
    assert [tuple(row) for row in changes] == [
        (1, StandingAction.APPLY, Standing.APPLIED),
        (2, StandingAction.ADMIT, Standing.REGISTERED),
    ]
    session.commit()
    events = session.execute(
        select(AuditEntry.event, AuditEntry.bureau_id).order_by(AuditEntry.sequence)
    ).all()
    assert [tuple(row) for row in events] == [
        ("agencies.agency.registered", bureau.id),
        ("agencies.standing.decided", bureau.id),
        ("agencies.standing.decided", bureau.id),
    ]


def test_another_register_takes_the_same_agency(session: Session) -> None:
    first, second = make_bureau(session, "长宁区财政局"), make_bureau(session, "静安区财政局")
    agency = make_agency(session, first, "甲咨询（上海）有限公司")
    again = services.register_agency(
        officer_of(second),
        session,
        services.AgencyData(
            agency.credit_code, replace(profile_data("甲咨询(上海) 有限公司"), address="别处"), TODAY
        ),
        now=NOW + timedelta(days=1),
    )
    assert again.id == agency.id
    assert again.created_at == NOW
    assert queries.current_profile(session, agency.id).address == "长宁路 1 号"
    assert session.scalars(select(func.count()).select_from(Agency)).one() == 1
    assert registration_of(session, agency, first).standing is Standing.REGISTERED
    assert registration_of(session, agency, second).standing is Standing.APPLIED


def test_a_code_of_another_agency_is_noticed_by_its_name(session: Session) -> None:
    first, second = make_bureau(session, "长宁区财政局"), make_bureau(session, "静安区财政局")
    agency = make_agency(session, first, "甲咨询有限公司")
    before = row_counts(session)
    with pytest.raises(Invalid) as caught:
        register(session, second, agency.credit_code, "乙咨询有限公司")
    assert caught.value.fields == {"name": ("name_of_another", {"name": "甲咨询有限公司"})}
    assert row_counts(session) == before


def test_registration_refuses(session: Session) -> None:
    bureau = make_bureau(session)
    agency = make_agency(session, bureau, "甲咨询有限公司")
    before = row_counts(session)
    fresh = make_credit_code()
    other = "2" if fresh[-1] == "1" else "1"
    cases: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        (agency.credit_code, {}, {"credit_code": ("already_in_register", None)}),
        (fresh[:-1], {}, {"credit_code": ("credit_code_length", {"length": 17})}),
        (fresh[:-1] + other, {}, {"credit_code": ("credit_code_check", {})}),
        (fresh, {"effective_on": date(2010, 4, 30)}, {"effective_on": ("before_founding", None)}),
        (fresh, {"effective_on": TODAY + timedelta(1)}, {"effective_on": ("day_in_future", {})}),
        (
            fresh,
            {"profile": replace(profile_data("甲"), founded_on=TODAY + timedelta(1))},
            {"founded_on": ("day_in_future", {})},
        ),
        (
            fresh,
            {"profile": replace(profile_data(" "), contact_email="office@")},
            {"name": ("required", {}), "contact_email": ("not_an_email", {})},
        ),
    ]
    for typed, changes, expected in cases:
        with pytest.raises(Invalid) as caught:
            register(session, bureau, typed, **changes)
        found = caught.value.fields
        # Where the figures of a sentence are not given here, only its code counts.
        assert {
            name: (code, None if expected[name][1] is None else params)
            for name, (code, params) in found.items()
        } == expected
    assert row_counts(session) == before


def test_the_database_decides_about_a_code(session: Session) -> None:
    bureau = make_bureau(session)
    agency = make_agency(session, bureau)
    body = make_department(session, bureau)
    session.add(Agency(id=body.id, credit_code=agency.credit_code, created_at=NOW, changed_at=NOW))
    with pytest.raises(IntegrityError) as caught, session.begin_nested():
        session.flush()
    error = constraint_errors(caught.value, services.CONSTRAINTS)
    assert error is not None
    assert error.fields == {"credit_code": ("duplicate_credit_code", {})}


def test_only_an_officer_registers(session: Session) -> None:
    bureau = make_bureau(session)
    agency_body = session.get_one(Body, make_agency(session, bureau).id)
    others = [
        make_actor(session, bureau, Role.SYSTEM_ADMINISTRATOR),
        make_actor(session, agency_body, Role.AGENCY_MANAGER),
        make_actor(session, make_department(session, bureau), Role.DEPARTMENT_OFFICER),
        make_actor(session, make_observer(session, bureau), Role.OBSERVER),
    ]
    data = services.AgencyData(make_credit_code(), profile_data("甲"), ENTERED_ON)
    before = row_counts(session)
    for actor in others:
        with pytest.raises(Forbidden):
            services.register_agency(actor, session, data, now=NOW)
    assert row_counts(session) == before


def test_a_change_of_profile_is_a_new_dated_row(session: Session) -> None:
    bureau = make_bureau(session)
    agency = make_agency(session, bureau, "甲咨询有限公司")
    services.change_profile(
        officer_of(bureau),
        session,
        agency,
        replace(profile_data("乙咨询有限公司"), on_credit_platform=True),
        effective_on=date(2021, 1, 1),
        reason="更名",
        seen_version=agency.version,
        now=NOW,
    )
    rows = queries.profiles_of(session, agency.id)
    assert [(row.number, row.name, row.is_current, row.effective_on, row.reason) for row in rows] == [
        (1, "甲咨询有限公司", False, ENTERED_ON, ""),
        (2, "乙咨询有限公司", True, date(2021, 1, 1), "更名"),
    ]
    body = session.get_one(Body, agency.id)
    assert (body.name, body.sort_key[:2]) == ("乙咨询有限公司", "yi")
    session.commit()
    detail = session.scalars(
        select(AuditEntry.detail).where(AuditEntry.event == "agencies.profile.changed")
    ).one()
    assert detail["changes"] == {
        "name": ["甲咨询有限公司", "乙咨询有限公司"],
        "on_credit_platform": [False, True],
    }


def test_a_change_of_profile_refuses(session: Session) -> None:
    bureau = make_bureau(session)
    agency = make_agency(session, bureau, "甲咨询有限公司")
    before = row_counts(session)

    def change(name: str, day: date, reason: str, version: int | None) -> None:
        services.change_profile(
            officer_of(bureau),
            session,
            agency,
            profile_data(name),
            effective_on=day,
            reason=reason,
            seen_version=version,
            now=NOW,
        )

    with pytest.raises(Stale):
        change("乙咨询有限公司", TODAY, "更名", agency.version - 1)
    with pytest.raises(Stale):
        change("乙咨询有限公司", TODAY, "更名", None)
    with pytest.raises(Invalid) as caught:
        change("乙咨询有限公司", ENTERED_ON - timedelta(1), " ", agency.version)
    assert caught.value.fields == {
        "reason": ("required", {}),
        "effective_on": ("profile_before_last", {"day": ENTERED_ON}),
    }
    with pytest.raises(Invalid, match="profile_unchanged"):
        change("甲咨询有限公司", TODAY, "没有变化", agency.version)
    assert row_counts(session) == before


def test_choices_are_the_own_register(session: Session) -> None:
    bureau, other = make_bureau(session), make_bureau(session, "静安区财政局")
    good = make_agency(session, bureau, "丙咨询有限公司")
    removed = make_agency(session, bureau, "丁咨询有限公司", standing=Standing.REMOVED)
    make_agency(session, other, "戊咨询有限公司")
    assert queries.agency_choices(session, officer_of(bureau)) == [
        (good.id, "丙咨询有限公司"),
        (removed.id, "丁咨询有限公司（已移出）"),
    ]
    agency_actor = make_actor(session, session.get_one(Body, good.id), Role.AGENCY_MANAGER)
    assert queries.agency_choices(session, agency_actor) == []
