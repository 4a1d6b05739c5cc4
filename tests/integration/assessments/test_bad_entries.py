"""What a hurried, confused or hostile person sends with a sheet: a clear answer, nothing stored, no crash."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agencyqa.assessments.enums import SheetState
from agencyqa.assessments.models import ScoreSheet
from agencyqa.measures.enums import Purpose
from tests.client import Client
from tests.factories.accounts import sign_in
from tests.factories.assessments import JIADING_FORM
from tests.integration.assessments.conftest import World

FORM = "sheet-form"


def jiading(world: World) -> ScoreSheet:
    return world.sheets()[Purpose.EVALUATED_UNIT]


@pytest.fixture
def reference(world: World, client: Client) -> ScoreSheet:
    """The bureau's sheet of the reference scheme, with its scorer signed in."""
    engagement = world.engage(world.engagement.contract_signed_on.replace(year=2022))
    sheet = world.sheets(engagement)[Purpose.BUREAU]
    sign_in(client, world.supervisor)
    return sheet


@pytest.mark.parametrize(
    ("text", "units"), [("１４", 140_000), (" 14 ", 140_000), ("１４．５０", 145_000), ("14.0000", 140_000)]
)
def test_figures_as_people_type_them(client: Client, world: World, text: str, units: int) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    fields = {"a-team_ability-band": "strong", "a-team_ability-value": text}
    answer = client.submit(client.get(f"/sheets/{sheet.id}/edit"), FORM, **fields, intent="save")
    assert answer.status_code == 302
    assert sheet.answers == {"team_ability": {"band": "strong", "value": units}}


@pytest.mark.parametrize(
    "text",
    [
        "14.00001",
        "1e1",
        "1E1",
        "NaN",
        "Infinity",
        "-1",
        "－1",
        "1_4",
        "14,5",
        "14分",
        "٣",
        "9" * 5000,
        "15.0001",
    ],
)
def test_figures_that_are_none(client: Client, world: World, text: str) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    fields = {"a-team_ability-band": "strong", "a-team_ability-value": text}
    answer = client.submit(client.get(f"/sheets/{sheet.id}/edit"), FORM, **fields, intent="save")
    assert answer.status_code == 422
    assert client.page(answer).form(FORM).values["a-team_ability-band"] == ["strong"]
    assert client.page(answer).form(FORM).values["a-team_ability-value"] == [text]
    assert (sheet.answers, sheet.version) == ({}, 1)


@pytest.mark.parametrize(
    "text", ["1000000000", "10000000000000000000000", "-1", "1.5", "NaN", "1e3", "100000"]
)
def test_counts_that_are_none(client: Client, reference: ScoreSheet, text: str) -> None:
    page = client.get(f"/sheets/{reference.id}/edit")
    answer = client.submit(page, FORM, **{"a-accuracy-text_error": text}, intent="save")
    assert answer.status_code == 422
    assert client.page(answer).form(FORM).values["a-accuracy-text_error"] == [text]
    assert reference.answers == {}


def test_very_many_faults_take_the_item_to_zero(client: Client, reference: ScoreSheet) -> None:
    page = client.get(f"/sheets/{reference.id}/edit")
    counts = {"a-accuracy-text_error": "99999", "a-accuracy-sum_error": "９９９９９"}
    assert client.submit(page, FORM, **counts, intent="save").status_code == 302
    assert reference.answers["accuracy"] == {"text_error": 99_999, "sum_error": 99_999}
    data = client.get(f"/sheets/{reference.id}/trace.json").get_json(force=True)
    found = next(c for s in data["sections"] for c in s["criteria"] if c["key"] == "accuracy")
    assert (found["computed"], found["counted"]) == (0, 0)


@pytest.mark.parametrize(
    ("text", "status"), [("15.0001", 422), ("-0.1", 422), ("15", 302), ("0", 302), ("1e1", 422)]
)
def test_the_scorers_own_figure_stays_inside_the_item(
    client: Client, world: World, text: str, status: int
) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    fields = {**JIADING_FORM, "entered-team_ability": text, "reason-team_ability": "另有依据"}
    answer = client.submit(client.get(f"/sheets/{sheet.id}/edit"), FORM, **fields, intent="submit")
    assert answer.status_code == status
    assert (sheet.state is SheetState.SUBMITTED) == (status == 302)


