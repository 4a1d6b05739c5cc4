"""Plain facts about one commission, as the rules ask for them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from agencyqa.agencies.enums import ConditionCode, Standing, TieKind
from agencyqa.measures.enums import WorkKind


class EvaluatorLink(StrEnum):
    """How the named principal evaluator relates to the agency."""

    NOT_NAMED = "not_named"
    NEVER = "never"
    OTHER_TIME = "other_time"
    APPOINTED = "appointed"


@dataclass(frozen=True)
class TieFact:
    """A tie of the agency, or of the person called ``person``; ``body`` is the other side's name.

    ``other_name`` is somebody there. ``valid_to`` is the last day, None while the tie goes on.
    """

    body_id: int
    body: str
    kind: TieKind
    id: int = 0
    person: str = ""
    other_name: str = ""
    valid_from: date = date.min
    valid_to: date | None = None


@dataclass(frozen=True)
class EarlierWork:
    """Other work about the same object (in any budget year): of this agency, or of ``person`` elsewhere."""

    engagement_id: int
    contract: str
    work_kind: WorkKind
    is_clerical_only: bool
    signed_on: date
    is_same_year: bool
    person: str = ""


@dataclass(frozen=True)
class ClientWork:
    """Work that the agency has in hand for the evaluated unit itself."""

    engagement_id: int
    contract: str


class Picked(StrEnum):
    """How the agency stands to the selection for this work."""

    THIS = "this"
    ANOTHER = "another"
    UNDECIDED = "undecided"
    # The one that there is led to another contract already.
    SPENT = "spent"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Exclusion:
    """The agency is not chosen until the day, as the use of a result; ``id`` is that of the entry."""

    id: int
    valid_to: date
    reason: str


@dataclass(frozen=True)
class Bringing:
    """How the principal evaluator stands to the conditions in force; ``note`` is why a lack was put up with.

    ``assumed_from``: the register knows him only from this later day on, and is taken by what it says of then.
    """

    unmet: tuple[ConditionCode, ...] = ()
    unknown: tuple[ConditionCode, ...] = ()
    note: str = ""
    assumed_from: date | None = None


@dataclass(frozen=True)
class Facts:
    """``fee`` in fen. ``is_related``: one of commissioner and evaluated unit stands above the other.

    ``standing`` is that of the contract date, None outside the bureau's register. ``people`` counts the team. ``near``
    are the bodies directly above and below commissioner, unit and department. ``ties`` had begun by the day of the
    check; those that ended before the contract are among them as far back as ``tie_months``, and ``earlier`` work as
    far as ``work_months``. Both are None where no term is set; then nothing of the past is asked for. ``bringing`` is
    None where nobody is named or no conditions are in force; ``picked`` is None while the agency is being picked.
    """

    contract_signed_on: date
    due_on: date
    today: date
    fee: int
    commissioner_id: int
    evaluated_unit_id: int
    department_id: int
    work_kind: WorkKind
    is_clerical_only: bool
    standing: Standing | None
    evaluator: EvaluatorLink
    is_related: bool = False
    ties: tuple[TieFact, ...] = ()
    people: int = 0
    near: frozenset[int] = frozenset()
    earlier: tuple[EarlierWork, ...] = ()
    for_unit: tuple[ClientWork, ...] = ()
    tie_months: int | None = None
    work_months: int | None = None
    bringing: Bringing | None = None
    exclusions: tuple[Exclusion, ...] = ()
    picked: Picked | None = None
    picked_agency: str = ""
    picked_contract: str = ""
    completed_on: date | None = None
