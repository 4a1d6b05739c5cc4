"""``flask receipts …``: a new signing key, the published list as a file."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from agencyqa.clock import utc_now
from agencyqa.engagements.deliverables.receipts import canonical
from agencyqa.engagements.receipts import services
from agencyqa.engagements.receipts.signing import Signer
from agencyqa.errors import WrongState
from agencyqa.extensions import db
from config import KEY_LENGTH

VARIABLE = "AGENCYQA_SIGNING_KEYS"

group = AppGroup("receipts", help="The signatures of receipts.")


@group.command("rotate-key")
def rotate_key_command() -> None:
    """Put a new signing key in front of the key file of the data folder. Every process takes it with the next receipt.

    Where the keys come from the environment, put a new one first there yourself, and start the services again. The
    public half of the old key stays published with its dates, so what it signed can still be checked.
    """
    if os.environ.get(VARIABLE):
        new = base64.b64encode(secrets.token_bytes(KEY_LENGTH)).decode()
        raise click.ClickException(
            f"The keys come from {VARIABLE}: put a new one first, such as NAME:{new}, and start the services again."
        )
    settings = current_app.config["SETTINGS"]
    held, _ = settings.signing_keys_now()
    names = {name for name, _ in held}
    name = next(f"k{n}" for n in range(1, len(names) + 2) if f"k{n}" not in names)
    seed = secrets.token_bytes(KEY_LENGTH)
    keys = ((name, seed), *held)
    file = settings.data_dir / "signing_keys"
    _replace(file, ",".join(f"{each}:{base64.b64encode(key).decode()}" for each, key in keys))
    click.echo(f"{name} ({Signer(seed).fingerprint}) stands first in {file} and signs the next receipt.")


def _replace(file: Path, text: str) -> None:
    """Whole or not at all, readable by its owner only."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)


@group.command("publish-key")
def publish_key_command() -> None:
    """Publish the key in use now and not with the first receipt; the one before it is retired."""
    session = db.session()
    try:
        key = services.publish_key(session, utc_now())
    except WrongState as error:
        session.rollback()
        if error.code == "signing_key_unreadable":
            raise click.ClickException("The key file cannot be read now. Mend it and try again.") from error
        raise click.ClickException(
            f"{error.code}: the first key of {VARIABLE} was in use before another one. Take a new key."
        ) from error
    if key is None:
        raise click.ClickException(f"There is no signing key: set {VARIABLE}.")
    fingerprint, published_at = key.fingerprint, key.published_at
    session.commit()
    click.echo(f"{fingerprint} is published since {published_at.isoformat()}.")


@group.command("keys")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    required=True,
    help="File to write.",
)
def keys_command(out: Path) -> None:
    """Write the published list of public keys, to be kept with the receipts."""
    out.write_bytes(canonical(services.key_list(db.session())))
    click.echo(str(out))
