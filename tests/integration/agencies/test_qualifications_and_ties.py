from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies import queries, services
from agencyqa.agencies.enums import (
    QualificationState,
    TieKind,
)
from agencyqa.clock import local_date
from agencyqa.errors import Invalid, NotVisible, WrongState
from tests.factories.accounts import NOW, make_bureau, make_department
from tests.factories.agencies import (
    ENTERED_ON,
    make_agency,
    make_qualification,
    make_tie,
    officer_of,
    row_counts,
)

TODAY = local_date(NOW)


def test_qualifications_and_their_states(session: Session) -> None:
    bureau = make_bureau(session)
    agency = make_agency(session, bureau)
    make_qualification(session, bureau, agency, "甲证", expires_on=TODAY - timedelta(1))
    make_qualification(session, bureau, agency, "甲证", expires_on=TODAY + timedelta(400))
    make_qualification(session, bureau, agency, "乙证", expires_on=TODAY + timedelta(90))
    make_qualification(session, bureau, agency, "丙证")
    wrong = make_qualification(session, bureau, agency, "丁证", expires_on=TODAY - timedelta(1))
    gone = make_qualification(session, bureau, agency, "戊证", expires_on=TODAY - timedelta(1))
    services.withdraw_qualification(officer_of(bureau), session, wrong, reason="录错", now=NOW)
    with pytest.raises(WrongState, match="qualification_withdrawn"):
        services.withdraw_qualification(officer_of(bureau), session, wrong, reason="录错", now=NOW)
    with pytest.raises(Invalid):
        services.withdraw_qualification(officer_of(bureau), session, gone, reason=" ", now=NOW)
    views = queries.qualifications_of(session, agency.id, TODAY)
    assert {(view.qualification.name, view.state) for view in views} == {
        ("甲证", QualificationState.VALID),
        ("甲证", QualificationState.RENEWED),
        ("乙证", QualificationState.EXPIRING),
        ("丙证", QualificationState.VALID),
        ("丁证", QualificationState.WITHDRAWN),
        ("戊证", QualificationState.EXPIRED),
    }
    assert views[-1].qualification.name == "丁证"


def test_a_qualification_refuses(session: Session) -> None:
    bureau, other = make_bureau(session), make_bureau(session, "静安区财政局")
    agency = make_agency(session, bureau)
    before = row_counts(session)
    data = services.QualificationData("证书", issued_on=date(2022, 1, 2), expires_on=date(2022, 1, 1))
    with pytest.raises(Invalid) as caught:
        services.add_qualification(officer_of(bureau), session, agency, data, now=NOW)
    assert caught.value.fields == {"expires_on": ("expires_before_issue", {})}
    with pytest.raises(NotVisible):
        services.add_qualification(
            officer_of(other), session, agency, services.QualificationData("证书"), now=NOW
        )
    assert row_counts(session) == before


def test_ties(session: Session) -> None:
    bureau, other = make_bureau(session), make_bureau(session, "静安区财政局")
    school, health = make_department(session, bureau), make_department(session, bureau, "区卫生局")
    foreign = make_department(session, other, "静安区教育局")
    agency = make_agency(session, bureau)
    make_tie(session, bureau, agency, school, valid_from=date(2019, 1, 1), valid_to=date(2019, 12, 31))
    tie = make_tie(session, bureau, agency, school, TieKind.ADVISORY, valid_from=date(2020, 1, 1))

    def found(day: date) -> list[tuple[str, TieKind]]:
        return [(row.body, row.kind) for row in queries.ties_on(session, agency.id, [], day)]

    assert found(date(2018, 12, 31)) == []
    assert found(date(2019, 12, 31)) == [("区教育局", TieKind.SHAREHOLDING)]
    assert found(date(2020, 1, 1)) == [("区教育局", TieKind.ADVISORY)]
    before = row_counts(session)
    cases: list[tuple[Body, TieKind, date | None, dict[str, object]]] = [
        (school, TieKind.ADVISORY, None, {"body_id": ("tie_exists", {})}),
        (foreign, TieKind.OTHER, None, {"body_id": ("not_a_choice", {})}),
        (health, TieKind.OTHER, ENTERED_ON - timedelta(1), {"valid_to": ("ends_before_start", {})}),
    ]
    for body, kind, end, expected in cases:
        with pytest.raises(Invalid) as caught:
            make_tie(session, bureau, agency, body, kind, valid_to=end)
        assert caught.value.fields == expected
    assert row_counts(session) == before
    services.end_tie(officer_of(bureau), session, tie, on=date(2021, 1, 1), now=NOW)
    assert found(date(2021, 1, 2)) == []
    with pytest.raises(WrongState, match="tie_over"):
        services.end_tie(officer_of(bureau), session, tie, on=TODAY, now=NOW)
    with pytest.raises(NotVisible):
        services.end_tie(officer_of(other), session, tie, on=TODAY, now=NOW)
