"""A family that acts for itself, beside the staff of its locality."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from peerapp.db import SchemeSession
from peerapp.enums import ConsentPurpose
from peerapp.models import Account, Agreement, Family, Message
from tests import factories
from tests.services.family_scenes import FamilyScene


class OwnScene(FamilyScene):
    """One family with an account; ``acting`` opens a session as the family itself."""

    family_id: uuid.UUID

    @contextmanager
    def acting(self) -> Iterator[tuple[SchemeSession, Account]]:
        with self.database.writing(self.scheme_id) as session:
            account = session.get_one(Family, self.family_id).account
            assert account is not None
            yield session, account

    def add_own(self, **values: Any) -> uuid.UUID:
        self.family_id = self.add_family(**values)
        with self.writing() as (session, _):
            factories.make_family_account(session, session.get_one(Family, self.family_id))
        return self.family_id

    def standing(self) -> list[ConsentPurpose]:
        """Return the purposes that the family agrees to now."""
        with self.database.reading(self.scheme_id) as session:
            query = select(Agreement).where(
                Agreement.family_id == self.family_id, Agreement.withdrawn_on.is_(None)
            )
            found = {one.purpose for one in session.scalars(query)}
            return [one for one in ConsentPurpose if one in found]

    def notices_to(self, who: str) -> list[str]:
        """Return what waits to be sent to a member of staff."""
        with self.database.reading(self.scheme_id) as session:
            query = select(Message).where(Message.account_id == self.people[who])
            return [one.body for one in session.scalars(query.order_by(Message.created_at))]


def as_own(scene: FamilyScene) -> OwnScene:
    return OwnScene(scene.database, scene.scheme_id, scene.localities, scene.people)
