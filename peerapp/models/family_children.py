"""A family's children by name and year, for finding the same family again."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from peerapp.models.base import Base, SchemeOwned
from peerapp.models.sealed import sealed_number, sealed_text


class FamilyChild(SchemeOwned, Base):
    """A child as whoever referred the family named it.

    No date of birth: the age on the day it was told leaves two years in which the child was
    born. Volunteers are shown none of it.
    """

    __tablename__ = "family_child"
    __key_owner__ = ("family_id",)

    family_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("family.id", ondelete="CASCADE"), index=True
    )
    name = sealed_text(None)
    born_from = sealed_number()
    born_to = sealed_number()
