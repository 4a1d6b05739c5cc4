"""Templates without Jinja's own bookkeeping, which was half of the time of a list page. What they say stays the same.

Three things make up nearly all of it, and each is answered once here instead of in every template:

- A text of the catalogue is looked up whenever it is shown. Each language has compiled templates of its own, in which
  the texts (and the icons) already stand.
- Every call of a template looks for the wishes of the called function, which none of ours has, in several steps.
- Escaping wraps its result in an object that says "escaped", only to join it with the next piece.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from types import CodeType
from typing import Any

from flask import has_request_context, request
from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, new_context
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]

from agencyqa.i18n import language, page_text
from agencyqa.web.addresses import Addresses
from agencyqa.web.icons import icon
from agencyqa.web.kept_markup import KeptMarkup
from agencyqa.web.signing import SignedSession

# Functions whose result depends on their arguments and the language alone. A template may not use the names otherwise.
FIXED: dict[str, Callable[..., Any]] = {"_": page_text, "draw_icon": icon}


def shown(value: Any) -> str:
    """A value as a piece of markup: what ``markupsafe.escape`` says, as a bare string."""
    kind = type(value)
    if kind is str:
        return _escape_inner(value)
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    return str(value) if kind is int else escape(value)


class PageContext(Context):
    """Calls a function at once. One that asks for the context, as Jinja allows it, is answered by Jinja."""

    def call(
        self, called: Any, /, *args: Any, _loop_vars: Any = None, _block_vars: Any = None, **kwargs: Any
    ) -> Any:
        if hasattr(called, "jinja_pass_arg"):
            return super().call(called, *args, **kwargs)
        return called(*args, **kwargs)


class PageTemplate(Template):
    @classmethod
    def from_code(
        cls,
        environment: Any,
        code: CodeType,
        globals: MutableMapping[str, Any],
        uptodate: Callable[[], bool] | None = None,
    ) -> Template:
        template = super().from_code(environment, code, globals, uptodate)
        # Compiled code names the function in its module, where every piece of the page finds it.
        template.root_render_func.__globals__["escape"] = shown
        return template

    def new_context(
        self, vars: dict[str, Any] | None = None, shared: bool = False, locals: Any = None
    ) -> Context:
        """With the same names. Jinja looks through both layers of its globals one by one, twice, for every template."""
        if not shared:
            known: dict[str, Any] = {}
            for layer in reversed(self.globals.maps):  # type: ignore[attr-defined]
                known.update(layer)
            vars = known | (vars or {})
        return new_context(self.environment, self.name, self.blocks, vars, True, None, locals)

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        """The macros of a file are the same for every page: ours give a template no globals of its own."""
        return super()._get_default_module()


# There are two languages and one mount point; the limit is for a proxy that changes it.
_MOST_PLACES = 10


class PageEnvironment(Environment):
    """The templates of an application, compiled once for each language and mount point; all else is shared by them.

    ``spoken`` is the language of what is compiled here, None in the environment that the application asks.
    """

    context_class = PageContext
    template_class = PageTemplate
    spoken: str | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_extension(KeptMarkup)
        self._spoken: dict[tuple[str, str], PageEnvironment] = {}

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> Template:
        if self.spoken is None:
            return self._in(language()).get_template(name, parent, globals)
        return super().get_template(name, parent, globals)

    def _in(self, spoken: str) -> PageEnvironment:
        place = (spoken, request.script_root if has_request_context() else "")
        found = self._spoken.get(place)
        if found is None:
            found = self.overlay()
            found.spoken = spoken
            if len(self._spoken) >= _MOST_PLACES:
                self._spoken.clear()
            self._spoken[place] = found
        return found

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        """The hook that Jinja offers between parsing and compiling."""
        return super()._generate(_Fixing().visit(source), *args, **kwargs)


class _Fixing(NodeTransformer):
    """Puts the result in the place of a call of ``FIXED`` whose arguments are written out."""

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else None
        if name not in FIXED or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        written = [argument.value for argument in node.args if isinstance(argument, nodes.Const)]
        if len(written) < len(node.args):
            return node
        return nodes.Const(FIXED[name](*written), lineno=node.lineno)


class Site(Addresses):
    """An application with these templates."""

    jinja_environment = PageEnvironment
    session_interface = SignedSession()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """None of ours is a coroutine; Flask asks each function that it calls for a request, fifteen of them."""
        return func
