"""Second factors: authenticator apps, passkeys, recovery codes, and what went wrong with them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from peerapp.enums import ChallengeUse
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.sealed import sealed_text


class AuthenticatorApp(SchemeOwned, Created, Base):
    """An app that shows codes (TOTP); one in use per account, and one that is being set up.

    ``sealed_secret`` holds the secret as an older version sealed it, until it is sealed anew.
    """

    __tablename__ = "authenticator_app"
    __key_owner__ = ("account_id",)
    __table_args__ = (UniqueConstraint("account_id", "in_use"),)

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    secret = sealed_text()
    sealed_secret: Mapped[str] = mapped_column(String(255), default="")
    in_use: Mapped[bool] = mapped_column(default=False)
    last_step: Mapped[int] = mapped_column(default=-1)
    """The step of 30 seconds whose code was accepted last: it and earlier ones are used up."""


class Passkey(SchemeOwned, Created, Base):
    """A WebAuthn credential: a security key, a phone or a computer that proves who holds it."""

    __tablename__ = "passkey"
    __key_owner__ = ("account_id",)
    __table_args__ = (UniqueConstraint("scheme_id", "credential_id"),)

    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    name = sealed_text(None)
    credential_id: Mapped[str] = mapped_column(String(1400))  # base64url; 1023 bytes at most
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    last_used_at: Mapped[datetime | None]


class PasskeyChallenge(SchemeOwned, Created, Base):
    """A random text that a passkey is to sign; good once, for one use, for a few minutes."""

    __tablename__ = "passkey_challenge"

    account_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    use: Mapped[ChallengeUse] = mapped_column(EnumText(ChallengeUse))
    challenge: Mapped[str] = mapped_column(String(100), unique=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class RecoveryCode(SchemeOwned, Created, Base):
    """A code for when every other second factor is lost; kept as a hash, good once."""

    __tablename__ = "recovery_code"

    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None]


class FactorFailure(SchemeOwned, Base):
    """A wrong code, counted against the account and the lane that it came by."""

    __tablename__ = "factor_failure"
    __table_args__ = (Index(None, "account_id", "lane", "at"),)

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    lane: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
