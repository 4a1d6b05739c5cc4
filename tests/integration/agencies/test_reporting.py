"""Changes that an agency proposes, its yearly report, and the warnings about its people's papers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership
from agencyqa.agencies import queries, services
from agencyqa.agencies.enums import (
    CredentialKind,
    ProposalAction,
    ProposalState,
    ReportAction,
    ReportState,
    Standing,
)
from agencyqa.agencies.jobs import warn_expiring_qualifications
from agencyqa.agencies.models import Agency, ProfileProposal, ReportYear, SelfReport
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date, today
from agencyqa.errors import Forbidden, Invalid, NotVisible, Stale, WrongState
from agencyqa.measures.reckoning import reckon
from agencyqa.notifications.models import InboxMessage
from tests.client import Client
from tests.factories.accounts import NOW, actor_of, make_bureau, make_member, sign_in
from tests.factories.agencies import make_agency, make_evaluator, officer_of, profile_data

TODAY = local_date(NOW)


@pytest.fixture
def manager(session: Session, agency: Agency) -> Membership:
    return make_member(session, session.get_one(Body, agency.id), Role.AGENCY_MANAGER)


def propose(session: Session, bureau: Body, agency: Agency, manager: Membership) -> ProfileProposal:
    wanted = replace(profile_data("甲咨询有限公司"), address="愚园路 2 号")
    return services.propose_change(
        actor_of(session, manager),
        session,
        agency,
        bureau.id,
        wanted,
        effective_on=TODAY,
        reason="搬迁",
        now=NOW,
    )


def decide(session: Session, bureau: Body, proposal: ProfileProposal, action: ProposalAction) -> None:
    services.decide_proposal(
        officer_of(bureau),
        session,
        proposal,
        action,
        reason="已核对" if action is ProposalAction.CONFIRM else "请附租赁合同",
        seen_version=proposal.version,
        now=NOW,
    )


def told(session: Session, membership: Membership) -> list[str]:
    mine = select(InboxMessage.code).where(InboxMessage.membership_id == membership.id)
    return list(session.scalars(mine.order_by(InboxMessage.id)))


def test_a_proposal_stands_beside_the_record_until_it_is_confirmed(
    session: Session, bureau: Body, agency: Agency, manager: Membership
) -> None:
    supervisor = make_member(session, bureau, Role.BUREAU_SUPERVISOR)
    proposal = propose(session, bureau, agency, manager)
    assert queries.current_profile(session, agency.id).address == "长宁路 1 号"
    assert told(session, supervisor) == ["proposal_made"]
    with pytest.raises(IntegrityError), session.begin_nested():
        propose(session, bureau, agency, manager)
    decide(session, bureau, proposal, ProposalAction.CONFIRM)
    profile = queries.current_profile(session, agency.id)
    assert (profile.address, profile.number, profile.reason) == ("愚园路 2 号", 2, "搬迁")
    assert told(session, manager) == ["proposal_decided"]
    with pytest.raises(WrongState):
        decide(session, bureau, proposal, ProposalAction.DECLINE)


def test_a_record_that_moved_on_is_not_overwritten(
    session: Session, bureau: Body, agency: Agency, manager: Membership
) -> None:
    proposal = propose(session, bureau, agency, manager)
    services.change_profile(
        officer_of(bureau),
        session,
        agency,
        replace(profile_data("甲咨询有限公司"), contact_name="吴越"),
        effective_on=TODAY,
        reason="换联系人",
        seen_version=agency.version,
        now=NOW,
    )
    session.commit()
    with pytest.raises(Stale) as caught:
        decide(session, bureau, proposal, ProposalAction.CONFIRM)
    assert caught.value.code == "proposal_overtaken"
    session.rollback()
    decide(session, bureau, proposal, ProposalAction.DECLINE)
    assert proposal.state is ProposalState.DECLINED


def test_who_may_propose_to_whom(session: Session, bureau: Body, agency: Agency, manager: Membership) -> None:
    other = make_bureau(session, "静安区财政局")
    with pytest.raises(Invalid) as caught:
        propose(session, other, agency, manager)
    assert caught.value.fields == {"bureau_id": ("not_a_choice", {})}
    staff = make_member(session, session.get_one(Body, agency.id), Role.AGENCY_STAFF)
    with pytest.raises(Forbidden):
        propose(session, bureau, agency, staff)
    proposal = propose(session, bureau, agency, manager)
    with pytest.raises(NotVisible):
        decide(session, other, proposal, ProposalAction.CONFIRM)
    services.withdraw_proposal(actor_of(session, manager), session, proposal, now=NOW)
    assert proposal.state is ProposalState.WITHDRAWN
    assert propose(session, bureau, agency, manager).id != proposal.id


def opened(session: Session, bureau: Body, opened_on: date = date(2022, 3, 1)) -> ReportYear:
    return services.open_report_year(
        officer_of(bureau), session, year=2021, opened_on=opened_on, working_days=20, now=NOW
    )


def test_a_year_asks_every_agency_that_stands(
    session: Session, bureau: Body, agency: Agency, manager: Membership
) -> None:
    make_agency(session, bureau, standing=Standing.REMOVED)
    make_agency(session, bureau, standing=Standing.APPLIED)
    suspended = make_agency(session, bureau, standing=Standing.SUSPENDED)
    year = opened(session, bureau)
    # Twenty working days from 2 March 2022 on, none of them a holiday.
    assert (year.due_on, year.is_due_provisional) == (date(2022, 3, 29), False)
    rows = session.scalars(select(SelfReport.agency_id).order_by(SelfReport.agency_id)).all()
    assert rows == [agency.id, suspended.id]
    assert told(session, manager) == ["report_opened"]
    with pytest.raises(IntegrityError), session.begin_nested():
        opened(session, bureau)


def test_a_report_is_handed_in_returned_and_accepted(
    session: Session, bureau: Body, agency: Agency, manager: Membership
) -> None:
    make_evaluator(session, bureau, agency)
    opened(session, bureau)
    report = session.scalars(select(SelfReport)).one()
    actor, officer = actor_of(session, manager), officer_of(bureau)

    def save(data: services.ReportData, *, is_submitted: bool) -> None:
        services.save_report(
            actor,
            session,
            report,
            data,
            is_submitted=is_submitted,
            seen_version=report.version,
            now=NOW,
        )

    def handle(action: ReportAction, reason: str = "") -> None:
        services.decide_report(
            officer, session, report, action, reason=reason, seen_version=report.version, now=NOW
        )

    save(services.ReportData("承接 3 项"), is_submitted=False)
    with pytest.raises(Invalid) as caught:
        save(services.ReportData("承接 3 项"), is_submitted=True)
    assert list(caught.value.fields) == ["is_record_right"]
    whole = services.ReportData("承接 3 项", "无", "无", is_record_right=True)
    save(whole, is_submitted=True)
    assert report.record is not None
    assert (report.record["principal_evaluator"], report.record["staff"]) == (1, 0)
    with pytest.raises(WrongState):
        save(whole, is_submitted=True)
    with pytest.raises(Invalid):
        handle(ReportAction.RETURN)
    handle(ReportAction.RETURN, "请补充培训情况")
    make_evaluator(session, bureau, agency, "钱进")
    save(replace(whole, statement="承接 3 项，培训 2 次"), is_submitted=True)
    handle(ReportAction.ACCEPT)
    assert (report.state, report.record["principal_evaluator"]) == (ReportState.ACCEPTED, 2)
    # Late, for it first came in June.
    assert reckon(session, TODAY).was_late(date(2022, 3, 29), report.first_submitted_on)


def test_licences_of_people_are_warned_of_once_each_time(
    session: Session, bureau: Body, agency: Agency, manager: Membership
) -> None:
    supervisor = make_member(session, bureau, Role.BUREAU_SUPERVISOR)
    place = make_evaluator(session, bureau, agency)
    gone = make_evaluator(session, bureau, agency, "钱进", valid_to=date(2022, 1, 1))
    for each, name, days in ((place, "评估师", 30), (gone, "评估师", 30), (place, "会计师", 91)):
        data = services.CredentialData(
            CredentialKind.LICENCE, name, "1", expires_on=TODAY + timedelta(days=days)
        )
        services.add_credential(officer_of(bureau), session, each, data, now=NOW)
    assert [warn_expiring_qualifications(session, NOW) for _ in range(2)] == [2, 0]
    assert warn_expiring_qualifications(session, NOW + timedelta(days=1)) == 2
    assert told(session, manager) == ["credential_expiring"] * 2
    assert told(session, supervisor) == ["credential_expiring"] * 2
    assert warn_expiring_qualifications(session, NOW + timedelta(days=23)) == 2


def test_the_pages_of_proposals_and_reports(
    client: Client, session: Session, bureau: Body, agency: Agency, manager: Membership
) -> None:
    lead = make_member(session, bureau, Role.BUREAU_LEAD)
    sign_in(client, lead)
    year = client.submit(client.get("/agencies/reports/open"), "main-form", opened_on="2022-03-01")
    assert year.status_code == 302
    assert "甲咨询有限公司" in client.page(client.get("/agencies/reports?is_late=1")).text
    client.post("/sign-out")
    sign_in(client, manager)
    home = f"/agencies/{agency.id}"
    form = client.get(f"{home}/proposals/new")
    sent = client.submit(form, "/agencies/", bureau_id=str(bureau.id), address="愚园路 2 号", reason="搬迁")
    assert sent.status_code == 302, sent.text
    again = client.submit(form, "/agencies/", bureau_id=str(bureau.id), address="愚园路 3 号", reason="再迁")
    assert "已有一份变更申请待确认" in again.text
    proposal = session.scalars(select(ProfileProposal)).one()
    assert "愚园路 2 号" in client.page(client.get(f"{home}/proposals/{proposal.id}")).text
    report = session.scalars(select(SelfReport)).one()
    path = f"{home}/reports/{report.id}"
    draft = client.submit(client.get(path), "main-form", statement="承接 3 项")
    assert draft.status_code == 302
    client.post("/sign-out")
    sign_in(client, lead)
    assert "承接 3 项" not in client.get(path).text
    assert client.post(path, data={"statement": "改"}).status_code == 403
    decided = client.submit(client.get(f"{home}/proposals/{proposal.id}"), "main-form", action="confirm")
    assert decided.status_code == 302
    assert "愚园路 2 号" in client.page(client.get(home)).text
    client.post("/sign-out")
    sign_in(client, manager)
    done = client.submit(client.get(path), "main-form", is_record_right="1", is_submitted_now="1")
    assert done.status_code == 302
    client.post("/sign-out")
    sign_in(client, lead)
    shown = client.get(path)
    assert "承接 3 项" in shown.text
    assert client.submit(shown, "decide-form", action="accept").status_code == 302
    assert "已接收" in client.page(client.get(f"/agencies/reports?state=accepted&year={today().year}")).text
