"""Sensitive fields: sealed in the database, masked on every page, shown once for a logged reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body
from agencyqa.agencies import services
from agencyqa.agencies.enums import SensitiveField
from agencyqa.agencies.models import Agency, Appointment, SealedField
from agencyqa.agencies.sealing import CannotOpen, Keyring
from agencyqa.audit.models import AuditEntry
from agencyqa.auth.roles import Role
from agencyqa.clock import local_date, today
from agencyqa.errors import Forbidden, Invalid, Refused, WrongState
from agencyqa.extensions import db
from tests.client import Client
from tests.factories.accounts import NOW, actor_of, make_bureau, make_member, make_observer, sign_in
from tests.factories.agencies import ENTERED_ON, make_agency, make_evaluator, officer_of

OLD, NEW = ("k1", b"1" * 32), ("k2", b"2" * 32)
KEYS = Keyring([OLD])
# Invented, with a right check character.
NUMBER, BIRTH, PHONE = "110105194912310000", date(1949, 12, 31), "13900001234"
PLAIN = (NUMBER, BIRTH.isoformat(), PHONE)


def right(number: str) -> str:
    from stdnum.cn import ric

    return number[:-1] + ric.calc_check_digit(number)


NUMBER = right(NUMBER)
PLAIN = (NUMBER, *PLAIN[1:])
DATA = services.PrivateData(NUMBER, BIRTH, PHONE)


@pytest.fixture
def bureau(session: Session) -> Body:
    return make_bureau(session)


@pytest.fixture
def place(session: Session, bureau: Body) -> Appointment:
    return make_evaluator(session, bureau, make_agency(session, bureau))


def keep(session: Session, bureau: Body, place: Appointment, data: services.PrivateData = DATA) -> None:
    services.change_private(officer_of(bureau), session, place, data, keys=KEYS, now=NOW)


def everything(connection: sa.Connection) -> str:
    """All rows of all tables as one text."""
    tables = db.metadata.sorted_tables
    return "\n".join(str(row) for table in tables for row in connection.execute(select(table)))


def test_no_row_and_no_entry_of_the_log_holds_the_plain_text(
    session: Session, connection: sa.Connection, bureau: Body, place: Appointment
) -> None:
    keep(session, bureau, place)
    shown = services.show_private(
        officer_of(bureau), session, place, reason="核对执业证书", keys=KEYS, now=NOW
    )
    assert tuple(shown.values()) == PLAIN
    session.commit()
    stored = everything(connection)
    assert [text for text in PLAIN if text in stored] == []
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.event.startswith("agencies.private"))
        .order_by(AuditEntry.sequence)
    ).all()
    names = sorted(field.value for field in SensitiveField)
    assert [(entry.event, entry.detail["fields"], entry.detail.get("reason")) for entry in entries] == [
        ("agencies.private.changed", names, None),
        ("agencies.private.shown", names, "核对执业证书"),
    ]


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        (services.PrivateData(right(NUMBER)[:-1] + "A"), {"identity_number": ("identity_check", {})}),
        (services.PrivateData("12 34"), {"identity_number": ("identity_form", {})}),
        (services.PrivateData("110105199902300017"), {"identity_number": ("identity_check", {})}),
        (services.PrivateData(NUMBER, date(1950, 1, 1)), {"birth_date": ("birth_date_differs", {})}),
        (services.PrivateData(), {}),
    ],
)
def test_what_is_not_taken(
    session: Session,
    bureau: Body,
    place: Appointment,
    data: services.PrivateData,
    fields: dict[str, tuple[str, dict]],
) -> None:
    with pytest.raises(Invalid) as caught:
        keep(session, bureau, place, data)
    assert caught.value.fields == fields
    assert session.scalars(select(SealedField)).all() == []


def test_a_number_tells_a_person_whatever_the_licence(
    session: Session, bureau: Body, place: Appointment
) -> None:
    keep(session, bureau, place)
    other = make_agency(session, bureau)

    def appoint(name: str, keys: Keyring | None = KEYS) -> Appointment:
        data = services.AppointmentData(
            services.PersonData(name), ENTERED_ON, identity_number=f" {NUMBER.lower()} "
        )
        return services.appoint_evaluator(officer_of(bureau), session, other, data, keys=keys, now=NOW)

    with pytest.raises(Refused) as refused:
        appoint("赵敏")
    assert refused.value.code == "evaluator_practises_elsewhere"
    with pytest.raises(Invalid) as caught:
        appoint("赵明")
    assert caught.value.fields == {"identity_number": ("identity_of_another", {})}
    with pytest.raises(WrongState):
        appoint("赵敏", Keyring([]))
    namesake = make_evaluator(session, bureau, other, "赵敏")
    with pytest.raises(Invalid) as taken:
        keep(session, bureau, namesake)
    assert taken.value.fields == {"identity_number": ("identity_taken", {})}


def test_a_field_is_cleared(session: Session, bureau: Body, place: Appointment) -> None:
    keep(session, bureau, place)
    cleared = services.PrivateData(cleared=frozenset({SensitiveField.PRIVATE_CONTACT}))
    keep(session, bureau, place, cleared)
    shown = services.show_private(officer_of(bureau), session, place, reason="核对", keys=KEYS, now=NOW)
    assert list(shown) == [SensitiveField.IDENTITY_NUMBER, SensitiveField.BIRTH_DATE]


def test_keys_are_replaced_while_every_field_stays_readable(
    session: Session, bureau: Body, place: Appointment
) -> None:
    keep(session, bureau, place)
    both, after = Keyring([NEW, OLD]), Keyring([NEW])
    with pytest.raises(CannotOpen):
        services.reseal(session, after, limit=2, now=NOW)
    done = [services.reseal(session, both, limit=2, now=NOW) for _ in range(3)]
    assert done == [2, 1, 0]
    shown = services.show_private(officer_of(bureau), session, place, reason="核对", keys=after, now=NOW)
    assert tuple(shown.values()) == PLAIN
    # The same person is still found, and his number still taken.
    other = make_evaluator(session, bureau, make_agency(session, bureau), "赵敏")
    with pytest.raises(Invalid):
        services.change_private(officer_of(bureau), session, other, DATA, keys=after, now=NOW)


def test_the_command_seals_anew(app: Flask, session: Session, bureau: Body, place: Appointment) -> None:
    keep(session, bureau, place)
    session.commit()
    runner = app.test_cli_runner()
    refused = runner.invoke(args=["agencies", "rotate-keys"])
    assert (refused.exit_code, "field_key_missing k1" in refused.output) == (1, True)
    services.reseal(session, Keyring([("tests", b"k" * 32), OLD]), limit=9, now=NOW)
    session.commit()
    assert runner.invoke(args=["agencies", "rotate-keys"]).output == (
        "0 fields sealed anew; all lie under the key tests.\n"
    )


def test_pages_hide_it_until_a_reason_is_given(client: Client, session: Session, bureau: Body) -> None:
    place = make_evaluator(session, bureau, make_agency(session, bureau), valid_from=today())
    agency = session.get_one(Agency, place.agency_id)
    sign_in(client, make_member(session, bureau, Role.BUREAU_SUPERVISOR))
    page = f"/agencies/{agency.id}/people/{place.id}"
    sent = {"identity_number": NUMBER, "birth_date": BIRTH.isoformat(), "private_contact": PHONE}
    assert client.submit(client.get(f"{page}/private"), "/agencies/", **sent).status_code == 302
    for path in (page, f"{page}/private", f"/agencies/{agency.id}", "/audit/"):
        text = client.get(path).text
        assert [plain for plain in PLAIN if plain in text] == [], path
    without = client.submit(client.get(page), "show-private")
    assert without.status_code == 422
    assert NUMBER not in without.text
    answer = client.submit(client.get(page), "show-private", reason="核对执业证书")
    assert answer.status_code == 200
    assert [plain for plain in PLAIN if plain not in answer.text] == []
    assert answer.headers["Cache-Control"] == "no-store"
    assert NUMBER not in client.get(page).text
    assert "核对执业证书" in client.get("/audit/?event=agencies.private.shown").text
    # The agency's own manager may ask as well, nobody else.
    client.post("/sign-out")
    manager = make_member(session, session.get_one(Body, agency.id), Role.AGENCY_MANAGER)
    sign_in(client, manager)
    assert NUMBER in client.submit(client.get(page), "show-private", reason="年度核对").text
    for role, body in (
        (Role.AGENCY_STAFF, session.get_one(Body, agency.id)),
        (Role.OBSERVER, make_observer(session, bureau)),
        (Role.BUREAU_LEAD, make_bureau(session, "静安区财政局")),
    ):
        client.post("/sign-out")
        sign_in(client, make_member(session, body, role))
        assert client.post(f"{page}/private/show", data={"reason": "x"}).status_code in {403, 404}


def test_who_no_longer_employs_somebody_neither_reads_nor_writes_what_is_sealed(
    session: Session, bureau: Body, place: Appointment
) -> None:
    keep(session, bureau, place)
    manager = actor_of(
        session, make_member(session, session.get_one(Body, place.agency_id), Role.AGENCY_MANAGER)
    )
    shown = services.show_private(manager, session, place, reason="核对", keys=KEYS, now=NOW)
    assert tuple(shown.values()) == PLAIN
    # The last day counts in full.
    services.end_appointment(officer_of(bureau), session, place, on=local_date(NOW), now=NOW)
    services.show_private(manager, session, place, reason="核对", keys=KEYS, now=NOW)
    later = NOW + timedelta(days=1)
    with pytest.raises(Forbidden):
        services.show_private(manager, session, place, reason="核对", keys=KEYS, now=later)
    with pytest.raises(WrongState) as caught:
        services.change_private(
            officer_of(bureau),
            session,
            place,
            services.PrivateData(private_contact="1"),
            keys=KEYS,
            now=later,
        )
    assert caught.value.code == "appointment_over"
    # The bureau that keeps the register still answers for what it holds.
    assert services.show_private(officer_of(bureau), session, place, reason="核对", keys=KEYS, now=later)
