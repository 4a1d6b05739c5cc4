"""Everything between a fresh checkout and a server: secrets, schema, shipped data, demo year or administrator.

Run as ``python -m agencyqa.prepare`` by ``./dev run``. A second run takes about a second and changes nothing.
"""

from __future__ import annotations

import argparse
import base64
import logging
import os
import secrets
import sys
from pathlib import Path

import click
import flask_migrate
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from agencyqa.accounts import cli as accounts_cli
from agencyqa.accounts.models import Body, InstallationFact
from agencyqa.agencies import services as agencies
from agencyqa.app import create_app
from agencyqa.auth.actor import system_actor
from agencyqa.clock import utc_now
from agencyqa.demo import loading
from agencyqa.engagements.deliverables import services as deliverables
from agencyqa.engagements.receipts.services import publish_key, sign_unsigned
from agencyqa.engagements.recusal import services as recusal
from agencyqa.evaluations.standards import load_standards
from agencyqa.extensions import db
from agencyqa.inspections.services.reference import load_checklists
from agencyqa.jobs.upkeep import refresh_statistics
from agencyqa.measures import services as measures
from agencyqa.measures.workday_services import tell_calendar_grew
from agencyqa.web import health
from config import KEY_LENGTH, ROOT, Settings, SettingsError, is_loopback


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    data_dir = Path(os.environ.get("AGENCYQA_DATA") or ROOT / "var").resolve()
    make_secret_key(data_dir)
    make_field_keys(data_dir)
    make_signing_keys(data_dir)
    if options.secrets_only:
        return 0
    # Migrations log each step; a newcomer wants to read the summary.
    os.environ.setdefault("AGENCYQA_LOG_LEVEL", "WARNING")
    try:
        settings = Settings.from_environ()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    app = create_app(settings)
    with app.app_context():
        return _prepare(app, settings, options)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="agencyqa.prepare", description=__doc__)
    parser.add_argument("--empty", action="store_true", help="no demo data; make the first administrator")
    parser.add_argument("--demo-public", action="store_true", help="allow demo data on a public address")
    parser.add_argument("--secrets-only", action="store_true", help="make the secret key and stop")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", default="8000")
    return parser.parse_args(arguments)


def make_secret_key(data_dir: Path) -> None:
    """Once per data folder, readable by its owner only; a key in the environment goes before it."""
    if not os.environ.get("AGENCYQA_SECRET_KEY"):
        _make_once(data_dir / "secret_key", secrets.token_urlsafe(48))


def make_field_keys(data_dir: Path) -> None:
    """The same for the key of sensitive fields. Without it they cannot be read again: back it up elsewhere."""
    if not os.environ.get("AGENCYQA_FIELD_KEYS"):
        key = base64.b64encode(secrets.token_bytes(KEY_LENGTH)).decode()
        _make_once(data_dir / "field_keys", f"k1:{key}")


def make_signing_keys(data_dir: Path) -> None:
    """The same for the key that signs receipts; what it signed is checked with its public half."""
    if not os.environ.get("AGENCYQA_SIGNING_KEYS"):
        key = base64.b64encode(secrets.token_bytes(KEY_LENGTH)).decode()
        _make_once(data_dir / "signing_keys", f"k1:{key}")


def _make_once(file: Path, text: str) -> None:
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(text)
    # Linked, not renamed: of two first starts at once, one key wins and both read it.
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _prepare(app: Flask, settings: Settings, options: argparse.Namespace) -> int:
    _upgrade(app)
    if options.empty:
        status = _first_administrator()
    else:
        status = _demo(app, settings, options)
    if status == 0:
        host = f"[{options.host}]" if ":" in options.host else options.host
        print(f"\n打开 / open  http://{host}:{options.port}/   （Ctrl-C 停止 / stops it）", flush=True)
    return status


def _upgrade(app: Flask) -> None:
    if health.is_current(app):
        return
    print("正在建立或升级数据库… / Creating or upgrading the database ...", flush=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    flask_migrate.upgrade(directory=app.extensions["migrate"].directory)


def _first_administrator() -> int:
    session = db.session()
    load_shipped_data(session)
    list_what_is_owed(session)
    sign_what_has_no_signature(session)
    if accounts_cli.has_administrator(session):
        return 0
    given = accounts_cli.administrator_from_environment()
    if given is None and not sys.stdin.isatty():
        print(
            "需要首位管理员：请设置 AGENCYQA_ADMIN_USERNAME 与 AGENCYQA_ADMIN_PASSWORD。\n"
            "The first administrator is needed: set AGENCYQA_ADMIN_USERNAME and AGENCYQA_ADMIN_PASSWORD.",
            file=sys.stderr,
        )
        return 2
    try:
        accounts_cli.create_first_administrator(session, *(given or _ask()))
    except click.ClickException as error:
        print(error.message, file=sys.stderr)
        return 2
    session.commit()
    return 0


def list_what_is_owed(session: Session) -> None:
    """Engagements from before lists of deliverables get theirs; a newer built-in calendar settles open dates."""
    deliverables.fill_open(session, utc_now())
    tell_calendar_grew(session, system_actor("calendar"), now=utc_now())
    session.commit()


def sign_what_has_no_signature(session: Session) -> None:
    """The public key is published from now on; receipts from before there were signatures get one of today."""
    publish_key(session, utc_now())
    sign_unsigned(session, utc_now())
    session.commit()


def load_shipped_data(session: Session) -> None:
    """Measures, scoring forms, conditions and the checklist that come with the program; rows already there stay."""
    measures.load_reference_data(session, utc_now())
    agencies.load_reference_data(session, utc_now())
    load_checklists(session, utc_now())
    load_standards(session, utc_now())
    deliverables.load_requirement_tables(session, utc_now())
    recusal.load_terms(session, utc_now())
    session.commit()


def _ask() -> tuple[str, str, str]:
    username = click.prompt("用户名 / user name", default="admin")
    password = click.prompt("密码 / password", hide_input=True, confirmation_prompt=True)
    bureau = click.prompt("财政局名称 / name of the finance bureau", default="财政局")
    return username, password, bureau


def _demo(app: Flask, settings: Settings, options: argparse.Namespace) -> int:
    session = db.session()
    is_loaded = session.get(InstallationFact, "demo_data") is not None
    if not is_loaded and session.scalar(sa.select(Body.id).limit(1)) is not None:
        # Somebody's real data: the demo never mixes with it.
        return 0
    if not is_loopback(options.host) and not options.demo_public:
        print(
            f"演示数据含公开密码，不能在 {options.host} 上对外提供。\n"
            "  正式使用：./dev run --empty    只想演示：./dev run --demo-public\n"
            f"Demo accounts must not be served on {options.host}: use --empty, or --demo-public if you mean it.",
            file=sys.stderr,
        )
        return 2
    load_shipped_data(session)
    if is_loaded:
        list_what_is_owed(session)
        sign_what_has_no_signature(session)
    else:
        loading.load(session, settings.data_dir, utc_now())
        refresh_statistics(session, utc_now())
        session.commit()
    loading.print_summary(session, settings.data_dir)
    return 0


if __name__ == "__main__":
    sys.exit(main())
