"""The words and colours of every enumeration, said once and shown the same on every page.

An area calls ``describe`` in its ``enums.py``. A state is shown as text with a colour, never as a colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

from agencyqa.auth.roles import BodyKind, Role
from agencyqa.i18n import language

TONES = frozenset({"neutral", "info", "progress", "success", "warning", "danger"})

# Keyed by class first: members of two enumerations with the same text are equal.
_described: dict[type[StrEnum], dict[str, tuple[object, str]]] = {}
# (language, class, member) → text: a list asks for a label in every row.
_shown: dict[tuple[str, type[StrEnum], str], str] = {}
# (language, class) → (value, text) of each member
_choices: dict[tuple[str, type[StrEnum]], list[tuple[str, str]]] = {}


def describe(members: type[StrEnum], texts: Mapping[Any, object | tuple[object, str]]) -> None:
    """``texts`` maps each member to its lazy text or to (text, tone). Raise KeyError where one is left out."""
    table: dict[str, tuple[object, str]] = {}
    for member in members:
        value = texts[member]
        text, tone = value if isinstance(value, tuple) else (value, "neutral")
        if tone not in TONES:
            raise ValueError(f"{tone!r} is no tone")
        table[member.value] = (text, tone)
    _described[members] = table
    _shown.clear()
    _choices.clear()


def label_of(member: StrEnum | None) -> str:
    """The text of a member in the reader's language; one that nobody described shows its code."""
    if member is None:
        return "—"
    key = (language(), type(member), member.value)
    text = _shown.get(key)
    if text is None:
        known = _described.get(type(member), {}).get(member.value)
        text = _shown[key] = str(known[0]) if known else member.value
    return text


def tone_of(member: StrEnum | None) -> str:
    if member is None:
        return "neutral"
    known = _described.get(type(member), {}).get(str(member))
    return known[1] if known else "neutral"


def choices_of(members: type[StrEnum]) -> list[tuple[str, str]]:
    place = (language(), members)
    found = _choices.get(place)
    if found is None:
        found = _choices[place] = [(member.value, label_of(member)) for member in members]
    return list(found)


def role_label(role: Role | None) -> str:
    return label_of(role)


describe(
    Role,
    {
        Role.SYSTEM_ADMINISTRATOR: _l("系统管理员"),
        Role.BUREAU_SUPERVISOR: _l("财政监管人员"),
        Role.BUREAU_LEAD: _l("财政监管负责人"),
        Role.AGENCY_MANAGER: _l("机构负责人"),
        Role.PRINCIPAL_EVALUATOR: _l("主评人"),
        Role.AGENCY_STAFF: _l("机构工作人员"),
        Role.DEPARTMENT_OFFICER: _l("预算单位经办人"),
        Role.OBSERVER: _l("观察员"),
        Role.EXPERT: _l("评审专家"),
    },
)
describe(
    BodyKind,
    {
        BodyKind.BUREAU: _l("财政局"),
        BodyKind.AGENCY: _l("第三方机构"),
        BodyKind.DEPARTMENT: _l("预算部门（单位）"),
        BodyKind.OBSERVER: _l("观察方"),
    },
)
