"""Exchanges the code of functions that are alive, so that a mutation needs neither a new process nor a new import."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, FunctionType


class NotInAFunction(Exception):
    """The change is not in the body of a function, or moves its variables: the module has to be imported anew."""


def compiled(tree: ast.Module, file: Path) -> CodeType:
    return compile(tree, str(file), "exec")


def inner_code(code: CodeType) -> list[CodeType]:
    return [each for each in code.co_consts if isinstance(each, CodeType)]


def without_inner(code: CodeType) -> CodeType:
    """The code with the places of what it makes, but not what it makes."""
    consts = tuple(None if isinstance(each, CodeType) else each for each in code.co_consts)
    return code.replace(co_consts=consts)


def pairs(before: CodeType, after: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """The functions of two versions of a module that have the same shape."""
    inner, changed = inner_code(before), inner_code(after)
    if [each.co_name for each in inner] != [each.co_name for each in changed]:
        raise NotInAFunction
    for one, other in zip(inner, changed, strict=True):
        yield one, other
        yield from pairs(one, other)


def differences(before: CodeType, after: CodeType) -> list[tuple[CodeType, CodeType]]:
    """Pairs that differ, with everything around them. Raises NotInAFunction."""
    if without_inner(before) != without_inner(after):
        raise NotInAFunction
    found = [(one, other) for one, other in pairs(before, after) if one != other]
    for one, other in found:
        own = without_inner(one) != without_inner(other)
        if own and (one.co_freevars, one.co_cellvars) != (other.co_freevars, other.co_cellvars):
            raise NotInAFunction
        if own and not one.co_flags & 0x2:
            # The body of a class ran when it was imported.
            raise NotInAFunction
    return found


class Functions:
    """The functions, lambdas and closures that live now, by their file."""

    def __init__(self) -> None:
        self._held: dict[str, list[FunctionType]] = {}
        for each in gc.get_objects():
            if isinstance(each, FunctionType):
                self._held.setdefault(each.__code__.co_filename, []).append(each)

    def of(self, file: Path) -> list[FunctionType]:
        return self._held.get(str(file), [])

    def has_any(self, found: Sequence[tuple[CodeType, CodeType]], file: Path) -> bool:
        """Whether there is something to exchange: what ran at the import alone is not there any more."""
        names = {id_of(one) for one, _ in found}
        return any(id_of(function.__code__) in names for function in self.of(file))

    def exchange(self, found: Sequence[tuple[CodeType, CodeType]], file: Path) -> None:
        to = {id_of(one): other for one, other in found}
        for function in self.of(file):
            other = to.get(id_of(function.__code__))
            if other is not None:
                function.__code__ = other

    def mark(self, tree: ast.Module, file: Path, entered: object) -> None:
        """From now on every function of the module calls `entered` with its line and column."""
        before = compiled(tree, file)
        after = compiled(marked(ast.parse(file.read_text("utf-8"))), file)
        self.exchange([(one, other) for one, other in pairs(before, after) if one.co_flags & 0x2], file)
        for function in self.of(file):
            function.__globals__["__entered__"] = entered


def id_of(code: CodeType) -> tuple[str, int, tuple[object, ...]]:
    return code.co_qualname, code.co_firstlineno, tuple(code.co_positions())


# -------------------------------------------------------------------------------------- who runs which function


class _Marked(ast.NodeTransformer):
    """Each function tells that it was entered."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.body.insert(0, ast.copy_location(ast.Expr(self._call(node)), node.body[0]))
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        self.generic_visit(node)
        node.body = ast.copy_location(ast.BoolOp(ast.Or(), [self._call(node), node.body]), node.body)
        return node

    def _call(self, node: ast.FunctionDef | ast.Lambda) -> ast.expr:
        place = ast.Tuple([ast.Constant(node.lineno), ast.Constant(node.col_offset)], ast.Load())
        call = ast.Call(ast.Name("__entered__", ast.Load()), [place], [])
        return ast.copy_location(call, node)


def marked(tree: ast.Module) -> ast.Module:
    _Marked().visit(tree)
    return ast.fix_missing_locations(tree)


def functions_around(tree: ast.Module) -> Mapping[int, tuple[int, int]]:
    """For each node inside a function the line and column of the innermost one."""
    found: dict[int, tuple[int, int]] = {}

    def enter(node: ast.AST, place: tuple[int, int] | None) -> None:
        for inner in ast.iter_child_nodes(node):
            if place is not None:
                found[id(inner)] = place
            if isinstance(inner, ast.FunctionDef | ast.Lambda):
                enter(inner, (inner.lineno, inner.col_offset))
            else:
                enter(inner, place)

    enter(tree, None)
    return found
