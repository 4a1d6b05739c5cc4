"""Who moves a version of a scheme; read by the pictures in ``docs/states`` and by the tests."""

from __future__ import annotations

from agencyqa.auth.lifecycles import LifeCycle, by
from agencyqa.auth.permissions import Permission
from agencyqa.measures.enums import SchemeAction as A
from agencyqa.measures.enums import SchemeState as S
from agencyqa.measures.workflow import STEPS

_WRITE = Permission.SCHEMES_WRITE

CYCLES = (
    LifeCycle(
        "scheme",
        "scheme_versions",
        STEPS,
        {
            A.SAVE: by(_WRITE, "measures.scheme.drafted"),
            A.PUBLISH: by(Permission.SCHEMES_PUBLISH, "measures.scheme.published"),
        },
        frozenset({S.PUBLISHED}),
        start=S.DRAFT,
        begin=by(_WRITE, "measures.scheme.drafted"),
    ),
)
