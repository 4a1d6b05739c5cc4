from __future__ import annotations

from datetime import date

import pytest

from agencyqa.agencies import plain
from agencyqa.agencies.enums import DocumentKind, Education, Matter, PersonRole, TieKind
from agencyqa.agencies.services import (
    DEEDS,
    AppointmentData,
    DocumentData,
    EndData,
    PersonData,
    QualificationData,
    TieData,
    flat,
)

PERSON = PersonData("赵敏", "教授", "", date(2005, 7, 1), None, education=Education.DOCTOR)
DATA = [
    QualificationData("证书", "1", "财政局", date(2018, 1, 1), date(2028, 2, 29)),
    PERSON,
    AppointmentData(PERSON, date(2022, 6, 1), "理由", PersonRole.EXPERT),
    TieData(7, TieKind.SHAREHOLDING, date(2022, 1, 1), None, "", 3, "", 1250),
    EndData(date(2022, 1, 1), "离职"),
    DocumentData(DocumentKind.TRAINING, date(2022, 1, 1)),
]


@pytest.mark.parametrize("data", DATA, ids=lambda data: type(data).__name__)
def test_what_is_dumped_is_loaded(data: object) -> None:
    assert plain.load(type(data), plain.dump(data)) == data


def test_what_is_not_shown_is_not_kept() -> None:
    data = AppointmentData(PERSON, date(2022, 6, 1), identity_number="11010519491231002X")
    assert "11010519491231002X" not in str(plain.dump(data))
    assert plain.load(AppointmentData, plain.dump(data)).identity_number == ""


def test_every_matter_has_its_deed_and_its_fields_in_one_layer() -> None:
    assert set(DEEDS) == set(Matter)
    found = flat(DATA[2])
    assert (found["name"], found["role"], found["note"]) == ("赵敏", PersonRole.EXPERT, "理由")
