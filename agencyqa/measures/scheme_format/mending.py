"""A copy of a broken file in which enough is made up that the rest of it can be checked, too.

What is made up may fit nothing around it; ``Mended.explains`` tells the faults that are found for that reason alone.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from agencyqa.measures.reading import Path
from agencyqa.measures.scheme_format.fields import KEY, Text
from agencyqa.measures.scheme_format.model import FILE_KEY, CriterionPart, SchemeFile, SchemeVetoPart
from agencyqa.measures.scheme_format.rules import free_stand_in
from agencyqa.scoring import Problem, UnitsError, parse_points

LONGEST_KEY = 40

# What may be left out is left out where it is wrong.
_OPTIONAL = {
    name
    for part in (SchemeFile, CriterionPart, SchemeVetoPart)
    for name, held in part.model_fields.items()
    if not held.is_required()
} - {"description"}
_NO_WORDS = {"zh": "—", "en": "—"}
# What stands in for a required value that is wrong, so that the rest can be checked.
_STAND_INS: dict[str | int, Any] = {
    **dict.fromkeys(("label", "title", "source", "description"), _NO_WORDS),
    "provision": "X/unknown",
    "purpose": "bureau",
    "valid_from": "2000-01-01",
}
_BOUNDS = {"rule_above_max_points", "max_points_out_of_reach", "rule_below_zero"}
_OF_MAXIMA = {"out_of_range", "cap_below_max_points"}
# Faults that are none where what they speak of had to be left out because it could not be read.
_LOST_WITH = {
    "unknown_grade": {"grades", "keys"},
    "unknown_criterion": {"keys"},
    "weight_without_use": {"adding"},
    "weight_missing": {"adding"},
    "condition_without_bonus": {"bonus"},
}


@dataclass
class Mended:
    """``names`` leads from a made-up key back to what the file calls the thing: its own key, or its number."""

    data: Any
    names: dict[str, str] = field(default_factory=dict)
    _made_up: set[str] = field(default_factory=set)
    _rules: set[Path] = field(default_factory=set)
    _lost: set[str] = field(default_factory=set)
    _places: dict[Path, str] = field(default_factory=dict)

    def mend(self, path: Path, kind: str) -> None:
        """Make one fault of the shape harmless; ``kind`` is pydantic's name of it."""
        is_unknown = kind == "extra_forbidden"
        aside = next((name for name in ("counts", "only_if") if name in path), None)
        if aside is not None and not is_unknown:
            # What a criterion counts or waits for says nothing about the rest of the file.
            holder = _at(self.data, path[: path.index(aside)])
            if isinstance(holder, dict):
                holder.pop(aside, None)
            return
        holder = _at(self.data, path[:-1]) if path else None
        name = path[-1] if path else ""
        if isinstance(holder, dict) and name in {"zh", "en"} and set(holder) <= set(Text.model_fields):
            holder[name] = "—"
        elif "rule" in path and not is_unknown and not self._words(holder, name):
            self._replace_rule(path)
        elif isinstance(holder, dict) and (is_unknown or name in _OPTIONAL):
            holder.pop(name, None)
            if not is_unknown:
                self._lost.add(str(name))
        elif isinstance(holder, dict) and name in _STAND_INS:
            holder[name] = copy.deepcopy(_STAND_INS[name])
        elif path and path[0] in {"grades", "vetoes"} and name != "key" and isinstance(self.data, dict):
            self.data.pop(path[0], None)
            self._lost.add(str(path[0]))

    def _words(self, holder: Any, name: str | int) -> bool:
        """Whether only words of a rule were wrong, which say nothing about its figures."""
        if not isinstance(holder, dict) or name != "label":
            return False
        holder[name] = copy.deepcopy(_NO_WORDS)
        return True

    def _replace_rule(self, path: Path) -> None:
        """A free value stands in for the innermost rule around the fault."""
        at = len(path) - 1 - path[::-1].index("rule")
        holder = _at(self.data, path[:at])
        if not isinstance(holder, dict):
            return
        self._rules.add(path[:4])
        # The part of a composite has points in its rule only, a criterion beside it.
        for held in (holder.get("rule"), holder):
            for name in ("points", "high", "max_points"):
                units = _units(held.get(name)) if isinstance(held, dict) else None
                if units is not None:
                    holder["rule"] = free_stand_in(units)
                    return
        holder["rule"] = free_stand_in(1)

    def fill(self) -> None:
        """Give every section, criterion, grade and veto a key, and every figure that others add up a value."""
        held = self.data
        if not isinstance(held, dict):
            return
        if not _fits(held.get("key"), FILE_KEY, 80):
            held["key"] = "unnamed"
        self._figure(held, "max_points", "max_points")
        for name in ("grades", "vetoes"):
            for number, thing in _things(held, name):
                self._name(thing, name, number)
        for number, section in _things(held, "sections"):
            place = f"sections.{self._name(section, 'section', number)}"
            self._figure(section, "max_points", f"{place}.max_points")
            if not isinstance(section.get("criteria"), list):
                section["criteria"] = []
                self._lost.add("keys")
                self._made_up.add(f"{place}.criteria")
            for position, criterion in _things(section, "criteria"):
                key = self._name(criterion, f"criterion_{number}", position)
                at = f"{place}.criteria.{key}"
                self._places["sections", number - 1, "criteria", position - 1] = at
                self._figure(criterion, "max_points", f"{at}.max_points")

    def _name(self, thing: dict[str, Any], what: str, number: int) -> str:
        key = thing.get("key")
        if isinstance(key, str) and _fits(key, KEY, LONGEST_KEY):
            return key
        self._lost.add("keys")
        made = thing["key"] = f"unnamed_{what}_{number}"
        self.names[made] = key if isinstance(key, str) and key and "." not in key else str(number)
        return made

    def _figure(self, thing: dict[str, Any], name: str, place: str) -> None:
        if _units(thing.get(name)) is None:
            thing[name] = "1"
            self._made_up.add(place)

    def explains(self, problem: Problem) -> bool:
        """Whether a fault is found only because what was made up does not fit the rest."""
        code, place = problem.code, problem.place
        if code in _LOST_WITH:
            return bool(self._lost & _LOST_WITH[code])
        if code in _BOUNDS or code == "input_not_countable":
            criterion = place.partition(".counts")[0].removesuffix(".rule")
            is_unsure = criterion in {self._places.get(path) for path in self._rules}
            return is_unsure or f"{criterion}.max_points" in self._made_up
        if code in _OF_MAXIMA:
            return bool(self._made_up) and (".only_if." in place or not place.startswith("sections."))
        if code == "empty":
            return place in self._made_up
        return place.endswith("max_points") and self._moves_sums(problem)

    def _moves_sums(self, problem: Problem) -> bool:
        """Whether it is not known any more what the parts of a maximum come to."""
        if problem.code not in {"points_do_not_add_up", "not_positive"}:
            return False
        if self._lost & {"adding", "weight", "bonus"}:
            return True
        is_shared = isinstance(self.data, dict) and self.data.get("adding") == "weights"
        below = "" if is_shared else problem.place.removesuffix("max_points")
        if problem.code == "not_positive":
            return f"{below}criteria" in self._made_up
        return any(place.startswith(below) for place in self._made_up)

    def original(self, place: str) -> str:
        return ".".join(self.names.get(name, name) for name in place.split("."))


def mended(data: Any, faults: Sequence[tuple[Path, str]]) -> Mended:
    """``faults`` are the positions and kinds of all faults of the shape, in the order of the file."""
    copied = Mended(copy.deepcopy(data))
    # Later positions first, so that taking one out does not move those before it.
    for path, kind in reversed(faults):
        copied.mend(path, kind)
    copied.fill()
    return copied


def _things(holder: dict[str, Any], name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    held = holder.get(name)
    for number, thing in enumerate(held if isinstance(held, list) else [], start=1):
        if isinstance(thing, dict):
            yield number, thing


def _fits(key: Any, pattern: str, longest: int) -> bool:
    return isinstance(key, str) and len(key) <= longest and re.fullmatch(pattern, key) is not None


def _units(value: Any) -> int | None:
    try:
        return parse_points(value)
    except UnitsError:
        return None


def _at(data: Any, path: Path) -> Any:
    held = data
    for step in path:
        if isinstance(held, dict):
            held = held.get(step)
        elif isinstance(held, list) and isinstance(step, int) and step < len(held):
            held = held[step]
        else:
            return None
    return held
