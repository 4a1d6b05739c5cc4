"""What the environment says wrong is told in one clear sentence, before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import FileSettings, MailSettings, Settings, SettingsError

SECRET = "s" * 32
MAIL = {
    "AGENCYQA_MAIL_SERVER": "mail.example.gov.cn",
    "AGENCYQA_MAIL_FROM": "qa@example.gov.cn",
    "AGENCYQA_PUBLIC_URL": "https://qa.example.gov.cn",
}


STORE = {
    "AGENCYQA_STORE": "s3://evidence/agencyqa",
    "AGENCYQA_S3_ENDPOINT": "http://127.0.0.1:9000/",
    "AGENCYQA_S3_KEY": "the key",
    "AGENCYQA_S3_SECRET": "the secret",
}


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
        ({"AGENCYQA_MAIL_SERVER": "mail:x"}, "AGENCYQA_MAIL_SERVER is a host, or host:port"),
        ({"AGENCYQA_MAIL_SERVER": "u@mail"}, "AGENCYQA_MAIL_SERVER is a host, or host:port"),
        ({"AGENCYQA_MAIL_SERVER": "mail"}, "AGENCYQA_MAIL_FROM is the sender's address"),
        (
            {"AGENCYQA_MAIL_SERVER": "mail", "AGENCYQA_MAIL_FROM": "a@b.cn\r\nBcc: c@d.cn"},
            "AGENCYQA_MAIL_FROM is the sender's address",
        ),
        ({**MAIL, "AGENCYQA_PUBLIC_URL": ""}, "AGENCYQA_MAIL_SERVER needs AGENCYQA_PUBLIC_URL"),
        ({**MAIL, "AGENCYQA_MAIL_TLS": "yes"}, "AGENCYQA_MAIL_TLS is one of starttls, ssl, off"),
        ({**MAIL, "AGENCYQA_MAIL_USER": "qa"}, "AGENCYQA_MAIL_USER and AGENCYQA_MAIL_PASSWORD"),
        (
            {
                **MAIL,
                "AGENCYQA_MAIL_USER": "qa",
                "AGENCYQA_MAIL_PASSWORD": "hidden",
                "AGENCYQA_MAIL_TLS": "off",
            },
            "AGENCYQA_MAIL_PASSWORD is not sent in the clear",
        ),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match="^" + sentence.replace(".", r"\.")) as caught:
        settings(tmp_path, **environ)
    assert "hidden" not in str(caught.value)


def test_mail_is_off_until_a_server_is_named(tmp_path: Path) -> None:
    assert settings(tmp_path, AGENCYQA_MAIL_FROM="qa@example.gov.cn").mail is None
    found = settings(tmp_path, **MAIL, AGENCYQA_MAIL_USER="qa", AGENCYQA_MAIL_PASSWORD="never shown")
    assert found.mail == MailSettings(
        host="mail.example.gov.cn", port=587, sender="qa@example.gov.cn", user="qa", password="never shown"
    )
    assert "never shown" not in repr(found)
    with_port = settings(tmp_path, **{**MAIL, "AGENCYQA_MAIL_SERVER": "[::1]:2525"}, AGENCYQA_MAIL_TLS="off")
    assert with_port.mail == MailSettings(host="::1", port=2525, sender="qa@example.gov.cn", tls="off")


def test_a_key_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_bytes(b"\xff" * 40)
    with pytest.raises(SettingsError, match="cannot be read"):
        settings(tmp_path, AGENCYQA_SECRET_KEY="")


def test_files_lie_in_the_data_folder_unless_told(tmp_path: Path) -> None:
    assert settings(tmp_path).files == FileSettings()
    assert FileSettings().upload_limit == 500 * 1024 * 1024
    found = settings(tmp_path, **STORE, AGENCYQA_UPLOAD_LIMIT_MB="20").files
    assert (found.bucket, found.prefix, found.endpoint) == ("evidence", "agencyqa", "http://127.0.0.1:9000")
    assert found.upload_limit_mb == 20
    assert settings(tmp_path, **{**STORE, "AGENCYQA_STORE": "s3://evidence"}).files.prefix == ""
    shown = repr(settings(tmp_path, **STORE))
    assert "the secret" not in shown
    assert "the key" not in shown


def test_addresses_of_a_scanner(tmp_path: Path) -> None:
    assert FileSettings(scanner="clamd.example:3311").scanner_address == ("clamd.example", 3311)
    assert FileSettings(scanner="127.0.0.1").scanner_address == ("127.0.0.1", 3310)
    assert FileSettings(scanner="/run/clamd.sock").scanner_address == "/run/clamd.sock"
    assert settings(tmp_path, AGENCYQA_SCANNER="x:1", AGENCYQA_BLOCK_UNSCANNED="1").files.block_unscanned


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"AGENCYQA_STORE": "/srv/files"}, "AGENCYQA_STORE is s3://bucket"),
        ({"AGENCYQA_STORE": "s3://evidence/../other"}, "AGENCYQA_STORE is s3://bucket"),
        ({**STORE, "AGENCYQA_S3_SECRET": ""}, "AGENCYQA_STORE needs AGENCYQA_S3_KEY and AGENCYQA_S3_SECRET"),
        ({**STORE, "AGENCYQA_S3_ENDPOINT": ""}, "AGENCYQA_STORE needs AGENCYQA_S3_ENDPOINT or"),
        ({**STORE, "AGENCYQA_S3_ENDPOINT": "store:9000"}, "AGENCYQA_S3_ENDPOINT is http:// or https://"),
        ({"AGENCYQA_UPLOAD_LIMIT_MB": "0"}, "AGENCYQA_UPLOAD_LIMIT_MB is between 1 and 5000"),
        ({"AGENCYQA_UPLOAD_LIMIT_MB": "5001"}, "AGENCYQA_UPLOAD_LIMIT_MB is between 1 and 5000"),
        ({"AGENCYQA_SCANNER": "clamd:x"}, "AGENCYQA_SCANNER is a host, or host:port"),
        ({"AGENCYQA_BLOCK_UNSCANNED": "1"}, "AGENCYQA_BLOCK_UNSCANNED without AGENCYQA_SCANNER"),
    ],
)
def test_what_is_wrong_about_files(tmp_path: Path, environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence) as caught:
        settings(tmp_path, **environ)
    assert "the secret" not in str(caught.value)


KEY = "MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE="


def test_field_keys_come_from_the_environment_or_the_data_folder(tmp_path: Path) -> None:
    assert settings(tmp_path).field_keys == ()
    (tmp_path / "field_keys").write_text(f"k1:{KEY}\n")
    found = settings(tmp_path)
    assert found.field_keys == (("k1", b"1" * 32),)
    assert "1111" not in repr(found)
    two = settings(tmp_path, AGENCYQA_FIELD_KEYS=f"k2:{KEY}, k1:{KEY}")
    assert [name for name, _ in two.field_keys] == ["k2", "k1"]


@pytest.mark.parametrize(
    "text", ["k1", "k1:short", f"K1:{KEY}", f"k1:{KEY},k1:{KEY}", f":{KEY}", "k1:MTEx", "k1:***"]
)
def test_field_keys_that_are_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(tmp_path, AGENCYQA_FIELD_KEYS=text)
    assert "AGENCYQA_FIELD_KEYS" in str(caught.value)
    assert KEY not in str(caught.value)
