"""What managers changed about the figures of a scheme, and why."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.models.base import Base, Created, SchemeOwned
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_text


class SchemeFigureChange(SchemeOwned, Created, Base):
    """One figure that was changed: ``figure`` is the column of the scheme."""

    __tablename__ = "scheme_figure_change"

    figure: Mapped[str] = mapped_column(String(60))
    before: Mapped[int]
    after: Mapped[int]
    reason = sealed_text(None)
    changed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    changed_by: Mapped[Account] = relationship()
