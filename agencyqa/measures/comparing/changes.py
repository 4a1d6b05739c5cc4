"""The differences between the contents of two schemes. Pure: contents in, changes out, no words.

Things of a list are matched by their key, so a thing that only moved is not taken for two others. Criteria are
matched over the whole sheet, because their keys are unique there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from agencyqa.measures.scheme_shape import IDENTITIES

Place = tuple[str, ...]
ChangeKind = Literal["added", "removed", "moved", "changed"]
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """``place`` names fields, and the things of lists by their keys; of what moved it is the new place.

    What was added or removed is held whole; a section, however, without its criteria, which are told one by one.
    A criterion that moved has the keys of its sections before and after, anything else its positions from 1.
    """

    kind: ChangeKind
    place: Place
    before: Any = None
    after: Any = None


def compare(before: Record, after: Record) -> list[Change]:
    """Every difference between two contents (``content_of``), in the order of the sheet; none for equal ones."""
    return [
        *_fields(before, after, (), skip={"sections"}),
        *_sections(_list(before.get("sections")), _list(after.get("sections"))),
    ]


def _sections(before: Sequence[Any], after: Sequence[Any]) -> Iterator[Change]:
    old, new = _named(before), _named(after)
    yield from _things(old, new, ("sections",), skip={"criteria"})
    old_homes, new_homes = _criteria(old), _criteria(new)
    for name, (section, criterion) in old_homes.items():
        if name not in new_homes:
            yield Change("removed", ("sections", section, "criteria", name), before=criterion)
    stayed = _off_course(
        [name for name, (home, _) in old_homes.items() if _home(new_homes, name) == home],
        [name for name, (home, _) in new_homes.items() if _home(old_homes, name) == home],
        {name: home for name, (home, _) in new_homes.items()},
    )
    for name, (section, criterion) in new_homes.items():
        place = ("sections", section, "criteria", name)
        if name not in old_homes:
            yield Change("added", place, after=criterion)
            continue
        home, held = old_homes[name]
        if home != section:
            yield Change("moved", place, before=home, after=section)
        elif name in stayed:
            yield Change("moved", place, *stayed[name])
        yield from _fields(held, criterion, place)


def _criteria(sections: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """Criteria by key, each with the key of its section."""
    homes = [
        (key, criterion)
        for key, section in sections.items()
        if isinstance(section, Mapping)
        for criterion in _list(section.get("criteria"))
    ]
    names = _names([criterion for _, criterion in homes])
    return dict(zip(names, homes, strict=True))


def _home(homes: Mapping[str, tuple[str, Any]], name: str) -> str | None:
    return homes[name][0] if name in homes else None


def _off_course(
    before: Sequence[str], after: Sequence[str], homes: Mapping[str, str]
) -> dict[str, tuple[int, int]]:
    """Criteria that changed their order inside a section, with their positions there."""
    found: dict[str, tuple[int, int]] = {}
    for home in dict.fromkeys(homes.values()):
        inside = [name for name in before if homes[name] == home]
        found |= _moved(inside, [name for name in after if homes[name] == home])
    return found


def _fields(before: Any, after: Any, place: Place, skip: set[str] | None = None) -> Iterator[Change]:
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        if before != after:
            yield Change("changed", place, before, after)
        return
    for name in dict.fromkeys([*before, *after]):
        if name not in (skip or set()):
            yield from _value(before.get(name), after.get(name), (*place, str(name)))


def _value(before: Any, after: Any, place: Place) -> Iterator[Change]:
    if before == after:
        return
    if _is_things(before) and _is_things(after) and (before or after):
        yield from _things(_named(_list(before)), _named(_list(after)), place)
    elif _is_record(before) and _is_record(after) and before.get("kind") == after.get("kind"):
        yield from _fields(before, after, place)
    else:
        yield Change("changed", place, before, after)


def _things(
    old: Mapping[str, Any], new: Mapping[str, Any], place: Place, skip: set[str] | None = None
) -> Iterator[Change]:
    for name, thing in old.items():
        if name not in new:
            yield Change("removed", (*place, name), before=_without(thing, skip))
    moved = _moved([name for name in old if name in new], [name for name in new if name in old])
    for name, thing in new.items():
        here = (*place, name)
        if name not in old:
            yield Change("added", here, after=_without(thing, skip))
            continue
        if name in moved:
            yield Change("moved", here, *moved[name])
        yield from _fields(old[name], thing, here, skip)


def _without(thing: Any, skip: set[str] | None) -> Any:
    if not skip or not isinstance(thing, Mapping):
        return thing
    return {name: value for name, value in thing.items() if name not in skip}


def _moved(before: Sequence[str], after: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The fewest that must have moved, with their positions: the longest run in the old order stayed."""
    places = {name: number for number, name in enumerate(before)}
    ends: list[int] = []
    last: list[str] = []
    previous: dict[str, str | None] = {}
    for name in after:
        at = bisect_left(ends, places[name])
        previous[name] = last[at - 1] if at else None
        ends[at : at + 1] = [places[name]]
        last[at : at + 1] = [name]
    stayed: set[str] = set()
    name_of: str | None = last[-1] if last else None
    while name_of is not None:
        stayed.add(name_of)
        name_of = previous[name_of]
    return {
        name: (places[name] + 1, number) for number, name in enumerate(after, start=1) if name not in stayed
    }


def known_things(held: Any) -> dict[str, Any]:
    """The things of a list by the names that places use; none where there is no list."""
    return _named(_list(held))


def _named(things: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(_names(things), things, strict=True))


def _names(things: Sequence[Any]) -> list[str]:
    """What each is known by; a draft may use a key twice, and then the second is told from the first."""
    seen: dict[str, int] = {}
    names: list[str] = []
    for number, thing in enumerate(things, start=1):
        name = _identity(thing) or str(number)
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names


def _identity(thing: Any) -> str | None:
    if not isinstance(thing, Mapping):
        return None
    found = next((thing[name] for name in IDENTITIES if name in thing), None)
    return found if isinstance(found, str) and found else None


def _list(held: Any) -> Sequence[Any]:
    return held if isinstance(held, list) else []


def _is_things(held: Any) -> bool:
    return held is None or isinstance(held, list)


def _is_record(held: Any) -> bool:
    """Wording in two languages is one value."""
    return isinstance(held, Mapping) and not {"zh", "en"} & set(held)
