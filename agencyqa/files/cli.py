"""``flask files …``: compare rows and store completely, and take away what no row names."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup
from sqlalchemy import select

from agencyqa.clock import utc_now
from agencyqa.db import reading
from agencyqa.errors import AgencyQAError
from agencyqa.extensions import db
from agencyqa.files.enums import FaultKind
from agencyqa.files.models import FileFault
from agencyqa.files.services import current_store, forget
from agencyqa.files.verification import conclude, look

group = AppGroup("files", help="The contents of files.")


@group.command("verify")
def verify_command() -> None:
    """Read every content and compare it with its hash. Exit status 1 when anything is wrong."""
    session, store = db.session(), current_store()
    try:
        with reading():
            seen = look(session, store, utc_now(), budget=None, seconds=None)
    except AgencyQAError as error:
        raise click.ClickException(f"The store cannot be used: {error.code}.") from error
    check = conclude(session, seen)
    session.commit()
    for fault in seen.faults:
        click.echo(f"{fault.kind.value.upper()} {fault.key} {fault.detail}".rstrip(), err=True)
    click.echo(f"{check.files} contents read, {check.bytes} bytes, {check.cleared} broken uploads cleared.")
    if seen.faults:
        click.echo(f"{len(seen.faults)} faults.", err=True)
        sys.exit(1)


@group.command("remove-orphans")
@click.confirmation_option(
    prompt="After a restored backup of the database these may be real files. Take them away for good?"
)
def remove_orphans_command() -> None:
    """Take away contents that the last comparison found without a row, unless they have one by now."""
    session = db.session()
    now = utc_now()
    statement = select(FileFault.id, FileFault.key).where(
        FileFault.kind == FaultKind.ORPHAN, FileFault.ended_at.is_(None)
    )
    orphans = session.execute(statement.order_by(FileFault.id)).all()
    session.rollback()
    count = 0
    for fault_id, key in orphans:
        if forget(session, current_store(), key.rpartition("/")[2], now=now):
            session.get_one(FileFault, fault_id).ended_at = now
            session.commit()
            count += 1
    click.echo(f"{count} of {len(orphans)} taken away.")
