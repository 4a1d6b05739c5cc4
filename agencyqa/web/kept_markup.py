"""``{% kept row, can.fee %} … {% endkept %}``: markup that depends on these values alone is drawn once for each.

A list shows the same rows again and again, on its first page to everybody of a body, below every filter and in every
order. Drawing them was a third of such a page. Equal values give equal markup, so nothing can be out of date and nobody
can be shown what is somebody else's: a template that names anything else inside does not compile.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any, Self

from jinja2 import TemplateSyntaxError, nodes
from jinja2.environment import Environment
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup
from sqlalchemy import Row

# What may stand inside besides the values: its result depends on its arguments, the language and the mount point.
PURE = frozenset(
    {
        "_",
        "asset",
        "bootstrap_asset",
        "check_label",
        # Macros of the forms, as they call each other.
        "control",
        "draw_badge",
        "draw_icon",
        "draw_tag",
        "finding_label",
        "has_view",
        "label_of",
        "order_label",
        "role_label",
        "submit_button",
        "tone_of",
        "url_for",
    }
)
# Macros for which the same holds, by their files. A form has a token, a pager an address, a heading an order of its
# own, so they are not here.
PURE_MACROS: dict[str, frozenset[str]] = {
    "web/ui.html": frozenset({"badge", "button", "empty", "grade", "meter", "provision", "table", "tag"}),
    "deliverables/parts.html": frozenset({"due", "lateness", "name", "state", "there"}),
    "evaluations/parts.html": frozenset({"grade"}),
}
_FIND = "kept_markup"
# With the context a macro sees all that the page was given.
_IMPORT = re.compile(r'\{%-? *import "([^"]+)" as (\w+)(?! +with context) ')
# Parts of a template that see all of it, whatever they name.
_OPEN = (
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Block,
    nodes.ContextReference,
    nodes.DerivedContextReference,
)
# Rows have about a kilobyte each. The conditions above a list have twenty, and hold a word that anybody may choose.
MOST_KEPT = 5000
MOST_CHARACTERS = 6_000_000


class DrawnFrom:
    """A thing that changes, such as a form; what it shows depends on these values of it alone."""

    def drawn_from(self) -> tuple[Any, ...]:
        raise NotImplementedError


class KeptMarkup(Extension):
    """One for each language and mount point, as the templates themselves are."""

    tags = {"kept"}

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._drawn: dict[tuple[Any, ...], Markup] = {}
        self._length = 0
        # name of a template → what stands in it for the macros of a file
        self._imported: dict[str | None, dict[str, str]] = {}
        environment.filters[_FIND] = self.find

    def bind(self, environment: Environment) -> Self:
        bound = super().bind(environment)
        bound._drawn, bound._length, bound._imported = {}, 0, {}
        # A filter is called at once, where a function goes through several hands: a list asks in every row.
        environment.filters = {**environment.filters, _FIND: bound.find}
        return bound

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        self._imported[name] = {called: file for file, called in _IMPORT.findall(source)}
        return source

    def parse(self, parser: Parser) -> list[nodes.Node]:
        line = next(parser.stream).lineno
        values = [parser.parse_expression()]
        while parser.stream.skip_if("comma"):
            values.append(parser.parse_expression())
        body = parser.parse_statements(("name:endkept",), drop_needle=True)
        allowed = {path for path in map(_path, values) if path is not None}
        for called, file in self._imported.get(parser.name, {}).items():
            allowed |= {f"{called}.{macro}" for macro in PURE_MACROS.get(file, ())}
        for path, at in _others(body, allowed):
            raise TemplateSyntaxError(
                f"kept markup names {path}, which is none of its values", at, parser.name, parser.filename
            )
        where, drawn = nodes.Const(f"{parser.name}:{line}"), parser.free_identifier(line)
        return [
            nodes.Assign(drawn, nodes.Filter(where, _FIND, deepcopy(values), [], None, None)),
            nodes.If(
                nodes.Not(drawn),
                [
                    nodes.AssignBlock(drawn, None, body),
                    nodes.ExprStmt(self.call_method("keep", [drawn, where, *values])),
                ],
                [],
                [],
            ),
            nodes.Output([drawn]),
        ]

    def find(self, where: str, *values: Any) -> Markup | None:
        return self._drawn.get(_place(where, *values))

    def keep(self, drawn: Markup, where: str, *values: Any) -> None:
        # Whoever is just changing templates and style sheets wants to see it.
        if self.environment.auto_reload or len(drawn) > MOST_CHARACTERS:
            return
        if len(self._drawn) >= MOST_KEPT or self._length + len(drawn) > MOST_CHARACTERS:
            self._drawn.clear()
            self._length = 0
        self._drawn[_place(where, *values)] = drawn
        self._length += len(drawn)


# Of the statement whose rows were looked for last: (what its rows have in common, its columns). The rows of a page come
# one after the other, and asking each for its columns takes longer than finding it.
_columns: list[tuple[Any, tuple[str, ...]]] = [(None, ())]


def _place(where: str, first: Any, *others: Any) -> tuple[Any, ...]:
    """Two statements of one list may give equal rows whose columns mean something else.

    The types count as well: True is equal to 1, a member to the same text of another enumeration, and markup to a text
    that has yet to be escaped. A column has one type for all its rows.
    """
    types = tuple(map(type, others)) if others else ()
    if isinstance(first, DrawnFrom):
        return (where, first.drawn_from(), others, types)
    # A Row is of an abstract kind, which is asked in several steps.
    if type(first) is Row or isinstance(first, Row):
        known, columns = _columns[0]
        if first._parent is not known:
            columns = first._fields
            _columns[0] = (first._parent, columns)
        return (where, columns, tuple(first), others, types)
    return (where, first, type(first), others, types)


def _path(node: nodes.Node) -> str | None:
    """``can.fee`` as a text, None for what is no plain name with attributes."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        owner = _path(node.node)
        return None if owner is None else f"{owner}.{node.attr}"
    return None


