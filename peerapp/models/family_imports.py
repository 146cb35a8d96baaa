"""Files of families between upload and confirmation."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from peerapp.models.base import Base, Created, SchemeOwned
from peerapp.models.sealed import sealed_bytes


class FamilyImport(SchemeOwned, Created, Base):
    """An uploaded file that waits for its owner's yes. Its bytes go once it is imported or late.

    ``digest`` stays, so that the same file is not imported twice.
    """

    __tablename__ = "family_import"

    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    content = sealed_bytes()
    digest: Mapped[str] = mapped_column(String(64), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    imported_at: Mapped[datetime | None]
    families: Mapped[int] = mapped_column(default=0)
