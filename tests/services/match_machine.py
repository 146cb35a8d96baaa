"""Who asks what after each act of a random life of a match, and what attackers try on it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from peerapp.db import SchemeSession
from peerapp.enums import EndReason, FamilyState, OfferSide, Role
from peerapp.errors import Forbidden, NotFound, Refused, Stale
from peerapp.models import Account, Concern, Family, Match, MatchCover, MatchOffer, Volunteer
from peerapp.services import (
    approvals,
    concern_cases,
    contacts,
    conversations,
    cover_contacts,
    families,
    goals,
    match_endings,
    match_life,
    match_offers,
)
from tests import factories
from tests.factories import TODAY
from tests.scenes import BASE_URL
from tests.services.match_life_model import COACHES, Model
from tests.services.match_life_world import World

PHONES = {
    "coach": "01632 960211", "second": "01632 960212", "backup": "01632 960213",
    "stranger": "01632 960214",
}  # fmt: skip
FAMILY_PHONE, OTHER_PHONE = "07700 900711", "07700 900712"
RUNS_OUT = TODAY + timedelta(days=20)
NO = (Refused, NotFound, Forbidden, Stale)
STAFF_SEES = {"coordinator": True, "lead": True, "manager": True, "elsewhere": False}


@dataclass
class Base:
    """Rows that are there before every story: found again by id, in whichever session."""

    scheme_id: uuid.UUID
    people: dict[str, uuid.UUID] = field(default_factory=dict)
    volunteers: dict[str, uuid.UUID] = field(default_factory=dict)
    families: dict[str, uuid.UUID] = field(default_factory=dict)
    pair: uuid.UUID | None = None

    def world(self, session: SchemeSession) -> World:
        def who(name: str) -> Account:
            return session.get_one(Account, self.people[name])

        model = Model(today=TODAY, due={"second": RUNS_OUT})
        ids = {name: self.volunteers[name] for name in COACHES}
        staff, lead = who("coordinator"), who("lead")
        return World(session, self.families["family"], ids, staff, lead, model)


def make_base(session: SchemeSession, scheme_id: uuid.UUID) -> Base:
    """A family, three coaches who could be its own, and beside them a pair that is together."""
    base = Base(scheme_id)
    here = factories.make_locality(session)
    there = factories.make_locality(session, "Calne", ("SN11 0",))
    staff = {
        "coordinator": factories.make_account(session, Role.COORDINATOR, (here,)),
        "elsewhere": factories.make_account(session, Role.COORDINATOR, (there,)),
        "lead": factories.make_account(session, Role.SAFEGUARDING_LEAD),
        "manager": factories.make_account(session, Role.MANAGER),
        "auditor": factories.make_account(session, Role.AUDITOR),
    }
    base.people = {name: one.id for name, one in staff.items()}
    coordinator = staff["coordinator"]
    for name, phone in PHONES.items():
        coach = factories.make_coach(
            session, coordinator, here, capacity=3, scheme_phone=phone, first_name=name.title()
        )
        base.volunteers[name], base.people[name] = coach.id, coach.account_id
        if name == "second":
            coach.certificates[0].issue_date = RUNS_OUT.replace(year=RUNS_OUT.year - 3)
    for name, phone in (("family", FAMILY_PHONE), ("neighbours", OTHER_PHONE)):
        family = factories.make_family(session, coordinator, here, phone=phone)
        base.families[name] = family.id
        base.people[name] = factories.make_family_account(session, family).id
    stranger = session.get_one(Volunteer, base.volunteers["stranger"])
    pair = factories.make_match(session, family, stranger, state="introduced")
    family.state = FamilyState.MATCHED
    session.flush()
    base.pair = pair.id
    return base


class Asking:
    """Asks every identity, by the services, what it sees; the open page of each must agree."""

    def __init__(self, world: World, base: Base) -> None:
        self.world, self.base = world, base
        self.session, self.day, self.model = world.session, world.today, world.model
        query = select(Match.id).where(Match.family_id == world.family_id)
        self.matches = self.session.scalars(query).all()
        self.covers = self.session.scalars(select(MatchCover.id)).all()

    def who(self, name: str) -> Account:
        return self.session.get_one(Account, self.base.people[name])

    def answers(self) -> dict[str, Any]:
        """Return who is seen by whom, as the services say."""
        family, neighbours = self.who("family"), self.who("neighbours")
        return {
            "family": self._coach_of(family),
            "family, of the backup": self._backup_of(family),
            **{name: self._families_of(self.who(name)) for name in COACHES},
            "neighbours": (self._coach_of(neighbours), self._backup_of(neighbours)),
            "stranger": (self._families_of(self.who("stranger")), self._still_sees_own()),
            **{name: self._record_opens(self.who(name)) for name in (*STAFF_SEES, "auditor")},
        }

    def expected(self) -> dict[str, Any]:
        """Return the same as the model says."""
        model = self.model
        coach = PHONES[model.coach] if model.family_sees_coach() else None
        backup = PHONES["backup"] if model.family_sees_backup() else None
        seen = dict.fromkeys(COACHES, (False, False))
        seen["backup"] = (False, model.backup_sees_family())
        seen[model.coach] = (model.coach_sees_family(), False)
        return {
            "family": coach,
            "family, of the backup": backup,
            **seen,
            "neighbours": (PHONES["stranger"], None),
            "stranger": ((False, False), True),
            **STAFF_SEES,
            "auditor": False,
        }

    def _coach_of(self, actor: Account) -> str | None:
        found = contacts.coach_contact_for_family(self.session, actor, self.day)
        assert contacts.has_coach_contact(self.session, actor, self.day) == (found is not None)
        return found.details[0][1] if found else None

    def _backup_of(self, actor: Account) -> str | None:
        found = cover_contacts.for_family(self.session, actor, self.day)
        shown = cover_contacts.is_shown_to_family(self.session, actor, self.day)
        assert shown == (found is not None)
        return found.details[0][1] if found else None

    def _families_of(self, actor: Account) -> tuple[bool, bool]:
        """Say whether a coach sees the family through any match, any cover, it remembers."""
        return any(self._through_matches(actor)), any(self._through_covers(actor))

    def _through_matches(self, actor: Account) -> Iterator[bool]:
        for match_id in self.matches:
            given = (self.session, actor, match_id, self.day)
            try:
                view = contacts.family_contact_for_coach(*given)
                assert contacts.has_family_contact(*given) == (view is not None)
            except NotFound:
                continue
            yield view is not None

    def _through_covers(self, actor: Account) -> Iterator[bool]:
        for cover_id in self.covers:
            given = (self.session, actor, cover_id, self.day)
            try:
                view = cover_contacts.for_backup(*given)[2]
                assert cover_contacts.is_shown_to_backup(*given) == (view is not None)
            except NotFound:
                continue
            yield view is not None

    def _still_sees_own(self) -> bool:
        assert self.base.pair is not None
        given = (self.session, self.who("stranger"), self.base.pair, self.day)
        return contacts.has_family_contact(*given)

    def _record_opens(self, actor: Account) -> bool:
        try:
            families.get_family(self.session, actor, self.world.family_id)
        except (NotFound, Forbidden):
            return False
        return True


def pages(asking: Asking) -> Iterator[tuple[str, str, str, bool]]:
    """Yield who opens which address, which number may stand there, and whether it must."""
    model = asking.model
    yield "family", "/family/coach", PHONES[model.coach], model.family_sees_coach()
    yield "family", "/family/coach", PHONES["backup"], model.family_sees_backup()
    yield "neighbours", "/family/coach", PHONES[model.coach], False
    for match_id in asking.matches[-2:]:
        for name in ("coach", "second", "stranger"):
            current = name == model.coach and match_id == asking.world.match.id
            may = current and model.coach_sees_family()
            yield name, f"/volunteer/matches/{match_id}", FAMILY_PHONE, may
    for cover_id in asking.covers[-1:]:
        may = model.backup_sees_family()
        yield "backup", f"/volunteer/covers/{cover_id}", FAMILY_PHONE, may
    record = f"/staff/families/{asking.world.family_id}"
    for name in ("coordinator", "elsewhere", "auditor", "neighbours", "coach"):
        yield name, record, FAMILY_PHONE, name == "coordinator"
    yield "", record, FAMILY_PHONE, False
    yield "", "/family/coach", PHONES[model.coach], False


class Attacks:
    """What somebody tries who has no business here; each returns the calls that must be refused."""

    def __init__(self, asking: Asking) -> None:
        self.asking, self.session, self.day = asking, asking.session, asking.day
        self.match = asking.world.match
        self.place: dict[str, Any] = {"today": self.day, "base_url": BASE_URL}

    def foreign_answers(self) -> Iterator[Callable[[], Any]]:
        """Others answer offers that are not theirs, by the ids that they carry."""
        for offer in self.session.scalars(select(MatchOffer)).all():
            theirs = "family" if offer.side == OfferSide.FAMILY else self.asking.model.coach
            for name in {"family", "neighbours", "stranger", "coach"} - {theirs}:
                if offer.match_id != self.match.id and name == "coach":
                    continue  # an offer of another time, which may have been this coach's
                yield self._call(match_offers.say_yes, name, offer.id, seen="0.0", **self.place)

    def foreign_decisions(self) -> Iterator[Callable[[], Any]]:
        """Those who decide on other matches, or on none, decide on this one."""
        for name in ("elsewhere", "lead", "manager", "auditor", "family", "coach", "stranger"):
            given = {**self._seen(0), **self.place}
            yield self._call(approvals.approve, name, self.match.id, **given)
            visit = {"first_visit_on": self.day, **self.place}
            yield self._call(match_life.introduce, name, self.match.id, **visit)
            yield self._call(match_life.resume, name, self.match.id, today=self.day)
            over = {"reason": EndReason.PLANNED_END, "family_next": FamilyState.WAITING}
            yield self._call(match_life.end, name, self.match.id, **over, **self.place)
            yield self._call(match_endings.call_off, name, self.match.id, **self.place)

    def stale_forms(self) -> Iterator[Callable[[], Any]]:
        """A form that was opened before something changed is sent now."""
        if self.asking.model.state == "approved":
            return  # the same approval again is answered as before
        yield self._call(approvals.approve, "coordinator", self.match.id, **self._seen(1),
                         **self.place)  # fmt: skip

    def remembered_addresses(self) -> Iterator[Callable[[], Any]]:
        """Who was a coach here opens what they had open once: talk, ledger, goals."""
        model, given = self.asking.model, (self.match.id,)
        for name in {*COACHES, "stranger"} - {model.coach}:
            yield self._call(conversations.coach_match, name, *given)
            yield self._call(contacts.coach_ledger, name, *given)
            yield self._call(goals.shared_with_coach, name, *given, self.day)

    def foreign_safeguarding(self) -> Iterator[Callable[[], Any]]:
        """Contact that a concern stopped is allowed again by somebody who is no lead."""
        for concern in self.session.scalars(select(Concern)).all():
            for name in ("coordinator", "elsewhere", "manager", "family", "coach"):
                given = (concern.id, self.match.id, "I say so.", self.asking.world.now)
                yield self._call(concern_cases.resume_contact, name, *given)

    def _seen(self, behind: int) -> dict[str, Any]:
        return {
            "seen_family_version": self.session.get_one(Family, self.match.family_id).version
            - behind,
            "seen_volunteer_version": self.match.volunteer.version,
        }

    def _call(self, verb: Callable[..., Any], name: str, *given: Any, **named: Any) -> Any:
        return lambda: verb(self.session, self.asking.who(name), *given, **named)

    def all_refused(self, calls: Iterator[Callable[[], Any]]) -> None:
        for call in calls:
            with pytest.raises(NO), self.session.begin_nested():
                call()
                self.session.flush()
