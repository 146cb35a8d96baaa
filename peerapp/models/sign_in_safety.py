"""What keeps sign-in safe: counted tries, known browsers, and links that were asked for."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from peerapp.enums import TokenPurpose
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.sealed import sealed_text


class Throttle(Base):
    """How often something was tried of late. Of no scheme: an address tries at all of them.

    ``key_hash`` is keyed with the site's secret: no address of a person or a browser stands here.
    """

    __tablename__ = "throttle"

    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hits: Mapped[int] = mapped_column(default=0)
    wait_until: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class KnownBrowser(SchemeOwned, Created, Base):
    """A browser in which an account was signed in before; what it holds is kept as a hash."""

    __tablename__ = "known_browser"
    __key_owner__ = ("account_id",)
    __table_args__ = (UniqueConstraint("account_id", "token_hash"),)

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), index=True)
    device = sealed_text(None)
    last_used_at: Mapped[datetime]
    noticed_at: Mapped[datetime | None]


class AskedLink(SchemeOwned, Created, Base):
    """A link that a stranger asked for: whose address it is, is looked up by a job.

    So the request writes the same, and takes as long, whether there is an account or not. The row
    lives for seconds, sealed under a key of its own.
    """

    __tablename__ = "asked_link"

    email = sealed_text(None)
    purpose: Mapped[TokenPurpose] = mapped_column(EnumText(TokenPurpose))
    browser_hash: Mapped[str | None] = mapped_column(String(64))
