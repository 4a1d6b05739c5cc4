"""A register and ten years of work as large as a city's: thousands of agencies, hundreds of thousands of engagements.

Nearly everything is made by the database itself from a table of numbers, one statement a table. The rows say nothing of
anybody; they only have the shares, the states and the spread over years that decide how fast a page is found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from agencyqa.accounts.models import Body, Membership, User
from agencyqa.accounts.naming import sort_key
from agencyqa.accounts.passwords import hash_password
from agencyqa.auth.roles import BodyKind, Role
from agencyqa.engagements.models import Engagement
from agencyqa.notifications.models import InboxMessage
from agencyqa.objects.enums import BudgetType, ObjectKind
from agencyqa.objects.models import EvaluationObject
from agencyqa.prepare import load_shipped_data
from benchmarks.data import DEPARTMENTS, PASSWORD, SUPERVISOR, WORKS
from benchmarks.register import fill_register

FIRST_DAY = date(2017, 1, 1)
AGENT, OFFICER, ADMINISTRATOR = "agent", "officer", "administrator"
NUMBERS = sa.table("benchmark_numbers", sa.column("n", sa.BigInteger))
# Of the newest contracts most still run; of the old ones one in a hundred, and those are late.
RUNNING_DAYS = 150
FIRST_ACCOUNT = 1000


@dataclass(frozen=True)
class Crowd:
    """How many rows there are, and the first numbers of those that others point to."""

    agencies: int
    people: int
    engagements: int
    departments: int
    today: date
    bureau_id: int = 0
    first_agency: int = 0
    first_department: int = 0
    agent_id: int = 0
    officer_id: int = 0
    administrator_id: int = 0

    @property
    def days(self) -> int:
        return (self.today - FIRST_DAY).days

    @property
    def objects(self) -> int:
        return max(1, self.engagements // 2)

    # Where the rows of an engagement lead; the same arithmetic for columns and for plain numbers.

    def start(self, n: Any) -> Any:
        return n * self.days // self.engagements

    def agency(self, n: Any) -> Any:
        return self.first_agency + n * 7 % self.agencies

    def evaluator(self, n: Any) -> Any:
        """The first of an agency's people is its principal evaluator; see ``register``."""
        return 1 + n * 7 % self.agencies

    def commissioner(self, n: Any) -> Any:
        return self.first_department + n * 3 % self.departments

    def unit(self, n: Any) -> Any:
        return self.first_department + (n * 3 + 1) % self.departments

    def runs(self, n: Any) -> Any:
        young = sa.and_(self.start(n) > self.days - RUNNING_DAYS, n % 5 != 0)
        return sa.and_(n % 50 != 0, sa.or_(young, n % 97 == 1))

    def ended(self, n: Any) -> Any:
        return sa.and_(n % 50 != 0, sa.not_(self.runs(n)))