def test_a_reason_without_end(client: Client, world: World) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    page = client.get(f"/sheets/{sheet.id}/edit")
    long = "理" * 5000
    answer = client.submit(page, FORM, **{**JIADING_FORM, "reason-communication": long}, intent="submit")
    assert answer.status_code == 422
    assert client.page(answer).form(FORM).values["reason-communication"] == [long]
    assert "5000" in client.page(answer).text
    huge = "x" * 1_048_576
    answer = client.submit(page, FORM, **{**JIADING_FORM, "reason-communication": huge}, intent="submit")
    assert answer.status_code in {413, 422}
    body = {"version": 1, "editing_key": "k", "fields": {"reason-communication": huge}}
    answer = client.post(f"/sheets/{sheet.id}/draft", json=body, headers={"Accept": "application/json"})
    assert answer.status_code in {200, 413, 422}
    assert (sheet.state, sheet.reasons) == (SheetState.DRAFT, {})


@pytest.mark.parametrize(
    "name", ["a-no_such_item-value", "entered-no_such_item", "reason-no_such_item", "a-cover-missing_element"]
)
def test_fields_of_another_scheme_are_not_dropped_in_silence(client: Client, world: World, name: str) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    page = client.get(f"/sheets/{sheet.id}/edit")
    answer = client.submit(page, FORM, **{**JIADING_FORM, name: "3"}, intent="save")
    assert answer.status_code == 422
    shown = client.page(answer)
    assert "本方案没有的项目" in shown.text
    assert shown.form(FORM).values["a-report_data-value"] == ["23"]
    assert (sheet.answers, sheet.version) == ({}, 1)
    body = {"version": 1, "editing_key": "k", "fields": {"a-team_stability-met": "yes", name: "3"}}
    answer = client.post(f"/sheets/{sheet.id}/draft", json=body, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert answer.get_json()["error"]["code"] == "sheet_unknown_fields"
    assert sheet.answers == {}


@pytest.mark.parametrize("text", ["有\x00字", "有\ud800字"])
def test_characters_no_database_can_hold(client: Client, world: World, text: str) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    body = {"version": 1, "editing_key": "k" + text, "fields": {"reason-communication": text}}
    answer = client.post(
        f"/sheets/{sheet.id}/draft",
        data=json.dumps(body),
        content_type="application/json",
        headers={"Accept": "application/json"},
    )
    assert answer.status_code in {200, 422}
    assert sheet.reasons in ({}, {"communication": "有字"})
    assert client.get(f"/sheets/{sheet.id}/edit").status_code == 200


def test_two_people_of_one_office_on_one_sheet(client: Client, world: World, new_client: Any) -> None:
    """The second one's autosave is refused, and what the first one saved stays."""
    from agencyqa.auth.roles import Role
    from tests.factories.accounts import make_member

    sheet = jiading(world)
    colleague = make_member(world.session, world.department, Role.DEPARTMENT_OFFICER)
    other = new_client()
    sign_in(client, world.officer)
    sign_in(other, colleague)

    def save(who: Client, version: int, value: str) -> Any:
        body = {"version": version, "editing_key": "k", "fields": {"a-team_stability-met": value}}
        return who.post(f"/sheets/{sheet.id}/draft", json=body, headers={"Accept": "application/json"})

    assert save(client, 1, "yes").status_code == 200
    assert save(other, 1, "no").status_code == 409
    assert sheet.answers == {"team_stability": {"met": True}}
    assert save(other, 2, "no").status_code == 200
    assert save(client, 2, "yes").status_code == 409
    assert sheet.answers == {"team_stability": {"met": False}}


@pytest.mark.parametrize("version", ["", "0", "-1", "1.0", "x", "９", "99999999999999999999"])
def test_a_page_without_a_readable_version_is_stale(client: Client, world: World, version: str) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    page = client.get(f"/sheets/{sheet.id}/edit")
    answer = client.submit(page, FORM, **JIADING_FORM, version=version, intent="submit")
    assert answer.status_code == 409
    assert client.page(answer).form(FORM).values["a-report_data-value"] == ["23"]
    assert sheet.answers == {}


@pytest.mark.parametrize("version", [True, "1", None, 1.0, -1, 10**30])
def test_an_autosave_without_a_readable_version_is_stale(
    client: Client, world: World, version: object
) -> None:
    sheet = jiading(world)
    sign_in(client, world.officer)
    body = {"version": version, "editing_key": "k", "fields": {"a-team_stability-met": "yes"}}
    answer = client.post(f"/sheets/{sheet.id}/draft", json=body, headers={"Accept": "application/json"})
    assert answer.status_code == 409
    assert sheet.answers == {}
