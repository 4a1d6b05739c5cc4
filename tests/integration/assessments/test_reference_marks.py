"""Points of the reference scheme say so wherever a figure made from them is shown or handed on."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from agencyqa.assessments.models import ScoreSheet
from agencyqa.assessments.services.assignments import assign_result
from agencyqa.clock import today
from agencyqa.measures.enums import Purpose
from tests.client import Client
from tests.factories.accounts import NOW, sign_in
from tests.factories.assessments import best_answers, program_of_sheet, submit
from tests.factories.measures import shipped_version
from tests.integration.assessments.conftest import World, switch_to
from tests.integration.assessments.years import Year, year

__all__ = ["year"]

MARK = "参考分值"


def test_on_every_page_of_a_sheet(client: Client, world: World) -> None:
    engagement = world.engage(world.engagement.contract_signed_on.replace(year=2022))
    sheet = world.sheets(engagement)[Purpose.BUREAU]
    sign_in(client, world.supervisor)
    assert MARK in client.page(client.get(f"/sheets/{sheet.id}/edit")).text
    submit(
        world.session,
        world.actor(world.supervisor),
        sheet,
        best_answers(program_of_sheet(world.session, sheet)),
    )
    engagement_id, sheet_id = engagement.id, sheet.id
    for address in (
        "/sheets/?view=all",
        f"/sheets/{sheet_id}",
        f"/sheets/{sheet_id}/trace",
        f"/engagements/{engagement_id}",
    ):
        assert MARK in client.page(client.get(address)).text, address
    assert client.get(f"/sheets/{sheet_id}/trace.json").get_json(force=True)["is_reference"] is True


@pytest.fixture
def reference_year(year: Year) -> Year:
    version = shipped_version(year.session, "reference-2021")
    year.session.execute(update(ScoreSheet).values(scheme_version_id=version.id))
    return year


def test_on_every_page_of_a_result(client: Client, reference_year: Year) -> None:
    made, world = reference_year, reference_year.world
    found = made.round()
    sign_in(client, world.lead)
    result = made.result(found, world.agency)
    round_id, result_id = found.id, result.id
    pages = ["/", "/results", f"/rounds/{round_id}", f"/results/{result_id}", f"/results/{result_id}/trace"]
    for address in (*pages, f"/rounds/{round_id}/publish"):
        assert MARK in client.page(client.get(address)).text, address
    made.publish(found)
    assign_result(
        made.supervisor, made.session, made.result(found, world.agency), department_id=world.department.id,
        valid_from=today(), valid_to=None, now=NOW,
    )  # fmt: skip
    seen = {
        world.manager: ["/", "/results", f"/results/{result_id}", f"/results/{result_id}/trace"],
        world.observer: ["/", "/results", f"/rounds/{round_id}", f"/results/{result_id}"],
        world.officer: ["/", "/results", f"/results/{result_id}"],
    }
    for person, addresses in seen.items():
        switch_to(client, person)
        for address in addresses:
            assert MARK in client.page(client.get(address)).text, (person.role, address)
        assert client.get(f"/results/{result_id}/trace.json").get_json(force=True)["is_reference"] is True


def test_not_where_no_reference_point_was_counted(client: Client, year: Year) -> None:
    found = year.round()
    sign_in(client, year.world.lead)
    round_id, result_id = found.id, year.result(found, year.world.agency).id
    for address in ("/", "/results", f"/rounds/{round_id}", f"/results/{result_id}"):
        assert MARK not in client.page(client.get(address)).text, address
