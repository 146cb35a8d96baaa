"""Two localities with a coordinator each, a lead and a manager, for tests on families."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from peerapp.db import Database, SchemeSession
from peerapp.enums import Role
from peerapp.models import Account, AuditEvent, Family, Locality
from peerapp.services.families import FamilyDetails
from tests import factories
from tests.support.keys import open_all

HERE = ("SN15 1", "SN15 2")
THERE = ("SN11 0",)
GOOD = FamilyDetails("Amina", "Yusuf", "sn15 1aa", date(2026, 9, 1), phone="07700 900123")


@dataclass
class FamilyScene:
    """Rows are found again by id, in whichever session a test opens."""

    database: Database
    scheme_id: uuid.UUID
    localities: dict[str, uuid.UUID]
    people: dict[str, uuid.UUID]

    @contextmanager
    def writing(self, who: str = "coordinator") -> Iterator[tuple[SchemeSession, Account]]:
        with self.database.writing(self.scheme_id) as session:
            yield session, session.get_one(Account, self.people[who])

    @contextmanager
    def reading(self, who: str = "coordinator") -> Iterator[tuple[SchemeSession, Account]]:
        """Open a session like that of a GET whose reads are audited."""
        with self.database.session(self.scheme_id, "audit") as session:
            yield session, session.get_one(Account, self.people[who])
            open_all(session)
            session.commit()

    def add_family(self, where: str = "here", **values: Any) -> uuid.UUID:
        with self.writing() as (session, coordinator):
            locality = session.get_one(
                Locality, self.localities.get(where, self.localities["here"])
            )
            if where == "there":
                values = {"postcode": "SN11 0AA", **values}
            family = factories.make_family(session, coordinator, locality, **values)
            if where == "nowhere":
                family.locality_id = None
            return family.id

    def family(self, family_id: uuid.UUID, *names: str) -> tuple[Any, ...]:
        """Return some columns of a family as the database has them."""
        with self.database.reading(self.scheme_id) as session:
            family = session.get_one(Family, family_id)
            return tuple(getattr(family, name) for name in names)

    def audited(self, action: str) -> list[AuditEvent]:
        with self.database.reading(self.scheme_id) as session:
            query = select(AuditEvent).where(AuditEvent.action == action)
            return list(session.scalars(query.order_by(AuditEvent.at, AuditEvent.id)))


def make_family_scene(database: Database, scheme_id: uuid.UUID) -> FamilyScene:
    with database.writing(scheme_id) as session:
        here = factories.make_locality(session, "Chippenham", HERE)
        there = factories.make_locality(session, "Calne", THERE)
        people = {
            "coordinator": factories.make_account(session, Role.COORDINATOR, (here,)),
            "neighbour": factories.make_account(session, Role.COORDINATOR, (there,)),
            "lead": factories.make_account(session, Role.SAFEGUARDING_LEAD),
            "manager": factories.make_account(session, Role.MANAGER),
            "auditor": factories.make_account(session, Role.AUDITOR),
        }
        return FamilyScene(
            database,
            scheme_id,
            {"here": here.id, "there": there.id},
            {name: account.id for name, account in people.items()},
        )
