"""The program that checks a receipt alone: with every byte flipped, another key, a retired key, other files."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from agencyqa.engagements.deliverables.receipts import canonical, digest
from agencyqa.engagements.receipts import verify_receipt
from agencyqa.engagements.receipts.paper import receipt_pdf
from agencyqa.engagements.receipts.signing import KEY_LIST, SIGNED_RECEIPT, Signer, statement

NOW = datetime(2022, 6, 15, 2, 0, 7, tzinfo=UTC)
SIGNER, OTHER = Signer(b"s" * 32), Signer(b"o" * 32)
FILE = "成果文件".encode()
RECEIPT: dict[str, Any] = {
    "format": "agencyqa.receipt/1",
    "number": 2,
    "contract_number": "JX-2022-001",
    "object": "老旧小区加装电梯补贴",
    "agency": {"name": "甲咨询有限公司", "credit_code": "91310105MA1FW0001X"},
    "commissioner": "区教育局",
    "bureau": "长宁区财政局",
    "submitted_at": "2022-06-15T02:00:07+00:00",
    "submitted_on": "2022-06-15",
    "submitted_by": "王主评",
    "note": "#panic() *b* $1",
    "files": [
        {
            "kind": "report",
            "title": "",
            "version": 1,
            "name": "评价报告.pdf",
            "size": len(FILE),
            "sha256": hashlib.sha256(FILE).hexdigest(),
            "due_on": "2022-06-30",
            "is_due_provisional": False,
            "late_days": 0,
        }
    ],
}


def signed(signer: Signer = SIGNER, at: datetime = NOW) -> dict[str, Any]:
    sha256 = digest(RECEIPT)
    signature = {**statement(sha256, signer.fingerprint, at), "value": signer.sign(sha256, at)}
    return {"format": SIGNED_RECEIPT, "receipt": RECEIPT, "signature": signature}


def keys(*entries: tuple[Signer, datetime, datetime | None]) -> dict[str, Any]:
    return {
        "format": KEY_LIST,
        "keys": [
            {
                "key": signer.fingerprint,
                "public_key": signer.public_key,
                "published_at": begin.isoformat(),
                "retired_at": None if end is None else end.isoformat(),
            }
            for signer, begin, end in entries
        ],
    }


PUBLISHED = keys((SIGNER, NOW - timedelta(days=1), None))


def is_good(content: bytes, known: Any = PUBLISHED, *paths: Path) -> bool:
    try:
        return verify_receipt.verify(content, list(paths), known).is_good
    except (verify_receipt.Unreadable, ValueError, AttributeError):
        return False


@settings(max_examples=12, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 511))
def test_the_arithmetic_agrees_with_the_library(seed: bytes, message: bytes, bit: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, value = private.public_key().public_bytes_raw(), private.sign(message)
    assert verify_receipt.is_signed(public, message, value)
    assert not verify_receipt.is_signed(public, message + b"x", value)
    flipped = bytearray(value)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not verify_receipt.is_signed(public, message, bytes(flipped))
    # The same signature with the order added to its factor is another text for the same thing, and refused.
    factor = int.from_bytes(value[32:], "little") + verify_receipt.ORDER
    if factor < 2**256:
        assert not verify_receipt.is_signed(public, message, value[:32] + factor.to_bytes(32, "little"))


def test_signed_data_holds_only_as_it_was_signed(tmp_path: Path) -> None:
    content = canonical(signed())
    assert is_good(content)
    assert is_good(content, SIGNER.public_key)
    for position in range(0, len(content), 67):
        flipped = bytearray(content)
        flipped[position] ^= 1
        assert not is_good(bytes(flipped)), position
    report, other = tmp_path / "a.pdf", tmp_path / "b.pdf"
    report.write_bytes(FILE)
    other.write_bytes(FILE + b" ")
    assert is_good(content, PUBLISHED, report)
    assert not is_good(content, PUBLISHED, report, other)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (OTHER.public_key, False),
        (keys((OTHER, NOW - timedelta(days=1), None)), False),
        # Another key under the name of the right one.
        (
            {
                "format": KEY_LIST,
                "keys": [{**keys((OTHER, NOW, None))["keys"][0], "key": SIGNER.fingerprint}],
            },
            False,
        ),
        (keys((OTHER, NOW + timedelta(days=9), None), (SIGNER, NOW, NOW)), True),
        (keys((SIGNER, NOW - timedelta(days=9), NOW - timedelta(seconds=1))), False),
        (keys((SIGNER, NOW + timedelta(seconds=1), None)), False),
        (keys(), False),
    ],
)
def test_the_key_and_its_time(known: Any, expected: bool) -> None:
    """A retired key holds for what it signed in its time, and for nothing else."""
    assert is_good(canonical(signed()), known) is expected


def test_the_paper_is_signed_from_its_first_to_its_last_byte(tmp_path: Path) -> None:
    data = signed()
    paper = receipt_pdf(data, digest(RECEIPT), "https://qa.example.gov.cn/receipts/keys", SIGNER, NOW)
    assert is_good(paper)
    assert verify_receipt.attached_receipt(paper) == canonical(data)
    for position in (*range(0, len(paper), len(paper) // 9), *range(len(paper) - 40, len(paper), 4)):
        flipped = bytearray(paper)
        flipped[position] ^= 1
        assert not is_good(bytes(flipped)), position
    assert not is_good(paper + b"x")
    # As a party runs it, years later: one file, no packages, an empty folder.
    program = tmp_path / "verify_receipt.py"
    program.write_bytes(Path(verify_receipt.__file__).read_bytes())
    (tmp_path / "receipt.pdf").write_bytes(paper)
    (tmp_path / "report.pdf").write_bytes(FILE)
    (tmp_path / "keys.json").write_bytes(canonical(PUBLISHED))
    (tmp_path / "wrong.json").write_text(json.dumps(keys((OTHER, NOW, None))))

    def run(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-I", "-S", str(program), *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=30)
        return done.returncode, (done.stdout + done.stderr).decode()

    status, said = run("receipt.pdf", "report.pdf", "--keys", "keys.json")
    assert (status, "甲咨询有限公司，合同 JX-2022-001，第 2 次提交" in said) == (0, True)
    assert "report.pdf 即回执所列 评价报告.pdf（第 1 版）" in said
    assert run("receipt.pdf", "keys.json", "--keys", "keys.json")[0] == 1
    assert run("receipt.pdf", "--keys", "wrong.json")[0] == 1
    assert run("report.pdf", "--keys", "keys.json")[0] == 2
    assert run("receipt.pdf", "--keys", "report.pdf")[0] == 2
