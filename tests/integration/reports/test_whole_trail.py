"""The story of one engagement from all areas: each has its part, and no line leads where its reader may not go."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.auth.actor import Actor
from agencyqa.auth.roles import Role
from agencyqa.engagements.hooks import trail_sources
from agencyqa.engagements.models import Engagement
from agencyqa.engagements.trail import TrailLine, trail_of
from agencyqa.inspections.enums import FindingState
from agencyqa.notifications.visibility import may_see
from tests.factories.accounts import make_member
from tests.factories.deliverables import make_handed_in
from tests.factories.evaluations import make_record
from tests.factories.inspections import make_finding, make_spot_check
from tests.factories.orders import make_order
from tests.integration.reports.world import World, world

__all__ = ["world"]

AREAS = (
    "engagements.trail",
    "deliverables",
    "inspections.trail",
    "order_panels",
    "evaluations",
    "assessments",
)


def told_by(session: Session, actor: Actor, engagement: Engagement) -> dict[str, int]:
    """How many lines each source has for this reader."""
    return {source.__module__: len(list(source(session, actor, engagement))) for source in trail_sources}


def areas(counts: dict[str, int]) -> list[str]:
    return [area for area in AREAS if any(area in module and number for module, number in counts.items())]


def hidden(session: Session, actor: Actor, engagement: Engagement) -> Iterable[str]:
    """Lines whose page this reader could not open."""
    for source in trail_sources:
        for entry in source(session, actor, engagement):
            if entry.endpoint and not may_see(session, actor, entry.endpoint, entry.endpoint_values):
                yield f"{source.__module__} {entry.code} {entry.endpoint}"


def test_every_area_has_its_part_and_nothing_leaks(app: Flask, world: World) -> None:
    own, session = world.own, world.own.session
    engagement = own.engage("项目一", commissioner=own.department)
    make_handed_in(session, engagement)
    own.score(engagement)
    check = make_spot_check(session, session.get_one(Body, own.bureau.id), own.agency, engagement)
    draft = make_finding(session, check, state=FindingState.DRAFT)
    make_order(session, check, [make_finding(session, check, state=FindingState.FINAL)])
    make_record(session, engagement)
    rival = make_member(session, session.get_one(Body, world.other.agency.id), Role.AGENCY_MANAGER)
    session.commit()
    lead, manager, officer = (own.actor(each) for each in (own.lead, own.manager, own.officer))
    assert areas(told_by(session, lead, engagement)) == list(AREAS)
    # Sheets that were not published, and what the bureau writes before it tells, are nobody else's.
    assert "assessments" not in areas(told_by(session, manager, engagement))
    assert {"inspections.trail", "order_panels"}.isdisjoint(areas(told_by(session, officer, engagement)))
    for actor in (lead, manager, officer):
        assert list(hidden(session, actor, engagement)) == []
    with app.test_request_context():
        texts = {
            actor.role: [line.text for year in _years(session, actor, engagement) for line in year]
            for actor in (lead, manager, officer)
        }
    assert (
        len(texts[Role.BUREAU_LEAD])
        > len(texts[Role.AGENCY_MANAGER])
        > len(texts[Role.DEPARTMENT_OFFICER])
        > 0
    )
    number = f"{draft.number:03}"
    assert any(number in text for text in texts[Role.BUREAU_LEAD])
    assert not any(f"问题{draft.year}-{number}" in text for text in texts[Role.AGENCY_MANAGER])
    # Who may not see the engagement is told by no source but what its own policy lets through: nothing.
    stranger = own.actor(rival)
    counts = told_by(session, stranger, engagement)
    assert areas({name: number for name, number in counts.items() if "engagements.trail" not in name}) == []


def _years(session: Session, actor: Actor, engagement: Engagement) -> list[list[TrailLine]]:
    found = trail_of(session, actor, engagement)
    return [year.lines for year in [*found.recent, *found.earlier]]
