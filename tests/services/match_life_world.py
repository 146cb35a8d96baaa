"""The people of a life of a match: who is in the database, who acts, and the model beside them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.enums import OfferSide
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Family, Match, MatchOffer, Volunteer
from tests.scenes import BASE_URL
from tests.services.match_life_model import Model

Learn = Callable[[], Any]


@dataclass
class World:
    """The people in the database, who acts, and the model."""

    session: Session
    family_id: uuid.UUID
    volunteer_ids: dict[str, uuid.UUID]
    staff: Account
    lead: Account
    model: Model

    @property
    def today(self) -> date:
        return self.model.today

    @property
    def family(self) -> Family:
        return self.session.get_one(Family, self.family_id)

    @property
    def own_account(self) -> Account:
        account = self.family.account
        assert account is not None
        return account

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, time(12), UTC)

    @property
    def volunteers(self) -> dict[str, Volunteer]:
        ids = self.volunteer_ids.items()
        return {name: self.session.get_one(Volunteer, one) for name, one in ids}

    @property
    def match(self) -> Match:
        """The match that the model speaks of, or the newest that was."""
        query = (
            select(Match)
            .where(Match.family_id == self.family_id)
            .order_by(Match.created_at.desc(), Match.id)
        )
        found = self.session.scalars(query).first()
        if found is None:
            raise Refused([Refusal("none", "There is no match.")])
        return found

    def offer_to(self, side: OfferSide) -> tuple[MatchOffer, Account]:
        found = [one for one in self.match.offers if one.side == side]
        if not found:
            raise Refused([Refusal("none", "There is no offer.")])
        person = self.volunteers[self.model.coach] if side == OfferSide.COACH else self.family
        account = person.account
        assert account is not None
        return found[0], account

    def place(self) -> dict[str, Any]:
        return {"today": self.today, "base_url": BASE_URL}

    def versions(self) -> dict[str, Any]:
        return {
            "seen_family_version": self.match.family.version,
            "seen_volunteer_version": self.match.volunteer.version,
            "accept_changes": True,
        }


def becomes(world: World, **values: Any) -> Learn:
    def learn() -> None:
        for name, value in values.items():
            setattr(world.model, name, value)

    return learn
