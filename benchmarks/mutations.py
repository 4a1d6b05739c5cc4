"""Breaks the arithmetic of scoring at one place after the other and looks whether a test fails.

.venv-test/bin/python -m benchmarks.mutations [--module rules/ratio.py] [--sample 60] [--seed 1]

A mutation turns one comparison, one sign, one bound or one small number. It is written into a copy of the package in a
temporary folder, never into the source itself. What survives is printed with its line.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = (
    "rules/all_or_nothing.py",
    "rules/banded.py",
    "rules/checklist.py",
    "rules/composite.py",
    "rules/deductions.py",
    "rules/free.py",
    "rules/lateness.py",
    "rules/ordinal.py",
    "rules/range_deduction.py",
    "rules/rating.py",
    "rules/ratio.py",
    "rules/veto.py",
    "operations.py",
    "assembly.py",
    "adding.py",
    "judging.py",
    "bonuses.py",
    "vetoes.py",
)
# The quickest tests first: most mutations fail within the first second.
TESTS = (
    "test_rules.py",
    "test_newer_rules.py",
    "test_adding.py",
    "test_bonuses.py",
    "test_vetoes.py",
    "test_operations.py",
    "test_sheet.py",
    "test_forms.py",
    "test_scheme.py",
    "test_features.py",
    "test_peer_mistakes.py",
    "test_excel.py",
    "test_oracle.py",
)
LONGEST = 240

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
SIGNS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add,
}
WORDS = {
    "least": "greatest",
    "greatest": "least",
    "add": "sub_all",
    "sub": "mul",
    "minimum": "maximum",
    "maximum": "minimum",
    "min": "max",
    "max": "min",
    "greater": "greater_equal",
    "greater_equal": "greater",
    "subtract": "add",
    "gt": "ge",
    "ge": "gt",
}


@dataclass(frozen=True)
class Mutation:
    module: str
    line: int
    what: str
    text: str


def mutations(module: str) -> Iterator[Mutation]:
    source = (ROOT / "agencyqa/scoring" / module).read_text("utf-8")
    tree = ast.parse(source)
    # That records are frozen and lists equally long is no arithmetic.
    idle = {
        id(held.value)
        for held in ast.walk(tree)
        if isinstance(held, ast.keyword) and held.arg in ("frozen", "strict", "slots")
    }
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in idle:
            continue
        for what, changed in _changes(node):
            mutant = copy.deepcopy(tree)
            place = next(each for n, each in enumerate(ast.walk(mutant)) if n == number)
            for name, value in changed.items():
                setattr(place, name, value)
            text = ast.unparse(ast.fix_missing_locations(mutant))
            yield Mutation(module, getattr(node, "lineno", 0), what, text)


def _changes(node: ast.AST) -> Iterator[tuple[str, dict[str, object]]]:
    if isinstance(node, ast.Compare):
        for number, held in enumerate(node.ops):
            turned = COMPARISONS.get(type(held))
            if turned is not None:
                ops = [*node.ops[:number], turned(), *node.ops[number + 1 :]]
                yield f"{type(held).__name__} becomes {turned.__name__}", {"ops": ops}
    elif isinstance(node, ast.BinOp) and type(node.op) in SIGNS and not _is_text(node):
        sign = SIGNS[type(node.op)]
        yield f"{type(node.op).__name__} becomes {sign.__name__}", {"op": sign()}
    elif isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"{type(node.op).__name__} becomes {other.__name__}", {"op": other()}
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield (
            "not is dropped",
            {"op": ast.UAdd(), "operand": ast.Call(ast.Name("bool", ast.Load()), [node.operand], [])},
        )
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield f"{node.value} becomes {node.value + 1}", {"value": node.value + 1}
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield f"{node.value} becomes {not node.value}", {"value": not node.value}
    elif isinstance(node, ast.Attribute) and node.attr in WORDS and WORDS[node.attr] != "sub_all":
        yield f"{node.attr} becomes {WORDS[node.attr]}", {"attr": WORDS[node.attr]}
    elif isinstance(node, ast.Name) and node.id in ("min", "max"):
        yield f"{node.id} becomes {WORDS[node.id]}", {"id": WORDS[node.id]}


def _is_text(node: ast.BinOp) -> bool:
    return any(
        isinstance(side, ast.JoinedStr | ast.List | ast.Tuple | ast.Dict)
        or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in (node.left, node.right)
    )


def survives(mutation: Mutation) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        copy_of = Path(folder)
        shutil.copytree(
            ROOT / "agencyqa/scoring",
            copy_of / "agencyqa/scoring",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        (copy_of / "agencyqa/__init__.py").write_text("")
        (copy_of / "agencyqa/scoring" / mutation.module).write_text(mutation.text, "utf-8")
        tests = copy_of / "tests/unit/scoring"
        shutil.copytree(
            ROOT / "tests/unit/scoring", tests, ignore=shutil.ignore_patterns("__pycache__", "test_rollup*")
        )
        for package in (copy_of / "tests", copy_of / "tests/unit"):
            (package / "__init__.py").write_text("")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist"]
        command += ["-c", os.devnull, "--rootdir", folder, *(str(tests / name) for name in TESTS)]
        environment = {
            **os.environ,
            "PYTHONPATH": folder,
            "HYPOTHESIS_STORAGE_DIRECTORY": f"{folder}/.hypothesis",
        }
        try:
            done = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, timeout=LONGEST, check=False
            )
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.mutations")
    parser.add_argument("--module", action="append", choices=MODULES)
    parser.add_argument("--sample", type=int, help="try only so many, drawn at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=2)
    options = parser.parse_args(arguments)
    found = [each for module in options.module or MODULES for each in mutations(module)]
    if options.sample is not None and options.sample < len(found):
        found = random.Random(options.seed).sample(found, options.sample)
    alive = 0
    with ThreadPoolExecutor(options.at_once) as pool:
        for mutation, lives in zip(found, pool.map(survives, found), strict=True):
            if lives:
                alive += 1
                print(f"survived: {mutation.module}:{mutation.line}: {mutation.what}", flush=True)
    print(f"{len(found)} mutations, {alive} survived")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
