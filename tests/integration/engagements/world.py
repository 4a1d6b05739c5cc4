"""Two districts below one municipality, each with departments and agencies: enough for something to leak."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.models import Agency
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.engagements import services
from agencyqa.engagements.data import data_of
from agencyqa.engagements.models import Engagement
from agencyqa.objects.models import EvaluationObject
from tests.factories.accounts import NOW, make_actor, make_bureau, make_department
from tests.factories.agencies import make_agency, make_evaluator
from tests.factories.engagements import engagement_data
from tests.factories.measures import load_measures
from tests.factories.objects import make_object
from tests.kept import kept


@dataclass(frozen=True)
class World:
    """``thing`` is the object of ``education``; ``school`` is a unit below it. ``foreign`` stands for district B."""

    city: Body
    bureau: Body
    education: Body
    school: Body
    health: Body
    agency: Agency
    rival: Agency
    thing: EvaluationObject
    foreign_bureau: Body
    foreign_department: Body
    foreign_agency: Agency
    foreign_thing: EvaluationObject
    supervisor: Actor
    lead: Actor


@kept
def make_world(session: Session) -> World:
    load_measures(session)
    city = make_bureau(session, "市财政局")
    bureau = make_bureau(session, "长宁区财政局", parent=city)
    education = make_department(session, bureau, "区教育局")
    foreign_bureau = make_bureau(session, "乙区财政局", parent=city)
    foreign_department = make_department(session, foreign_bureau, "乙区民政局")
    return World(
        city=city,
        bureau=bureau,
        education=education,
        school=make_department(session, bureau, "第一小学", parent=education),
        health=make_department(session, bureau, "区卫生健康委"),
        agency=make_agency(session, bureau, "甲咨询有限公司"),
        rival=make_agency(session, bureau, "乙会计师事务所"),
        thing=make_object(session, bureau, education),
        foreign_bureau=foreign_bureau,
        foreign_department=foreign_department,
        foreign_agency=make_agency(session, foreign_bureau, "丙资产评估有限公司"),
        foreign_thing=make_object(session, foreign_bureau, foreign_department, "养老服务项目"),
        supervisor=make_actor(session, bureau, Role.BUREAU_SUPERVISOR),
        lead=make_actor(session, bureau, Role.BUREAU_LEAD),
    )


def appoint(
    session: Session,
    bureau: Body,
    agency: Agency,
    name: str = "王主评",
    valid_from: date = date(2021, 1, 1),
    valid_to: date | None = None,
) -> int:
    """The number of a principal evaluator of the agency."""
    return make_evaluator(session, bureau, agency, name, valid_from=valid_from, valid_to=valid_to).person_id


def create(session: Session, world: World, **changes: Any) -> Engagement:
    data = engagement_data(world.thing, world.bureau, world.school, world.agency, **changes)
    return services.create_engagement(world.supervisor, session, data, now=NOW)


def change(session: Session, world: World, engagement: Engagement, **changes: Any) -> None:
    services.change_engagement(
        world.supervisor,
        session,
        engagement,
        replace(data_of(engagement), **changes),
        seen_version=engagement.version,
        now=NOW,
    )


def events(session: Session, engagement: Engagement) -> list[str]:
    # Entries are written when their transaction ends.
    session.commit()
    statement = select(AuditEntry.event).where(
        AuditEntry.target_type == "engagements", AuditEntry.target_id == engagement.id
    )
    return list(session.scalars(statement.order_by(AuditEntry.id)))


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """What is sent to the database inside, transaction control left out."""
    sent: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
            sent.append(statement)

    engine = session.get_bind().engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
