"""A tie that was entered wrongly: taken back with a reason, out of every later check, and still in the record."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies import queries, services
from agencyqa.agencies.enums import Matter, TieKind
from agencyqa.agencies.models import RecordProposal, Tie
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date
from agencyqa.errors import Forbidden, Invalid, NotVisible, WrongState
from agencyqa.inspections.conflicts import Target, known_conflicts
from tests.client import Client
from tests.factories.accounts import (
    NOW,
    actor_of,
    make_actor,
    make_bureau,
    make_department,
    make_member,
    make_observer,
    sign_in,
    user_of,
)
from tests.factories.agencies import make_agency, make_tie, officer_of

TODAY = local_date(NOW)


@pytest.fixture
def bureau(session: Session) -> Body:
    return make_bureau(session, "长宁区财政局", parent=make_bureau(session, "市财政局"))


def withdraw(session: Session, bureau: Body, tie: Tie, reason: str = "录错机构") -> None:
    services.withdraw_tie(officer_of(bureau), session, tie, reason=reason, now=NOW)


def test_no_later_check_asks_for_it(session: Session, bureau: Body) -> None:
    agency = make_agency(session, bureau)
    school = make_department(session, bureau, "区教育局")
    former = make_member(session, school, Role.DEPARTMENT_OFFICER)
    actor, target = officer_of(bureau), Target(bureau.id, agency.id, None)
    wrong = make_tie(session, bureau, agency, school)
    right = make_tie(session, bureau, agency, school, TieKind.ADVISORY)

    def asked() -> tuple[list[int], list[str], int, int, list[bool]]:
        return (
            [row.id for row in queries.ties_on(session, agency.id, [], TODAY)],
            [conflict.code for conflict in known_conflicts(session, former.user_id, target, TODAY)],
            queries.comparison(session, actor, [agency.id], TODAY)[0].ties,
            queries.record_of(session, agency.id, TODAY)["ties"],
            [view.is_current for view in queries.ties_of(session, actor, agency.id, TODAY)],
        )

    assert asked() == ([wrong.id, right.id], ["conflict_of_tie"], 2, 2, [True, True])
    withdraw(session, bureau, wrong)
    assert asked() == ([right.id], ["conflict_of_tie"], 1, 1, [False, True])
    services.end_tie(actor, session, right, on=TODAY, now=NOW)
    withdraw(session, bureau, right, "从未存在")
    assert asked() == ([], [], 0, 0, [False, False])
    # It stands in nobody's way, not even in that of the same one entered rightly.
    again = make_tie(session, bureau, agency, school)
    assert asked()[0] == [again.id]


def test_who_may_withdraw_it_and_what_is_kept(session: Session, bureau: Body) -> None:
    agency = make_agency(session, bureau)
    other = make_bureau(session, "静安区财政局")
    make_agency(session, other, credit_code=agency.credit_code)
    tie = make_tie(session, bureau, agency, make_department(session, bureau, "区教育局"))
    before = (tie.kind, tie.body_id, tie.valid_from, tie.valid_to, tie.note, tie.recorded_at)
    for stranger, expected in (
        (officer_of(other), NotVisible),
        (make_actor(session, session.get_one(Body, agency.id), Role.AGENCY_MANAGER), Forbidden),
        (make_actor(session, make_observer(session, bureau), Role.OBSERVER), Forbidden),
        (make_actor(session, session.get_one(Body, bureau.parent_id), Role.BUREAU_LEAD), Forbidden),
    ):
        with pytest.raises(expected):
            services.withdraw_tie(stranger, session, tie, reason="录错", now=NOW)
    with pytest.raises(Invalid) as caught:
        withdraw(session, bureau, tie, " ")
    assert (caught.value.fields, tie.withdrawn_at) == ({"reason": ("required", {})}, None)
    officer = make_member(session, bureau, Role.BUREAU_SUPERVISOR)
    actor = actor_of(session, officer)
    services.withdraw_tie(actor, session, tie, reason=" 录错机构 ", now=NOW)
    assert (tie.withdrawn_at, tie.withdrawn_by_id, tie.withdrawal_reason) == (
        NOW,
        officer.user_id,
        "录错机构",
    )
    assert (tie.kind, tie.body_id, tie.valid_from, tie.valid_to, tie.note, tie.recorded_at) == before
    with pytest.raises(WrongState, match="tie_withdrawn"):
        withdraw(session, bureau, tie)
    with pytest.raises(WrongState, match="tie_withdrawn"):
        services.end_tie(actor, session, tie, on=TODAY, now=NOW)
    session.commit()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.event == "agencies.tie.withdrawn")).one()
    assert (entry.bureau_id, entry.target_id, entry.detail["reason"]) == (bureau.id, tie.id, "录错机构")


def test_it_stays_in_the_record_of_those_who_could_see_it(
    client: Client, session: Session, bureau: Body
) -> None:
    agency = make_agency(session, bureau)
    tie = make_tie(session, bureau, agency, make_department(session, bureau, "区教育局"))
    officer = make_member(session, bureau, Role.BUREAU_SUPERVISOR)
    home = f"/agencies/{agency.id}"
    sign_in(client, officer)
    page = client.get(f"{home}/ties/{tie.id}/withdraw")
    assert "区教育局" in client.page(page).text
    assert client.submit(page, "/withdraw").status_code == 422
    assert client.submit(page, "/withdraw", reason="录错机构").status_code == 302
    assert client.submit(page, "/withdraw", reason="又一次").status_code == 409
    manager = make_member(session, session.get_one(Body, agency.id), Role.AGENCY_MANAGER)
    observer = make_member(session, make_observer(session, bureau), Role.OBSERVER)
    elsewhere = make_bureau(session, "静安区财政局")
    make_agency(session, elsewhere, credit_code=agency.credit_code)
    stranger = make_member(session, elsewhere, Role.BUREAU_SUPERVISOR)
    who = user_of(session, officer).display_name
    for member, sees, knows in (
        (officer, True, True),
        (manager, True, False),
        (observer, True, False),
        (stranger, False, False),
    ):
        client.post("/sign-out")
        sign_in(client, member)
        page = client.get(home)
        text = client.page(page).text
        assert ("录错机构" in text, "已撤销" in text) == (sees, sees)
        # The shown account of the reader himself stands on every page of his.
        assert (text.count(who) > (member is officer)) == knows
        assert (f"/ties/{tie.id}/" in page.text, f"target={tie.id}" in page.text) == (False, False)
    assert client.get(f"{home}/ties/{tie.id}/withdraw").status_code == 404


def test_the_agency_proposes_it_and_its_bureau_confirms(
    client: Client, session: Session, bureau: Body
) -> None:
    agency = make_agency(session, bureau)
    tie = make_tie(session, bureau, agency, make_department(session, bureau, "区教育局"))
    manager = make_member(session, session.get_one(Body, agency.id), Role.AGENCY_MANAGER)
    actor = actor_of(session, manager)
    home = f"/agencies/{agency.id}"
    sign_in(client, manager)
    address = f"{home}/proposals/entries/new/tie_withdrawal?target={tie.id}"
    assert address.replace("&", "&amp;") in client.get(home).text
    form = client.get(address)
    assert "区教育局" in client.page(form).text
    assert client.submit(form, "main-form", why="本机构从未持股").status_code == 302
    assert tie.withdrawn_at is None
    client.post("/sign-out")
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    proposal = session.scalars(select(RecordProposal)).one()
    page = client.get(f"{home}/proposals/entries/{proposal.id}")
    assert "撤销录入有误的利害关系" in client.page(page).text
    assert client.submit(page, "main-form", action="confirm").status_code == 302
    assert (tie.withdrawn_at is None, tie.withdrawal_reason) == (False, "本机构从未持股")
    for matter, data in (
        (Matter.TIE_WITHDRAWAL, services.WithdrawalData()),
        (Matter.TIE_END, services.EndData(TODAY)),
    ):
        with pytest.raises(Invalid, match="entry_withdrawn"):
            services.propose_entry(
                actor, session, agency, bureau.id, matter, data, target_id=tie.id, reason="x", now=NOW
            )


def test_a_tie_of_another_district_is_put_to_that_district(session: Session, bureau: Body) -> None:
    other = make_bureau(session, "静安区财政局")
    agency = make_agency(session, bureau)
    make_agency(session, other, credit_code=agency.credit_code)
    tie = make_tie(session, other, agency, make_department(session, other, "静安区教育局"))
    manager = make_actor(session, session.get_one(Body, agency.id), Role.AGENCY_MANAGER)
    with pytest.raises(Invalid) as caught:
        services.propose_entry(
            manager,
            session,
            agency,
            bureau.id,
            Matter.TIE_WITHDRAWAL,
            services.WithdrawalData(),
            target_id=tie.id,
            reason="x",
            now=NOW,
        )
    assert caught.value.fields == {"bureau_id": ("not_a_choice", {})}
