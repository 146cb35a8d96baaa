"""Two localities and another scheme with one of everything, and everybody who might ask for it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import event

from peerapp.enums import (
    NEEDED_PURPOSES,
    AgreementMethod,
    ConsentPurpose,
    EndReason,
    FamilyState,
    MatchState,
    OfferSide,
    Role,
    TokenPurpose,
)
from peerapp.models import (
    AccessGrant,
    Account,
    CalendarFeed,
    Locality,
    Match,
    MatchCover,
    MatchOffer,
    Volunteer,
)
from peerapp.services import tokens
from peerapp.services.tokens import token_hash
from tests.factories import (
    NOW,
    TODAY,
    make_account,
    make_coach,
    make_family,
    make_family_account,
    make_locality,
    make_match,
    make_scheme,
)
from tests.security.matrix_records import Place, of_the_family, of_the_match, of_the_scheme
from tests.security.vetting_world import make_vetted, secrets_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PLACES = ("here", "there", "foreign")


@dataclass
class World:
    """What there is, and who asks."""

    scheme_id: uuid.UUID
    places: dict[str, Place]
    people: dict[str, uuid.UUID]


def make_world(database, scheme_id: uuid.UUID) -> World:
    """Fill two schemes; the identities are people of the first."""
    with database.writing(scheme_id) as session:
        here = make_place(session, "Chippenham", "SN15 1", "009988770011")
        there = make_place(session, "Calne", "SN11 0", "009988770022", first=False)
        session.flush()
        people = {name: account.id for name, account in identities(session, here, there).items()}
    with database.session(None, "all") as session, session.begin():
        scheme = make_scheme("foreign")
        session.add(scheme)
        session.flush()
        foreign_id = scheme.id
    with database.writing(foreign_id) as session:
        foreign = make_place(session, "Elsewhere", "SN15 1", "009988770033")
    places = {"here": here, "there": there, "foreign": foreign}
    return World(scheme_id, places, people)


def identities(session, here: Place, there: Place) -> dict[str, Account]:
    """Return everybody who asks, by name; nobody is signed in as ``anonymous``."""
    localities = [session.get_one(Locality, here.ids["locality_id"])]
    cover = make_account(
        session, Role.COORDINATOR, (make_locality(session, "Corsham", ("SN13 9",)),)
    )
    session.add(
        AccessGrant(
            account_id=cover.id,
            family_id=here.ids["family_id"],
            reference="F-1",
            reason="A neighbour called: a child may be alone there.",
            expires_at=NOW + 4 * HOUR,
        )
    )
    return {
        "unconfirmed": make_account(session, Role.VOLUNTEER, confirmed_at=None),
        "half_open": make_account(session, Role.COORDINATOR, tuple(localities)),
        "disabled": make_account(session, Role.COORDINATOR, tuple(localities), disabled_at=NOW),
        "volunteer": here.people["volunteer"],
        "coach": here.people["coach"],
        "other_coach": there.people["coach"],
        "backup": here.people["backup"],
        "family": here.people["family"],
        "other_family": there.people["family"],
        "waiting_family": here.people["offered"],
        "ended_family": here.people["ended"],
        "coordinator": here.staff,
        "stranger": there.staff,
        "cover": cover,
        "lead": here.lead,
        "manager": make_account(session, Role.MANAGER),
        "auditor": make_account(session, Role.AUDITOR),
    }


def make_place(session, name: str, sector: str, number: str, *, first: bool = True) -> Place:
    """Make a locality with one of everything."""
    rows = set()

    def note(flushed, _):
        rows.update(row.id for row in flushed.new)

    event.listen(session, "after_flush", note)
    locality = make_locality(session, name, (sector,))
    staff = make_account(session, Role.COORDINATOR, (locality,))
    place = Place(staff, make_account(session, Role.SAFEGUARDING_LEAD))
    _people(session, place, locality, number, first=first)
    of_the_match(session, place)
    of_the_family(session, place, locality)
    of_the_scheme(session, place, name)
    _links(session, place, number)
    session.flush()
    event.remove(session, "after_flush", note)
    place.rows = rows
    return place


def _people(session, place: Place, locality: Locality, number: str, *, first: bool) -> None:
    """A volunteer at panel, a coach, a backup, and families in four states of a match."""
    vetted = vars(make_vetted(session, locality, place.staff, place.lead, number, first=first))
    course_session_id = vetted["session_id"]
    place.ids |= {name: value for name, value in vetted.items() if name != "account"}
    place.special |= {
        "courses": {"session_id": course_session_id},
        "training": {"session_id": course_session_id},
    }
    place.special["references.enter"] = {"reference_id": vetted["asked_id"]}
    place.people["volunteer"] = session.get_one(Account, vetted["account"])
    coach, backup = (make_coach(session, place.staff, locality) for _ in range(2))
    place.people |= {
        "coach": session.get_one(Account, coach.account_id),
        "backup": session.get_one(Account, backup.account_id),
    }
    matches = {}
    for who, state, match_state in (
        ("family", FamilyState.MATCHED, MatchState.ACTIVE),
        ("offered", FamilyState.WAITING, MatchState.OFFERED_TO_FAMILY),
        ("frozen", FamilyState.MATCHED, MatchState.PAUSED),
        ("ended", FamilyState.CLOSED, MatchState.ENDED),
    ):
        purposes = (*NEEDED_PURPOSES, ConsentPurpose.MESSAGES, ConsentPurpose.FEEDBACK)
        family = make_family(session, place.staff, locality, state=state, purposes=purposes)
        place.people[who] = make_family_account(session, family)
        ended_on = TODAY - DAY if match_state == MatchState.ENDED else None
        matches[who] = make_match(session, family, coach, state=match_state, ended_on=ended_on)
    running, offered, frozen, ended = matches.values()
    ended.first_visit_on, ended.end_reason = TODAY - 90 * DAY, EndReason.PLANNED_END
    cover = _cover(running, backup, place.staff)
    offers = [
        MatchOffer(match_id=offered.id, side=side, answer_by=TODAY + 7 * DAY) for side in OfferSide
    ]
    session.add_all([cover, *offers])
    session.flush()
    place.ids |= {
        "locality_id": locality.id,
        "family_id": running.family_id,
        "match_id": running.id,
        "cover_id": cover.id,
        "offer_id": offers[1].id,
    }
    coach_side = {"offer_id": next(one.id for one in offers if one.side == OfferSide.COACH)}
    family_side = {"offer_id": next(one.id for one in offers if one.side == OfferSide.FAMILY)}
    for endpoint in ("coach_offer", "coach_yes", "coach_no"):
        place.special[f"match_offers.{endpoint}"] = coach_side
    for endpoint in ("family_offer", "family_yes", "family_no"):
        place.special[f"match_offers.{endpoint}"] = family_side
    place.special["concern_cases.resume"] = {"match_id": frozen.id}
    for endpoint in ("coach_survey", "family_survey", "thanks"):
        place.special[f"match_endings.{endpoint}"] = {"match_id": ended.id}


def _cover(match: Match, backup: Volunteer, staff: Account) -> MatchCover:
    return MatchCover(
        match_id=match.id,
        volunteer_id=backup.id,
        starts_on=TODAY - DAY,
        ends_on=TODAY + 5 * DAY,
        coach_agreed_how=AgreementMethod.PHONE,
        family_agreed_how=AgreementMethod.PHONE,
        arranged_by_id=staff.id,
    )


def _links(session, place: Place, number: str) -> None:
    """Secrets that open something without signing in."""
    calendar = f"calendar-of-{number}"
    feed = CalendarFeed(account_id=place.people["coach"].id, token_hash=token_hash(calendar))
    session.add(feed)
    place.special["calendars.read"] = {"secret": calendar}
    place.special["referee"] = {"secret": secrets_of(number)[0]}
    for endpoint, purpose in (
        ("auth.confirm", TokenPurpose.CONFIRM_EMAIL),
        ("auth.invitation", TokenPurpose.INVITATION),
        ("auth.reset", TokenPurpose.RESET_PASSWORD),
    ):
        secret = tokens.issue(session, place.people["coach"], purpose, NOW, 7 * DAY)
        place.special[endpoint] = {"secret": secret}


WORDS = {
    "item": "agreement",
    "slug": "family_coach",
    "code": "boundaries",
    "rule_id": "1",
    "heading": "health",
    "purpose": "take_part",
    "question": "ways",
    "group": "supervision",
    "what": "times",
    "position": 0,
    "filename": "site.css",
}
"""What parts of an address stand for nobody's record."""
