"""A bureau, an agency in its register and the first of its people."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies.models import Agency, Appointment
from tests.factories.accounts import make_bureau
from tests.factories.agencies import make_agency, make_evaluator


@pytest.fixture
def bureau(session: Session) -> Body:
    return make_bureau(session)


@pytest.fixture
def agency(session: Session, bureau: Body) -> Agency:
    return make_agency(session, bureau, "甲咨询有限公司")


@pytest.fixture
def place(session: Session, bureau: Body, agency: Agency) -> Appointment:
    return make_evaluator(session, bureau, agency)