def _others(body: list[nodes.Node], allowed: set[str]) -> Iterator[tuple[str, int]]:
    """What is named inside and neither among the values nor pure nor set inside, before it and for sure."""

    def all_of(parts: Iterable[nodes.Node], own: set[str]) -> Iterator[tuple[str, int]]:
        # What is set in here is known in here alone.
        own = set(own)
        for part in parts:
            yield from walk(part, own)

    def walk(node: nodes.Node, own: set[str]) -> Iterator[tuple[str, int]]:
        path = _path(node)
        if path is not None:
            names = path.split(".")
            beginnings = {".".join(names[: count + 1]) for count in range(len(names))}
            if not (beginnings & allowed or names[0] in own | PURE):
                yield path, node.lineno
        elif isinstance(node, _OPEN):
            yield type(node).__name__.lower(), node.lineno
        elif isinstance(node, nodes.Assign):
            yield from walk(node.node, own)
            own |= _set_in(node.target)
        elif isinstance(node, nodes.AssignBlock):
            yield from all_of([*([node.filter] if node.filter else []), *node.body], own)
            own |= _set_in(node.target)
        elif isinstance(node, nodes.For):
            yield from walk(node.iter, own)
            each = own | _set_in(node.target) | {"loop"}
            yield from all_of([*([node.test] if node.test else []), *node.body], each)
            yield from all_of(node.else_, own)
        elif isinstance(node, nodes.If):
            yield from walk(node.test, own)
            for branch in (node.body, node.elif_, node.else_):
                yield from all_of(branch, own)
        else:
            yield from all_of(node.iter_child_nodes(), own)

    return all_of(body, set())


def _set_in(target: nodes.Node) -> set[str]:
    names = [target, *target.find_all(nodes.Name)]
    return {name.name for name in names if isinstance(name, nodes.Name)}
