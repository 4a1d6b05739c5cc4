"""Settings of one installation, read from the environment and nowhere else."""

from __future__ import annotations

import base64
import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.headerregistry import Address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
MINIMUM_SECRET_LENGTH = 32
# Of the keys that seal fields and of those that sign receipts, in bytes.
KEY_LENGTH = 32
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
DATABASES = ("postgresql://", "postgresql+psycopg://", "sqlite://")
# A hundred thousand hours; more than anybody means, and less than what overflows.
LARGEST_NUMBER = 100_000


# (name, key), the one in use first.
Keys = tuple[tuple[str, bytes], ...]


class KeysNow(NamedTuple):
    """The keys of a file. ``is_current``: they were just read from it; else it is gone or half-written, and they are
    those that were read from it last."""

    keys: Keys
    is_current: bool


class SettingsError(RuntimeError):
    """The environment does not describe a runnable installation; the text says what to set."""


# The ports of a mail server by the way the connection is secured.
MAIL_PORTS = {"starttls": 587, "ssl": 465, "off": 25}


@dataclass(frozen=True, kw_only=True)
class MailSettings:
    """The server that takes our mail. ``sender`` is the address in From; without ``user`` nobody signs in.

    ``tls``: "starttls" and "ssl" refuse a server whose certificate does not hold.
    """

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    tls: str = "starttls"

    def __post_init__(self) -> None:
        if not _is_address(self.sender):
            raise SettingsError("AGENCYQA_MAIL_FROM is the sender's address, such as qa@example.gov.cn.")
        if self.tls not in MAIL_PORTS:
            raise SettingsError(f"AGENCYQA_MAIL_TLS is one of {', '.join(MAIL_PORTS)}.")
        if bool(self.user) != bool(self.password):
            raise SettingsError("AGENCYQA_MAIL_USER and AGENCYQA_MAIL_PASSWORD are set together.")
        if self.user and self.tls == "off" and not is_loopback(self.host):
            raise SettingsError("AGENCYQA_MAIL_PASSWORD is not sent in the clear: set AGENCYQA_MAIL_TLS.")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> MailSettings | None:
        """None where no server is named: then no mail is sent."""
        server = environ.get("AGENCYQA_MAIL_SERVER", "")
        if not server:
            return None
        tls = environ.get("AGENCYQA_MAIL_TLS") or "starttls"
        host, port = _host_and_port(server)
        return cls(
            host=host,
            port=port or MAIL_PORTS.get(tls, 0),
            sender=environ.get("AGENCYQA_MAIL_FROM", ""),
            user=environ.get("AGENCYQA_MAIL_USER", ""),
            password=environ.get("AGENCYQA_MAIL_PASSWORD", ""),
            tls=tls,
        )


_S3 = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>[\w./-]+?))?/?", re.ASCII)
# One request copies at most 5 GB inside an object store, and each content is copied once.
LARGEST_UPLOAD_MB = 5000


