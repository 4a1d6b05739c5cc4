"""The words of a scheme in one language, found by the keys and input names that the engine uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeVar

from flask_babel import get_locale

from agencyqa.measures.counting import Counting, counting_of
from agencyqa.measures.fault_format import FaultEntry, shipped_faults
from agencyqa.measures.scheme_format import CriterionPart, RulePart, SchemeFile, SchemeVetoPart, Text
from agencyqa.measures.scheme_format.words import CHOICES_OF
from agencyqa.measures.words import gettext
from agencyqa.scoring.vetoes import RAISED

if TYPE_CHECKING:
    # The command line scores without a database.
    from agencyqa.measures.models import FaultCode

T = TypeVar("T")


def reader_language() -> str:
    """ "zh" or "en"; outside a request Chinese, the source language."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def fault_title(fault: FaultCode) -> str:
    """What the fault is called in the reader's language."""
    return fault.title_en if reader_language() == "en" else fault.title


def fault_unit(fault: FaultCode) -> str:
    """What one occurrence of the fault is: a document, a place, a working day."""
    return fault.unit_en if reader_language() == "en" else fault.unit


def code_title(code: str) -> str:
    """The same by the code alone. Codes never change their meaning, so the shipped words are the words."""
    fault = _shipped().get(code)
    return code if fault is None else fault.title.read_in(reader_language())


def code_unit(code: str) -> str:
    fault = _shipped().get(code)
    return "" if fault is None else fault.unit.read_in(reader_language())


@cache
def _shipped() -> Mapping[str, FaultEntry]:
    return {fault.code: fault for fault in shipped_faults()}


@dataclass(frozen=True)
class RuleTexts:
    """``inputs`` and ``choices`` go by the engine's input name ("language.typing"), ``parts`` by the part's path.

    The choices of a flag are "true" and "false".
    """

    inputs: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)

    def under(self, part: str) -> RuleTexts:
        """The words of one part of a composite, by the names the part's own rule uses."""
        start = f"{part}."

        return RuleTexts(_below(self.inputs, start), _below(self.choices, start), _below(self.parts, start))

    def input(self, name: str) -> str:
        """The label of an input; one without words of its own gets the general word for its role."""
        if label := self.inputs.get(name):
            return label
        local = name.rpartition(".")[2]
        writer = _GENERAL.get(local)
        return writer() if writer is not None else local

    def place(self, name: str) -> str:
        """An input with the part of the criterion it belongs to, where that has a name."""
        part = name.rpartition(".")[0]
        label = self.input(name)
        return f"{self.part(part)} · {label}" if part in self.parts else label

    def choice(self, name: str, key: str) -> str:
        return self.choices.get(name, {}).get(key, key)

    def part(self, path: str) -> str:
        return self.parts.get(path, path)


_GENERAL: Mapping[str, Callable[[], str]] = {
    "band": lambda: gettext("档次"),
    "level": lambda: gettext("等级"),
    "value": lambda: gettext("得分"),
    "amount": lambda: gettext("金额"),
    "count": lambda: gettext("处数"),
    "met": lambda: gettext("是否符合"),
    "actual": lambda: gettext("实际数"),
    "planned": lambda: gettext("计划数"),
    "days": lambda: gettext("逾期工作日数"),
    "class": lambda: gettext("类别"),
    "rating": lambda: gettext("评级"),
}


def _below(table: Mapping[str, T], start: str) -> dict[str, T]:
    return {key.removeprefix(start): value for key, value in table.items() if key.startswith(start)}


