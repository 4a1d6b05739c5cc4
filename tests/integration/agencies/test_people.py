"""Staff, experts and principal evaluators; titles, licences and records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies import queries, services
from agencyqa.agencies.conditions import unmet
from agencyqa.agencies.enums import ConditionCode, CredentialKind, PersonRole, QualificationState
from agencyqa.agencies.models import Appointment, Credential, Person, PersonRecord
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date, today
from agencyqa.errors import Invalid, NotVisible, Refused, WrongState
from tests.client import Client
from tests.factories.accounts import NOW, make_bureau, make_member, make_observer, sign_in
from tests.factories.agencies import ENTERED_ON, make_agency, make_evaluator, officer_of, row_counts

TODAY = local_date(NOW)
ZHAO = services.PersonData("赵敏", licence="注册会计师 77")


def appoint(
    session: Session, bureau: Body, role: PersonRole, valid_from: date = ENTERED_ON, agency_number: int = 0
) -> Appointment:
    agencies = session.info.setdefault("agencies", {})
    agency = agencies.setdefault(agency_number, None) or make_agency(session, bureau)
    agencies[agency_number] = agency
    data = services.AppointmentData(ZHAO, valid_from, role=role)
    return services.appoint_evaluator(officer_of(bureau), session, agency, data, now=NOW)


EVALUATOR, STAFF, EXPERT = PersonRole.PRINCIPAL_EVALUATOR, PersonRole.STAFF, PersonRole.EXPERT


@pytest.mark.parametrize(
    ("first", "second", "is_refused"),
    [
        (EVALUATOR, EVALUATOR, True),
        (EVALUATOR, STAFF, True),
        (STAFF, EVALUATOR, True),
        (EVALUATOR, EXPERT, False),
        (EXPERT, EVALUATOR, False),
        (STAFF, STAFF, False),
        (EXPERT, EXPERT, False),
    ],
)
def test_who_may_work_in_a_second_agency(
    session: Session, first: PersonRole, second: PersonRole, is_refused: bool
) -> None:
    bureau = make_bureau(session)
    one = appoint(session, bureau, first)
    make_agency(session, bureau)
    if not is_refused:
        assert appoint(session, bureau, second, agency_number=1).person_id == one.person_id
        return
    with pytest.raises(Refused) as caught:
        appoint(session, bureau, second, agency_number=1)
    assert caught.value.code == "evaluator_practises_elsewhere"


def test_one_place_in_an_agency_at_a_time(session: Session) -> None:
    bureau = make_bureau(session)
    place = appoint(session, bureau, STAFF)
    before = row_counts(session)
    with pytest.raises(Invalid) as caught:
        appoint(session, bureau, EVALUATOR, TODAY)
    assert caught.value.fields == {"name": ("person_already_here", {})}
    assert row_counts(session) == before
    services.end_appointment(
        officer_of(bureau), session, place, on=TODAY - timedelta(1), reason=" 转为主评人 ", now=NOW
    )
    later = appoint(session, bureau, EVALUATOR, TODAY)
    assert place.end_reason == "转为主评人"
    assert queries.people_counts(session, place.agency_id, TODAY) == {EVALUATOR: 1, STAFF: 0, EXPERT: 0}
    assert [
        item.role for item in queries.appointments_of_person(session, later.person_id, later.agency_id)
    ] == [
        EVALUATOR,
        STAFF,
    ]


def test_only_principal_evaluators_are_offered_as_such(session: Session) -> None:
    bureau = make_bureau(session)
    place = appoint(session, bureau, STAFF)
    assert queries.appointed_evaluators(session, place.agency_id) == []
    (row,) = session.execute(queries.register_rows(officer_of(bureau), day=TODAY))
    assert row.evaluators == 0


def test_a_valid_licence_meets_the_condition_and_a_record_in_force_breaks_it(session: Session) -> None:
    services.load_reference_data(session, NOW)
    bureau = make_bureau(session)
    agency = make_agency(session, bureau)
    officer = officer_of(bureau)
    person = services.PersonData("钱进", work_since=date(2005, 1, 1), evaluation_since=date(2010, 1, 1))
    place = services.appoint_evaluator(
        officer, session, agency, services.AppointmentData(person, ENTERED_ON), now=NOW
    )

    def failed(day: date) -> tuple[ConditionCode, ...]:
        conditions = queries.conditions_in_force(session, bureau.id, TODAY)
        return unmet(queries.person_view(session, place, day, conditions).results)

    assert failed(TODAY) == (ConditionCode.TITLE_OR_LICENCE,)
    licence = services.CredentialData(
        CredentialKind.LICENCE, "资产评估师", "沪评 1", "协会", date(2020, 1, 1), date(2022, 12, 31)
    )
    item = services.add_credential(officer, session, place, licence, now=NOW)
    assert (failed(date(2019, 12, 31)), failed(TODAY), failed(date(2023, 1, 1))) == (
        (ConditionCode.TITLE_OR_LICENCE,),
        (),
        (ConditionCode.TITLE_OR_LICENCE,),
    )
    entry = services.RecordData(date(2021, 1, 1), "行业协会", "出具不实报告", date(2022, 6, 30))
    record = services.enter_record(officer, session, place, entry, now=NOW)
    assert (failed(TODAY), failed(date(2022, 7, 1))) == ((ConditionCode.CLEAN_RECORD,), ())
    services.withdraw_entry(officer, session, place, record, reason="姓名相同", now=NOW)
    assert failed(TODAY) == ()
    services.withdraw_entry(officer, session, place, item, reason="录入有误", now=NOW)
    assert failed(TODAY) == (ConditionCode.TITLE_OR_LICENCE,)
    with pytest.raises(WrongState):
        services.withdraw_entry(officer, session, place, item, reason="再次", now=NOW)


def test_a_later_licence_of_the_same_name_renews(session: Session) -> None:
    bureau = make_bureau(session)
    place = make_evaluator(session, bureau, make_agency(session, bureau))
    licence = services.CredentialData(
        CredentialKind.LICENCE, "资产评估师", "1", expires_on=TODAY - timedelta(1)
    )
    for data in (licence, replace(licence, number="2", expires_on=TODAY + timedelta(365))):
        services.add_credential(officer_of(bureau), session, place, data, now=NOW)
    views = queries.credentials_of(session, place.person_id, TODAY)
    assert [(view.credential.number, view.state) for view in views] == [
        ("2", QualificationState.VALID),
        ("1", QualificationState.RENEWED),
    ]


def test_a_record_is_taken_back_by_the_bureau_that_entered_it(session: Session) -> None:
    bureau, other = make_bureau(session), make_bureau(session, "静安区财政局")
    agency = make_agency(session, bureau)
    make_agency(session, other, session.get_one(Body, agency.id).name, credit_code=agency.credit_code)
    place = make_evaluator(session, bureau, agency)
    entry = services.RecordData(TODAY, "协会", "警告")
    record = services.enter_record(officer_of(bureau), session, place, entry, now=NOW)
    with pytest.raises(NotVisible):
        services.withdraw_entry(officer_of(other), session, place, record, reason="有误", now=NOW)


def test_the_pages_of_people(client: Client, session: Session) -> None:
    bureau = make_bureau(session)
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    agency = make_agency(session, bureau)
    form = client.get(f"/agencies/{agency.id}/evaluators/new")
    answer = client.submit(
        form,
        "/agencies/",
        name="孙立",
        role="expert",
        education="doctor",
        title="教授",
        valid_from="2020-01-01",
    )
    assert answer.status_code == 302
    place = session.scalars(select(Appointment)).one()
    assert (place.role, session.get_one(Person, place.person_id).education) == (EXPERT, "doctor")
    page = f"/agencies/{agency.id}/people/{place.id}"
    for path, sent in (
        ("credentials/new", {"kind": "title", "name": "教授", "issued_on": "2015-01-01"}),
        ("records/new", {"decided_on": "2021-01-01", "authority": "协会", "reason": "通报批评"}),
    ):
        assert client.submit(client.get(f"{page}/{path}"), "/agencies/", **sent).status_code == 302
    text = client.page(client.get(page)).text
    for word in ("孙立", "合作专家", "博士", "教授", "通报批评", "限制中"):
        assert word in text
    credential = session.scalars(select(Credential)).one()
    record = session.scalars(select(PersonRecord)).one()
    for path in (f"credentials/{credential.id}/withdraw", f"records/{record.id}/withdraw"):
        assert client.submit(client.get(f"{page}/{path}"), "/agencies/", reason="有误").status_code == 302
    assert "限制中" not in client.page(client.get(page)).text
    listed = client.page(client.get(f"/agencies/{agency.id}/people?role=expert")).text
    assert "孙立" in listed
    assert "孙立" not in client.page(client.get(f"/agencies/{agency.id}/people?role=staff")).text
    end = client.submit(
        client.get(f"/agencies/{agency.id}/evaluators/{place.id}/end"), "/agencies/", reason="合作期满"
    )
    assert end.status_code == 302
    assert "合作期满" in client.page(client.get(page)).text


def test_who_only_watches_sees_no_record(client: Client, session: Session) -> None:
    bureau = make_bureau(session)
    place = make_evaluator(session, bureau, make_agency(session, bureau))
    entry = services.RecordData(TODAY, "协会", "通报批评")
    services.enter_record(officer_of(bureau), session, place, entry, now=NOW)
    sign_in(client, make_member(session, make_observer(session, bureau), Role.OBSERVER))
    text = client.page(client.get(f"/agencies/{place.agency_id}/people/{place.id}")).text
    assert "赵敏" in text
    assert "通报批评" not in text
    assert "不良执业记录" not in text


def test_equal_statements_for_one_and_for_fifty_people(
    client: Client, session: Session, connection: sa.Connection
) -> None:
    bureau = make_bureau(session)
    agency = make_agency(session, bureau)
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))

    def statements() -> int:
        count = 0

        def note(_: object, __: object, statement: str, *___: object) -> None:
            nonlocal count
            count += statement.lstrip().upper().startswith("SELECT")

        sa.event.listen(connection, "before_cursor_execute", note)
        assert client.get(f"/agencies/{agency.id}/people").status_code == 200
        sa.event.remove(connection, "before_cursor_execute", note)
        return count

    make_evaluator(session, bureau, agency, valid_from=today() - timedelta(30))
    session.commit()
    one = statements()
    for number in range(49):
        make_evaluator(session, bureau, agency, f"人员{number}", valid_from=today() - timedelta(30))
    session.commit()
    assert statements() == one


def test_the_bureau_says_whose_account_it_is(client: Client, session: Session) -> None:
    bureau = make_bureau(session)
    agency = make_agency(session, bureau)
    lead, second = (make_evaluator(session, bureau, agency, name) for name in ("周正", "赵敏"))
    body = session.get_one(Body, agency.id)
    own, colleague = (make_member(session, body, Role.PRINCIPAL_EVALUATOR) for _ in range(2))
    stranger = make_member(
        session, session.get_one(Body, make_agency(session, bureau).id), Role.AGENCY_MANAGER
    )
    actor = officer_of(bureau)
    for user_id, code in ((stranger.user_id, "not_a_choice"), (0, "not_a_choice")):
        with pytest.raises(Invalid) as caught:
            services.link_account(actor, session, lead, user_id, now=NOW)
        assert caught.value.fields == {"user_id": (code, {})}
    services.link_account(actor, session, lead, own.user_id, now=NOW)
    with pytest.raises(Invalid) as caught:
        services.link_account(actor, session, second, own.user_id, now=NOW)
    assert caught.value.fields == {"user_id": ("account_of_another_person", {})}
    session.commit()
    page = f"/agencies/{agency.id}/people/{second.id}"
    sign_in(client, own)
    assert "没有登记，本人不能在系统内签署独立性声明。" in client.get(page).text
    assert client.get(f"{page}/account").status_code == 403
    client.post("/sign-out")
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    form = client.get(f"{page}/account")
    assert str(stranger.user_id) not in client.page(form).form("account").values["user_id"]
    refused = client.submit(form, "account", user_id=own.user_id)
    assert (refused.status_code, "另一人的登录账号" in refused.text) == (422, True)
    assert client.submit(refused, "account", user_id=colleague.user_id).location == page
    assert session.scalars(select(Person.user_id).where(Person.id == second.person_id)).one() == (
        colleague.user_id
    )
    assert client.submit(client.get(f"{page}/account"), "account", user_id="").location == page
    events = select(AuditEntry.detail).where(AuditEntry.event == "agencies.person.account_linked")
    logged = session.scalars(events.order_by(AuditEntry.id)).all()
    assert [each["changes"]["user_id"] for each in logged] == [
        [None, own.user_id],
        [None, colleague.user_id],
        [colleague.user_id, None],
    ]
    services.end_appointment(actor, session, second, on=TODAY - timedelta(days=1), reason="离职", now=NOW)
    with pytest.raises(WrongState, match="appointment_over"):
        services.link_account(actor, session, second, own.user_id, now=NOW)


def test_who_may_enter_or_propose_people_on_their_list(
    session: Session, new_client: Callable[[], Client]
) -> None:
    """A city reads its districts' registers and enters nobody there; another district does not see the agency."""
    city = make_bureau(session, "市财政局")
    bureau, neighbour = make_bureau(session, "区财政局", city), make_bureau(session, "邻区财政局", city)
    agency, rival = make_agency(session, bureau), make_agency(session, neighbour)
    readers = {
        "own": make_member(session, bureau, Role.BUREAU_SUPERVISOR),
        "city": make_member(session, city, Role.BUREAU_SUPERVISOR),
        "neighbour": make_member(session, neighbour, Role.BUREAU_SUPERVISOR),
        "observer": make_member(session, make_observer(session, bureau), Role.OBSERVER),
        "agency": make_member(session, session.get_one(Body, agency.id), Role.AGENCY_MANAGER),
        "rival": make_member(session, session.get_one(Body, rival.id), Role.AGENCY_MANAGER),
    }
    session.commit()
    found = {}
    for name, member in readers.items():
        client = new_client()
        sign_in(client, member)
        answer = client.get(f"/agencies/{agency.id}/people")
        enters = f"/agencies/{agency.id}/evaluators/new" in answer.text
        found[name] = (answer.status_code, enters, "提出登记人员" in answer.text)
    assert found == {
        "own": (200, True, False),
        "city": (200, False, False),
        "neighbour": (404, False, False),
        "observer": (200, False, False),
        "agency": (200, False, True),
        "rival": (404, False, False),
    }
