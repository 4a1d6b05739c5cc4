"""Breaks the arithmetic of scoring at one place after the other and looks whether a unit test fails.

nice -n 15 .venv-test/bin/python -m benchmarks.mutations [--module rules/ratio] [--sample 60] [--seed 1] [--at-once 2]

One process collects the tests of `tests/unit/scoring` once, sees which of them enter which function, and forks a
child for each mutation. The child exchanges the code of the function that lives in memory, never a file, and runs the
tests that enter it, the quickest first, to the first failure. What is no part of a function (a constant, a default) is
imported anew in a child of its own, with all tests. Property tests draw an eighth of their examples, the same every
time, and look for no smaller ones. What runs far too long or asks for too much memory is ended and counts as noticed.

What no test notices is printed, unless `equivalent_mutations.toml` says why it changes nothing; what stands there and
is noticed after all is printed too. The status is 0 only where nothing of either kind is left.
"""

from __future__ import annotations

import argparse
import ast
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import random
import resource
import signal
import sys
import tempfile
import time
import tomllib
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import sqlalchemy  # noqa: F401
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from benchmarks import live_code
from benchmarks.mutants import MODULES, ROOT, Mutation, mutations, parsed, path_of

TESTS = ROOT / "tests/unit/scoring"
EQUIVALENT = Path(__file__).with_name("equivalent_mutations.toml")
# It looks at imports, not at figures.
LEFT_OUT = ("test_purity.py",)
# The child's own time on the processor, and its memory.
LONGEST_SECONDS = 60
NOTICED = "noticed by "
# The fixtures around every test, which only guard against a database.
HARMLESS = ("_no_database", "request")
MOST_MEMORY = 3 * 2**30

# Read when the tests are imported, which is later than this.
os.environ.setdefault("AGENCYQA_TEST_EXAMPLES", "1/8")
# The plugins of others would only cost time; hypothesis works without its own.
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
OPTIONS = (
    *("-q", "-x", "-o", "addopts=", "--import-mode=importlib", "--assert=plain", "--rootdir", str(ROOT)),
    *("-p", "no:cacheprovider", "-p", "no:faulthandler", "-p", "no:logging", "-s"),
)


def test_files() -> list[str]:
    return [str(each) for each in sorted(TESTS.glob("test_*.py")) if each.name not in LEFT_OUT]


# ------------------------------------------------------------------------------------------------- children


def child(work: Callable[[], int], said: Path) -> int:
    """The number of a process that does the work; its words go to a file, its result is its status."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_SECONDS, LONGEST_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        status = work()
    except BaseException:
        # Whatever a mutation breaks, it has been noticed.
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def outcomes(
    found: Sequence[Mutation], work: Callable[[Mutation], int], folder: Path, at_once: int
) -> Iterator[tuple[Mutation, bool, str]]:
    """Each mutation with whether it survived and what its child wrote, in the order in which they end."""
    waiting = list(reversed(found))
    running: dict[int, tuple[Mutation, Path]] = {}
    free = [folder / f"{number}.txt" for number in range(at_once)]
    while waiting or running:
        while waiting and free:
            mutation, said = waiting.pop(), free.pop()
            running[child(lambda held=mutation: work(held), said)] = mutation, said  # type: ignore[misc]
        pid, status = os.wait()
        mutation, said = running.pop(pid)
        free.append(said)
        yield mutation, status == 0, said.read_text("utf-8")


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the mutated module in place of the one in the file."""

    def __init__(self, name: str, file: Path, tree: ast.Module) -> None:
        self.name, self.file, self.tree = name, file, tree

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.file, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        exec(live_code.compiled(self.tree, self.file), module.__dict__)


def imported_anew(mutation: Mutation) -> int:
    """In a child that has not loaded the engine yet: 0 where all tests pass."""
    settle_hypothesis()
    sys.meta_path.insert(0, Changed(mutation.imported_as, path_of(mutation.module), mutation.tree()))
    return int(pytest.main([*OPTIONS, *test_files()]))


def settle_hypothesis() -> None:
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile(
        "mutations", database=None, derandomize=True, phases=phases, report_multiple_bugs=False
    )
    settings.load_profile("mutations")


