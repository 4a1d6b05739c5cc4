"""What the register waits for, on the first page of the bureau that decides and of the agency that owes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from agencyqa.agencies import services
from agencyqa.agencies.models import SelfReport
from agencyqa.auth.actor import Actor
from agencyqa.clock import local_date
from agencyqa.measures.reckoning import reckon
from agencyqa.reports.dashboards.agency import agency_page
from agencyqa.reports.dashboards.agenda import agenda
from agencyqa.reports.dashboards.bureau import bureau_page
from agencyqa.reports.dashboards.tasks import Part, What
from tests.client import Client
from tests.factories.accounts import NOW, sign_in
from tests.factories.agencies import application_data, complete_application, profile_data
from tests.integration.reports.test_dashboards import LATER
from tests.integration.reports.world import World, world

__all__ = ["world"]


def test_applications_changes_and_reports_wait_on_the_page_of_their_bureau(
    world: World, client: Client
) -> None:
    own, session = world.own, world.own.session
    application, _ = services.begin_application(session, own.bureau.id, application_data(), now=NOW)
    # Begun and not handed in: nobody's turn but the applicant's.
    services.begin_application(session, own.bureau.id, application_data("未提交咨询有限公司"), now=NOW)
    complete_application(session, application)
    name = "申评咨询有限公司"
    manager, officer = own.actor(own.manager), own.actor(own.supervisor)
    wanted = replace(profile_data(name), address="愚园路 2 号")
    services.propose_change(
        manager, session, own.agency, own.bureau.id, wanted, effective_on=NOW.date(), reason="搬迁", now=NOW
    )
    services.open_report_year(
        officer, session, year=2021, opened_on=date(2022, 3, 1), working_days=20, now=NOW
    )
    report = session.scalars(select(SelfReport)).one()

    def own_tasks() -> list[tuple[What, str, date | None]]:
        return [(each.what, each.title, each.due_on) for each in agency_page(session, manager, LATER).tasks]

    def decisions(actor: Actor) -> list[tuple[What, str, str]]:
        found = agenda(session, actor, reckon(session, local_date(LATER)))[Part.DECIDE]
        return [(each.what, each.title, each.who) for each in found]

    owed = (What.OWN_REPORT, "2021 年度自查报告", date(2022, 3, 29))
    assert own_tasks() == [owed]

    waiting = [
        (What.APPLIED, application.name, application.name),
        (What.PROPOSAL, name, name),
    ]
    assert decisions(officer) == waiting
    assert bureau_page(session, officer, LATER).figures["applications"] == 1
    services.save_report(
        manager, session, report, services.ReportData("已自查", "独立", "无", True),
        is_submitted=True, seen_version=report.version, now=NOW,
    )  # fmt: skip
    assert own_tasks() == []
    assert decisions(officer) == [*waiting, (What.REPORT, "2021 年度自查报告", name)]
    for stranger in (world.other.supervisor, world.other.lead):
        assert decisions(own.actor(stranger)) == []
    links = (
        f"/agencies/applications/{application.id}",
        f"/agencies/{own.agency.id}#proposals",
        f"/agencies/{own.agency.id}#reports",
    )
    sign_in(client, own.supervisor)
    page = client.get("/").text
    assert [f'href="{link}"' in page for link in links] == [True] * 3
    for link in links:
        assert client.get(link).status_code == 200
