"""Every life cycle of the program: found by its table, drawn, walked at random, and nowhere left without a way on."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from enum import StrEnum
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agencyqa.audit.events import known_events, known_targets
from agencyqa.auth.lifecycles import LifeCycle, Stranger, Who
from agencyqa.auth.roles import Role
from config import ROOT


def _load_states() -> ModuleType:
    spec = spec_from_file_location("states", ROOT / ".ci" / "states.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules["states"] = module
    spec.loader.exec_module(module)
    return module


STATES: Any = _load_states()
CYCLES: list[LifeCycle] = STATES.cycles()
BY_NAME = {cycle.name: cycle for cycle in CYCLES}
EVERYBODY: tuple[Who, ...] = (*Role, *Stranger)


def _tables() -> Iterator[tuple[str, object]]:
    """Every mapping of (state, action) to a state that stands in a ``workflow`` of an area."""
    for file in sorted((ROOT / "agencyqa").rglob("*workflow.py")):
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for variable, value in vars(importlib.import_module(name)).items():
            if isinstance(value, dict) and value and all(_is_step(*item) for item in value.items()):
                yield f"{name}.{variable}", value


def _is_step(key: object, value: object) -> bool:
    return isinstance(key, tuple) and len(key) == 2 and isinstance(value, StrEnum)


def test_every_table_has_its_life_cycle() -> None:
    """A new table joins by one entry in the ``lifecycles.py`` of its area."""
    tables = dict(_tables())
    assert len(tables) >= 11
    described = [id(cycle.table) for cycle in CYCLES]
    assert [name for name, table in tables.items() if id(table) not in described] == []
    assert len(BY_NAME) == len(CYCLES)


def test_the_pictures_are_what_the_code_says() -> None:
    """After a change of a state table: ``.ci/states.py update``."""
    assert STATES.differences() == []


def test_every_state_is_reached_and_has_a_way_on_or_is_an_end() -> None:
    wrong = {}
    for cycle in CYCLES:
        reached = {after for (before, _), after in cycle.table.items() if before is not after}
        begun = {after for (before, _), after in cycle.table.items() if before is None} | {cycle.start} - {
            None
        }
        stuck = {state for state in cycle.states if not cycle.ways_on(state)}
        if set(cycle.states) != reached | begun or stuck != cycle.ends or len(begun) != 1:
            wrong[cycle.name] = (set(cycle.states) - reached - begun, stuck ^ cycle.ends)
        # From everywhere an end can be reached, where there is one at all.
        home = set(cycle.ends)
        while more := {state for state in cycle.states if cycle.ways_on(state) & home} - home:
            home |= more
        if cycle.ends and home != set(cycle.states):
            wrong[cycle.name] = (set(cycle.states) - home, set())
    assert wrong == {}


def test_every_step_has_somebody_who_may_and_an_event_that_is_recorded() -> None:
    """The event is known to the log, and written by a service of the area that names the life cycle."""
    STATES.words()
    known, targets = set(known_events()), set(known_targets())
    for cycle in CYCLES:
        actions = {action for _, action in cycle.table}
        assert set(cycle.acts) == actions, cycle.name
        assert cycle.target in targets
        acts = [*cycle.acts.values(), *([cycle.begin] if cycle.begin else [])]
        assert (cycle.begin is None) == any(before is None for before, _ in cycle.table)
        for act in acts:
            assert act.who, cycle.name
            # The administrator moves nothing but what lies on the disk without being a file yet.
            assert Role.SYSTEM_ADMINISTRATOR not in act.who or act.events == ("files.upload.discarded",)
            assert Role.OBSERVER not in act.who
            assert set(act.events) <= known
            assert [event for event in act.events if not any(each.fullmatch(event) for each in WRITTEN)] == []


def _written() -> list[re.Pattern[str]]:
    """The texts of all services, with anything where a text is put together from parts."""
    found: set[str] = set()
    for file in (ROOT / "agencyqa").rglob("*.py"):
        if not {file.stem, file.parent.name} & {"services"}:
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[a-z_]+"
                    for part in node.values
                ]
                if re.match(r"[a-z]+\\\.[a-z_]+\\\.", parts[0]):
                    found.add("".join(parts))
            elif (
                isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.count(".") == 2
            ):
                found.add(re.escape(node.value))
    return [re.compile(text) for text in sorted(found)]


WRITTEN = _written()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(BY_NAME)), st.data())
def test_random_walks(name: str, data: st.DataObject) -> None:
    """Whoever clicks whatever: only the right role moves it, each step leaves its event, an end is never left."""
    cycle = BY_NAME[name]
    actions = sorted(cycle.acts)
    clicks = st.lists(st.tuples(st.sampled_from(actions), st.sampled_from(EVERYBODY)), max_size=40)
    state, log = cycle.start, []
    for action, who in data.draw(clicks):
        after = cycle.step(state, action, who)
        if after is None:
            # Nobody is refused without a reason: the state does not allow it, or the role does not.
            assert (state, action) not in cycle.table or who not in cycle.acts[action].who
            continue
        assert who in cycle.acts[action].who
        assert state not in cycle.ends or after is state
        log.append(cycle.acts[action].events)
        state = after
        assert state in cycle.states
    assert all(events and events[0].count(".") == 2 for events in log)


def test_who_is_kept_out() -> None:
    """The lines that matter most, in words of their own."""

    def may(name: str, action: str) -> set[str]:
        cycle = BY_NAME[name]
        return {str(who) for who in cycle.acts[next(a for a in cycle.acts if a == action)].who}

    bureau, answerable = {"bureau_supervisor", "bureau_lead"}, {"agency_manager", "principal_evaluator"}
    assert may("application", "admit") == bureau
    assert may("application", "submit") == {"applicant"}
    assert may("deliverable", "submit") == answerable
    assert may("deliverable", "accept") == {*bureau, "department_officer"}
    assert may("finding", "withdraw") == {"bureau_lead"}
    assert may("order", "answer") == answerable
    assert may("order", "verify") == bureau
    assert may("sheet", "publish") == may("round", "publish") == {"bureau_lead"}
    assert may("sheet", "finalise") == bureau
    assert may("proposal", "confirm") == bureau
    assert may("self_report", "submit") == {"agency_manager"}
    assert may("upload", "discard") == {"system_administrator"}
    assert may("upload", "expire") == {"clock"}