class Later:
    """A process that has not loaded the engine and waits for what has to be imported anew."""

    def __init__(self, found: Sequence[Mutation], folder: Path, at_once: int) -> None:
        self.found, self.folder, self.at_once = found, folder, at_once
        self.wanted, self.results = folder / "wanted.json", folder / "results.json"
        wait, self.go = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(self.go)
            try:
                # Nothing comes where the other process ends before its time.
                if os.read(wait, 1):
                    self._serve()
            finally:
                os._exit(0)
        os.close(wait)

    def _serve(self) -> None:
        wanted = [self.found[number] for number in json.loads(self.wanted.read_text("utf-8"))]
        tried = outcomes(wanted, imported_anew, self.folder, self.at_once)
        results = [[self.found.index(mutation), lives] for mutation, lives, _ in tried]
        self.results.write_text(json.dumps(results), "utf-8")

    def outcomes(self, wanted: Sequence[Mutation]) -> Iterator[tuple[Mutation, bool]]:
        numbers = {mutation: number for number, mutation in enumerate(self.found)}
        self.wanted.write_text(json.dumps([numbers[mutation] for mutation in wanted]), "utf-8")
        os.write(self.go, b"!")
        os.waitpid(self.pid, 0)
        for number, lives in json.loads(self.results.read_text("utf-8")):
            yield self.found[number], lives


# ------------------------------------------------------------------------------------- mutations in live functions


class Bench:
    """A plugin of pytest that tries mutations in place of running the tests."""

    def __init__(
        self, found: Sequence[Mutation], folder: Path, at_once: int, tell: Callable[[Mutation, bool], None]
    ) -> None:
        self.found, self.folder, self.at_once, self.tell = found, folder, at_once, tell
        self.entered: dict[str, list[str]] = {}
        self.seconds: dict[str, float] = {}
        self.items: dict[str, Any] = {}
        self.functions = live_code.Functions()
        # To be imported anew.
        self.left: list[Mutation] = []
        # The tests that noticed a mutation of a function, the newest first: they may notice the next one, too.
        self.noticed_by: dict[tuple[str, tuple[int, int] | None], list[str]] = {}
        self._originals: dict[str, Any] = {}

    def pytest_runtestloop(self, session: Any) -> bool:
        self.items = {item.nodeid: item for item in session.items}
        gc.collect()
        self.functions = live_code.Functions()
        # What lives now is not looked at again, so that the children share its memory.
        gc.freeze()
        kept = self.folder / "entered.json"
        said = self.folder / "unchanged.txt"
        _, status = os.waitpid(child(lambda: self._watch(kept), said), 0)
        if status:
            raise SystemExit(f"The tests fail without any mutation:\n{said.read_text('utf-8')}")
        held = json.loads(kept.read_text("utf-8"))
        self.entered, self.seconds = held["entered"], held["seconds"]
        for each in self.found:
            if each.function is not None and not self._tests_of(each):
                self.tell(each, True)
        live = [each for each in self.found if self._is_live(each)]
        chosen = set(live)
        self.left = [
            each
            for each in self.found
            if each not in chosen and (each.function is None or self._tests_of(each))
        ]
        print(
            f"{len(live)} in functions that tests enter, {len(self.left)} imported anew",
            flush=True,
        )
        for mutation, lives, words in outcomes(live, self._try, self.folder, self.at_once):
            if words.startswith(NOTICED):
                name = words.removeprefix(NOTICED).partition("\n")[0]
                before = self.noticed_by.setdefault((mutation.module, mutation.function), [])
                if name in before:
                    before.remove(name)
                before.insert(0, name)
            self.tell(mutation, lives)
        return True

    def _watch(self, kept: Path) -> int:
        """All tests without a mutation: how long each takes, and which functions of which module it enters."""
        now: set[str] = set()
        found: dict[str, list[str]] = {}
        for module in MODULES:

            def enter(place: tuple[int, int], module: str = module) -> None:
                now.add(f"{module}:{place[0]}:{place[1]}")

            self.functions.mark(parsed(module), path_of(module), enter)
        seconds: dict[str, float] = {}
        for name, item in self.items.items():
            now.clear()
            began = time.process_time()
            if not run_item(item):
                return 1
            seconds[name] = time.process_time() - began
            for place in now:
                found.setdefault(place, []).append(name)
        kept.write_text(json.dumps({"entered": found, "seconds": seconds}), "utf-8")
        return 0

    def _tests_of(self, mutation: Mutation) -> list[str]:
        if mutation.function is None:
            return []
        line, column = mutation.function
        names = self.entered.get(f"{mutation.module}:{line}:{column}", [])
        first = self.noticed_by.get((mutation.module, mutation.function), [])
        return [*first, *sorted(set(names) - set(first), key=lambda name: (self.seconds[name], name))]

    def _is_live(self, mutation: Mutation) -> bool:
        if not self._tests_of(mutation):
            return False
        try:
            code = self._changed_code(mutation)
        except live_code.NotInAFunction:
            return False
        return self.functions.has_any(code, path_of(mutation.module))

    def _try(self, mutation: Mutation) -> int:
        self.functions.exchange(self._changed_code(mutation), path_of(mutation.module))
        for name in self._tests_of(mutation):
            if not run_item(self.items[name]):
                sys.stdout.write(f"{NOTICED}{name}\n")
                return 1
        return 0

    def _changed_code(self, mutation: Mutation) -> list[Any]:
        file = path_of(mutation.module)
        if mutation.module not in self._originals:
            self._originals[mutation.module] = live_code.compiled(parsed(mutation.module), file)
        return live_code.differences(
            self._originals[mutation.module], live_code.compiled(mutation.tree(), file)
        )


