"""What is on record about the work on an engagement, and how it counts on a score sheet. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from agencyqa.measures.counting import CountedFault, Counting
from agencyqa.measures.occurrences import Occurrence
from agencyqa.measures.scheme_format import Effect

Value = int | str | bool
Answers = Mapping[str, Mapping[str, Value]]
# One occurrence as it is kept with a sheet, JSON values only: key, source, fault, count, fact_on, provision, params,
# endpoint, endpoint_values, is_provisional, and the criterion and input that count it, both null where none does.
FactRow = Mapping[str, Any]
# {"reason", "by", "by_name", "at", "count"}: who set a row aside, why, and how many occurrences it had then.
Overruled = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class OnRecord:
    """The rows of a sheet, and those of them that its scorer set aside, by their keys."""

    facts: Sequence[FactRow] = ()
    overruled: Overruled = field(default_factory=dict)


NOTHING_ON_RECORD = OnRecord()


def fact_row(occurrence: Occurrence, counting: Counting, provision: str) -> dict[str, Any]:
    """``provision`` is the rule the fault offends where the occurrence names none."""
    place = counting.faults.get(occurrence.fault)
    row = {
        "key": occurrence.key,
        "source": occurrence.source.value,
        "fault": occurrence.fault,
        "count": occurrence.count,
        "criterion": place.criterion if place else None,
        "input": place.input if place else None,
        "fact_on": occurrence.fact_on.isoformat(),
        "provision": occurrence.provision or provision,
        "params": dict(occurrence.params),
        "endpoint": occurrence.endpoint,
        "endpoint_values": dict(occurrence.endpoint_values),
        "is_provisional": occurrence.is_provisional,
    }
    # As it will come back from the database, so that two collections of the same facts compare equal.
    plain: dict[str, Any] = json.loads(json.dumps(row))
    return plain


def is_scored(row: FactRow) -> bool:
    """Whether the scheme of the sheet has a criterion for it."""
    return row["criterion"] is not None


def counted_rows(facts: Iterable[FactRow], overruled: Collection[str]) -> list[FactRow]:
    """The rows that move the score."""
    return [row for row in facts if is_scored(row) and row["key"] not in overruled]


def effective_answers(
    counting: Counting, answers: Answers, facts: Iterable[FactRow], overruled: Collection[str]
) -> dict[str, dict[str, Value]]:
    """The answers by which a sheet is scored: what was typed, together with what counts of the record.

    Where the scorer types further occurrences, an empty field stays missing, for nobody has said that there are none;
    but a veto that is on record is raised, and a condition that is on record as unmet is unmet, whatever was typed.
    """
    sums: dict[tuple[str, str], int] = {}
    for row in counted_rows(facts, overruled):
        place = counting.faults[row["fault"]].place
        sums[place] = sums.get(place, 0) + row["count"]
    found = {key: dict(held) for key, held in answers.items()}
    for (criterion, name), counted in counting.places.items():
        typed = found.get(criterion, {}).get(name) if counted.by_hand else None
        value = _merged(counted, typed, sums.get((criterion, name), 0))
        if value is not None:
            found.setdefault(criterion, {})[name] = value
    return found


def _merged(counted: CountedFault, typed: Value | None, on_record: int) -> Value | None:
    match counted.effect:
        case Effect.ADD:
            if not counted.by_hand:
                return on_record
            # A bool is no count; what the rules say to it is not decided here.
            return typed + on_record if isinstance(typed, int) and not isinstance(typed, bool) else typed
        case Effect.RAISE:
            return True if on_record else typed if counted.by_hand else False
        case Effect.FAIL:
            return False if on_record else typed if counted.by_hand else True


@dataclass(frozen=True)
class Change:
    """What is different on record from what a sheet was scored with. ``before`` is the count it had then."""

    kind: Literal["added", "removed", "changed"]
    row: FactRow
    before: int = 0


# A sentence may be worded otherwise later without anything being different.
_COMPARED = ("fault", "count", "criterion", "input", "fact_on", "provision")


def changes(frozen: Iterable[FactRow], fresh: Iterable[FactRow]) -> list[Change]:
    """What changed on record since, in the order of the record, then what is gone from it."""
    before = {row["key"]: row for row in frozen}
    now = {row["key"]: row for row in fresh}
    found: list[Change] = []
    for key, row in now.items():
        old = before.get(key)
        if old is None:
            found.append(Change("added", row))
        elif any(old[name] != row[name] for name in _COMPARED):
            found.append(Change("changed", row, old["count"]))
    found += [Change("removed", row, row["count"]) for key, row in before.items() if key not in now]
    return found


def record_stamp(facts: Sequence[FactRow]) -> str:
    """Tells a page whether the record is still the one that it shows."""
    text = json.dumps(list(facts), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:16]
