"""Whether a thing has any of something is asked in one statement, and never answered by somebody else's rows."""

from __future__ import annotations

from sqlalchemy.orm import Session

from agencyqa.agencies.models import Branch, Qualification, Registration
from agencyqa.db import Base
from agencyqa.engagements.contracts.models import ContractTerms
from agencyqa.engagements.deliverables.enums import DueCause
from agencyqa.engagements.deliverables.models import Deliverable, DueChange
from agencyqa.engagements.schedule.models import Milestone
from agencyqa.web.contents import THROUGH, may_hold
from agencyqa.web.once import one_page
from tests.factories.accounts import NOW
from tests.factories.deliverables import make_slots
from tests.factories.engagements import make_engagement
from tests.integration.engagements.world import make_world, statements


def test_all_tables_are_asked_at_once(session: Session) -> None:
    world = make_world(session)
    one = make_engagement(session, world.bureau, world.agency, world.education)
    other = make_engagement(session, world.bureau, world.rival, world.education)
    slot = next(iter(make_slots(session, one).values()))
    session.add(
        DueChange(deliverable_id=slot.id, cause=DueCause.EXTENDED, after_on=NOW.date(), changed_at=NOW)
    )
    session.commit()
    one_id, other_id, agency_id = one.id, other.id, world.agency.id
    asked = (Deliverable, DueChange, Milestone, ContractTerms)
    with one_page(), statements(session) as sent:
        of_one = [may_hold(session, "engagement_id", one_id, model) for model in asked]
        of_other = [may_hold(session, "engagement_id", other_id, model) for model in asked]
        of_agency = [
            may_hold(session, "agency_id", agency_id, model)
            for model in (Registration, Qualification, Branch)
        ]
    assert of_one == [True, True, False, False]
    assert of_other == [False, False, False, False]
    assert of_agency == [True, False, False]
    assert len(sent) == 3
    # Elsewhere nothing is asked in advance.
    with statements(session) as sent:
        assert may_hold(session, "engagement_id", other_id, Milestone)
    assert sent == []


def test_what_is_asked_through_another_table_is_there() -> None:
    for owner, pairs in THROUGH.items():
        for name, column in pairs:
            (key,) = Base.metadata.tables[name].c[column].foreign_keys
            assert owner in key.column.table.c
