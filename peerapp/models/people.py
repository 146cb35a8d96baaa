"""Accounts: who may sign in, as what, where, and by which session or link."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from peerapp.enums import STAFF_ROLES, Role, TokenPurpose
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.schemes import Locality
from peerapp.models.sealed import sealed_text

if TYPE_CHECKING:
    from peerapp.models.access_grants import AccessGrant


class Account(SchemeOwned, Created, Base):
    """Somebody who can sign in."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("scheme_id", "email_index"),)

    email = sealed_text(None, index="email_index")
    email_index: Mapped[str] = mapped_column(String(43))
    name: Mapped[str] = mapped_column(String(160), default="")
    role: Mapped[Role] = mapped_column(EnumText(Role))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    confirmed_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    supervises_up_to: Mapped[int | None]
    signs_in_by_link: Mapped[bool] = mapped_column(default=False, server_default=false())
    council_only: Mapped[bool] = mapped_column(default=False, server_default=false())
    council_subject: Mapped[str | None] = mapped_column(String(255))
    localities: Mapped[list[StaffLocality]] = relationship(
        cascade="all, delete-orphan", order_by="StaffLocality.locality_id"
    )
    grants: Mapped[list[AccessGrant]] = relationship(
        back_populates="account",
        foreign_keys="AccessGrant.account_id",
        order_by="(AccessGrant.created_at, AccessGrant.id)",
        passive_deletes="all",
    )

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF_ROLES

    @property
    def locality_ids(self) -> frozenset[uuid.UUID]:
        return frozenset(row.locality_id for row in self.localities)

    @property
    def grants_used(self) -> set[AccessGrant]:
        """The grants that let this account in since it was loaded: the audit names them."""
        used: set[AccessGrant] = self.__dict__.setdefault("_grants_used", set())
        return used

    def standing_grant(self, subject_id: uuid.UUID | None, now: datetime) -> AccessGrant | None:
        """Return what lets the account in to one record outside its caseload, if anything does.

        An account that no session holds has none: what cannot be asked is not granted.
        """
        if subject_id is None or object_session(self) is None:
            return None
        standing = [one for one in self.grants if one.stands_at(now)]
        return next((one for one in standing if one.subject_id == subject_id), None)


class StaffLocality(SchemeOwned, Base):
    """A locality in which a member of staff works."""

    __tablename__ = "staff_locality"
    __table_args__ = (UniqueConstraint("account_id", "locality_id"),)

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    locality_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("locality.id", ondelete="CASCADE"), index=True
    )
    locality: Mapped[Locality] = relationship()


class LoginSession(SchemeOwned, Created, Base):
    """A signed-in browser; deleting the row signs it out at once."""

    __tablename__ = "login_session"
    __key_owner__ = ("account_id",)

    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    role: Mapped[Role | None] = mapped_column(EnumText(Role))
    device = sealed_text()
    known_browser_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("known_browser.id", ondelete="SET NULL")
    )
    factor_due: Mapped[bool] = mapped_column(default=True)
    factor_at: Mapped[datetime | None]
    factor_failures: Mapped[int] = mapped_column(default=0)
    account: Mapped[Account] = relationship()

    @property
    def is_half_open(self) -> bool:
        """Whether a second factor is still owed: until it is given, nobody is signed in."""
        return self.factor_at is None and (self.factor_due or self.account.is_staff)


class Token(SchemeOwned, Created, Base):
    """A single-use link, kept only as a hash."""

    __tablename__ = "token"

    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    purpose: Mapped[TokenPurpose] = mapped_column(EnumText(TokenPurpose))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    browser_hash: Mapped[str | None] = mapped_column(String(64))
    account: Mapped[Account] = relationship()
