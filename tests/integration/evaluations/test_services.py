"""Records and their drafts by the services: what they say of themselves, who writes them, and what they rest on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from agencyqa.engagements.data import data_of
from agencyqa.engagements.enums import EngagementState
from agencyqa.engagements.services import change_engagement
from agencyqa.errors import AgencyQAError, Invalid, NotVisible, Refused, Stale, WrongState
from agencyqa.evaluations import services
from agencyqa.evaluations.enums import Dimension
from agencyqa.evaluations.models import EvaluationStandard
from agencyqa.evaluations.queries.content import content_of, indicators_of
from agencyqa.evaluations.standards import VALID_FROM, load_standards, standard_in_force
from agencyqa.measures.enums import Tag
from tests.factories.accounts import NOW
from tests.factories.evaluations import author_of, indicators, make_draft, record_data, submit, units
from tests.integration.evaluations.conftest import World, faulty


def test_the_shipped_standard_is_dated_and_gives_way_to_the_bureaus(world: World) -> None:
    session = world.session
    assert (load_standards(session, NOW), load_standards(session, NOW)) == (1, 0)
    shipped = standard_in_force(session, world.bureau.id, date(2022, 3, 1))
    assert shipped is not None
    assert [(band["label"], band["low"]) for band in shipped.bands] == [
        ("优", 900_000),
        ("良", 800_000),
        ("中", 600_000),
        ("差", 0),
    ]
    assert (shipped.min_results_share, shipped.share_tag) == ([6, 10], Tag.REMEMBERED)
    assert "待核对" in shipped.source
    assert standard_in_force(session, world.bureau.id, VALID_FROM - timedelta(1)) is None
    own = EvaluationStandard(
        bureau_id=world.bureau.id,
        valid_from=date(2022, 1, 1),
        valid_to=date(2022, 12, 31),
        bands=shipped.bands,
        grades_tag=Tag.CONFIRMED,
        share_tag=Tag.CONFIRMED,
        source="本局附件",
    )
    session.add(own)
    session.flush()
    days = (date(2021, 12, 31), date(2022, 1, 1), date(2022, 12, 31), date(2023, 1, 1))
    found = [standard_in_force(session, world.bureau.id, day) for day in days]
    assert found == [shipped, own, own, shipped]
    assert standard_in_force(session, world.foreign.id, days[1]) == shipped


def test_a_draft_keeps_what_does_not_add_up_and_says_so(world: World) -> None:
    record = make_draft(world.session, world.engagement, record_data(world.unit, **faulty(world)))
    assert (record.computed_total, record.computed_maximum, record.computed_grade) == (
        units(90.5),
        units(110),
        "good",
    )
    assert [(check["code"], check["place"]) for check in record.checks] == [
        ("branch_weight_differs", "row:0"),
        ("branch_score_differs", "row:0"),
        ("branch_score_differs", "row:3"),
        ("total_mismatch", "total"),
        ("maximum_mismatch", "maximum"),
        ("results_share_low", "share"),
    ]
    assert record.fault_count == 6
    # Unsaved for another version, nothing of it is lost or doubled.
    content = content_of(world.session, record)
    services.save_draft(
        author_of(world.engagement), world.session, record, content, seen_version=record.version, now=NOW
    )
    assert content_of(world.session, record) == content
    assert [row.parent_position for row in indicators_of(world.session, record.id)] == [
        None, 0, 0, None, 3, None, 5, None, 7,
    ]  # fmt: skip


def test_a_save_from_a_stale_page_changes_nothing(world: World) -> None:
    session, actor = world.session, author_of(world.engagement)
    record = make_draft(session, world.engagement)
    seen = record.version
    data = content_of(session, record)
    services.save_draft(actor, session, record, replace(data, summary="甲"), seen_version=seen, now=NOW)
    # The rows may be the same, the version is another all the same.
    assert record.version > seen
    with pytest.raises(Stale):
        services.save_draft(actor, session, record, replace(data, summary="乙"), seen_version=seen, now=NOW)
    assert content_of(session, record).summary == "甲"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("rival", NotVisible),
        ("supervisor", NotVisible),
        ("unit", NotVisible),
        ("observer", NotVisible),
        ("administrator", NotVisible),
    ],
)
def test_only_the_agency_writes(world: World, name: str, error: type[AgencyQAError]) -> None:
    record = make_draft(world.session, world.engagement)
    actor, data = world.actor(name), record_data(world.unit)
    with pytest.raises(error):
        services.save_draft(actor, world.session, record, data, seen_version=record.version, now=NOW)
    with pytest.raises(error):
        services.submit_record(actor, world.session, record, seen_version=record.version, now=NOW)
    with pytest.raises(error):
        services.start_record(actor, world.session, world.engagement, now=NOW)


def test_when_there_is_nothing_to_evaluate(world: World) -> None:
    session, actor = world.session, author_of(world.engagement)
    world.engagement.is_clerical_only = True
    with pytest.raises(Refused) as refused:
        services.start_record(actor, session, world.engagement, now=NOW)
    assert (refused.value.code, refused.value.provision) == (
        "clerical_issues_no_report",
        "CY6/negative_list",
    )
    world.engagement.is_clerical_only = False
    record = make_draft(session, world.engagement)
    with pytest.raises(WrongState, match="record_already_started"):
        services.start_record(actor, session, world.engagement, now=NOW)
    world.engagement.state = EngagementState.TERMINATED
    session.flush()
    with pytest.raises(WrongState, match="evaluation_of_terminated"):
        services.submit_record(actor, session, record, seen_version=record.version, now=NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"indicators": indicators([(2, Dimension.OUTPUT, "甲", 1, 1)])}, "indicators"),
        (
            {
                "indicators": indicators(
                    [(1, Dimension.OUTPUT, "甲", 1, 1), (2, Dimension.BENEFIT, "乙", 1, 1)]
                )
            },
            "indicators",
        ),
        ({"indicators": indicators([(1, Dimension.OUTPUT, " ", 1, 1)])}, "indicators"),
        ({"indicators": indicators([(1, Dimension.OUTPUT, "甲", 1, 1)] * 201)}, "indicators"),
    ],
)
def test_rows_that_form_no_tree(world: World, changes: dict[str, object], field: str) -> None:
    record = make_draft(world.session, world.engagement)
    before = content_of(world.session, record)
    with pytest.raises(Invalid) as error:
        services.save_draft(
            author_of(world.engagement),
            world.session,
            record,
            record_data(world.unit, **changes),
            seen_version=record.version,
            now=NOW,
        )
    assert list(error.value.fields) == [field]
    assert content_of(world.session, record) == before


def test_a_problem_is_addressed_to_a_party_only(world: World) -> None:
    data = record_data(world.third)
    with pytest.raises(Invalid) as error:
        make_draft(world.session, world.engagement, data)
    assert error.value.fields == {"problems": ("not_a_choice", {})}


def test_an_engagement_keeps_what_its_record_rests_on(world: World) -> None:
    session, engagement = world.session, world.engagement

    def refused(**changes: Any) -> list[str]:
        wanted = replace(data_of(engagement), **changes)
        with pytest.raises(Invalid) as error:
            change_engagement(
                world.actor("supervisor"),
                session,
                engagement,
                wanted,
                seen_version=engagement.version,
                now=NOW,
            )
        session.rollback()
        return sorted(name for name, (code, _) in error.value.fields.items() if code == "fixed_by_evidence")

    record = make_draft(session, engagement)
    session.commit()
    assert refused(agency_id=world.other_agency.id) == ["agency_id"]
    submit(session, record)
    session.commit()
    assert refused(evaluated_unit_id=world.third.id) == ["evaluated_unit_id"]
