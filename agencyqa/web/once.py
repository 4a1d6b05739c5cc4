"""What several parts of one page ask for is read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_known: ContextVar[dict[Any, Any] | None] = ContextVar("agencyqa_known", default=None)


@contextmanager
def one_page() -> Iterator[None]:
    """Inside, a function marked with ``once`` keeps its answers. Nothing may be written before the end of it."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def is_one_page() -> bool:
    return _known.get() is not None


def once(read: Callable[P, T]) -> Callable[P, T]:
    """Of a read whose arguments are hashable, the actor among them where it matters; nobody changes its answer.

    Outside ``one_page`` every call reads anew, so that services never see what stood there before they wrote.
    """

    @wraps(read)
    def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        known = _known.get()
        if known is None:
            return read(*args, **kwargs)
        key = (read, args, tuple(sorted(kwargs.items())))
        if key not in known:
            known[key] = read(*args, **kwargs)
        found: T = known[key]
        return found

    return asked
