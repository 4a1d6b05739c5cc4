"""Facts of a person by day, against an account of every single day."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencyqa.agencies.person_facts import (
    LASTING,
    FactChange,
    FactVersion,
    PersonFacts,
    Timeline,
    history,
    in_force,
    known_until,
    overlaid,
    timeline,
)

START = date(2020, 1, 1)
DAYS = [START + timedelta(days=number) for number in range(12)]
BLANK = asdict(PersonFacts())
A = PersonFacts(title="会计师", work_since=date(2005, 7, 1))
KNOWN: Timeline = {DAYS[2]: A, DAYS[6]: PersonFacts(title="高级会计师", work_since=A.work_since)}

told = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["", "会计师", "高级会计师"]),
        "has_disqualifying_record": st.booleans(),
        "work_since": st.sampled_from([None, date(2005, 7, 1), date(2010, 7, 1)]),
    },
)
entries = st.lists(st.tuples(told, st.none() | st.sampled_from(DAYS)), max_size=6)


@given(st.sampled_from(DAYS), told, entries)
def test_every_day_holds_what_was_told_of_it_last(
    first: date, begun: dict[str, Any], later: list[tuple[dict[str, Any], date | None]]
) -> None:
    """The oracle keeps each day by itself; before the first known day stands what held on that."""
    known = overlaid({}, begun, first)
    days = {day: {**begun} for day in DAYS}
    for facts, since in later:
        earliest = min(known)
        if facts and since is not None and since < earliest:
            # What was only assumed for these days is known from here on.
            earliest = since
        wrong = dict(days[DAYS[-1]])
        for day in DAYS:
            lasts = {name: value for name, value in facts.items() if name in LASTING}
            stands = {
                name: value
                for name, value in facts.items()
                if days[day].get(name, BLANK[name]) == wrong.get(name, BLANK[name])
            }
            holds = bool(facts) and since is not None and (day >= since or since == earliest)
            days[day].update(facts if holds else stands | lasts if since is None else lasts)
        known |= overlaid(known, facts, since)
        assert min(known) == earliest
        assert {day: in_force(known, day) for day in DAYS} == {
            day: PersonFacts(**each) for day, each in days.items()
        }
        # Told again, nothing is to be added.
        assert overlaid(known, facts, since) == {}


@pytest.mark.parametrize(
    ("day", "title"),
    [
        (DAYS[0], "会计师"),
        (DAYS[2], "会计师"),
        (DAYS[5], "会计师"),
        (DAYS[6], "高级会计师"),
        (DAYS[11], "高级会计师"),
    ],
)
def test_the_version_in_force(day: date, title: str) -> None:
    assert in_force(KNOWN, day).title == title
    assert in_force({}, day) == PersonFacts()


@pytest.mark.parametrize(
    ("facts", "since", "added"),
    [
        # From a day on.
        ({"title": "教授"}, DAYS[8], {DAYS[8]: "教授"}),
        # From an earlier day on: what came later of the same fact is replaced as well.
        ({"title": "教授"}, DAYS[4], {DAYS[4]: "教授", DAYS[6]: "教授"}),
        # It was gained earlier than was entered.
        ({"title": "高级会计师"}, DAYS[4], {DAYS[4]: "高级会计师"}),
        # The entry was wrong: it is corrected where it stands.
        ({"title": "教授"}, None, {DAYS[6]: "教授"}),
        # Nothing is told, whatever the day.
        ({}, DAYS[1], {}),
        # The day since which somebody works is no fact of a day: all versions are corrected.
        ({"work_since": date(2006, 7, 1)}, DAYS[8], {DAYS[2]: "会计师", DAYS[6]: "高级会计师"}),
        # Nothing new but a day before all others.
        ({"title": "会计师"}, DAYS[1], {DAYS[1]: "会计师", DAYS[6]: "会计师"}),
        ({"title": "高级会计师"}, DAYS[7], {}),
    ],
)
def test_versions_to_add(facts: dict[str, Any], since: date | None, added: dict[date, str]) -> None:
    found = overlaid(KNOWN, facts, since)
    assert {day: each.title for day, each in found.items()} == added
    assert {each.work_since for each in found.values()} <= {facts.get("work_since", A.work_since)}


def test_history_tells_what_each_entry_changed_and_which_one_it_replaced() -> None:
    moments = [datetime(2021, 1, number, 2, tzinfo=UTC) for number in range(1, 5)]
    better = PersonFacts(title="高级会计师", has_disqualifying_record=True)
    versions = [
        FactVersion(DAYS[2], PersonFacts(title="会计师"), moments[0]),
        FactVersion(DAYS[6], PersonFacts(title="高级会计师"), moments[1]),
        FactVersion(DAYS[6], better, moments[2]),
        FactVersion(DAYS[2], PersonFacts(title="经济师"), moments[3]),
    ]
    record = FactChange("has_disqualifying_record", False, True)
    assert [
        (step.version.recorded_at, step.changes, step.is_replaced, step.is_present)
        for step in history(versions)
    ] == [
        (moments[2], (record,), False, True),
        (moments[1], (FactChange("title", "会计师", "高级会计师"),), True, True),
        (moments[3], (FactChange("title", "会计师", "经济师"),), False, False),
        (moments[0], (FactChange("title", "", "会计师"),), True, False),
    ]
    # Whoever may not read of records is not told that there was an entry about one.
    public = history(versions, ["title"])
    assert [(step.version.recorded_at, step.is_replaced) for step in public] == [
        (moments[1], False),
        (moments[3], False),
        (moments[0], True),
    ]
    assert timeline(versions) == {DAYS[6]: better, DAYS[2]: PersonFacts(title="经济师")}


def test_what_was_recorded_until_a_day() -> None:
    """The last day ends in Shanghai, which is eight hours before it does in London."""
    end = datetime(2021, 3, 31, 15, 59, tzinfo=UTC)
    versions = [
        FactVersion(START, A, end),
        FactVersion(START, A, end + timedelta(minutes=1), agency_id=8),
        FactVersion(START, A, end + timedelta(days=9), agency_id=7),
    ]
    # What it entered itself is written beside what others have told of later days.
    beside = FactVersion(date(2021, 4, 1), A, end + timedelta(days=9), agency_id=7)
    assert known_until([*versions, beside], date(2021, 3, 31), 7) == [versions[0], versions[2]]
    assert known_until(versions, None, 7) == versions
