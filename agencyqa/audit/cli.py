"""``flask audit …``: recompute the hash chain, for instance from a timer or before an audit."""

from __future__ import annotations

import re
import sys

import click
from flask.cli import AppGroup

from agencyqa.audit.verification import Anchor, Fault, verify
from agencyqa.db import reading
from agencyqa.extensions import db

group = AppGroup("audit", help="The audit log.")

FAULTS = {
    Fault.MISSING: "the entry is missing",
    Fault.EXTRA: "the entry was not appended by the application",
    Fault.UNLINKED: "the entry does not continue the one before",
    Fault.CHANGED: "the entry was changed",
    Fault.HEAD: "the stored end of the chain is not this last entry",
    Fault.ANCHOR: "the entry is not the one that was noted",
}


@group.command("verify")
@click.option(
    "--anchor",
    metavar="NUMBER:HASH",
    help="A line printed by an earlier run and kept elsewhere; it shows even a log that was rewritten as a whole.",
)
def verify_command(anchor: str | None) -> None:
    """Check every entry of the audit log. Exit status 1 when the chain is broken."""
    noted = _anchor(anchor) if anchor else None
    with reading():
        verification = verify(db.session(), noted)
        db.session.rollback()
    if verification.fault is not None:
        fault = verification.fault
        click.echo(f"BROKEN at entry {fault.sequence}: {FAULTS[fault.fault]}.", err=True)
        click.echo(f"{verification.entries} entries before it hold.", err=True)
        sys.exit(1)
    click.echo(f"OK: {verification.entries} entries hold.")
    if verification.entries:
        click.echo(f"Anchor: {verification.entries}:{verification.head}")


def _anchor(text: str) -> Anchor:
    found = re.fullmatch(r"([1-9]\d{0,17}):([0-9a-f]{64})", text.strip())
    if found is None:
        raise click.BadParameter("expected NUMBER:HASH as printed by this command", param_hint="--anchor")
    return Anchor(int(found[1]), found[2])
