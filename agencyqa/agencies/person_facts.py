"""What is known of a person from which day on, and what a new entry changes of it. Pure.

Two times are kept apart: from which day a fact holds, and when it was recorded. Each version holds all facts. Of
versions that hold from the same day the one recorded last counts, so a correction is a version of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from agencyqa.agencies.enums import Education
from agencyqa.clock import local_date


@dataclass(frozen=True)
class PersonFacts:
    """What checks and pages judge a person by. His name is how he is found, and no version of it is kept."""

    education: Education | None = None
    title: str = ""
    licence: str = ""
    work_since: date | None = None
    evaluation_since: date | None = None
    has_disqualifying_record: bool = False


NAMES = tuple(each.name for each in fields(PersonFacts))
# Decisions against a person are not for everybody who reads of him.
PUBLIC = tuple(name for name in NAMES if name != "has_disqualifying_record")
# The day on which something began is the same on whatever day one asks: another one corrects it, for all days.
LASTING = frozenset({"work_since", "evaluation_since"})

Timeline = dict[date, PersonFacts]


@dataclass(frozen=True)
class FactVersion:
    """``agency_id``: in whose record it was entered; who did stands in the log."""

    valid_from: date
    facts: PersonFacts
    recorded_at: datetime
    agency_id: int | None = None


@dataclass(frozen=True)
class FactChange:
    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class FactStep:
    """``changes`` against what held on that day until then; against nothing for the first. ``is_replaced``: one entered
    later holds from the same day; ``is_present``: no other holds from a later day."""

    version: FactVersion
    changes: tuple[FactChange, ...]
    is_replaced: bool
    is_present: bool


def facts_of(thing: Any) -> PersonFacts:
    """``thing`` may be anything that carries the facts."""
    return PersonFacts(**{name: getattr(thing, name) for name in NAMES})


def timeline(versions: Iterable[FactVersion]) -> Timeline:
    """``versions`` in the order of their entry."""
    return {each.valid_from: each.facts for each in versions}


def in_force(known: Mapping[date, PersonFacts], day: date) -> PersonFacts:
    """Before the first day the earliest known facts stand in: nothing entered does not mean that nothing was so."""
    if not known:
        return PersonFacts()
    return known[max((each for each in known if each <= day), default=min(known))]


def overlaid(known: Mapping[date, PersonFacts], told: Mapping[str, Any], since: date | None) -> Timeline:
    """The versions to add where these facts are told to hold from ``since`` on, or (None) to correct what holds.

    From that day on they replace what later versions say of the same facts, and nothing else of them; a correction
    replaces the wrong entry on all days on which it stands, and no other. A day before the first version becomes the
    first, whether anything differs or not: from then on the facts are known.
    """
    lasting = {name: value for name, value in told.items() if name in LASTING}
    if not known:
        assert since is not None
        return {since: PersonFacts(**told)}
    if not told:
        return {}
    wrong = known[max(known)]
    found: Timeline = {}
    for day in sorted({*known, *([since] if since is not None else [])}):
        before = in_force({**known, **found}, day)
        if since is None:
            stands = {
                name: value for name, value in told.items() if getattr(before, name) == getattr(wrong, name)
            }
            after = replace(before, **(stands | lasting))
        else:
            after = replace(before, **(told if day >= since else lasting))
        if after != before or day < min(known):
            found[day] = after
    return found


def last_told(known: Timeline) -> dict[str, Any]:
    """What became so on the latest day on which anything did, a record against the person apart."""
    days = sorted(known)
    for before, day in reversed(list(pairwise(days))):
        then, now = known[before], known[day]
        found = {name: getattr(now, name) for name in PUBLIC if getattr(then, name) != getattr(now, name)}
        if found:
            return found
    return {name: getattr(known[days[0]], name) for name in PUBLIC}


def known_until(
    versions: Iterable[FactVersion], until: date | None, agency_id: int | None
) -> list[FactVersion]:
    """Those recorded until that day, and those entered in the record of the agency itself. None: all.

    Nothing that holds from a later day: an entry made late is written beside later ones, which others have told of.
    """
    if until is None:
        return list(versions)
    return [
        each
        for each in versions
        if each.valid_from <= until and (local_date(each.recorded_at) <= until or each.agency_id == agency_id)
    ]


def history(versions: Collection[FactVersion], shown: Collection[str] = NAMES) -> list[FactStep]:
    """``versions`` in the order of their entry, the result by the day from which each holds, the newest first.

    Of the facts ``shown`` alone; a version that changed none of them is left out, unless they are known from an
    earlier day by it.
    """
    found: list[tuple[date, int, FactVersion, tuple[FactChange, ...]]] = []
    known: Timeline = {}
    for number, version in enumerate(versions):
        before = in_force(known, version.valid_from)
        pairs = ((name, getattr(before, name), getattr(version.facts, name)) for name in NAMES)
        changes = tuple(FactChange(*pair) for pair in pairs if pair[0] in shown and pair[1] != pair[2])
        if changes or not known or version.valid_from < min(known):
            found.append((version.valid_from, number, version, changes))
        known[version.valid_from] = version.facts
    last = {day: number for day, number, _, _ in found}
    return [
        FactStep(version, changes, last[day] != number, day == max(last))
        for day, number, version, changes in sorted(found, key=lambda each: each[:2], reverse=True)
    ]
