"""What keeps sign-in safe: counted tries, and the browsers that an account was used in."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from peerapp.models.base import Base, Created, SchemeOwned
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
