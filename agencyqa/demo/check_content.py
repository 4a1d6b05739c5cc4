"""The spot checks of the demo: of whom, when, what was found, and what became of it.

The bureau looks closest where the work is weakest; agencies with good papers are looked at once and left in peace.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agencyqa.inspections.enums import Channel


class Fate(StrEnum):
    """How far a finding goes. ``SILENT``: the agency let its term pass, and the finding became final."""

    DRAFT = "draft"
    NOTIFIED = "notified"
    STATED = "stated"
    AGREED = "agreed"
    DISPUTED = "disputed"
    SILENT = "silent"
    DROPPED = "dropped"
    WITHDRAWN = "withdrawn"

    @property
    def is_final(self) -> bool:
        return self in {Fate.AGREED, Fate.DISPUTED, Fate.SILENT}


class Step(StrEnum):
    """What happens to a rectification order after it was issued."""

    ANSWER = "answer"
    REJECT = "reject"
    VERIFY = "verify"
    RECHECK = "recheck"
    CLOSE = "close"


@dataclass(frozen=True)
class Found:
    fault: str
    occurrences: int
    fate: Fate


@dataclass(frozen=True)
class CheckContent:
    """``agency`` is a position in AGENCIES, ``whole``: the agency itself and no engagement is looked at.

    ``day`` counts from the first of September in the past year, and back from the end in the open one. ``order``
    holds the steps of a rectification order with the days after it was issued; None: none was issued.
    """

    agency: int
    day: int
    channel: Channel
    found: tuple[Found, ...] = ()
    order: tuple[tuple[Step, int], ...] | None = None
    whole: bool = False


C, F = Channel, Fate
_CLOSED = ((Step.ANSWER, 14), (Step.VERIFY, 18), (Step.RECHECK, 60))

PAST_CHECKS = (
    CheckContent(0, 8, C.REPORT_READING),
    CheckContent(
        10,
        10,
        C.FILES_ON_SITE,
        (
            Found("no_work_paper", 3, F.AGREED),
            Found("no_evidence", 2, F.DISPUTED),
            Found("formal_internal_review", 1, F.SILENT),
        ),
        ((Step.ANSWER, 16), (Step.REJECT, 20), (Step.ANSWER, 30), (Step.VERIFY, 35), (Step.RECHECK, 70)),
    ),
    CheckContent(6, 14, C.FOLLOWING),
    CheckContent(
        9,
        16,
        C.FILES_ON_SITE,
        (Found("missing_archive_document", 2, F.AGREED), Found("disordered_archive", 1, F.AGREED)),
        _CLOSED,
    ),
    CheckContent(
        8,
        22,
        C.REPORT_READING,
        (
            Found("wrong_table_entry", 3, F.AGREED),
            Found("text_error", 2, F.AGREED),
            Found("unclear_statement", 1, F.DROPPED),
        ),
    ),
    CheckContent(1, 28, C.CROSS_REVIEW),
    CheckContent(11, 30, C.INTERVIEW, (Found("no_source", 2, F.DISPUTED),), _CLOSED),
    CheckContent(5, 40, C.UNIT_OPINION, (Found("slow_response", 2, F.AGREED),)),
    CheckContent(3, 42, C.REPORT_READING, (Found("cover_element_missing", 2, F.AGREED),)),
    CheckContent(
        10,
        44,
        C.INTERVIEW,
        (Found("evaluator_in_name_only", 1, F.DISPUTED), Found("no_internal_review", 2, F.AGREED)),
        ((Step.ANSWER, 20), (Step.VERIFY, 26), (Step.CLOSE, 40)),
    ),
    CheckContent(5, 46, C.FILES_ON_SITE, (Found("late_declaration", 2, F.WITHDRAWN),)),
    CheckContent(7, 50, C.REPORT_READING, (Found("report_element_missing", 2, F.AGREED),)),
    CheckContent(
        9,
        52,
        C.FILES_ON_SITE,
        (Found("no_declaration", 2, F.AGREED), Found("unconfirmed_evidence", 1, F.DROPPED)),
        _CLOSED,
    ),
    CheckContent(4, 54, C.CROSS_REVIEW, (Found("unsigned_document", 1, F.AGREED),)),
    # Late with its answer, and therefore marked.
    CheckContent(
        10,
        56,
        C.FILES_ON_SITE,
        (Found("weak_internal_rules", 1, F.AGREED), Found("untrained_staff", 4, F.AGREED)),
        ((Step.ANSWER, 46), (Step.VERIFY, 52), (Step.CLOSE, 60)),
        whole=True,
    ),
)

OPEN_CHECKS = (
    CheckContent(5, 75, C.FOLLOWING, (Found("no_evidence", 2, F.AGREED),), ()),
    CheckContent(
        9,
        71,
        C.FOLLOWING,
        (Found("formal_internal_review", 1, F.DISPUTED),),
        ((Step.ANSWER, 14), (Step.VERIFY, 18)),
    ),
    CheckContent(
        8, 68, C.REPORT_READING, (Found("no_source", 2, F.AGREED),), ((Step.ANSWER, 14), (Step.REJECT, 42))
    ),
    # On the agency as a whole: counted by the form about its year.
    CheckContent(
        4,
        66,
        C.FILES_ON_SITE,
        (Found("weak_internal_rules", 1, F.AGREED), Found("untrained_staff", 4, F.AGREED)),
        (),
        whole=True,
    ),
    CheckContent(
        11, 60, C.FILES_ON_SITE, (Found("missing_archive_document", 2, F.AGREED),), ((Step.ANSWER, 15),)
    ),
    CheckContent(
        7, 26, C.REPORT_READING, (Found("poor_wording", 2, F.AGREED), Found("text_error", 1, F.AGREED)), ()
    ),
    CheckContent(3, 16, C.FILES_ON_SITE, (Found("unconfirmed_evidence", 1, F.STATED),)),
    # The agency that signs in has a finding to answer.
    CheckContent(0, 4, C.FILES_ON_SITE, (Found("unsigned_document", 1, F.NOTIFIED),)),
    CheckContent(9, 2, C.FILES_ON_SITE, (Found("no_source", 2, F.DRAFT), Found("slow_response", 2, F.DRAFT))),
    CheckContent(1, -6, C.INTERVIEW),
)
