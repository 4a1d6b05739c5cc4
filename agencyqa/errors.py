"""What can go wrong by a user's doing, as classes with codes; sentences live with the templates.

A service raises one of these and changes nothing. ``web`` turns each into a page or a message beside a field.
"""

from __future__ import annotations

from typing import Any


class AgencyQAError(Exception):
    """``code`` names the case, ``params`` the figures of its sentence."""

    status = 400

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code


class Invalid(AgencyQAError):
    """What was typed cannot be taken. ``fields`` maps a form field to (code, params)."""

    status = 422

    def __init__(self, code: str = "invalid", /, **fields: str | tuple[str, dict[str, Any]]) -> None:
        super().__init__(code)
        self.fields: dict[str, tuple[str, dict[str, Any]]] = {
            name: (value, {}) if isinstance(value, str) else value for name, value in fields.items()
        }

    def __str__(self) -> str:
        return f"{self.code} {self.fields}"


class Refused(AgencyQAError):
    """A rule of a measure forbids it. ``provision`` is the stable key of the rule, if there is one."""

    status = 409

    def __init__(self, code: str, *, provision: str | None = None, **params: Any) -> None:
        super().__init__(code, **params)
        self.provision = provision


class WrongState(AgencyQAError):
    """The thing is not in a state that allows the action."""

    status = 409


class Stale(AgencyQAError):
    """Somebody else changed it since the page was loaded."""

    status = 409

    def __init__(self, code: str = "stale", **params: Any) -> None:
        super().__init__(code, **params)


class Forbidden(AgencyQAError):
    """The actor may see the thing but not do this to it."""

    status = 403

    def __init__(self, code: str = "forbidden", **params: Any) -> None:
        super().__init__(code, **params)


class NotVisible(AgencyQAError):
    """It does not exist for this actor; the answer is the same as for a thing that was never there."""

    status = 404

    def __init__(self, code: str = "not_found", **params: Any) -> None:
        super().__init__(code, **params)
