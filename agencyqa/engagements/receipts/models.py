from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from agencyqa.db import Base, Identified, UtcDateTime


class SigningKey(Identified, Base):
    """The public half of a key that signs receipts, with the time in which it signed. Kept for ever.

    ``fingerprint`` is the beginning of the SHA-256 of the 32 bytes of the key, ``public_key`` these bytes in
    hexadecimal. The secret half is never in the database.
    """

    __tablename__ = "signing_keys"

    fingerprint: Mapped[str] = mapped_column(String(16), unique=True)
    public_key: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Empty for the key in use.
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReceiptSignature(Identified, Base):
    """The signature of a receipt: of the hash, the key and the second of signing. Never changed.

    A receipt from before there were signatures was signed later than it was given; ``signed_at`` tells.
    """

    __tablename__ = "receipt_signatures"
    __table_args__ = (Index(None, "key_id"),)

    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id"), unique=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("signing_keys.id"))
    signed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # 64 bytes in base64.
    value: Mapped[str] = mapped_column(String(88))
