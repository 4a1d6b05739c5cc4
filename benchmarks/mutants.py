"""The mutations of scoring: each turns one comparison, one sign, one bound or one small number of one module.

What is left out by rule, because it is no arithmetic: annotations, imports, docstrings and other texts, assertions for
the type checker, lists of problems put together, and the switches of dataclasses, fields and `zip` (`frozen`, `slots`,
`repr`, `strict`, `kw_only`).
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.live_code import functions_around

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "agencyqa.scoring"
MODULES = (
    *("rules/all_or_nothing", "rules/banded", "rules/checklist", "rules/composite", "rules/deductions"),
    *(
        "rules/free",
        "rules/lateness",
        "rules/ordinal",
        "rules/range_deduction",
        "rules/rating",
        "rules/ratio",
    ),
    *("rules/veto", "rules/base", "operations", "tape", "steps", "arrays", "units", "inputs"),
    *("adding", "bonuses", "vetoes", "judging", "assembly", "single", "many"),
    *("grades", "ranking", "panel", "engagement", "year_rules", "year_total", "annual", "rollup_arrays"),
)
IDLE_SWITCHES = ("frozen", "slots", "repr", "strict", "kw_only")

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
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
WORDS = {
    "least": "greatest",
    "greatest": "least",
    "sub": "mul",
    "low": "high",
    "high": "low",
    "minimum": "maximum",
    "maximum": "minimum",
    "min": "max",
    "max": "min",
    "floor": "ceil",
    "ceil": "floor",
    "greater": "greater_equal",
    "greater_equal": "greater",
    "less": "less_equal",
    "less_equal": "less",
    "subtract": "add",
    "add": "subtract",
    "gt": "ge",
    "ge": "gt",
    "any": "all",
    "all": "any",
}
# Those of the words that are names by themselves; the others are methods and fields.
NAMES = ("min", "max", "any", "all", "low", "high")


@dataclass(frozen=True)
class Mutation:
    """`node` and `change` say which change of which node; `name` outlives a shift of lines."""

    module: str
    node: int
    change: int
    line: int
    name: str
    # Line and column of the innermost function around it.
    function: tuple[int, int] | None

    @property
    def imported_as(self) -> str:
        return f"{PACKAGE}.{self.module.replace('/', '.')}"

    def tree(self) -> ast.Module:
        tree = parsed(self.module)
        place = next(each for number, each in enumerate(ast.walk(tree)) if number == self.node)
        for name, value in list(_changes(place))[self.change][1].items():
            setattr(place, name, value)
        return ast.fix_missing_locations(tree)


def path_of(module: str) -> Path:
    return ROOT / "agencyqa/scoring" / f"{module}.py"


def parsed(module: str) -> ast.Module:
    return ast.parse(path_of(module).read_text("utf-8"))


def mutations(module: str) -> Iterator[Mutation]:
    tree = parsed(module)
    idle, around, within, inside = _idle(tree), _parents(tree), _functions(tree), functions_around(tree)
    seen: Counter[str] = Counter()
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in idle:
            continue
        for change, (what, _) in enumerate(_changes(node)):
            shown = node
            while isinstance(shown, ast.Constant | ast.Name | ast.Attribute | ast.keyword) and isinstance(
                around[id(shown)], ast.expr | ast.keyword
            ):
                shown = around[id(shown)]
            text = " ".join(ast.unparse(shown).split())
            name = f"{module} {within.get(id(node), '-')}: {text}: {what}"
            seen[name] += 1
            if seen[name] > 1:
                name += f" ({seen[name]})"
            line, place = getattr(node, "lineno", 0), inside.get(id(node))
            yield Mutation(module, number, change, line, name, place)


def _idle(tree: ast.Module) -> set[int]:
    """The nodes that are no arithmetic."""
    found: set[int] = set()
    for node in ast.walk(tree):
        held: list[ast.AST | None] = []
        if isinstance(node, ast.keyword) and node.arg in IDLE_SWITCHES:
            held = [node.value]
        elif isinstance(node, ast.Assert | ast.Import | ast.ImportFrom):
            held = [node]
        elif isinstance(node, ast.FunctionDef):
            held = [node.returns]
        elif isinstance(node, ast.arg | ast.AnnAssign):
            held = [node.annotation]
        elif isinstance(node, ast.Assign) and _is_type(node):
            held = [node.value]
        found |= {id(inner) for each in held if each is not None for inner in ast.walk(each)}
    return found


def _is_type(node: ast.Assign) -> bool:
    """An alias of a type such as ``Maximum = Num | int``."""
    return all(isinstance(target, ast.Name) and target.id[:1].isupper() for target in node.targets) and all(
        isinstance(
            inner, ast.Name | ast.BinOp | ast.BitOr | ast.Subscript | ast.Load | ast.Attribute | ast.Tuple
        )
        or (isinstance(inner, ast.Constant) and inner.value is None)
        for inner in ast.walk(node.value)
    )


def _parents(tree: ast.Module) -> dict[int, ast.AST]:
    return {id(inner): node for node in ast.walk(tree) for inner in ast.iter_child_nodes(node)}


def _functions(tree: ast.Module) -> dict[int, str]:
    found: dict[int, str] = {}

    def enter(node: ast.AST, name: str) -> None:
        for inner in ast.iter_child_nodes(node):
            if isinstance(inner, ast.FunctionDef | ast.ClassDef):
                enter(inner, f"{name}.{inner.name}" if name else inner.name)
            else:
                if name:
                    found[id(inner)] = name
                enter(inner, name)

    enter(tree, "")
    return found


def _changes(node: ast.AST) -> Iterator[tuple[str, dict[str, object]]]:
    if isinstance(node, ast.Compare):
        for number, held in enumerate(node.ops):
            turned = COMPARISONS.get(type(held))
            if turned is not None:
                ops = [*node.ops[:number], turned(), *node.ops[number + 1 :]]
                yield f"{type(held).__name__} becomes {turned.__name__}", {"ops": ops}
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in SIGNS and not _is_text(node):
        sign = SIGNS[type(node.op)]
        yield f"{type(node.op).__name__} becomes {sign.__name__}", {"op": sign()}
    elif isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"{type(node.op).__name__} becomes {other.__name__}", {"op": other()}
    elif isinstance(node, ast.UnaryOp):
        if isinstance(node.op, ast.Not):
            yield "not is dropped", {"op": ast.Not(), "operand": ast.UnaryOp(ast.Not(), node.operand)}
        elif isinstance(node.op, ast.USub):
            yield "minus is dropped", {"op": ast.UAdd()}
        elif isinstance(node.op, ast.Invert):
            yield "~ is dropped", {"op": ast.Invert(), "operand": ast.UnaryOp(ast.Invert(), node.operand)}
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield f"{node.value} becomes {node.value + 1}", {"value": node.value + 1}
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield f"{node.value} becomes {not node.value}", {"value": not node.value}
    elif isinstance(node, ast.Attribute) and node.attr in WORDS and isinstance(node.ctx, ast.Load):
        yield f"{node.attr} becomes {WORDS[node.attr]}", {"attr": WORDS[node.attr]}
    elif isinstance(node, ast.Name) and node.id in NAMES and isinstance(node.ctx, ast.Load):
        yield f"{node.id} becomes {WORDS[node.id]}", {"id": WORDS[node.id]}


def _is_text(node: ast.BinOp | ast.AugAssign) -> bool:
    """Texts, lists and found problems put together: a minus there is no wrong figure but a crash."""
    sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.target, node.value)
    return any(
        isinstance(side, ast.JoinedStr | ast.List | ast.Tuple | ast.Dict | ast.ListComp)
        or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        or (isinstance(side, ast.Name) and side.id in ("found", "problems"))
        or (
            isinstance(side, ast.Call)
            and isinstance(side.func, ast.Name)
            and side.func.id.endswith(("problem", "problems"))
        )
        for side in sides
    )
