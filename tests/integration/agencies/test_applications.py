"""From the public form to the register, with everything in between."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership, User
from agencyqa.agencies import queries, services
from agencyqa.agencies.enums import ApplicationAction, ApplicationState, Standing, StandingAction
from agencyqa.agencies.models import Agency, Application, ApplicationEvent, Qualification, Registration
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.errors import Invalid, NotVisible, Refused, Stale, WrongState
from agencyqa.measures.services import load_reference_data
from agencyqa.notifications.models import InboxMessage
from tests.client import Client
from tests.factories.accounts import NOW, PASSWORD, make_bureau, make_member, sign_in
from tests.factories.agencies import (
    HANDLING,
    application_data,
    complete_application,
    decide,
    make_agency,
    make_credit_code,
    make_evaluator,
    officer_of,
    registration_of,
)

TODAY = local_date(NOW)
A = ApplicationAction


@pytest.fixture
def bureau(session: Session) -> Body:
    return make_bureau(session)


def applied(session: Session, bureau: Body, **changes: str) -> Application:
    made, _ = services.begin_application(session, bureau.id, application_data(**changes), now=NOW)
    complete_application(session, made)
    return made


def decided(
    session: Session,
    bureau: Body,
    application: Application,
    action: ApplicationAction,
    key: str | None = None,
) -> Agency | None:
    return services.decide_application(
        officer_of(bureau),
        session,
        application,
        action,
        reason="经审核",
        provision_key=key,
        effective_on=TODAY,
        seen_version=application.version,
        now=NOW,
    )


def test_admission_enters_agency_papers_and_people(session: Session, bureau: Body) -> None:
    supervisor = make_member(session, bureau, Role.BUREAU_SUPERVISOR)
    application = applied(session, bureau)
    (told,) = session.scalars(select(InboxMessage).where(InboxMessage.membership_id == supervisor.id))
    assert (told.code, told.endpoint_values) == ("application_submitted", {"application_id": application.id})
    agency = decided(session, bureau, application, A.ADMIT)
    assert agency is not None
    assert (application.state, application.agency_id) == (ApplicationState.ADMITTED, agency.id)
    registration = registration_of(session, agency, bureau)
    assert registration.standing is Standing.REGISTERED
    (view,) = queries.registrations_of(session, officer_of(bureau), agency.id)
    assert [event.change.action for event in view.events] == [StandingAction.ADMIT, StandingAction.APPLY]
    assert [row.name for row in queries.appointed_evaluators(session, agency.id, TODAY)] == ["周正"]
    assert [item.name for item in session.scalars(select(Qualification))] == ["会计师事务所执业证书"]
    with pytest.raises(WrongState):
        decided(session, bureau, application, A.REFUSE, HANDLING)


def test_returned_supplemented_refused(session: Session, bureau: Body) -> None:
    load_reference_data(session, NOW)
    services.load_reference_data(session, NOW)
    application = applied(session, bureau)
    decided(session, bureau, application, A.RETURN)
    services.remove_from_application(session, application, "people", 0, now=NOW)
    with pytest.raises(WrongState) as caught:
        services.submit_application(session, application, now=NOW)
    assert caught.value.code == "application_incomplete"
    complete_application(session, application, "吴越")
    with pytest.raises(Invalid) as needed:
        decided(session, bureau, application, A.REFUSE)
    assert needed.value.fields == {"provision_key": ("provision_needed", {})}
    assert decided(session, bureau, application, A.REFUSE, HANDLING) is None
    assert session.scalars(select(Registration)).all() == []
    events = session.scalars(select(ApplicationEvent).order_by(ApplicationEvent.number))
    assert [event.action for event in events] == [A.BEGIN, A.SUBMIT, A.RETURN, A.SUBMIT, A.REFUSE]
    session.commit()
    logged = select(AuditEntry.event).where(AuditEntry.target_type == "agency_applications")
    assert len(set(session.scalars(logged))) == 5


def test_an_agency_that_was_removed_comes_back(session: Session, bureau: Body) -> None:
    agency = make_agency(session, bureau, "辛咨询有限公司", standing=Standing.REMOVED)
    application = applied(session, bureau, credit_code=agency.credit_code)
    assert decided(session, bureau, application, A.ADMIT) is agency
    assert registration_of(session, agency, bureau).standing is Standing.REGISTERED
    assert queries.standing_on(session, agency.id, bureau.id, date(2022, 4, 1)) is Standing.REMOVED


def test_an_agency_in_the_register_is_not_admitted_twice(session: Session, bureau: Body) -> None:
    agency = make_agency(session, bureau, "辛咨询有限公司")
    application = applied(session, bureau, credit_code=agency.credit_code)
    with pytest.raises(Invalid) as caught:
        decided(session, bureau, application, A.ADMIT)
    assert caught.value.code == "already_in_register"


def test_who_practises_elsewhere_stops_the_admission(session: Session, bureau: Body) -> None:
    other = make_bureau(session, "静安区财政局")
    make_evaluator(session, other, make_agency(session, other), "周正", licence="注册会计师 5")
    application, _ = services.begin_application(session, bureau.id, application_data(), now=NOW)
    application.people = [{"name": "周正", "licence": "注册会计师 5", "title": ""}]
    complete_application(session, application, "郑重")
    with pytest.raises(Refused) as caught:
        decided(session, bureau, application, A.ADMIT)
    assert (caught.value.code, caught.value.params) == ("application_evaluator_elsewhere", {"person": "周正"})


def test_an_application_is_the_business_of_its_bureau(session: Session, bureau: Body) -> None:
    other = make_bureau(session, "静安区财政局")
    application = applied(session, bureau)
    with pytest.raises(NotVisible):
        decided(session, other, application, A.ADMIT)
    with pytest.raises(Stale):
        services.decide_application(
            officer_of(bureau),
            session,
            application,
            A.RETURN,
            reason="补正",
            effective_on=TODAY,
            seen_version=application.version - 1,
            now=NOW,
        )
    # A second one with the same code would be the same; another bureau's is not told of.
    with pytest.raises(Invalid) as caught:
        applied(session, bureau, credit_code=application.credit_code)
    assert caught.value.fields == {"credit_code": ("application_open", {})}
    assert applied(session, other, credit_code=application.credit_code).state is ApplicationState.SUBMITTED


FORM = {
    "name": "辛咨询有限公司",
    "kind": "consulting_firm",
    "legal_representative": "王明",
    "founded_on": "2012-04-05",
    "address": "长宁路 1 号",
    "contact_name": "李静",
    "contact_phone": "021-12345678",
    "has_declared": "1",
}


def test_the_whole_way_on_pages(client: Client, session: Session, bureau: Body) -> None:
    make_agency(session, bureau, "壬辛咨询有限公司")
    services.load_reference_data(session, NOW)
    code = make_credit_code()
    answer = client.submit(
        client.get("/agencies/apply"), "main-form", bureau_id=str(bureau.id), credit_code=code, **FORM
    )
    assert answer.status_code == 302, answer.text
    desk = answer.location
    assert "主评人：至少 1 名" in client.page(client.get(desk)).text
    assert client.post(f"{desk}/submit").status_code == 302
    assert "申请材料尚不齐全" in client.page(client.get(desk)).text
    for path, sent in (
        ("qualifications", {"name": "执业证书"}),
        ("people", {"name": "周正", "title": "教授", "work_since": "2000-01-01"}),
    ):
        opened = client.get(f"{desk}/{path}")
        assert client.submit(opened, "main-form", **sent).status_code == 302
        twice = client.submit(opened, "main-form", **sent)
        assert (twice.status_code, "没有重复添加" in twice.text) == (422, True)
    old = client.get(f"{desk}/edit")
    edited = client.submit(client.get(f"{desk}/edit"), "main-form", address="长宁路 2 号")
    assert edited.status_code == 302
    client.post(f"{desk}/submit")
    assert "待审核" in client.page(client.get(desk)).text
    assert client.get(f"{desk}/edit").status_code == 409
    late = client.submit(old, "main-form", address="长宁路 3 号")
    # What was typed is told by the names of its boxes.
    assert (
        late.status_code,
        "地址" in late.text,
        "长宁路 3 号" in late.text,
        "legal_representative" in late.text,
    ) == (409, True, True, False)
    assert client.get(desk[:-3] + "xxx").status_code == 404
    returned = session.scalars(select(Application)).one()
    decided(session, bureau, returned, A.RETURN)
    session.commit()
    told = client.page(client.get(desk)).text
    assert told.index("申请已退回补正") < told.index("必备材料已齐全")
    assert client.post(f"{desk}/submit").status_code == 302
    assert "申请已退回补正" not in client.get(desk).text
    sign_in(client, make_member(session, bureau, Role.BUREAU_LEAD))
    assert "辛咨询有限公司" in client.page(client.get("/agencies/applications")).text
    application = session.scalars(select(Application)).one()
    page = f"/agencies/applications/{application.id}"
    assert "壬辛咨询有限公司" in client.page(client.get(page)).text
    answer = client.submit(client.get(page), "main-form", action="admit", reason="材料齐全")
    assert answer.status_code == 302, answer.text
    agency = session.scalars(select(Agency).where(Agency.credit_code == code)).one()
    assert answer.location == f"/agencies/{agency.id}"
    assert "长宁路 2 号" in client.page(client.get(answer.location)).text
    client.post("/sign-out")
    assert "准予登记" in client.page(client.get(desk)).text
    invited = client.post(f"{desk}/account").location
    done = client.submit(client.get(invited), "main-form", password=PASSWORD, again=PASSWORD)
    assert done.status_code == 302
    user = session.scalars(select(User).where(User.username == code.lower())).one()
    assert session.scalars(select(Membership.body_id).where(Membership.user_id == user.id)).one() == agency.id
    assert client.post(f"{desk}/account").status_code == 409


def test_a_bureau_invites_and_opens_an_account(client: Client, session: Session, bureau: Body) -> None:
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    form = client.get("/agencies/applications/invite")
    answer = client.submit(form, "main-form", credit_code=make_credit_code(), **FORM)
    shown = client.get(answer.location).text
    assert "/agencies/apply/" in shown
    assert "/agencies/apply/" not in client.get(answer.location).text
    agency = make_agency(session, bureau)
    where = client.post(f"/agencies/{agency.id}/account").location
    assert "/invitations/" in client.get(where).text
    assert "/invitations/" not in client.get(where).text


def test_the_public_form_is_throttled(client: Client, session: Session, bureau: Body) -> None:
    def send() -> int:
        # A new code each time: what is counted is the asking.
        return client.submit(
            client.get("/agencies/apply"), "main-form", bureau_id=str(bureau.id), credit_code="1", **FORM
        ).status_code

    statuses = [send() for _ in range(21)]
    assert statuses == [422] * 20 + [429]


def test_a_similar_name_is_shown_before_a_second_agency_is_made(
    client: Client, session: Session, bureau: Body
) -> None:
    other = make_bureau(session, "静安区财政局")
    make_agency(session, bureau, "甲乙丙丁咨询有限公司")
    make_agency(session, other, "甲乙丙戊咨询有限公司")
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    sent = {
        **{name: text for name, text in FORM.items() if name != "has_declared"},
        "name": "甲乙丙己咨询有限公司",
        "credit_code": make_credit_code(),
        "effective_on": "2022-01-01",
    }
    answer = client.submit(client.get("/agencies/new"), "/agencies/", **sent)
    assert answer.status_code == 422
    assert "甲乙丙丁咨询有限公司" in answer.text
    assert "甲乙丙戊" not in answer.text
    assert client.submit(answer, "/agencies/", similar_seen="1").status_code == 302


def test_open_applications_that_look_alike_are_shown_to_who_decides_alone(
    client: Client, session: Session, bureau: Body
) -> None:
    other = make_bureau(session, "静安区财政局")

    def apply(where: Body, name: str) -> tuple[Application, str]:
        data = application_data(name=name, credit_code=make_credit_code())
        made, token = services.begin_application(session, where.id, data, now=NOW)
        complete_application(session, made)
        return made, token

    first, first_token = apply(bureau, "甲乙丙丁咨询有限公司")
    second, token = apply(bureau, "甲乙丙己咨询有限公司")
    apply(other, "甲乙丙戊咨询有限公司")
    apply(bureau, "完全不同的律师事务所")
    refused, _ = apply(bureau, "甲乙丙庚咨询有限公司")
    refused.state = ApplicationState.WITHDRAWN
    # Begun on the public form and never handed in: no bureau sees it.
    draft = application_data(name="甲乙丙辛咨询有限公司", credit_code=make_credit_code())
    services.begin_application(session, bureau.id, draft, now=NOW)
    session.commit()
    for asked, own in ((first_token, "甲乙丙丁"), (token, "甲乙丙己")):
        shown = client.get(f"/agencies/apply/{asked}", follow_redirects=True)
        assert shown.status_code == 200
        assert [name in shown.text for name in ("甲乙丙丁", "甲乙丙己")] == [
            own == "甲乙丙丁",
            own == "甲乙丙己",
        ]
    officer = make_member(session, bureau, Role.BUREAU_SUPERVISOR)
    sign_in(client, officer)
    page = client.page(client.get(f"/agencies/applications/{first.id}"))
    alike = [(text, href) for text, href in page.links if href.startswith("/agencies/applications/")]
    assert (second.name, f"/agencies/applications/{second.id}") in alike
    assert "本局还有相近的申请没有办结" in page.text
    for name in ("甲乙丙戊", "甲乙丙庚", "甲乙丙辛", "完全不同"):
        assert name not in page.text
    client.delete_cookie("agencyqa")
    sign_in(client, make_member(session, other, Role.BUREAU_SUPERVISOR))
    assert client.get(f"/agencies/applications/{first.id}").status_code == 404


def test_notice_of_a_decision_reaches_the_manager(session: Session, bureau: Body) -> None:
    load_reference_data(session, NOW)
    agency = make_agency(session, bureau)
    manager = make_member(session, session.get_one(Body, agency.id), Role.AGENCY_MANAGER)
    decide(session, bureau, agency, StandingAction.SUSPEND, TODAY)
    message = session.scalars(select(InboxMessage).where(InboxMessage.membership_id == manager.id)).one()
    assert message.code == "agency_standing_decided"
