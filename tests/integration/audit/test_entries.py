"""The page of the log: who reads which entries, the readable difference, the filters, the command."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.audit import queries
from agencyqa.audit.ddl import APPEND_ONLY_DOWN
from agencyqa.audit.events import register_events
from agencyqa.audit.jobs import ChainBroken, verify_chain
from agencyqa.audit.models import AuditEntry
from agencyqa.audit.queries import EntryFilter, entry_rows
from agencyqa.audit.reading import shown
from agencyqa.audit.record import record, record_refusal
from agencyqa.audit.wording import register_choices
from agencyqa.auth.actor import Actor, system_actor
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.errors import AgencyQAError
from agencyqa.extensions import db
from agencyqa.web.labels import label_of
from agencyqa.web.tables import paginate
from tests.client import Client
from tests.factories.accounts import (
    NOW,
    make_actor,
    make_agency_body,
    make_bureau,
    make_department,
    make_member,
    make_observer,
    sign_in,
)

SCORED = "assessments.sheet.test_scored"
REFUSED = "assessments.sheet.test_refused"
register_events(
    {SCORED: "测试评分", REFUSED: "测试拒绝"}, targets={"bodies": "单位"}, fields={"total_points": "总分"}
)


def notes(session: Session, actor: Actor, wanted: EntryFilter | None = None) -> list[str]:
    rows = session.execute(entry_rows(actor, wanted or EntryFilter()).order_by(AuditEntry.sequence))
    details = [json.loads(row.detail) for row in rows]
    return [detail["note"] for detail in details if "note" in detail]


@pytest.fixture
def city(session: Session) -> Body:
    return make_bureau(session, "市财政局")


@pytest.fixture
def district(session: Session, city: Body) -> Body:
    return make_bureau(session, "甲区财政局", parent=city)


@pytest.fixture
def other(session: Session, city: Body) -> Body:
    return make_bureau(session, "乙区财政局", parent=city)


@pytest.fixture
def log(session: Session, city: Body, district: Body, other: Body) -> None:
    """One entry of each kind for the city, both districts and for no bureau."""
    officer = system_actor("经办人")
    for name, bureau in (("city", city), ("district", district), ("other", other), ("none", None)):
        bureau_id = bureau.id if bureau else None
        target = bureau or city
        record(session, officer, SCORED, target, now=NOW, bureau_id=bureau_id, note=f"score {name}")
        record(
            session,
            officer,
            "accounts.body.created",
            target,
            now=NOW,
            bureau_id=bureau_id,
            note=f"body {name}",
        )
        refused = Actor(None, "被拒者", None, None, None, None, bureau_id=bureau_id)
        record_refusal(session, refused, SCORED, now=NOW, note=f"refused {name}")
    session.commit()


@pytest.mark.usefixtures("log")
def test_an_officer_reads_the_entries_of_the_own_bureau_and_its_districts(
    session: Session, city: Body, district: Body
) -> None:
    own = ["score district", "body district", "refused district"]
    for role in (Role.BUREAU_SUPERVISOR, Role.BUREAU_LEAD):
        assert notes(session, make_actor(session, district, role)) == own
        assert notes(session, make_actor(session, city, role)) == [
            f"{kind} {name}"
            for name in ("city", "district", "other")
            for kind in ("score", "body", "refused")
        ]


@pytest.mark.usefixtures("log")
def test_the_administrator_reads_accounts_and_refusals_and_no_score(session: Session, district: Body) -> None:
    administrator = make_actor(session, district, Role.SYSTEM_ADMINISTRATOR)
    assert notes(session, administrator) == ["body district", "refused district", "body none", "refused none"]


@pytest.mark.usefixtures("log")
def test_nobody_else_reads_anything(session: Session, city: Body) -> None:
    others = [
        make_actor(session, make_department(session, city), Role.DEPARTMENT_OFFICER),
        make_actor(session, make_agency_body(session), Role.AGENCY_MANAGER),
        make_actor(session, make_observer(session, city), Role.OBSERVER),
        system_actor("jobs"),
    ]
    assert [notes(session, actor) for actor in others] == [[], [], [], []]


@pytest.mark.usefixtures("log")
def test_the_page_hides_figures_of_scores_from_the_administrator(
    client: Client, session: Session, district: Body
) -> None:
    record_refusal(session, None, SCORED, now=NOW, total_points=876_543)
    membership = make_member(session, district, Role.SYSTEM_ADMINISTRATOR)
    session.commit()
    sign_in(client, membership)
    text = client.page(client.get("/audit/")).text
    assert "87.6543" not in text
    assert "876543" not in text
    assert "refused none" not in text
    assert "内容不对系统管理员显示" in text
    assert "body none" in text


@pytest.mark.usefixtures("log")
def test_what_the_officer_has_read_stays_hidden_from_the_administrator(
    new_client: Callable[[], Client], session: Session, city: Body
) -> None:
    """Both see the row of a refusal; its words, which are kept for the next reader, are not the same."""
    refused = Actor(None, "被拒者", None, None, None, None, bureau_id=city.id)
    record_refusal(session, refused, SCORED, now=NOW, total_points=876_543)
    people = [make_member(session, city, role) for role in (Role.BUREAU_LEAD, Role.SYSTEM_ADMINISTRATOR)]
    session.commit()
    found = []
    for person in people * 2:
        client = new_client()
        sign_in(client, person)
        text = client.page(client.get("/audit/?refused_only=y")).text
        found.append(("87.6543" in text, "内容不对系统管理员显示" in text))
    assert found == [(True, False), (False, True)] * 2


def test_an_entry_that_is_tampered_with_is_shown_as_it_stands(
    client: Client, session: Session, city: Body
) -> None:
    """Its number and hash stay; what was drawn of it before must not cover it."""
    record(session, system_actor("经办人"), SCORED, city, now=NOW, bureau_id=city.id, note="原来的")
    lead = make_member(session, city, Role.BUREAU_LEAD)
    session.commit()
    sign_in(client, lead)
    assert "原来的" in client.page(client.get("/audit/")).text
    for statement in APPEND_ONLY_DOWN[session.get_bind().dialect.name]:
        session.execute(sa.text(statement))
    session.execute(sa.update(AuditEntry).where(AuditEntry.event == SCORED).values(detail={"note": "改过的"}))
    session.commit()
    text = client.page(client.get("/audit/")).text
    assert ("原来的" in text, "改过的" in text) == (False, True)


def test_a_difference_is_shown_in_the_readers_words(client: Client, session: Session, district: Body) -> None:
    record(
        session,
        system_actor("张三"),
        SCORED,
        district,
        now=NOW,
        bureau_id=district.id,
        changes={"total_points": (234_000, 240_000), "name": (None, "<b>新</b>"), "on": (NOW.date(), True)},
        reason="复核",
    )
    membership = make_member(session, district, Role.BUREAU_SUPERVISOR)
    sign_in(client, membership)
    page = client.page(client.get("/audit/"))
    for text in (
        "总分： 23.4 → 24",
        "名称： — → <b>新</b>",
        "on： 2022-06-15 → 是",
        "理由：复核",
        "测试评分",
        f"单位 #{district.id}",
    ):
        assert text in page.text


def test_choices_and_the_system_are_told_by_their_names(
    client: Client, session: Session, district: Body
) -> None:
    """In changes, in facts that are columns of the table, and in facts that are none."""
    kinds = {"kind": (BodyKind.DEPARTMENT, BodyKind.BUREAU), "name": (BodyKind.DEPARTMENT, "bureau")}
    for name in ("jobs", "无名氏"):
        actor = system_actor(name)
        record(session, actor, SCORED, district, now=NOW, bureau_id=district.id, changes=kinds)
    record(session, actor, SCORED, district, now=NOW, bureau_id=district.id, kind="observer", way=["gone"])
    register_choices("bodies", way=BodyKind)
    record(
        session, actor, SCORED, district, now=NOW, bureau_id=district.id, way=["agency", "gone", "observer"]
    )
    sign_in(client, make_member(session, district, Role.BUREAU_SUPERVISOR))
    rows = client.page(client.get("/audit/?event=" + SCORED)).text
    found = rows[rows.rindex("哈希") :]
    assert found.count("系统（定时任务）") == 1
    assert "jobs" not in found
    assert found.count("无名氏") == 3
    assert found.count(f"类型： {label_of(BodyKind.DEPARTMENT)} → {label_of(BodyKind.BUREAU)}") == 2
    # A name that happens to be one of the codes stays a name.
    assert found.count("名称： department → bureau") == 2
    assert f"类型：{label_of(BodyKind.OBSERVER)}" in found
    assert f"签署方式：{label_of(BodyKind.AGENCY)}、gone、{label_of(BodyKind.OBSERVER)}" in found


def test_the_page_is_closed_to_other_roles(client: Client, session: Session, city: Body) -> None:
    sign_in(client, make_member(session, make_department(session, city), Role.DEPARTMENT_OFFICER))
    assert client.get("/audit/").status_code == HTTPStatus.FORBIDDEN


def test_pages_follow_each_other_without_gap(app: Flask, session: Session, city: Body) -> None:
    actor = make_actor(session, city, Role.BUREAU_LEAD)
    for number in range(7):
        record(session, actor, SCORED, city, now=NOW, bureau_id=city.id, note=str(number))
    session.commit()
    with app.app_context():
        arguments: dict[str, str] = {}
        seen: list[list[str]] = []
        for _ in range(3):
            page = paginate(
                session, entry_rows(actor, EntryFilter(event=SCORED)), queries.ORDER, arguments, size=3
            )
            seen.append([json.loads(row.detail)["note"] for row in page.rows])
            arguments = {"cursor": page.next_cursor or ""}
    assert seen == [["6", "5", "4"], ["3", "2", "1"], ["0"]]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (EntryFilter(event=SCORED), ["first", "late"]),
        (EntryFilter(actor_name="%"), ["percent"]),
        (EntryFilter(actor_name="四"), ["late"]),
        (EntryFilter(target_type="bodies"), ["first", "percent", "late"]),
        (EntryFilter(target_type="request", refused_only=True), ["refused"]),
        (EntryFilter(first_day=(NOW + timedelta(days=1)).date()), ["late"]),
        (EntryFilter(last_day=NOW.date()), ["first", "percent", "refused"]),
        (EntryFilter(target_id=2**40), []),
    ],
)
def test_each_condition_narrows_the_list(
    session: Session, city: Body, wanted: EntryFilter, expected: list[str]
) -> None:
    record(session, system_actor("张三"), SCORED, city, now=NOW, bureau_id=city.id, note="first")
    record(
        session,
        system_actor("100%"),
        "accounts.body.created",
        city,
        now=NOW,
        bureau_id=city.id,
        note="percent",
    )
    who = Actor(None, "王五", None, None, None, None, bureau_id=city.id)
    record_refusal(session, who, REFUSED, now=NOW, note="refused")
    # 16:00 UTC is midnight in Shanghai: the next day begins.
    midnight = NOW.replace(hour=16, minute=0)
    record(session, system_actor("李四"), SCORED, city, now=midnight, bureau_id=city.id, note="late")
    session.commit()
    actor = make_actor(session, city, Role.BUREAU_SUPERVISOR)
    assert notes(session, actor, wanted) == expected


def test_odd_conditions_in_the_address_do_no_harm(client: Client, session: Session, city: Body) -> None:
    sign_in(client, make_member(session, city, Role.BUREAU_SUPERVISOR))
    for query in (
        "event=nothing.at.all",
        "target_id=-3",
        "target_id=x",
        "first_day=0001-01-01",
        "last_day=9999-12-31",
    ):
        assert client.get(f"/audit/?{query}&cursor=abc").status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("fee_fen", 1_234_567, "12,345.67"),
        ("total_points", -5000, "-0.5"),
        ("list", ["a", None, False], "a、—、否"),
        ("list", [], "—"),
        ("map", {"reason": "x", "n": 1}, "理由：x；n：1"),
        ("text", "长" * 400, "长" * 299 + "…"),
    ],
)
def test_stored_values_are_readable(app: Flask, name: str, value: Any, text: str) -> None:
    with app.test_request_context():
        assert shown(name, value) == text


# ------------------------------------------------------------------------------------------------ command and job


def written(session: Session, body: Body, number: int) -> None:
    for _ in range(number):
        record(session, system_actor("测试"), SCORED, body, now=NOW)
    session.commit()


def test_the_command_says_what_holds_and_takes_its_own_anchor(real_app: Flask) -> None:
    with real_app.app_context():
        written(db.session(), make_bureau(db.session()), 3)
    run = real_app.test_cli_runner().invoke
    first = run(args=["audit", "verify"])
    assert (first.exit_code, first.output.splitlines()[0]) == (0, "OK: 3 entries hold.")
    anchor = first.output.splitlines()[1].removeprefix("Anchor: ")
    assert run(args=["audit", "verify", "--anchor", anchor]).exit_code == 0
    wrong = run(args=["audit", "verify", "--anchor", f"2:{'0' * 64}"])
    assert (
        wrong.exit_code,
        "BROKEN at entry 2: the entry is not the one that was noted." in wrong.output,
    ) == (1, True)
    assert run(args=["audit", "verify", "--anchor", "nonsense"]).exit_code == 2


def test_the_command_and_the_job_name_the_break(real_app: Flask) -> None:
    with real_app.app_context():
        session = db.session()
        written(session, make_bureau(session), 3)
        assert verify_chain(session, NOW) == 3
        for statement in APPEND_ONLY_DOWN[session.connection().dialect.name]:
            session.execute(sa.text(statement))
        session.execute(sa.delete(AuditEntry).where(AuditEntry.sequence == 2))
        session.commit()
        with pytest.raises(ChainBroken) as error:
            verify_chain(session, NOW)
    assert isinstance(error.value, AgencyQAError)
    assert (error.value.code, error.value.params) == ("audit_chain_missing", {"sequence": 2, "entries": 1})
    done = real_app.test_cli_runner().invoke(args=["audit", "verify"])
    assert (done.exit_code, "BROKEN at entry 2: the entry is missing." in done.output) == (1, True)
