"""A family's children by name and year, for finding the same family again."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from peerapp.models.base import Base, SchemeOwned


class FamilyChild(SchemeOwned, Base):
    """A child as whoever referred the family named it.

    No date of birth: the age on the day it was told leaves two years in which the child was
    born. Volunteers are shown none of it.
    """

    __tablename__ = "family_child"

    family_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("family.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(160))
    born_from: Mapped[int]
    born_to: Mapped[int]
