"""Every event code that the program records has its label: a convention over the source of all areas."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agencyqa.audit import events

SOURCE = Path(events.__file__).resolve().parent.parent
# Dotted, for an area may lie inside another: ``engagements.deliverables``.
AREAS = sorted(".".join(file.relative_to(SOURCE).parts[:-1]) for file in SOURCE.rglob("events.py"))
CODE = r"\w+\.\w+\.\w+"
RECORDERS = {"record", "record_refusal"}


def recorded_events(tree: ast.AST) -> Iterator[str]:
    """The codes given as text to a recorder, also where a condition chooses between two.

    A code that is put together is checked when it is recorded, as every test that reaches it does.
    """
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in RECORDERS and len(node.args) > 2:
            for part in ast.walk(node.args[2]):
                if isinstance(part, ast.Constant) and re.fullmatch(CODE, str(part.value)):
                    yield str(part.value)


def test_every_recorded_event_has_a_label() -> None:
    labelled = {code for area in AREAS for code in importlib.import_module(f"agencyqa.{area}.events").EVENTS}
    nameless = {
        f"{file.relative_to(SOURCE)}: {code}"
        for file in SOURCE.rglob("*.py")
        for code in recorded_events(ast.parse(file.read_text(encoding="utf-8")))
        if code not in labelled
    }
    assert nameless == set()


def recorded_facts(tree: ast.AST) -> Iterator[str]:
    """The names of facts and changes that stand in a call of a recorder."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in RECORDERS:
            continue
        for given in node.keywords:
            if given.arg == "changes" and isinstance(given.value, ast.Dict):
                yield from (key.value for key in given.value.keys if isinstance(key, ast.Constant))  # type: ignore[misc]
            elif given.arg not in {None, "now", "bureau_id", "changes"}:
                yield str(given.arg)


def test_every_recorded_fact_has_a_label() -> None:
    labelled = {name for area in AREAS for name in importlib.import_module(f"agencyqa.{area}.events").FIELDS}
    nameless = {
        f"{file.relative_to(SOURCE)}: {name}"
        for file in SOURCE.rglob("*.py")
        for name in recorded_facts(ast.parse(file.read_text(encoding="utf-8")))
        if name not in labelled
    }
    assert nameless == set()


def test_whatever_acts_by_itself_has_a_name_in_the_log() -> None:
    calls = re.compile(r'system_actor\("([^"]+)"\)')
    names = {
        name for file in SOURCE.rglob("*.py") for name in calls.findall(file.read_text(encoding="utf-8"))
    }
    assert names == set(events.SYSTEM)


def test_an_area_labels_its_own_events_only() -> None:
    foreign = {
        f"{area}: {code}"
        for area in AREAS
        if area != "audit"
        for code in importlib.import_module(f"agencyqa.{area}.events").EVENTS
        if code.split(".")[0] != area.rpartition(".")[2] or code.count(".") != 2
    }
    assert foreign == set()


def test_the_convention_sees_both_branches_of_a_choice() -> None:
    chosen = 'record(s, a, "x.y.made" if new else "x.y.changed", t)'
    code = f'{chosen}; other(s, a, "x.y.z"); record_refusal(s, a, f"x.y.{{z}}")'
    assert list(recorded_events(ast.parse(code))) == ["x.y.made", "x.y.changed"]


def test_an_unknown_event_is_refused_by_name() -> None:
    with pytest.raises(events.UnknownEvent, match=r"no\.such\.event"):
        events.require("no.such.event")
    events.require("auth.request.refused")
