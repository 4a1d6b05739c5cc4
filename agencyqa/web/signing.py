"""Signatures as itsdangerous writes and reads them, by keys that are derived once.

The library builds a serializer, a signer and its key anew for each cookie and each token, which takes five times as
long as the signature. What was signed by it is read here and the other way round.
"""

from __future__ import annotations

import hmac
from functools import lru_cache
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import Signer, TimestampSigner, URLSafeSerializer, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode
from itsdangerous.serializer import Serializer
from itsdangerous.signer import HMACAlgorithm

# What is shorter than this is not worth compressing: a token, the place in a list.
_SHORT = 200


class _Sha1(HMACAlgorithm):
    """The digest of the library's own algorithm, in one step."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, "sha1")


class _KeptKeys(Signer):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.algorithm = _Sha1()
        self._derived: dict[str | bytes | None, bytes] = {}

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        found = self._derived.get(secret_key)
        if found is None:
            found = self._derived[secret_key] = super().derive_key(secret_key)
        return found


class _TimedSigner(_KeptKeys, TimestampSigner):
    pass


class _KeptSigner(Serializer[str]):
    """Of a serializer whose callers name no salt of their own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept = super().make_signer()

    def make_signer(self, salt: str | bytes | None = None) -> Signer:
        return self._kept if salt is None or salt == self.salt else super().make_signer(salt)


class _Plain(_KeptSigner, URLSafeSerializer):
    default_signer = _KeptKeys

    def dump_payload(self, obj: Any) -> bytes:
        text = Serializer.dump_payload(self, obj)
        return base64_encode(text) if len(text) < _SHORT else super().dump_payload(obj)


class _Timed(_KeptSigner, URLSafeTimedSerializer):
    default_signer = _TimedSigner

    def dump_payload(self, obj: Any) -> bytes:
        text = Serializer.dump_payload(self, obj)
        return base64_encode(text) if len(text) < _SHORT else super().dump_payload(obj)


# A process has one secret; a rotation and the tests have a few.
@lru_cache(maxsize=8)
def plain_serializer(secret: str | bytes, salt: str) -> URLSafeSerializer:
    return _Plain(secret, salt=salt)


@lru_cache(maxsize=8)
def timed_serializer(secret: str | bytes, salt: str) -> URLSafeTimedSerializer:
    """What it signs can be refused by its age."""
    return _Timed(secret, salt=salt)


class SignedSession(SecureCookieSessionInterface):
    """The session in the cookie, as Flask signs it."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if not app.secret_key:
            return None
        return self._serializer((*(app.config["SECRET_KEY_FALLBACKS"] or ()), app.secret_key))

    @lru_cache(maxsize=8)  # noqa: B019  There is one interface, as long as its application.
    def _serializer(self, keys: tuple[str | bytes, ...]) -> URLSafeTimedSerializer:
        return _Timed(
            keys,
            salt=self.salt,
            serializer=self.serializer,
            signer_kwargs={"key_derivation": self.key_derivation, "digest_method": self.digest_method},
        )
