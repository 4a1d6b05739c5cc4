"""Experts on one engagement: invited one by one, each with his own sheet, and what the year makes of them."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from agencyqa.assessments.enums import RoleMissing, RoundState
from agencyqa.assessments.forms.entry import Entry
from agencyqa.assessments.models import AnnualResult, AssessmentRound, ScoreSheet, ShareTable
from agencyqa.assessments.services.inviting import invite_experts
from agencyqa.assessments.services.publication import publish_round
from agencyqa.assessments.services.review import correct_sheet
from agencyqa.assessments.services.scoring import submit_sheet
from agencyqa.assessments.services.verification import verify_published
from agencyqa.auth.roles import Role
from agencyqa.clock import today
from agencyqa.errors import Forbidden, Invalid, Refused
from agencyqa.scoring import Panel, readd
from agencyqa.web.fields.found import MOST_OFFERED
from tests.client import Client
from tests.factories.accounts import NOW, body_of, make_member, make_observer, make_user, sign_in
from tests.factories.assessments import program_of_sheet
from tests.factories.rounds import make_round, score_of
from tests.integration.assessments.conftest import World, switch_to
from tests.integration.assessments.panels_world import Panelled, build_panelled


def test_each_expert_sees_and_fills_in_his_own_sheet_alone(world: World, client: Client) -> None:
    made = build_panelled(world)
    first, second = made.invite(0, 1)
    world.session.commit()
    assert [(each.seat, each.scorer_user_id) for each in (first, second)] == [
        (1, made.experts[0].user_id),
        (2, made.experts[1].user_id),
    ]
    ids = (first.id, second.id)
    sign_in(client, made.experts[0])
    assert client.get(f"/sheets/{ids[1]}").status_code == 404
    listed = client.get("/sheets/?view=all").text
    assert f'href="/sheets/{ids[0]}"' in listed
    assert f"/sheets/{ids[1]}" not in listed
    page = client.get(f"/sheets/{ids[0]}/edit")
    answer = client.submit(page, "sheet-form", **{"a-quality-value": "80"}, intent="submit")
    assert answer.status_code == 302
    made.finalise(first)
    world.session.commit()
    # Nor once it is final: what the others gave is not his to know.
    assert client.get(f"/sheets/{ids[1]}").status_code == 404
    for path in ("/engagements/", "/agencies/", "/results", "/rounds"):
        assert client.get(path).status_code == 403
    switch_to(client, world.observer)
    assert client.get(f"/sheets/{ids[0]}").status_code == 404


def test_no_expert_hands_in_the_sheet_of_another(world: World) -> None:
    made = build_panelled(world)
    sheet = made.invite(0)[0]
    program = program_of_sheet(world.session, sheet)
    for stranger in (made.actor(1), world.actor(world.observer), made.supervisor):
        with pytest.raises(Forbidden):
            submit_sheet(
                stranger,
                world.session,
                sheet,
                program,
                Entry(),
                seen_version=sheet.version,
                now=NOW,
            )


def test_who_is_invited_twice_keeps_his_seat(world: World) -> None:
    made = build_panelled(world)
    made.invite(1)
    assert [(each.seat, each.scorer_user_id) for each in made.invite(0, 1)] == [(2, made.experts[0].user_id)]


def test_only_experts_of_the_bureau_are_invited_and_only_where_they_have_a_share(world: World) -> None:
    made = build_panelled(world)
    session = world.session
    with pytest.raises(Invalid):
        invite_experts(made.supervisor, session, made.engagement, [world.officer.user_id], now=NOW)
    with pytest.raises(Forbidden):
        invite_experts(
            world.actor(world.neighbour_supervisor),
            session,
            made.engagement,
            [made.experts[0].user_id],
            now=NOW,
        )
    with pytest.raises(Refused) as refusal:
        invite_experts(made.supervisor, session, world.engagement, [made.experts[0].user_id], now=NOW)
    assert refusal.value.code == "no_expert_share"


def test_the_bureau_invites_on_the_page(world: World, client: Client) -> None:
    made = build_panelled(world)
    sign_in(client, world.supervisor)
    shown = client.get(f"/engagements/{made.engagement.id}").text
    assert f'href="/engagements/{made.engagement.id}/experts"' in shown
    page = client.get(f"/engagements/{made.engagement.id}/experts")
    assert "专家占比 50.00%" in client.page(page).text
    chosen = [str(each.user_id) for each in made.experts[:2]]
    answer = client.submit(page, "main-form", experts=chosen)
    assert answer.status_code == 302
    again = client.page(client.get(f"/engagements/{made.engagement.id}/experts")).text
    assert "专家甲 · 专家库" in again


def test_of_many_experts_the_bureau_finds_those_it_invites_by_a_part_of_the_name(
    world: World, client: Client
) -> None:
    made = build_panelled(world)
    session = made.world.session
    pool = body_of(session, made.experts[0])
    for number in range(MOST_OFFERED):
        user = make_user(session, display_name=f"评委{number:03}")
        made.experts.append(make_member(session, pool, Role.EXPERT, user))
    elsewhere = make_observer(session, world.neighbour, "邻区专家库")
    make_member(session, elsewhere, Role.EXPERT, make_user(session, display_name="评委999"))
    session.commit()
    ids = {name: made.experts[place].user_id for name, place in (("甲", 0), ("乙", 1), ("008", 11))}
    sign_in(client, world.supervisor)
    place, due_on = f"/engagements/{made.engagement.id}/experts", str(today() + timedelta(days=30))

    def offered(answer: TestResponse) -> list[tuple[str, bool]]:
        """The names in the list, and whether each is ticked."""
        boxes = re.findall(r'name="experts" value="\d+"( checked)?><label[^>]*>([^<（]*)', answer.text)
        return [(name, bool(ticked)) for ticked, name in boxes]

    page = client.get(place)
    assert offered(page) == []
    everybody = client.submit(page, "main-form", experts_part="专家库", find="experts")
    assert "含“专家库”的超过 200 项，请写得更完整。" in client.page(everybody).text
    found = client.submit(page, "main-form", experts_part="评委01", find="experts", due_on=due_on)
    assert sorted(offered(found)) == [(f"评委01{last}", False) for last in range(10)]
    chosen = [str(ids["甲"]), str(ids["乙"])]
    more = client.submit(found, "main-form", experts=chosen, experts_part="评委008", find="experts")
    assert offered(more) == [("专家甲", True), ("专家乙", True), ("评委008", True)]
    assert f'value="{due_on}"' in more.text
    nobody = client.submit(more, "main-form", experts=chosen, experts_part="评委999", find="experts")
    assert offered(nobody) == [("专家甲", True), ("专家乙", True)]
    assert "没有找到名称或编码含“评委999”的。" in client.page(nobody).text
    assert client.submit(more, "main-form", experts=[*chosen, str(ids["008"])]).status_code == 302
    invited = session.scalars(select(ScoreSheet.scorer_user_id).where(ScoreSheet.scorer_user_id.is_not(None)))
    assert set(invited) == set(ids.values())


def year_of(made: Panelled, points: tuple[int | None, ...]) -> tuple[AssessmentRound, AnnualResult]:
    made.score_bureau(90)
    sheets = made.invite(*range(len(points))) if points else []
    for number, (sheet, given) in enumerate(zip(sheets, points, strict=True)):
        if given is not None:
            made.give(sheet, number, given)
    found = make_round(made.world.session, made.supervisor)
    return found, made.world.session.scalars(select(AnnualResult)).one()


def test_the_mean_of_the_experts_counts_and_verifies(world: World, client: Client) -> None:
    made = build_panelled(world)
    found, result = year_of(made, (80, 70))
    assert (score_of(result), result.rank) == (Fraction(165, 2), 1)
    engagement = result.inputs["engagements"][0]
    assert readd(engagement["trace"]) == Fraction(165, 2)
    assert [each.get("seat") for each in engagement["sheets"]] == [None, 1, 2]
    publish_round(world.actor(world.lead), world.session, found, seen_version=found.version, now=NOW)
    world.session.commit()
    assert found.state is RoundState.PUBLISHED
    assert verify_published(world.session).differences == []
    sign_in(client, world.manager)
    page = client.page(client.get(f"/results/{result.id}/trace")).text
    assert "取各专家评分的平均值；至少 2 位；等待全部受邀专家评分" in page
    assert "专家 1" in page
    assert "专家甲" not in page


def test_highest_and_lowest_are_left_out_and_said_so(world: World, client: Client) -> None:
    made = build_panelled(world, Panel("trimmed_mean", 1, 3, "wait"))
    _, result = year_of(made, (100, 70, 20))
    assert score_of(result) == 80
    sign_in(client, world.supervisor)
    page = client.page(client.get(f"/engagements/{made.engagement.id}")).text
    assert "去掉最高、最低各 1 份后取平均值" in page


def test_a_missing_expert_is_waited_for_and_named_as_missing(world: World) -> None:
    made = build_panelled(world)
    _, result = year_of(made, (80, 70, None))
    assert (score_of(result), result.rank) == (None, None)
    assert [(each["role"], each["state"]) for each in result.missing] == [("expert", "draft")]


def test_a_missing_expert_is_left_out_as_the_table_says(world: World) -> None:
    made = build_panelled(world, Panel("mean", 1, 2, "leave_out"))
    _, result = year_of(made, (80, 70, None))
    assert (score_of(result), result.missing) == (Fraction(165, 2), [])
    seats = result.inputs["engagements"][0]["trace"]["roles"][1]["seats"]
    assert [each["state"] for each in seats] == ["counted", "counted", "missing"]


def test_a_role_without_sheets_is_carried_by_the_others_and_said_so(world: World, client: Client) -> None:
    made = build_panelled(world, role_missing=RoleMissing.REWEIGHT)
    found, result = year_of(made, ())
    assert score_of(result) == 90
    assert result.inputs["engagements"][0]["role_missing"] == "reweight"
    publish_round(world.actor(world.lead), world.session, found, seen_version=found.version, now=NOW)
    world.session.commit()
    assert verify_published(world.session).differences == []
    sign_in(client, world.manager)
    assert "缺少，其占比由其他角色承担" in client.page(client.get(f"/results/{result.id}")).text


def test_a_correction_keeps_the_seat_and_its_person(world: World) -> None:
    made = build_panelled(world)
    sheet = made.invite(2)[0]
    made.give(sheet, 2, 50)
    following = correct_sheet(made.supervisor, world.session, sheet, reason="再看", due_on=None, now=NOW)
    assert (following.seat, following.scorer_user_id, following.revision) == (1, made.experts[2].user_id, 2)
    assert following.answers == sheet.answers


def test_a_table_with_experts_needs_their_panel(world: World, client: Client) -> None:
    sign_in(client, world.lead)
    page = client.get("/score-tables/shares")
    fields = {
        "valid_from": "2023-01-01", "source": "办法", "bureau": "60", "expert": "40", "role_missing": "reweight",
    }  # fmt: skip
    refused = client.submit(page, "main-form", **fields)
    assert refused.status_code == 422
    small = client.submit(
        page, "main-form", **fields, panel_how="trimmed_mean", panel_least="2", panel_missing="wait"
    )
    assert "最少专家数须多于两端各去掉的份数之和" in client.page(small).text
    answer = client.submit(page, "main-form", **fields, panel_how="trimmed_mean", panel_missing="leave_out")
    assert answer.status_code == 302
    table = world.session.scalars(select(ShareTable).order_by(ShareTable.valid_from.desc()).limit(1)).one()
    assert table.role_missing is RoleMissing.REWEIGHT
    assert table.shares == [
        ["bureau", 3, 5],
        ["expert", 2, 5, {"how": "trimmed_mean", "least": 3, "missing": "leave_out", "trim": 1}],
    ]
    shown = client.page(client.get("/score-tables")).text
    assert "去掉最高、最低各 1 份后取平均值；至少 3 位；达到最少人数即可，未评分的专家不计" in shown
