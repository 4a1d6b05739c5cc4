"""What the environment says wrong is told in one clear sentence, before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import Settings, SettingsError

SECRET = "s" * 32


def settings(folder: Path, **environ: str) -> Settings:
    return Settings.from_environ({"AGENCYQA_DATA": str(folder), "AGENCYQA_SECRET_KEY": SECRET, **environ})


def test_the_least_that_is_needed(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert found.database_url == f"sqlite:///{tmp_path / 'agencyqa.sqlite3'}"
    assert found.secure_cookies
    assert SECRET not in repr(found)


def test_cookies_are_open_only_on_loopback(tmp_path: Path) -> None:
    assert not settings(tmp_path, HOST="127.0.0.1").secure_cookies
    assert settings(tmp_path, HOST="0.0.0.0").secure_cookies


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"AGENCYQA_SECRET_KEY": ""}, "No secret key. Set AGENCYQA_SECRET_KEY"),
        ({"AGENCYQA_SECRET_KEY": "short"}, "AGENCYQA_SECRET_KEY needs at least 32 characters"),
        ({"AGENCYQA_DATABASE_URL": "mysql://u:hidden@h/d"}, "AGENCYQA_DATABASE_URL begins with"),
        ({"AGENCYQA_DATABASE_URL": "nonsense"}, "AGENCYQA_DATABASE_URL begins with"),
        ({"AGENCYQA_SECURE_COOKIES": "yes"}, "AGENCYQA_SECURE_COOKIES must be 0 or 1"),
        ({"AGENCYQA_IDLE_MINUTES": "²"}, "AGENCYQA_IDLE_MINUTES must be a whole number"),
        ({"AGENCYQA_IDLE_MINUTES": "0"}, "AGENCYQA_IDLE_MINUTES and AGENCYQA_SESSION_HOURS are at least 1"),
        ({"AGENCYQA_SESSION_HOURS": "9" * 5000}, "AGENCYQA_SESSION_HOURS must be a whole number"),
        ({"AGENCYQA_TRUSTED_PROXIES": "-1"}, "AGENCYQA_TRUSTED_PROXIES must be a whole number"),
        ({"AGENCYQA_SCHEDULER": "cron"}, "AGENCYQA_SCHEDULER is 'off' or 'thread'"),
        ({"AGENCYQA_LOG_LEVEL": "loud"}, "AGENCYQA_LOG_LEVEL is one of"),
        ({"AGENCYQA_PUBLIC_URL": "qa.example.gov.cn"}, "AGENCYQA_PUBLIC_URL is http:// or https://"),
        (
            {"AGENCYQA_PUBLIC_URL": "https://qa.example.gov.cn/x?y"},
            "AGENCYQA_PUBLIC_URL is http:// or https://",
        ),
        ({"AGENCYQA_PUBLIC_URL": "https://["}, "AGENCYQA_PUBLIC_URL is http:// or https://"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match="^" + sentence.replace(".", r"\.")) as caught:
        settings(tmp_path, **environ)
    assert "hidden" not in str(caught.value)


def test_a_key_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_bytes(b"\xff" * 40)
    with pytest.raises(SettingsError, match="cannot be read"):
        settings(tmp_path, AGENCYQA_SECRET_KEY="")