class Filler:
    """Puts rows by ``INSERT … SELECT``; what a model fills in by itself, it fills in here too."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.is_sqlite = connection.dialect.name == "sqlite"

    def put(self, model: Any, source: Any, values: Mapping[str, Any], *conditions: Any) -> None:
        """``source`` is a number of rows, counted from 0 as ``NUMBERS.c.n``, or a table to read from."""
        columns = model.__table__.c
        shown = [
            (value if isinstance(value, sa.ColumnElement) else sa.literal(value, columns[name].type)).label(
                name
            )
            for name, value in values.items()
        ]
        statement = sa.select(*shown)
        if isinstance(source, int):
            statement = statement.select_from(NUMBERS).where(NUMBERS.c.n < source)
        else:
            statement = statement.select_from(source)
        given = list(values)
        if "version" in columns and "version" not in values:
            statement = statement.add_columns(sa.literal(1).label("version"))
            given.append("version")
        self.connection.execute(sa.insert(model).from_select(given, statement.where(*conditions)))

    def day(self, number: Any) -> Any:
        """The date so many days after the first."""
        if self.is_sqlite:
            return sa.func.date(FIRST_DAY.isoformat(), sa.cast(number, sa.String) + " days")
        return sa.literal(FIRST_DAY, sa.Date) + sa.cast(number, sa.Integer)

    def moment(self, number: Any) -> Any:
        """In the morning of that day."""
        if self.is_sqlite:
            return self.day(number) + " 02:00:00.000000"
        return sa.cast(self.day(number), sa.DateTime)


def pick(number: Any, values: Any) -> Any:
    """One value after the other, as the number says."""
    found = list(values)
    return sa.case(
        *((number % len(found) == place, sa.literal(value)) for place, value in enumerate(found[:-1])),
        else_=sa.literal(found[-1]),
    )


def text_of(number: Any) -> Any:
    return sa.cast(number, sa.String(20))


def padded(number: Any) -> Any:
    """Six figures, so that text sorts as numbers do."""
    return sa.func.substr(text_of(number + 1_000_000), 2)


def make_numbers(connection: Connection, count: int) -> None:
    connection.exec_driver_sql("CREATE TABLE benchmark_numbers (n BIGINT PRIMARY KEY)")
    connection.exec_driver_sql(
        "INSERT INTO benchmark_numbers WITH RECURSIVE s(n) AS "
        f"(SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < {int(count) - 1}) SELECT n FROM s"
    )


def begin_crowd(session: Session, crowd: Crowd, now: datetime) -> Crowd:
    """Shipped data, the register, departments and the people who look at the pages."""
    load_shipped_data(session)
    bureau_id = fill_register(session, crowd.agencies, crowd.people)
    first_agency = bureau_id + 1
    first_department = first_agency + crowd.agencies
    keys = [sort_key(name) for name in DEPARTMENTS]
    session.execute(
        sa.insert(Body),
        [
            {
                "id": first_department + number,
                "kind": BodyKind.DEPARTMENT,
                "name": f"示例区{number + 1}街道{DEPARTMENTS[number % len(DEPARTMENTS)]}",
                "sort_key": f"shi4 {number + 1:05d} {keys[number % len(keys)]}",
                "bureau_id": bureau_id,
                "created_at": now,
                "version": 1,
            }
            for number in range(crowd.departments)
        ],
    )
    _synchronise(session, "bodies", first_department + crowd.departments)
    _synchronise(session, "persons", crowd.people + 1)
    ids = {
        name: _member(session, name, body_id, role, now)
        for name, body_id, role in (
            (AGENT, first_agency, Role.AGENCY_MANAGER),
            (OFFICER, first_department, Role.DEPARTMENT_OFFICER),
            (ADMINISTRATOR, bureau_id, Role.SYSTEM_ADMINISTRATOR),
        )
    }
    session.commit()
    return Crowd(
        crowd.agencies,
        crowd.people,
        crowd.engagements,
        crowd.departments,
        crowd.today,
        bureau_id,
        first_agency,
        first_department,
        ids[AGENT],
        ids[OFFICER],
        ids[ADMINISTRATOR],
    )


def _member(session: Session, name: str, body_id: int, role: Role, now: datetime) -> int:
    user = User(username=name, display_name="测量账号", password_hash=hash_password(PASSWORD), created_at=now)
    session.add(user)
    session.flush()
    session.add(Membership(user_id=user.id, body_id=body_id, role=role, valid_from=FIRST_DAY))
    return user.id


def _synchronise(session: Session, table: str, following: int) -> None:
    """Rows that came with numbers of their own do not move PostgreSQL's counter."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(
            sa.text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {int(following)}, false)")
        )


