"""Signing with Ed25519, pure. What is signed is a small statement about a document: its hash, the key and the second.

``verify_receipt.py`` checks all of it without this program; the formats named here are fixed for ever.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agencyqa.engagements.deliverables.receipts import canonical

SIGNATURE = "agencyqa.signature/1"
SIGNED_RECEIPT = "agencyqa.signed-receipt/1"
KEY_LIST = "agencyqa.keys/1"
PDF_MARK = b"%AgencyQA-Signature "
FINGERPRINT = 16


@dataclass(frozen=True)
class Signer:
    """``seed``: the 32 secret bytes, never shown."""

    seed: bytes

    def __repr__(self) -> str:
        return f"Signer({self.fingerprint})"

    @property
    def public_key(self) -> str:
        return Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw().hex()

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.public_key)

    def sign(self, sha256: str, now: datetime) -> str:
        """The signature of a document with this hash, in base64."""
        signed = canonical(statement(sha256, self.fingerprint, now))
        return base64.b64encode(Ed25519PrivateKey.from_private_bytes(self.seed).sign(signed)).decode()


def fingerprint_of(public_key: str) -> str:
    return hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:FINGERPRINT]


def statement(sha256: str, fingerprint: str, signed_at: datetime) -> dict[str, Any]:
    """The bytes that are signed are the canonical JSON of this."""
    return {
        "format": SIGNATURE,
        "sha256": sha256,
        "key": fingerprint,
        "signed_at": signed_at.isoformat(timespec="seconds"),
    }


def signed_pdf(pdf: bytes, signer: Signer, now: datetime) -> bytes:
    """A PDF with a signature of all its bytes behind them, as a comment that every reader of PDF passes over.

    The place of the cross-reference table is told once more, so that the file still ends as a PDF has to.
    """
    sha256 = hashlib.sha256(pdf).hexdigest()
    signature = {**statement(sha256, signer.fingerprint, now), "value": signer.sign(sha256, now)}
    start = pdf[pdf.rindex(b"startxref") :].split()[1]
    return pdf + b"\n" + PDF_MARK + canonical(signature) + b"\nstartxref\n" + start + b"\n%%EOF\n"
