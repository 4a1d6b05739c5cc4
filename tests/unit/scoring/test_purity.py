"""The engine loads nothing of the web, the database or the statistics."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import agencyqa.scoring

FOLDER = Path(agencyqa.scoring.__file__).parent
FORBIDDEN = ("flask", "sqlalchemy", "pandas", "babel", "wtforms", "pydantic", "yaml", "xlsxwriter")


def test_importing_the_engine_loads_no_framework() -> None:
    code = (
        "import sys, agencyqa.scoring; print(' '.join(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=FOLDER.parents[1], capture_output=True, text=True, check=True
    )
    assert set(run.stdout.split()) & set(FORBIDDEN) == set()


def test_only_the_standard_library_numpy_and_the_engine_itself_are_imported() -> None:
    allowed = {*sys.stdlib_module_names, "numpy"}
    foreign: set[str] = set()
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            foreign |= {
                name
                for name in names
                if name.split(".")[0] not in allowed and not name.startswith("agencyqa.scoring")
            }
    assert foreign == set()


def test_no_float_and_no_clock_in_the_engine() -> None:
    for path in FOLDER.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), path
            assert not (isinstance(node, ast.Name) and node.id == "float"), path
            assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and _plain(node)), path
            assert not (isinstance(node, ast.Import) and node.names[0].name in {"time", "datetime", "random"})


def _plain(node: ast.BinOp) -> bool:
    """A division of two bare integers would be a float; fractions name themselves."""
    return all(isinstance(side, ast.Constant) for side in (node.left, node.right))