def fill_accounts(filler: Filler, crowd: Crowd) -> None:
    """One for each agency and each department, none of which can sign in; numbered after those who look at pages."""
    n, count = NUMBERS.c.n, crowd.agencies + crowd.departments
    filler.put(
        User,
        count,
        {
            "id": FIRST_ACCOUNT + n,
            "username": "zhanghao" + padded(n),
            "display_name": "测量" + padded(n),
            "locale": "zh",
            "is_active": sa.true(),
            "created_at": filler.moment(n * crowd.days // count),
        },
    )
    filler.put(
        Membership,
        count,
        {
            "id": FIRST_ACCOUNT + n,
            "user_id": FIRST_ACCOUNT + n,
            "body_id": crowd.first_agency + n,
            "role": sa.case(
                (n < crowd.agencies, Role.AGENCY_MANAGER.value), else_=Role.DEPARTMENT_OFFICER.value
            ),
            "valid_from": filler.day(n * crowd.days // count),
        },
    )


def fill_engagements(filler: Filler, crowd: Crowd) -> None:
    n = NUMBERS.c.n
    year = FIRST_DAY.year
    filler.put(
        EvaluationObject,
        crowd.objects,
        {
            "id": n + 1,
            "bureau_id": crowd.bureau_id,
            "code": "X" + padded(n),
            "name": text_of(n + 1) + "号" + pick(n, WORKS) + "项目",
            "kind": pick(n, [kind.value for kind in ObjectKind]),
            "budget_type": pick(n, [kind.value for kind in BudgetType]),
            "budget_year": year - 1 + n * 10 // crowd.objects,
            "department_id": crowd.commissioner(n),
            "amount": (n % 9000 + 10) * 1_000_000,
            "created_at": filler.moment(n * crowd.days // crowd.objects),
        },
    )
    start = crowd.start(n)
    state = sa.case((n % 50 == 0, "terminated"), (crowd.runs(n), "contracted"), else_="completed")
    filler.put(
        Engagement,
        crowd.engagements,
        {
            "id": n + 1,
            "bureau_id": crowd.bureau_id,
            "object_id": n // 2 + 1,
            "agency_id": crowd.agency(n),
            "commissioner_id": crowd.commissioner(n),
            "evaluated_unit_id": crowd.unit(n),
            "principal_evaluator_id": crowd.evaluator(n),
            "work_kind": pick(n, ("evaluation", "monitoring")),
            "contract_number": "HT-" + padded(n),
            "contract_signed_on": filler.day(start),
            "due_on": filler.day(start + 60 + n % 120),
            "completed_on": sa.case((crowd.ended(n), filler.day(start + 50 + n % 120)), else_=sa.null()),
            "terminated_on": sa.case((n % 50 == 0, filler.day(start + 40)), else_=sa.null()),
            "fee": (n % 400 + 20) * 100_000,
            "assessment_year": year + n * 10 // crowd.engagements,
            "state": state,
            "is_overdue": sa.and_(crowd.runs(n), start + 60 + n % 120 < crowd.days),
            "created_at": filler.moment(start),
        },
    )


def fill_messages(filler: Filler, crowd: Crowd) -> None:
    """An inbox of many years for each who looks at one; the newest twenty are unread."""
    n, count = NUMBERS.c.n, 5000
    for user_id in (crowd.agent_id, crowd.officer_id, _supervisor_id(filler)):
        membership = filler.connection.scalar(sa.select(Membership.id).where(Membership.user_id == user_id))
        filler.put(
            InboxMessage,
            count,
            {
                "membership_id": membership,
                "code": "qualification_expiring",
                "params": {
                    "agency": "示例机构",
                    "qualification": "证书",
                    "expires_on": "2026-12-31",
                    "days": 30,
                },
                "endpoint": "",
                "endpoint_values": {},
                "created_at": filler.moment(n * crowd.days // count),
                "read_at": sa.case(
                    (n < count - 20, filler.moment(n * crowd.days // count + 1)), else_=sa.null()
                ),
            },
        )


def _supervisor_id(filler: Filler) -> int:
    return filler.connection.scalars(sa.select(User.id).where(User.username == SUPERVISOR)).one()


def midday(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=4)
