"""Differences as a reader sees them: where, what, before, after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agencyqa.measures.comparing.changes import Change, ChangeKind, Place, Record, known_things
from agencyqa.measures.scheme_shape import Shape, file_shapes, rule_shapes
from agencyqa.measures.scheme_values import NOTHING, Words, input_names
from agencyqa.measures.scheme_words import field_name
from agencyqa.measures.words import gettext
from agencyqa.scoring.vetoes import RAISED

SECTION_DEPTH, CRITERION_DEPTH = 2, 4


@dataclass(frozen=True)
class ChangeRow:
    """``where`` is the section and criterion, "" for the head of the scheme; ``what`` the field inside it."""

    kind: ChangeKind
    where: str
    what: str
    before: str
    after: str
    place: str


@dataclass(frozen=True)
class _Step:
    label: str
    shape: Shape | None
    is_thing: bool


def change_rows(
    changes: Iterable[Change],
    before: Record,
    after: Record,
    language: str,
    citations: Mapping[str, str] | None = None,
) -> list[ChangeRow]:
    """The changes from ``before`` to ``after`` in the words of ``language`` ("zh" or "en")."""
    labels = _labels(language, before) | _labels(language, after)
    writer = _Writer(before, after, Words(language, citations, labels))
    return [writer.row(change) for change in changes]


def kind_name(kind: ChangeKind) -> str:
    return {
        "added": gettext("增加"),
        "removed": gettext("删除"),
        "moved": gettext("移动"),
        "changed": gettext("修改"),
    }[kind]


def _labels(language: str, content: Record) -> dict[str, str]:
    words = Words(language)
    return {
        key: words.label(criterion, key)
        for section in known_things(content.get("sections")).values()
        if isinstance(section, Mapping)
        for key, criterion in known_things(section.get("criteria")).items()
    }


class _Writer:
    def __init__(self, before: Record, after: Record, words: Words) -> None:
        self.before = before
        self.after = after
        self.words = words

    def row(self, change: Change) -> ChangeRow:
        content = self.before if change.kind == "removed" else self.after
        steps = self._steps(content, change.place)
        depth = _depth(change.place)
        where = " › ".join(step.label for step in steps[:depth] if step.is_thing)
        what = " · ".join(step.label for step in steps[depth:])
        old, new = self._sides(change, steps[-1].shape, self.words.with_names(self._names_at(change.place)))
        return ChangeRow(change.kind, where, what or _whole(depth), old, new, ".".join(change.place))

    def _steps(self, content: Record, place: Place) -> list[_Step]:
        """The names on the way to a place. A name that leads nowhere any more stands for itself."""
        steps: list[_Step] = []
        held: Any = content
        shapes: Mapping[str, Shape] = file_shapes()
        shape: Shape | None = None
        for name in place:
            if isinstance(held, list):
                held = known_things(held).get(name)
                steps.append(_Step(self.words.label(held, _ordinal(name)), shape, True))
            else:
                shape = shapes.get(name)
                held = held.get(name) if isinstance(held, Mapping) else None
                steps.append(_Step(field_name(shape) if shape else name, shape, False))
            shapes = _inside(shape, held)
        return steps

    def _names_at(self, place: Place) -> Mapping[str, Mapping[str, str]]:
        """What the fields of a place point to: the inputs of its criterion, or of its veto, and the grades."""
        language = self.words.language
        owners = [_owner(content, place) for content in (self.before, self.after)]
        inputs = input_names([owner.get("rule") for owner in owners], language)
        if place[:1] == ("vetoes",):
            for owner in filter(None, owners):
                inputs[RAISED] = self.words.label(owner, RAISED)
        grades = {
            key: self.words.label(grade, key)
            for content in (self.before, self.after)
            for key, grade in known_things(content.get("grades")).items()
        }
        return {"input": inputs, "caps_grade": grades}

    def _sides(self, change: Change, shape: Shape | None, words: Words) -> tuple[str, str]:
        if change.kind == "moved" and isinstance(change.after, int):
            number = gettext("第 %(number)s 位")
            return number % {"number": change.before}, number % {"number": change.after}
        if change.kind == "moved":
            return self._section(self.before, change.before), self._section(self.after, change.after)
        if change.kind == "added" and shape is not None:
            return NOTHING, words.thing(shape, change.after)
        if change.kind == "removed" and shape is not None:
            return words.thing(shape, change.before), NOTHING
        old, new = words.value(shape, change.before), words.value(shape, change.after)
        if old == new and isinstance(change.before, Mapping) and isinstance(change.after, Mapping):
            # Only the other language differs, or whose wording it is.
            return _every_language(change.before), _every_language(change.after)
        return old, new

    def _section(self, content: Record, key: str) -> str:
        return self.words.label(known_things(content.get("sections")).get(key), key)


def _owner(content: Record, place: Place) -> Mapping[str, Any]:
    """The criterion, or the veto of the whole scheme, in which a place lies; empty where it lies in neither."""
    if place[:1] == ("vetoes",) and len(place) > 1:
        found = known_things(content.get("vetoes")).get(place[1])
    elif place[2:3] == ("criteria",) and len(place) >= CRITERION_DEPTH:
        # Also in another section: what moved keeps its key.
        found = next(
            (
                known_things(section.get("criteria"))[place[3]]
                for section in known_things(content.get("sections")).values()
                if isinstance(section, Mapping) and place[3] in known_things(section.get("criteria"))
            ),
            None,
        )
    else:
        found = None
    return found if isinstance(found, Mapping) else {}


def _inside(shape: Shape | None, held: Any) -> Mapping[str, Shape]:
    if shape is None:
        return {}
    if shape.kind == "rule":
        kind = held.get("kind") if isinstance(held, Mapping) else None
        return {each.name: each for each in rule_shapes(str(kind))}
    return {each.name: each for each in shape.fields}


def _depth(place: Place) -> int:
    """How much of a place says where a criterion or section stands."""
    if place[:1] != ("sections",):
        return 0
    return CRITERION_DEPTH if place[2:3] == ("criteria",) else SECTION_DEPTH


def _whole(depth: int) -> str:
    return gettext("考核项") if depth == CRITERION_DEPTH else gettext("部分")


def _ordinal(name: str) -> str:
    """A thing without a key is known by its position."""
    return gettext("第 %(number)s 项", number=name) if name.isdigit() else name


def _every_language(text: Mapping[str, Any]) -> str:
    ours = gettext("（本系统所拟）") if text.get("ours") else ""
    return f"{text.get('zh', NOTHING)} / {text.get('en', NOTHING)}{ours}"