def run_item(item: Any) -> bool:
    """Whether the test passes, called by itself: writing a report of how it failed would take longer than the test."""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    assert set(item.fixturenames) <= {*params, *HARMLESS}, item.nodeid
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            item.obj(**params)
    except Exception:
        return False
    return True


# ------------------------------------------------------------------------------------------------- the run


@dataclass
class Tally:
    allowed: dict[str, str]
    tried: Counter[str] = field(default_factory=Counter)
    equal: Counter[str] = field(default_factory=Counter)
    alive: Counter[str] = field(default_factory=Counter)
    wrongly_allowed: int = 0

    def tell(self, mutation: Mutation, lives: bool) -> None:
        self.tried[mutation.module] += 1
        if lives and mutation.name in self.allowed:
            self.equal[mutation.module] += 1
        elif lives:
            self.alive[mutation.module] += 1
            print(f"survived, line {mutation.line}: {mutation.name}", flush=True)
        elif mutation.name in self.allowed:
            self.wrongly_allowed += 1
            print(f"noticed, though said to be equal: {mutation.name}", flush=True)


def load_others() -> None:
    """What all children share, but nothing of the engine: one of its modules may be changed."""

    @settings(max_examples=5, database=None)
    @given(st.lists(st.integers()), st.text(), st.fractions(), st.data())
    def warm(numbers: list[int], text: str, fraction: object, data: st.DataObject) -> None:
        data.draw(st.just(np.arange(3)))

    warm()
    assert "sqlalchemy" in sys.modules
    assert not any(name.startswith("agencyqa") for name in sys.modules)


def reasons() -> dict[str, str]:
    groups = tomllib.loads(EQUIVALENT.read_text("utf-8"))["because"]
    return {name: group["reason"] for group in groups for name in group["mutations"]}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.mutations")
    parser.add_argument("--module", action="append", choices=MODULES)
    parser.add_argument("--sample", type=int, help="try only so many, drawn at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--again", type=Path, help="try only what an earlier run printed as survived")
    options = parser.parse_args(arguments)
    modules = options.module or MODULES
    found = [each for module in modules for each in mutations(module)]
    if options.again is not None:
        names = {
            line.split(": ", 1)[1]
            for line in options.again.read_text("utf-8").splitlines()
            if line.startswith("survived, ")
        }
        found = [each for each in found if each.name in names]
    if options.sample is not None and options.sample < len(found):
        found = random.Random(options.seed).sample(found, options.sample)
    began, tally = time.monotonic(), Tally(reasons())
    load_others()
    with tempfile.TemporaryDirectory() as name:
        later = Later(found, Path(name), options.at_once)
        settle_hypothesis()
        bench = Bench(found, Path(name), options.at_once, tally.tell)
        pytest.main([*OPTIONS, *test_files()], plugins=[bench])
        for mutation, lives in later.outcomes(bench.left):
            tally.tell(mutation, lives)
    report(modules, tally, time.monotonic() - began)
    return 1 if tally.alive or tally.wrongly_allowed else 0


def report(modules: Sequence[str], tally: Tally, seconds: float) -> None:
    print("\n| module | mutations | noticed | equal | survived |\n| --- | ---: | ---: | ---: | ---: |")
    rows: list[tuple[str, int, int, int]] = [
        (m, tally.tried[m], tally.equal[m], tally.alive[m]) for m in modules
    ]
    rows.append(("all", tally.tried.total(), tally.equal.total(), tally.alive.total()))
    for name, tried, equal, lives in rows:
        print(f"| `{name}` | {tried} | {tried - equal - lives} | {equal} | {lives} |")
    print(f"\n{seconds:.0f} s, {seconds / max(1, sum(tally.tried.values())):.2f} s a mutation")


if __name__ == "__main__":
    raise SystemExit(main())
