"""``flask agencies …``: the keys of sensitive fields."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from agencyqa.agencies.sealing import Keyring
from agencyqa.agencies.services.private import reseal
from agencyqa.clock import utc_now
from agencyqa.errors import AgencyQAError
from agencyqa.extensions import db

BATCH = 500

group = AppGroup("agencies", help="The register of agencies.")


@group.command("rotate-keys")
def rotate_keys_command() -> None:
    """Seal every sensitive field under the first key of AGENCYQA_FIELD_KEYS; then the other keys may go."""
    keys = Keyring(current_app.config["SETTINGS"].field_keys_now())
    session, count = db.session(), 0
    try:
        while done := reseal(session, keys, limit=BATCH, now=utc_now()):
            session.commit()
            count += done
        current = keys.current
    except AgencyQAError as error:
        session.rollback()
        detail = " ".join(str(value) for value in error.params.values())
        raise click.ClickException(f"{error.code} {detail}".strip()) from error
    click.echo(f"{count} fields sealed anew; all lie under the key {current}.")
