"""The calendar of working days: read by everybody, entered by the bureaus, with what was there before kept."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.measures.models import WorkdayChange, WorkdayYear
from agencyqa.measures.workdays import Due, built_in_years, working_calendar
from tests.client import Client
from tests.factories.accounts import make_bureau, make_department, make_member, make_observer, sign_in

YEAR = max(built_in_years()) + 1
PAGE = f"/measures/workdays?year={YEAR}"


def test_a_bureau_enters_a_year_day_by_day_and_declares_it_complete(client: Client, session: Session) -> None:
    bureau = make_bureau(session)
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    assert "暂定" in client.get(PAGE).text
    form = client.get(f"/measures/workdays/enter?year={YEAR}")
    source = "国办发明电〔某年〕1号"
    wrong = client.submit(
        form,
        "/enter",
        first=f"{YEAR}-05-05",
        last=f"{YEAR}-05-01",
        nature="day_off",
        name="劳动节",
        source=source,
    )
    assert (wrong.status_code, "截止日期不得早于起始日期" in wrong.text) == (422, True)
    for first, last, nature, name in (
        (f"{YEAR}-05-01", f"{YEAR}-05-05", "day_off", "劳动节"),
        (f"{YEAR}-05-05", "", "working", "更正：当日上班"),
    ):
        saved = client.submit(form, "/enter", first=first, last=last, nature=nature, name=name, source=source)
        assert (saved.status_code, saved.location) == (HTTPStatus.FOUND, PAGE)
    same = client.submit(
        form, "/enter", first=f"{YEAR}-05-05", nature="working", name="更正：当日上班", source=source
    )
    assert same.status_code == 422
    calendar = working_calendar(session)
    # The correction holds; the first entry stays in the table.
    assert [calendar.is_working(date(YEAR, 5, day)) for day in (3, 4, 5)] == [False, False, True]
    days = list(session.scalars(select(WorkdayChange.day).order_by(WorkdayChange.id)))
    assert days == [date(YEAR, 5, day) for day in (1, 2, 3, 4, 5, 5)]
    assert calendar.add(date(YEAR, 4, 30), 1) == Due(date(YEAR, 5, 5), True)
    declared = client.submit(client.get(f"/measures/workdays/declare?year={YEAR}"), "/declare", source=source)
    assert declared.location == PAGE
    assert working_calendar(session).add(date(YEAR, 4, 30), 1) == Due(date(YEAR, 5, 5), False)
    again = client.submit(client.get(f"/measures/workdays/declare?year={YEAR}"), "/declare", source=source)
    assert (again.status_code, session.scalar(select(WorkdayYear.year))) == (422, YEAR)
    shown = client.get(PAGE).text
    assert ("暂定" in shown, source in shown, "更正：当日上班" in shown) == (False, True, True)
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.event.startswith("measures.workday")).order_by(AuditEntry.id)
    ).all()
    assert [entry.event.rpartition(".")[2] for entry in entries] == ["changed"] * 6 + ["year_declared"]
    assert {entry.bureau_id for entry in entries} == {bureau.id}


def test_everybody_reads_the_calendar_and_only_bureaus_write_it(client: Client, session: Session) -> None:
    bureau = make_bureau(session)
    members = {
        "department": make_member(session, make_department(session, bureau), Role.DEPARTMENT_OFFICER),
        "observer": make_member(session, make_observer(session, bureau), Role.OBSERVER),
        "administrator": make_member(session, bureau, Role.SYSTEM_ADMINISTRATOR),
    }
    for member in members.values():
        sign_in(client, member)
        page = client.get("/measures/workdays?year=2022")
        assert (page.status_code, "春节" in page.text, "录入放假或调休" in page.text) == (200, True, False)
        # What is no year shows the present one.
        assert client.get("/measures/workdays?year=99999").status_code == HTTPStatus.OK
        answers = [client.get(f"/measures/workdays/{name}").status_code for name in ("enter", "declare")]
        assert answers == [HTTPStatus.FORBIDDEN] * 2
        client.post("/sign-out")
