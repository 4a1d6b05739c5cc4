"""The builders of addresses are compiled once in a process, not once in each application that a test makes."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]
_compiled: dict[tuple[str, str | None, str | None, bool], Builder] = {}


class SharedRule(Rule):
    """Compiling takes nine tenths of what an application costs. A builder asks the rule that it is called for."""

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        if self.defaults:
            return super()._compile_builder(append_unknown)
        key = (self.rule, self.subdomain, self.host, append_unknown)
        if key not in _compiled:
            _compiled[key] = super()._compile_builder(append_unknown)
        return _compiled[key]
