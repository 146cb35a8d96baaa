"""Identity checks: which kinds of documents were seen when and by whom; no numbers, no scans."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import DocumentKind, IdentityRoute, SeenHow
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_text


class IdentityCheck(SchemeOwned, Created, Base):
    """One look at a volunteer's documents by one of the routes of DBS.

    ``external_check`` says that a validation service confirmed the identity (route 2).
    """

    __tablename__ = "identity_check"
    __key_owner__ = ("volunteer_id",)

    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    route: Mapped[IdentityRoute] = mapped_column(EnumText(IdentityRoute))
    route_reason = sealed_text()
    seen_how: Mapped[SeenHow] = mapped_column(EnumText(SeenHow))
    external_check: Mapped[bool] = mapped_column(default=False)
    checked_on: Mapped[date]
    checked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    withdrawn_reason = sealed_text()

    checked_by: Mapped[Account] = relationship(foreign_keys=[checked_by_id])
    withdrawn_by: Mapped[Account | None] = relationship(foreign_keys=[withdrawn_by_id])
    documents: Mapped[list[IdentityDocument]] = relationship(
        cascade="all, delete-orphan", order_by="IdentityDocument.kind"
    )


class IdentityDocument(SchemeOwned, Base):
    """A kind of document that was seen in one check."""

    __tablename__ = "identity_document"
    __table_args__ = (UniqueConstraint("check_id", "kind"),)

    check_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("identity_check.id", ondelete="CASCADE"))
    kind: Mapped[DocumentKind] = mapped_column(EnumText(DocumentKind))
    seen_on: Mapped[date]
