"""Blocks that higher areas put on the page of an agency without being imported from here."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from agencyqa.agencies.models import Agency
from agencyqa.auth.actor import Actor

# Each is asked with the actor and an agency the actor may see.
agency_panels: list[Callable[[Actor, Agency], Markup | str]] = []