class SchemeTexts:
    """All words of one scheme file in ``language`` ("zh" or "en")."""

    def __init__(self, file: SchemeFile, language: str) -> None:
        self.file = file
        self.language = language

    @property
    def title(self) -> str:
        return self._read(self.file.title)

    @property
    def source(self) -> str:
        return self._read(self.file.source)

    @cached_property
    def counting(self) -> Counting:
        """Which faults the scheme counts, and under which input."""
        return counting_of(self.file)

    @cached_property
    def criteria(self) -> Mapping[str, str]:
        """The labels of all that has answers: the criteria, then the vetoes of the whole scheme."""
        return {part.key: self._read(part.label) for part in self._parts.values()}

    @cached_property
    def sections(self) -> Mapping[str, str]:
        return {section.key: self._read(section.label) for section in self.file.sections}

    @cached_property
    def grades(self) -> Mapping[str, str]:
        return {grade.key: self._read(grade.label) for grade in self.file.grades}

    def criterion(self, key: str) -> str:
        return self.criteria.get(key, key)

    def section(self, key: str) -> str:
        return self.sections.get(key, key)

    def grade(self, key: str | None) -> str:
        return "" if key is None else self.grades.get(key, key)

    def description(self, key: str) -> str:
        """The longer wording below a criterion, "" where the form has none."""
        part = self._parts.get(key)
        return self._read(part.description) if part is not None and part.description is not None else ""

    def provision(self, key: str) -> str:
        """The stable key of the provision or form item the criterion cites."""
        return self._parts[key].provision

    def is_ours(self, key: str) -> bool:
        """Whether any wording of the criterion is ours and not the published form's."""
        return key in self._ours

    @cached_property
    def _ours(self) -> frozenset[str]:
        return frozenset(
            key for key, part in self._parts.items() if any(text.ours for text in _all_texts(part))
        )

    @cached_property
    def is_all_ours(self) -> bool:
        """Whether no wording at all comes from a published form."""
        return all(text.ours for text in _all_texts([*self.file.sections, *self.file.vetoes]))

    def rule(self, key: str) -> RuleTexts:
        """The words of the rule of a criterion."""
        found = self._rules.get(key)
        if found is None:
            part = self._parts[key]
            if isinstance(part, CriterionPart):
                found = rule_words(part.rule, self.language)
            else:
                found = _veto_words(part, self.language)
            self._rules[key] = found
        return found

    @cached_property
    def _parts(self) -> dict[str, CriterionPart | SchemeVetoPart]:
        """Criteria and vetoes share one name space."""
        parts: dict[str, CriterionPart | SchemeVetoPart] = {
            part.key: part for _, part in self.file.criteria()
        }
        return parts | {veto.key: veto for veto in self.file.vetoes}

    @cached_property
    def _rules(self) -> dict[str, RuleTexts]:
        return {}

    def _read(self, text: Text) -> str:
        return text.read_in(self.language)


def rule_words(part: RulePart, language: str) -> RuleTexts:
    """The words of one rule of a file in ``language`` ("zh" or "en")."""
    collector = _Collector(language)
    collector.collect(part, "")
    return RuleTexts(collector.inputs, collector.choices, collector.parts)


def _veto_words(part: SchemeVetoPart, language: str) -> RuleTexts:
    inputs = {RAISED: part.label.read_in(language)}
    if part.exception is not None and part.exception_label is not None:
        inputs[part.exception] = part.exception_label.read_in(language)
    return RuleTexts(inputs)


class _Collector:
    def __init__(self, language: str) -> None:
        self.language = language
        self.inputs: dict[str, str] = {}
        self.choices: dict[str, dict[str, str]] = {}
        self.parts: dict[str, str] = {}

    def collect(self, rule: RulePart, prefix: str) -> None:
        for place, item in rule.named_items():
            label = self._read(item.label)
            inner = getattr(item, "rule", None)
            if inner is not None:
                self.parts[f"{prefix}{item.key}"] = label
                self.collect(inner, f"{prefix}{item.key}.")
            elif place in CHOICES_OF:
                self.choices.setdefault(f"{prefix}{CHOICES_OF[place]}", {})[item.key] = label
            else:
                self.inputs[f"{prefix}{item.key}"] = label
        for word in rule.words:
            text = rule.text(word)
            if text is None:
                continue
            name = f"{prefix}{getattr(rule, word.key_in) if word.key_in else word.input}"
            if word.choice is None:
                self.inputs[name] = self._read(text)
            else:
                self.choices.setdefault(name, {})[word.choice] = self._read(text)
        wrapped = getattr(rule, "rule", None)
        if wrapped is not None:
            self.collect(wrapped, prefix)

    def _read(self, text: Text) -> str:
        return text.read_in(self.language)


def _all_texts(held: object) -> list[Text]:
    if isinstance(held, Text):
        return [held]
    if isinstance(held, list):
        return [text for item in held for text in _all_texts(item)]
    fields = getattr(type(held), "model_fields", None)
    if fields is None:
        return []
    return [text for name in fields for text in _all_texts(getattr(held, name))]
