"""Where there are more objects than anybody reads in a list, the form finds one by a part of its name or code."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from agencyqa.auth.roles import Role
from agencyqa.engagements.models import Engagement
from agencyqa.objects.models import EvaluationObject
from agencyqa.web.fields.found import MOST_OFFERED
from tests.client import Client
from tests.factories.accounts import make_member, sign_in
from tests.factories.objects import make_object
from tests.integration.engagements.test_pages import typed
from tests.integration.engagements.world import World, make_world


@pytest.fixture
def world(session: Session, client: Client) -> World:
    """The one object of the bureau has very many neighbours; another district has some of the same name."""
    world = make_world(session)
    like = {
        column.name: getattr(world.thing, column.name)
        for column in EvaluationObject.__table__.c
        if column.name != "id"
    }
    rows = [
        {**like, "code": f"KL-{number:03}", "name": f"康复训练{number:03}"} for number in range(MOST_OFFERED)
    ]
    session.execute(insert(EvaluationObject), rows)
    make_object(session, world.foreign_bureau, world.foreign_department, "康复训练外区", code="KL-900")
    sign_in(client, make_member(session, world.bureau, Role.BUREAU_SUPERVISOR))
    return world


def test_an_object_is_found_and_everything_typed_stays(
    client: Client, session: Session, world: World
) -> None:
    page = client.get("/engagements/new")
    assert "康复训练" not in page.text
    values = {**typed(world), "object_id": ""}
    several = client.submit(page, "main-form", **values, object_id_part="训练00", find="object_id")
    form = client.page(several).form("main-form")
    assert several.status_code == 200
    assert several.text.count("康复训练00") == 10
    assert [form.value(name) for name in ("fee", "contract_number", "object_id_part", "object_id")] == [
        "80,000.50",
        "长财绩〔2022〕8号",
        "训练00",
        "",
    ]
    unsettled = client.submit(several, "main-form")
    assert (unsettled.status_code, "有 10 项含“训练00”" in unsettled.text) == (422, True)
    chosen = session.scalars(select(EvaluationObject.id).where(EvaluationObject.code == "KL-007")).one()
    saved = client.submit(several, "main-form", object_id=str(chosen))
    engagement = session.scalars(select(Engagement)).one()
    assert (saved.status_code, engagement.object_id) == (302, chosen)
    # Its own object is what the form shows when it is opened again.
    edit = client.page(client.get(f"/engagements/{engagement.id}/edit")).form("main-form")
    assert edit.value("object_id") == str(chosen)


def test_the_only_match_is_taken_at_once(client: Client, session: Session, world: World) -> None:
    page = client.get("/engagements/new")
    saved = client.submit(page, "main-form", **{**typed(world), "object_id": ""}, object_id_part="kl-123")
    name = select(EvaluationObject.name).join(Engagement, Engagement.object_id == EvaluationObject.id)
    assert (saved.status_code, session.scalars(name).all()) == (302, ["康复训练123"])


def test_nothing_of_another_bureau_is_found_or_taken(client: Client, session: Session, world: World) -> None:
    page = client.get("/engagements/new")
    for part in ("外区", "KL-900"):
        found = client.submit(
            page, "main-form", **{**typed(world), "object_id": ""}, object_id_part=part, find="object_id"
        )
        assert (found.status_code, f"没有找到名称或编码含“{part}”的。" in found.text) == (422, True)
        assert "康复训练外区" not in found.text
    for more in ({}, {"object_id_part": "养老"}):
        values = {**typed(world), "object_id": str(world.foreign_thing.id), **more}
        answer = client.submit(page, "main-form", **values)
        assert (answer.status_code, "养老服务项目" in answer.text) == (422, False)
    other = client.page(client.get(f"/engagements/new?object_id={world.foreign_thing.id}")).form("main-form")
    assert other.value("object_id") == ""
    given = client.page(client.get(f"/engagements/new?object_id={world.thing.id}")).form("main-form")
    assert given.value("object_id") == str(world.thing.id)
    assert session.scalars(select(Engagement)).all() == []
