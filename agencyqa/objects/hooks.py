"""Where higher areas add what they know about an evaluation object, without being imported from here."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup
from sqlalchemy import Select
from sqlalchemy.orm import Session

from agencyqa.auth.actor import Actor
from agencyqa.objects.models import EvaluationObject

# Ids of objects that an agency or department sees because it takes part in something about them.
occurrences: list[Callable[[Actor], Select[int]]] = []

# Blocks of the page of one object, below its own facts.
object_panels: list[Callable[[Actor, EvaluationObject], Markup | str]] = []

# Called with the new department before an object changes hands; raises Refused where that breaks a rule.
department_guards: list[Callable[[Session, EvaluationObject, int], None]] = []
