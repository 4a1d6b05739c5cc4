"""Sensitive fields at rest: AES-256-GCM under keys that have names, so that a key can be replaced. Pure.

The first key of a ring seals, every key of it opens. What is sealed is bound to its place: copied into another row it
does not open. From each key two are derived, one that seals and one that only tells equal values from others.
"""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from agencyqa.errors import WrongState

NONCE = 12


@dataclass(frozen=True)
class Sealed:
    key_id: str
    text: str


class CannotOpen(WrongState):
    """The key is not in the ring, or the row was changed."""


class Keyring:
    """``keys``: (name, 32 bytes), the one in use first. An empty ring seals nothing: ``is_empty`` says so."""

    def __init__(self, keys: Iterable[tuple[str, bytes]]) -> None:
        self._keys = dict(keys)
        self._names = list(self._keys)

    @property
    def is_empty(self) -> bool:
        return not self._keys

    @property
    def current(self) -> str:
        """The name of the key that seals. Raise WrongState where there is none."""
        if self.is_empty:
            raise WrongState("no_field_key")
        return self._names[0]

    def seal(self, text: str, place: str) -> Sealed:
        key_id = self.current
        nonce = os.urandom(NONCE)
        cipher = AESGCM(self._derived(key_id, "seal"))
        closed = nonce + cipher.encrypt(nonce, text.encode(), place.encode())
        return Sealed(key_id, base64.b64encode(closed).decode())

    def open(self, sealed: Sealed, place: str) -> str:
        """Raise CannotOpen."""
        if sealed.key_id not in self._keys:
            raise CannotOpen("field_key_missing", key_id=sealed.key_id)
        closed = base64.b64decode(sealed.text)
        cipher = AESGCM(self._derived(sealed.key_id, "seal"))
        try:
            return cipher.decrypt(closed[:NONCE], closed[NONCE:], place.encode()).decode()
        except InvalidTag:
            raise CannotOpen("field_changed") from None

    def lookup(self, text: str) -> str:
        """What equal values have in common under the key in use."""
        return self._lookup(self.current, text)

    def lookups(self, text: str) -> list[str]:
        """The same for every key of the ring: rows may still lie under an older one."""
        return [self._lookup(name, text) for name in self._names]

    def _lookup(self, key_id: str, text: str) -> str:
        return hmac.new(self._derived(key_id, "lookup"), text.encode(), sha256).hexdigest()

    def _derived(self, key_id: str, purpose: str) -> bytes:
        derive = HKDF(SHA256(), length=32, salt=None, info=f"agencyqa field {purpose}".encode())
        return derive.derive(self._keys[key_id])
