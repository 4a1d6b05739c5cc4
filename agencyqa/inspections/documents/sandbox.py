"""The only Jinja that ever sees a template from outside: names, loops and conditions, and nothing else.

The sandbox of the library keeps a template from Python's insides. The list of allowed nodes goes further: without
calls, arithmetic and definitions there is nothing to reach for, nothing to run long on, and a wrong name is found
before the first record is printed, also in a branch that no sample enters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import SandboxedEnvironment

from agencyqa.inspections.documents.schema import RECORD

_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Getattr,
    nodes.For,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Const,
    nodes.Filter,
)
_FILTERS = frozenset({"length", "trim"})
# A loop over a table inside a loop over the same table multiplies; records never need more.
_DEEPEST_LOOP = 4
_LOOP = dict.fromkeys(("index", "index0", "revindex", "first", "last", "length"), "")


class ForbiddenTemplate(TemplateError):
    """``names`` says which parts of the language, or which filters, were used."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class UnknownNames(TemplateError):
    def __init__(self, names: list[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


class RecordEnvironment(SandboxedEnvironment):
    """Every source is examined when it is parsed, be it of the body, a header, a footnote or a property."""

    def __init__(self) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        self.globals.clear()

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _refuse_foreign_parts(tree)
        unknown: dict[str, None] = {}
        _check_names(tree, RECORD, unknown, 0)
        if unknown:
            raise UnknownNames(list(unknown))
        return tree


def _refuse_foreign_parts(tree: nodes.Template) -> None:
    wrong = {type(node).__name__: None for node in _walk(tree) if not isinstance(node, _ALLOWED)}
    for found in tree.find_all(nodes.Filter):
        if found.name not in _FILTERS or found.args or found.kwargs:
            wrong[f"|{found.name}"] = None
    for attribute in tree.find_all(nodes.Getattr):
        if attribute.attr.startswith("_"):
            wrong[attribute.attr] = None
    for loop in tree.find_all(nodes.For):
        if loop.recursive or not isinstance(loop.target, nodes.Name):
            wrong["for"] = None
    if wrong:
        raise ForbiddenTemplate(list(wrong))


def _walk(node: nodes.Node) -> list[nodes.Node]:
    return [node, *(below for child in node.iter_child_nodes() for below in _walk(child))]


def _check_names(node: nodes.Node, names: Mapping[str, Any], unknown: dict[str, None], depth: int) -> None:
    """Collect names the record does not have. Inside a loop, the line's name stands for one line of the table."""
    if isinstance(node, nodes.For):
        held = _shape_of(node.iter, names, unknown)
        if held is not None and not isinstance(held, list):
            unknown[_written(node.iter)] = None
        if depth >= _DEEPEST_LOOP:
            raise ForbiddenTemplate(["for"])
        line = held[0] if isinstance(held, list) else None
        assert isinstance(node.target, nodes.Name)
        inner = {**names, node.target.name: line, "loop": _LOOP}
        if node.test is not None:
            _check_names(node.test, inner, unknown, depth)
        for child in node.body:
            _check_names(child, inner, unknown, depth + 1)
        for child in node.else_:
            _check_names(child, names, unknown, depth)
        return
    if isinstance(node, (nodes.Name, nodes.Getattr)):
        _shape_of(node, names, unknown)
        return
    if isinstance(node, nodes.Output):
        for shown in node.nodes:
            # A whole table or line has no text of its own.
            if isinstance(shown, (nodes.Name, nodes.Getattr)) and isinstance(
                _shape_of(shown, names, unknown), (list, dict)
            ):
                unknown[_written(shown)] = None
    for child in node.iter_child_nodes():
        _check_names(child, names, unknown, depth)


def _shape_of(node: nodes.Node, names: Mapping[str, Any], unknown: dict[str, None]) -> Any:
    """What a name holds: a text, a list of lines, one line; None where that is unknown."""
    if isinstance(node, nodes.Name):
        if node.name not in names:
            unknown[node.name] = None
            return None
        return names[node.name]
    if isinstance(node, nodes.Getattr):
        owner = _shape_of(node.node, names, unknown)
        if isinstance(owner, dict) and node.attr in owner:
            return owner[node.attr]
        if owner is not None:
            unknown[_written(node)] = None
        return None
    # A loop over anything that is no name would be a loop over its letters.
    raise ForbiddenTemplate(["for"])


def _written(node: nodes.Node) -> str:
    if isinstance(node, nodes.Getattr):
        return f"{_written(node.node)}.{node.attr}"
    return node.name if isinstance(node, nodes.Name) else "?"
