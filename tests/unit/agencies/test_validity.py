from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from agencyqa.agencies.enums import AgencyKind, QualificationState
from agencyqa.agencies.history import Difference, differences, versions
from agencyqa.agencies.models import AgencyProfile
from agencyqa.agencies.validity import qualification_state, threshold_reached

DAY = date(2022, 6, 15)


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (-1, QualificationState.EXPIRED),
        (0, QualificationState.EXPIRING),
        (90, QualificationState.EXPIRING),
        (91, QualificationState.VALID),
    ],
)
def test_state_by_days_left(days: int, state: QualificationState) -> None:
    assert qualification_state(DAY + timedelta(days), None, is_renewed=False, day=DAY) is state


def test_state_without_an_end() -> None:
    assert qualification_state(None, None, is_renewed=False, day=DAY) is QualificationState.VALID


def test_a_renewed_or_withdrawn_one_no_longer_expires() -> None:
    gone = DAY - timedelta(1)
    withdrawn = datetime(2022, 1, 1, tzinfo=UTC)
    assert qualification_state(gone, None, is_renewed=True, day=DAY) is QualificationState.RENEWED
    assert qualification_state(gone, withdrawn, is_renewed=True, day=DAY) is QualificationState.WITHDRAWN


@pytest.mark.parametrize(
    ("days", "threshold"),
    [(-1, None), (0, 7), (7, 7), (8, 30), (30, 30), (31, 90), (90, 90), (91, None)],
)
def test_threshold(days: int, threshold: int | None) -> None:
    assert threshold_reached(DAY + timedelta(days), DAY) == threshold


def test_history() -> None:
    shared = {
        "kind": AgencyKind.LAW_FIRM,
        "founded_on": None,
        "address": "",
        "contact_name": "",
        "contact_phone": "",
        "contact_email": "",
        "on_credit_platform": False,
    }
    first = AgencyProfile(number=1, name="甲所", legal_representative="王明", **shared)
    second = AgencyProfile(number=2, name="乙所", legal_representative="王明", **shared)
    third = AgencyProfile(number=3, name="乙所", legal_representative="李静", **shared)
    assert differences(first, first) == ()
    assert [(item.profile.number, item.differences) for item in versions([first, second, third])] == [
        (3, (Difference("legal_representative", "王明", "李静"),)),
        (2, (Difference("name", "甲所", "乙所"),)),
        (1, ()),
    ]
