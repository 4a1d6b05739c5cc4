"""dated versions of what is known of a person

Revision: 0058, after 0057
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Where the bureaus are; stored times are UTC.
_SHANGHAI = timedelta(hours=8)
_TEXTS = ("title", "licence")
_DAYS = ("work_since", "evaluation_since")
_FACTS = ("education", *_TEXTS, *_DAYS, "has_disqualifying_record")
_BLANK = dict.fromkeys(_FACTS) | dict.fromkeys(_TEXTS, "") | {"has_disqualifying_record": False}
_BATCH = 5000

Facts = dict[str, Any]


def upgrade() -> None:
    op.create_table(
        "person_versions",
        sa.Column("id", BigId, nullable=False),
        sa.Column("person_id", BigId, nullable=False),
        sa.Column("agency_id", BigId, nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("education", sa.String(length=40), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("licence", sa.String(length=200), nullable=False),
        sa.Column("work_since", sa.Date(), nullable=True),
        sa.Column("evaluation_since", sa.Date(), nullable=True),
        sa.Column("has_disqualifying_record", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_by_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_person_versions_agency_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_person_versions_person_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["users.id"], name=op.f("fk_person_versions_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_versions")),
    )
    op.create_index(
        op.f("ix_person_versions_person_id_valid_from_id"),
        "person_versions",
        ["person_id", "valid_from", "id"],
    )
    connection = op.get_bind()
    versions = sa.table("person_versions", *(sa.column(name) for name in _COLUMNS))
    batch: list[dict[str, Any]] = []
    for row in _all_versions(connection):
        batch.append(row)
        if len(batch) == _BATCH:
            connection.execute(sa.insert(versions), batch)
            batch = []
    if batch:
        connection.execute(sa.insert(versions), batch)


_COLUMNS = ("person_id", "agency_id", "valid_from", *_FACTS, "recorded_at", "recorded_by_id")


def downgrade() -> None:
    """What holds today stands with the person, as before."""
    op.drop_index(op.f("ix_person_versions_person_id_valid_from_id"), "person_versions")
    op.drop_table("person_versions")


def _all_versions(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    persons = sa.table(
        "persons",
        sa.column("id"),
        sa.column("education", sa.String),
        *(sa.column(name, sa.String) for name in _TEXTS),
        *(sa.column(name, sa.Date) for name in _DAYS),
        sa.column("has_disqualifying_record", sa.Boolean),
        sa.column("changed_at", sa.DateTime),
    )
    told = _told(connection)
    places = _first_places(connection)
    for person in connection.execute(sa.select(persons).order_by(persons.c.id)).mappings():
        today = {name: person[name] for name in _FACTS}
        first_day, agency_id = places.get(person["id"], (date.max, None))
        for row in _versions_of(
            today, told.get(person["id"], []), first_day, agency_id, person["changed_at"]
        ):
            yield {"person_id": person["id"], **row}


def _versions_of(
    today: Facts, entries: list[dict[str, Any]], first_day: date, agency_id: int | None, changed_at: datetime
) -> Iterator[dict[str, Any]]:
    """As the services would have kept them, had there been versions when the entries of the log were written.

    What a change told holds from the day on which it was entered: the log knows another only where this migration was
    taken back and is run again. The days since which somebody has worked are the same on all days. What the log does
    not tell is in the first version. Where there was nothing before, nobody said that it was not so: what was filled in
    later counts from the first day.
    """
    facts = dict(today)
    # An appointment may begin on a day to come.
    first_day = min(first_day, _day(changed_at))
    for entry in reversed(entries):
        facts.update({name: before for name, (before, _) in entry["changes"].items()})
    known: dict[date, Facts] = {}
    if facts != _BLANK or not entries or entries[0]["is_change"]:
        at = entries[0]["at"] if entries else changed_at
        yield {
            "agency_id": agency_id,
            "valid_from": first_day,
            "recorded_at": at,
            "recorded_by_id": None,
            **facts,
        }
        known[first_day] = facts
    for entry in entries:
        changes = {name: after for name, (_, after) in entry["changes"].items()}
        if entry["is_about_the_day"]:
            changes = _last_told(known)
        filled = set() if entry["is_dated"] else _filled(entry["changes"])
        added = _overlaid(known, changes, entry["since"], filled)
        if not entry["is_change"] and known and min(known) <= entry["since"]:
            # The agency knows from its own entry what held when the person came.
            added = {entry["since"]: _on(known, entry["since"])} | added
        for day, after in sorted(added.items()):
            yield {
                "agency_id": entry["agency_id"],
                "valid_from": day,
                "recorded_at": entry["at"],
                "recorded_by_id": entry["by"],
                **after,
            }
            known[day] = after
    if known[max(known)] != today:
        day = max(*known, _day(changed_at))
        yield {
            "agency_id": None,
            "valid_from": day,
            "recorded_at": changed_at,
            "recorded_by_id": None,
            **today,
        }


def _overlaid(
    known: dict[date, Facts], changes: Facts, since: date | None, filled: set[str]
) -> dict[date, Facts]:
    lasting = {name: value for name, value in changes.items() if name in _DAYS or name in filled}
    if not known:
        assert since is not None
        return {since: _BLANK | changes}
    if not changes:
        return {}
    wrong = known[max(known)]
    found: dict[date, Facts] = {}
    for day in sorted({*known, *([since] if since is not None else [])}):
        before = _on(known | found, day)
        if since is None:
            after = (
                before | {name: new for name, new in changes.items() if before[name] == wrong[name]} | lasting
            )
        else:
            after = before | (changes if day >= since else lasting)
        if after != before or day < min(known):
            found[day] = after
    return found


def _on(known: dict[date, Facts], day: date) -> Facts:
    return known[max((each for each in known if each <= day), default=min(known))]


def _last_told(known: dict[date, Facts]) -> Facts:
    """What became so on the latest day on which anything did, which an entry about the day alone moves; no record."""
    names = [name for name in _FACTS if name != "has_disqualifying_record"]
    days = sorted(known)
    for before, day in reversed(list(pairwise(days))):
        found = {name: known[day][name] for name in names if known[before][name] != known[day][name]}
        if found:
            return found
    return {name: known[days[0]][name] for name in names}


def _filled(changes: dict[str, tuple[Any, Any]]) -> set[str]:
    return {
        name
        for name, (before, _) in changes.items()
        if name in ("education", *_TEXTS) and before == _BLANK[name]
    }


def _told(connection: sa.Connection) -> dict[int, list[dict[str, Any]]]:
    """What the log tells of each person, in its order."""
    log = sa.table(
        "audit_entries",
        sa.column("sequence"),
        sa.column("at", sa.DateTime),
        sa.column("event", sa.String),
        sa.column("refused", sa.Boolean),
        sa.column("actor_user_id"),
        sa.column("target_type", sa.String),
        sa.column("target_id"),
        sa.column("detail", sa.JSON),
    )
    rows = connection.execute(
        sa.select(log)
        .where(
            log.c.target_type.in_(("persons", "appointments")),
            log.c.event.in_(("agencies.evaluator.appointed", "agencies.evaluator.changed")),
            log.c.refused.is_(False),
        )
        .order_by(log.c.sequence)
    ).all()
    users = set(connection.execute(sa.text("SELECT id FROM users")).scalars())
    agencies = set(connection.execute(sa.text("SELECT id FROM agencies")).scalars())
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        is_change, detail = row.target_type == "persons", row.detail
        day: date | None = _day(row.at)
        if is_change and "holds_from" in detail:
            day = date.fromisoformat(detail["holds_from"]) if detail["holds_from"] else None
        elif not is_change:
            day = min(_day(row.at), date.fromisoformat(detail["valid_from"]))
        agency_id = detail.get("agency_id")
        entry = {
            "at": row.at,
            "by": row.actor_user_id if row.actor_user_id in users else None,
            "agency_id": agency_id if agency_id in agencies else None,
            "since": day,
            "is_change": is_change,
            # Written since versions are kept: from which day it holds was asked.
            "is_dated": is_change and "holds_from" in detail,
            "is_about_the_day": is_change and bool(detail.get("holds_from")) and not detail["changes"],
            "changes": {
                name: (_value(name, before), _value(name, after))
                for name, (before, after) in detail.get("changes", {}).items()
                if name in _FACTS
            },
        }
        found.setdefault(row.target_id if is_change else detail["person_id"], []).append(entry)
    return found


def _first_places(connection: sa.Connection) -> dict[int, tuple[date, int]]:
    places = sa.table(
        "appointments",
        sa.column("id"),
        sa.column("person_id"),
        sa.column("agency_id"),
        sa.column("valid_from", sa.Date),
    )
    found: dict[int, tuple[date, int]] = {}
    for row in connection.execute(sa.select(places).order_by(places.c.valid_from, places.c.id)):
        found.setdefault(row.person_id, (row.valid_from, row.agency_id))
    return found


def _value(name: str, logged: Any) -> Any:
    """As the column keeps it: the log writes nothing where there was no person yet, and days as text."""
    if name in _DAYS:
        return date.fromisoformat(logged) if logged else None
    return logged or _BLANK[name]


def _day(moment: datetime) -> date:
    return (moment + _SHANGHAI).date()
