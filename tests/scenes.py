"""A small scheme in a real database, for tests of what happens between a run and a contact."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from peerapp.db import Database, SchemeSession
from peerapp.enums import AgreementMethod, FamilyState, MatchState, Role
from peerapp.models import Account, Family, Locality, Match, Volunteer
from peerapp.services import approvals, match_life
from tests import factories
from tests.factories import TODAY
from tests.support.keys import KEYRING, TestDatabase

BASE_URL = "https://scheme.example.org"


@dataclass
class Scene:
    """A scheme with one locality and its coordinator; rows are found again by id."""

    database: Database
    scheme_id: uuid.UUID
    locality_id: uuid.UUID
    coordinator_id: uuid.UUID

    @contextmanager
    def writing(self) -> Iterator[SchemeSession]:
        with self.database.writing(self.scheme_id) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[SchemeSession]:
        with self.database.reading(self.scheme_id) as session:
            yield session

    def coordinator(self, session: SchemeSession) -> Account:
        return session.get_one(Account, self.coordinator_id)

    def add_coach(self, **values: Any) -> uuid.UUID:
        with self.writing() as session:
            locality = session.get_one(Locality, self.locality_id)
            return factories.make_coach(session, self.coordinator(session), locality, **values).id

    def add_family(self, *, account: bool = False, **values: Any) -> uuid.UUID:
        with self.writing() as session:
            locality = session.get_one(Locality, self.locality_id)
            family = factories.make_family(session, self.coordinator(session), locality, **values)
            if account:
                factories.make_family_account(session, family)
            return family.id

    def add_match(self, family_id: uuid.UUID, coach_id: uuid.UUID, **values: Any) -> uuid.UUID:
        with self.writing() as session:
            family = session.get_one(Family, family_id)
            coach = session.get_one(Volunteer, coach_id)
            match = factories.make_match(session, family, coach, **values)
            if match.state in {
                MatchState.APPROVED,
                MatchState.INTRODUCED,
                MatchState.ACTIVE,
                MatchState.PAUSED,
            }:
                family.state = FamilyState.MATCHED
            return match.id

    def approve(self, match_id: uuid.UUID, **values: Any) -> None:
        with self.writing() as session:
            approve(session, self.coordinator(session), match_id, **values)

    def introduce(self, match_id: uuid.UUID, first_visit_on: date = TODAY) -> None:
        with self.writing() as session:
            match_life.introduce(
                session,
                self.coordinator(session),
                match_id,
                first_visit_on=first_visit_on,
                today=TODAY,
                base_url=BASE_URL,
            )


def make_scene(url: str, **scheme_values: Any) -> Scene:
    """Make the scheme, a locality and its coordinator."""
    database = TestDatabase(url, KEYRING)
    with database.session(None, "all") as session, session.begin():
        scheme = factories.make_scheme(**scheme_values)
        session.add(scheme)
        session.flush()
        scheme_id = scheme.id
    return scene_in(database, scheme_id)


def scene_in(database: Database, scheme_id: uuid.UUID) -> Scene:
    """Make a locality and its coordinator in a scheme that exists."""
    with database.writing(scheme_id) as session:
        locality = factories.make_locality(session)
        coordinator = factories.make_account(session, Role.COORDINATOR, (locality,))
        return Scene(database, scheme_id, locality.id, coordinator.id)


def approve(session: SchemeSession, actor: Account, match_id: uuid.UUID, **values: Any) -> Match:
    """Approve as a coordinator who has just looked at the match."""
    match = session.get_one(Match, match_id)
    given: dict[str, Any] = {
        "seen_family_version": match.family_version,
        "seen_volunteer_version": match.volunteer_version,
        "coach_agreed_how": AgreementMethod.PHONE,
        "family_agreed_how": AgreementMethod.FACE_TO_FACE,
        "today": TODAY,
        "base_url": BASE_URL,
    }
    return approvals.approve(session, actor, match_id, **{**given, **values})
