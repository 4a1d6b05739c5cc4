"""What is handed in and decided, and what of it is kept, told and counted."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.roles import Role
from agencyqa.engagements import services as engagements
from agencyqa.engagements.deliverables import receipts, services
from agencyqa.engagements.deliverables.enums import Decision, DeliverableKind, DeliverableState
from agencyqa.engagements.deliverables.models import DeliverableVersion
from agencyqa.engagements.deliverables.requirements import Requirement
from agencyqa.errors import Forbidden, Invalid, NotVisible, Refused, Stale, WrongState
from agencyqa.files.enums import ScanState
from agencyqa.files.models import StoredFile
from agencyqa.measures.enums import WorkKind
from tests.factories.accounts import NOW, make_member
from tests.factories.deliverables import (
    agency_actor,
    bureau_actor,
    commissioner_actor,
    decide,
    hand_in,
    make_slots,
    make_version,
    slots_of,
)
from tests.factories.engagements import make_engagement
from tests.factories.files import make_stored_row
from tests.integration.engagements.deliverables.traces import entries, inbox, refusal
from tests.integration.engagements.world import World, change, create

K, S = DeliverableKind, DeliverableState


# ---------------------------------------------------------------------------- uploading and handing in


def test_from_upload_to_acceptance(session: Session, world: World, told: list[int]) -> None:
    engagement = make_engagement(
        session, world.bureau, world.agency, world.school, commissioner=world.education
    )
    manager = make_member(session, session.get_one(Body, world.agency.id), Role.AGENCY_MANAGER)
    officer = make_member(session, world.education, Role.DEPARTMENT_OFFICER)
    unit = make_member(session, world.school, Role.DEPARTMENT_OFFICER)
    supervisor = make_member(session, world.bureau, Role.BUREAU_SUPERVISOR)
    slots = make_slots(session, engagement)
    agency, staff = agency_actor(engagement), agency_actor(engagement, Role.AGENCY_STAFF)

    first = make_version(session, engagement, slots[K.PLAN], name="方案.pdf")
    with pytest.raises(Invalid) as error:
        make_version(session, engagement, slots[K.PLAN], stored=content_of(session, first), name="again.pdf")
    assert refusal(error) == {"file": "deliverable_same_file"}
    second = make_version(session, engagement, slots[K.PLAN], name="方案（修改）.pdf")
    services.withdraw_version(staff, session, second, now=NOW)
    assert (slots[K.PLAN].state, second.withdrawn_at, inbox(session, officer.id)) == (S.EXPECTED, NOW, [])

    with pytest.raises(Forbidden):
        services.submit(staff, session, engagement, now=NOW)
    token = "ab" * 16
    submission = services.submit(agency, session, engagement, note=" 首次提交 ", form_token=token, now=NOW)
    again = services.submit(agency, session, engagement, note="x", form_token=token, now=NOW)
    assert again.id == submission.id
    assert submission.receipt["files"] == [
        {
            "kind": "plan",
            "title": "",
            "version": 1,
            "name": "方案.pdf",
            "size": first.size,
            "sha256": first.sha256,
            "due_on": "2022-03-22",
            "is_due_provisional": False,
            # 7 working days in March, 21 in April and 20 in May with their make-up weekends, 10 in June.
            "late_days": 58,
        }
    ]
    assert (submission.number, submission.note, submission.receipt["agency"]["name"]) == (
        1,
        "首次提交",
        "甲咨询有限公司",
    )
    assert submission.receipt_hash == hashlib.sha256(receipts.canonical(submission.receipt)).hexdigest()
    assert (slots[K.PLAN].state, slots[K.PLAN].late_days, slots[K.PLAN].is_overdue) == (S.SUBMITTED, 58, True)
    assert [inbox(session, member.id) for member in (officer, supervisor, manager, unit)] == [
        ["deliverables_submitted"],
        ["deliverables_submitted"],
        [],
        [],
    ]
    with pytest.raises(WrongState):
        services.withdraw_version(agency, session, first, now=NOW)
    with pytest.raises(Invalid, match="deliverable_nothing_waiting"):
        services.submit(agency, session, engagement, now=NOW)

    # The bureau did not commission this, so it does not accept it either.
    with pytest.raises(Forbidden):
        services.decide(
            bureau_actor(engagement), session, slots[K.PLAN], Decision.ACCEPTED, "", seen_version=1, now=NOW
        )
    with pytest.raises(Invalid) as error:
        decide(session, engagement, slots[K.PLAN], Decision.RETURNED, " ")
    assert refusal(error) == {"reason": "required"}
    seen = slots[K.PLAN].version
    decide(session, engagement, slots[K.PLAN], Decision.RETURNED, "指标体系不完整")
    commissioner = commissioner_actor(session, engagement)
    with pytest.raises(Stale):
        services.decide(
            commissioner, session, slots[K.PLAN], Decision.ACCEPTED, "", seen_version=seen, now=NOW
        )
    third = make_version(session, engagement, slots[K.PLAN], now=NOW + timedelta(days=30))
    assert hand_in(session, engagement, now=NOW + timedelta(days=30)).number == 2
    # The first hand-in fixed the lateness.
    assert (slots[K.PLAN].late_days, slots[K.PLAN].first_submitted_at) == (58, NOW)
    decide(session, engagement, slots[K.PLAN], Decision.ACCEPTED, "")
    assert [(v.number, v.decision, v.decision_reason) for v in (first, second, third)] == [
        (1, Decision.RETURNED, "指标体系不完整"),
        (2, None, ""),
        (3, Decision.ACCEPTED, ""),
    ]
    assert inbox(session, manager.id) == ["deliverable_returned", "deliverable_accepted"]
    with pytest.raises(WrongState, match="deliverable_wrong_state"):
        make_version(session, engagement, slots[K.PLAN])
    assert told == [engagement.id] * 4
    assert [len(entries(session, f"deliverables.{event}")) for event in EVENTS] == [3, 1, 2, 1, 1]


EVENTS = (
    "version.uploaded",
    "version.withdrawn",
    "submission.handed_in",
    "deliverable.returned",
    "deliverable.accepted",
)


def content_of(session: Session, version: DeliverableVersion) -> StoredFile:
    return session.get_one(StoredFile, version.file_id)


def test_a_report_comes_with_everything_that_is_required(session: Session, world: World) -> None:
    engagement = make_engagement(session, world.bureau, world.agency, world.school)
    slots = make_slots(session, engagement)
    make_version(session, engagement, slots[K.PLAN])
    hand_in(session, engagement)
    report = make_version(session, engagement, slots[K.REPORT])
    with pytest.raises(Invalid) as error:
        hand_in(session, engagement)
    assert error.value.fields == {"note": ("deliverable_required_missing", {"kinds": [K.WORK_PAPERS]})}
    assert report.submission_id is None
    papers = make_version(session, engagement, slots[K.WORK_PAPERS])
    content_of(session, papers).scan_state = ScanState.INFECTED
    with pytest.raises(Invalid) as error:
        hand_in(session, engagement)
    assert error.value.fields == {"note": ("deliverable_infected", {"names": ["报告.pdf"]})}
    services.withdraw_version(agency_actor(engagement), session, papers, now=NOW)
    make_version(session, engagement, slots[K.WORK_PAPERS], name="底稿.zip")
    assert len(hand_in(session, engagement).receipt["files"]) == 2
    other = services.add_other(agency_actor(engagement), session, engagement, " 访谈记录 ", now=NOW)
    assert (other.kind, other.number, other.title) == (K.OTHER, 1, "访谈记录")
    with pytest.raises(Invalid) as error:
        services.add_other(agency_actor(engagement), session, engagement, "访谈记录", now=NOW)
    assert refusal(error) == {"title": "deliverable_title_taken"}
    make_version(session, engagement, other)
    assert hand_in(session, engagement).number == 3


def test_nobody_uploads_to_another_s_or_a_closed_engagement(session: Session, world: World) -> None:
    engagement = create(session, world)
    slots = slots_of(session, engagement)
    rival = replace(agency_actor(engagement), body_id=world.rival.id)
    with pytest.raises(NotVisible):
        services.check_can_upload(rival, session, slots[K.PLAN])
    with pytest.raises(NotVisible):
        services.add_version(rival, session, slots[K.PLAN], make_stored_row(session), "x.pdf", now=NOW)
    with pytest.raises(Forbidden):
        services.check_can_upload(world.lead, session, slots[K.PLAN])
    make_version(session, engagement, slots[K.PLAN])
    returned = slots[K.PLAN]
    hand_in(session, engagement)
    decide(session, engagement, returned, Decision.RETURNED)
    make_version(session, engagement, slots[K.WORK_PAPERS])
    engagements.complete_engagement(
        world.supervisor, session, engagement, date(2022, 6, 10), seen_version=engagement.version, now=NOW
    )
    agency = agency_actor(engagement)
    codes = {}
    for kind, slot in slots.items():
        try:
            services.check_can_upload(agency, session, slot)
            codes[kind] = "open"
        except WrongState as error:
            codes[kind] = error.code
    assert codes == {
        K.PLAN: "open",
        K.WORK_PAPERS: "deliverable_engagement_completed",
        K.DRAFT: "deliverable_engagement_completed",
        K.REPORT: "deliverable_engagement_completed",
        K.RECTIFICATION_REPORT: "open",
    }
    # What was uploaded before and not handed in stays the agency's own affair.
    with pytest.raises(Invalid, match="deliverable_nothing_waiting"):
        hand_in(session, engagement)
    engagements.reopen_engagement(
        world.supervisor, session, engagement, "误登记", seen_version=engagement.version, now=NOW
    )
    engagements.terminate_engagement(
        world.supervisor, session, engagement, "合同解除", seen_version=engagement.version, now=NOW
    )
    for call in (
        lambda: services.check_can_upload(agency, session, slots[K.RECTIFICATION_REPORT]),
        lambda: hand_in(session, engagement),
        lambda: services.add_other(agency, session, engagement, "补充", now=NOW),
    ):
        with pytest.raises(WrongState, match="deliverable_engagement_terminated"):
            call()
    clerical = create(session, world, is_clerical_only=True, work_kind=WorkKind.SELF_EVALUATION)
    with pytest.raises(Refused) as refused:
        services.check_can_upload(agency, session, slots_of(session, clerical)[K.REPORT])
    assert (refused.value.code, refused.value.provision) == (
        "deliverable_clerical_only",
        "CY6/negative_list",
    )


def test_clerical_help_hands_in_no_report_uploaded_before(session: Session, world: World) -> None:
    engagement = create(session, world)
    slots = slots_of(session, engagement)
    for kind in (K.PLAN, K.REPORT):
        make_version(session, engagement, slots[kind], name=f"{kind}.pdf")
    change(session, world, engagement, is_clerical_only=True)
    receipt = hand_in(session, engagement).receipt
    assert [line["kind"] for line in receipt["files"]] == ["plan"]


def test_a_report_waits_for_as_many_files_as_the_table_asks_for(session: Session, world: World) -> None:
    items = [Requirement(K.WORK_PAPERS, True, files=3), Requirement(K.REPORT, True)]
    data = services.TableData(WorkKind.EVALUATION, date(2022, 1, 1), "长财绩〔2022〕3号", items)
    wrong = replace(data, items=[Requirement(K.WORK_PAPERS, True, files=0)])
    with pytest.raises(Invalid) as error:
        services.enter_table(world.lead, session, wrong, now=NOW)
    assert refusal(error) == {"work_papers_files": "requirement_files"}
    table = services.enter_table(world.lead, session, data, now=NOW)
    # One file is what every table means that says nothing.
    assert [item.get("files") for item in table.items] == [3, None]
    engagement = create(session, world)
    slots = slots_of(session, engagement)
    make_version(session, engagement, slots[K.REPORT])
    for count in range(2):
        make_version(session, engagement, slots[K.WORK_PAPERS], name=f"底稿{count}.xlsx")
    with pytest.raises(Invalid) as error:
        hand_in(session, engagement)
    assert error.value.fields["note"] == ("deliverable_required_missing", {"kinds": [K.WORK_PAPERS]})
    third = make_version(session, engagement, slots[K.WORK_PAPERS], name="底稿3.xlsx")
    services.withdraw_version(agency_actor(engagement), session, third, now=NOW)
    assert services.waiting(session, engagement).missing == [K.WORK_PAPERS]
    make_version(session, engagement, slots[K.WORK_PAPERS], name="底稿4.xlsx")
    assert hand_in(session, engagement).number == 1