@dataclass(frozen=True, kw_only=True)
class FileSettings:
    """Where contents lie and what is taken. Without a ``bucket`` they lie in the data folder.

    ``scanner`` is the clamd that looks at them, as host:port or the path of its socket; "" means that nobody looks.
    """

    upload_limit_mb: int = 500
    bucket: str = ""
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    scanner: str = ""
    block_unscanned: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.upload_limit_mb <= LARGEST_UPLOAD_MB:
            raise SettingsError(f"AGENCYQA_UPLOAD_LIMIT_MB is between 1 and {LARGEST_UPLOAD_MB}.")
        if self.bucket:
            if not (self.key and self.secret):
                raise SettingsError("AGENCYQA_STORE needs AGENCYQA_S3_KEY and AGENCYQA_S3_SECRET.")
            if not (self.endpoint or self.region):
                raise SettingsError("AGENCYQA_STORE needs AGENCYQA_S3_ENDPOINT or AGENCYQA_S3_REGION.")
            if self.endpoint and not _is_site(self.endpoint):
                raise SettingsError(
                    "AGENCYQA_S3_ENDPOINT is http:// or https:// and a host, and nothing after it."
                )
        if self.scanner and not self.scanner.startswith("/"):
            _host_and_port(self.scanner, "AGENCYQA_SCANNER")
        if self.block_unscanned and not self.scanner:
            raise SettingsError("AGENCYQA_BLOCK_UNSCANNED without AGENCYQA_SCANNER would block every file.")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> FileSettings:
        address = environ.get("AGENCYQA_STORE", "")
        found = _S3.fullmatch(address)
        if address and (found is None or ".." in address):
            raise SettingsError("AGENCYQA_STORE is s3://bucket or s3://bucket/prefix, or not set at all.")
        return cls(
            upload_limit_mb=_number(environ, "AGENCYQA_UPLOAD_LIMIT_MB", 500),
            bucket=found["bucket"] if found else "",
            prefix=(found["prefix"] or "") if found else "",
            endpoint=environ.get("AGENCYQA_S3_ENDPOINT", "").rstrip("/"),
            region=environ.get("AGENCYQA_S3_REGION", ""),
            key=environ.get("AGENCYQA_S3_KEY", ""),
            secret=environ.get("AGENCYQA_S3_SECRET", ""),
            scanner=environ.get("AGENCYQA_SCANNER", ""),
            block_unscanned=_flag(environ, "AGENCYQA_BLOCK_UNSCANNED", default=False),
        )

    @property
    def scanner_address(self) -> str | tuple[str, int]:
        """The path of a socket, or a host with its port: 3310 where none is named, as clamd itself has it."""
        if self.scanner.startswith("/"):
            return self.scanner
        host, port = _host_and_port(self.scanner, "AGENCYQA_SCANNER")
        return host, port or 3310

    @property
    def upload_limit(self) -> int:
        """In bytes; a megabyte is 1,048,576 of them, as file managers count."""
        return self.upload_limit_mb * 1024 * 1024


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
    mail: MailSettings | None = None
    files: FileSettings = field(default_factory=FileSettings)
    # (name, key) of the keys that seal sensitive fields, the one in use first; none: such fields are not taken.
    field_keys: Keys = field(default=(), repr=False)
    # The same of the keys that sign receipts (Ed25519 seeds); none: receipts go out without a signature.
    signing_keys: Keys = field(default=(), repr=False)
    # Where both were read, if not in the environment: a command may put a new key there while the services run.
    field_key_file: Path | None = None
    signing_key_file: Path | None = None
    _last_read: dict[Path, Keys] = field(default_factory=dict, init=False, repr=False, compare=False)
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
        if self.mail is not None and not self.public_url:
            raise SettingsError(
                "AGENCYQA_MAIL_SERVER needs AGENCYQA_PUBLIC_URL: a mail leads back to the site."
            )

    def field_keys_now(self) -> Keys:
        return self._keys_now(self.field_keys, self.field_key_file).keys

    def signing_keys_now(self) -> KeysNow:
        """As they lie in the key file now: what another process put there signs in this one, too, without a restart."""
        return self._keys_now(self.signing_keys, self.signing_key_file)

    def _keys_now(self, at_start: Keys, file: Path | None) -> KeysNow:
        if file is None:
            return KeysNow(at_start, True)
        try:
            found = _named_keys({}, "", file)
        except SettingsError:
            found = ()
        if found:
            self._last_read[file] = found
            return KeysNow(found, True)
        return KeysNow(self._last_read.get(file, at_start), False)

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
            mail=MailSettings.from_environ(environ),
            files=FileSettings.from_environ(environ),
            field_keys=_named_keys(environ, "AGENCYQA_FIELD_KEYS", data_dir / "field_keys"),
            signing_keys=_named_keys(environ, "AGENCYQA_SIGNING_KEYS", data_dir / "signing_keys"),
            field_key_file=_key_file(environ, "AGENCYQA_FIELD_KEYS", data_dir / "field_keys"),
            signing_key_file=_key_file(environ, "AGENCYQA_SIGNING_KEYS", data_dir / "signing_keys"),
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


def _is_address(text: str) -> bool:
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError):
        return False
    return text.isascii() and bool(address.username and address.domain)


def _host_and_port(server: str, name: str = "AGENCYQA_MAIL_SERVER") -> tuple[str, int]:
    """Port 0 where none is given. Raise SettingsError."""
    try:
        parts = urlsplit(f"//{server}")
        if parts.hostname and parts.netloc == server and parts.username is None:
            return parts.hostname, parts.port or 0
    except ValueError:
        pass
    raise SettingsError(f"{name} is a host, or host:port, not {server!r}.")


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


_KEY_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,19}", re.ASCII)


def _named_keys(environ: Mapping[str, str], variable: str, file: Path) -> Keys:
    """``name:base64,name:base64``, from the environment or the data folder; empty where neither has any."""
    text = environ.get(variable, "")
    if not text:
        try:
            text = file.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return ()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"The keys in {file} cannot be read: {error}") from None
    keys: dict[str, bytes] = {}
    for part in text.split(","):
        name, _, encoded = part.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not _KEY_NAME.fullmatch(name) or len(key) != KEY_LENGTH or name in keys:
            # The keys themselves are never repeated.
            raise SettingsError(
                f"{variable} is name:key,name:key, the key in use first: names of small letters, digits and "
                f"hyphens, each once; keys of {KEY_LENGTH} random bytes in base64."
            )
        keys[name] = key
    return tuple(keys.items())


def _key_file(environ: Mapping[str, str], variable: str, file: Path) -> Path | None:
    return None if environ.get(variable) else file


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
