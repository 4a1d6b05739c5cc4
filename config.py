"""Settings of one installation, read from the environment and nowhere else."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
MINIMUM_SECRET_LENGTH = 32
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
DATABASES = ("postgresql://", "postgresql+psycopg://", "sqlite://")
# A hundred thousand hours; more than anybody means, and less than what overflows.
LARGEST_NUMBER = 100_000


class SettingsError(RuntimeError):
    """The environment does not describe a runnable installation; the text says what to set."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that differs between two installations.

    ``database_url`` is an SQLAlchemy URL (SQLite or PostgreSQL). ``secure_cookies`` is off only where the
    site is served over plain HTTP on a loopback address. ``public_url`` is what people type to get here, such as
    ``https://qa.example.gov.cn``: with it, a link for somebody else never names the host that a request claims.
    """

    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    data_dir: Path
    secure_cookies: bool = True
    time_zone: str = "Asia/Shanghai"
    idle_limit: timedelta = timedelta(minutes=60)
    absolute_limit: timedelta = timedelta(hours=12)
    invitation_limit: timedelta = timedelta(days=7)
    trusted_proxies: int = 0
    public_url: str = ""
    scheduler: str = "off"
    log_level: str = "INFO"
    testing: bool = False

    def __post_init__(self) -> None:
        if len(self.secret_key) < MINIMUM_SECRET_LENGTH:
            raise SettingsError(
                f"AGENCYQA_SECRET_KEY needs at least {MINIMUM_SECRET_LENGTH} characters: "
                "set it, or let './dev run' make one."
            )
        if self.scheduler not in {"off", "thread"}:
            raise SettingsError("AGENCYQA_SCHEDULER is 'off' or 'thread'.")
        if self.log_level not in LOG_LEVELS:
            raise SettingsError(f"AGENCYQA_LOG_LEVEL is one of {', '.join(LOG_LEVELS)}.")
        if not self.idle_limit or not self.absolute_limit:
            raise SettingsError("AGENCYQA_IDLE_MINUTES and AGENCYQA_SESSION_HOURS are at least 1.")
        if not self.database_url.startswith(DATABASES):
            # The address may hold a password, so it is not repeated.
            raise SettingsError("AGENCYQA_DATABASE_URL begins with postgresql:// or sqlite:///.")
        if self.public_url and not _is_site(self.public_url):
            raise SettingsError(
                "AGENCYQA_PUBLIC_URL is http:// or https:// and a host, and nothing after it, "
                f"not {self.public_url!r}."
            )

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Raise SettingsError where a secret is missing or a value cannot be read."""
        data_dir = Path(environ.get("AGENCYQA_DATA") or ROOT / "var").resolve()
        database_url = environ.get("AGENCYQA_DATABASE_URL") or f"sqlite:///{data_dir / 'agencyqa.sqlite3'}"
        return cls(
            secret_key=_secret_key(environ, data_dir),
            database_url=database_url,
            data_dir=data_dir,
            secure_cookies=_flag(
                environ, "AGENCYQA_SECURE_COOKIES", default=not is_loopback(serving_host(environ))
            ),
            idle_limit=timedelta(minutes=_number(environ, "AGENCYQA_IDLE_MINUTES", 60)),
            absolute_limit=timedelta(hours=_number(environ, "AGENCYQA_SESSION_HOURS", 12)),
            trusted_proxies=_number(environ, "AGENCYQA_TRUSTED_PROXIES", 0),
            public_url=environ.get("AGENCYQA_PUBLIC_URL", "").rstrip("/"),
            scheduler=environ.get("AGENCYQA_SCHEDULER") or "off",
            log_level=(environ.get("AGENCYQA_LOG_LEVEL") or "INFO").upper(),
        )


def serving_host(environ: Mapping[str, str] = os.environ) -> str:
    """The address the front door binds; no answer means a reverse proxy, which is not loopback."""
    return environ.get("HOST", "")


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_site(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and url == f"{parts.scheme}://{parts.netloc}"
        )
    except ValueError:
        return False


def _secret_key(environ: Mapping[str, str], data_dir: Path) -> str:
    if value := environ.get("AGENCYQA_SECRET_KEY"):
        return value
    file = data_dir / "secret_key"
    try:
        return file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The secret key in {file} cannot be read: {error}") from None
    raise SettingsError(
        "No secret key. Set AGENCYQA_SECRET_KEY (at least 32 random characters), "
        f"or run './dev run', which makes one in {file}."
    )


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(LARGEST_NUMBER)):
        raise SettingsError(f"{name} must be a whole number up to {LARGEST_NUMBER}, not {text!r}.")
    if (number := int(text)) > LARGEST_NUMBER:
        raise SettingsError(f"{name} must be a whole number up to {LARGEST_NUMBER}, not {text!r}.")
    return number


def _flag(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    text = environ.get(name, "")
    if not text:
        return default
    if text not in {"0", "1"}:
        raise SettingsError(f"{name} must be 0 or 1, not {text!r}.")
    return text == "1"
