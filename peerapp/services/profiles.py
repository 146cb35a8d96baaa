"""A volunteer's own profile, saved one page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp import vocabulary, wording
from peerapp.adapters import places
from peerapp.domain import onboarding, profiles
from peerapp.enums import SLOTS, Household, Need, SharedContact
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, LocalitySector, Volunteer
from peerapp.services import audit, volunteers

METRES_PER_MILE = 1609


@dataclass(frozen=True)
class Answers:
    """The choices of a profile in the words of the pages that asked for them."""

    miles: int | None
    times: list[str]
    experience: list[str]
    lived_experience: list[str]
    languages: list[str]
    avoids: list[str]
    shares: list[str]


def miles_of(volunteer: Volunteer) -> int | None:
    """Return how far the volunteer travels, as it was asked."""
    if volunteer.max_distance_m is None:
        return None
    return round(volunteer.max_distance_m / METRES_PER_MILE)


def save_page(
    session: Session, actor: Account, page: str, values: Mapping[str, Any], today: date
) -> Volunteer:
    """Save one page of the actor's own profile.

    Parameters
    ----------
    page
        A key of ``domain.profiles.PAGES``; what else ``values`` holds than that page's fields is
        ignored.
    values
        Checked values; ``miles`` is a whole number, ``postcode`` text as typed.

    Raises
    ------
    Refused
        The record is closed, the postcode cannot be used, the volunteer is too young, or name
        and date of birth are fixed.
    """
    asked = {name: values[name] for name in profiles.PAGES[page] if name in values}
    volunteer = volunteers.lock_own(session, actor)
    if page == "travel":
        asked = _travel_values(session, asked)
    changed = [name for name, value in asked.items() if _differs(volunteer, name, value)]
    _refuse_identity(volunteer, asked, changed, today)
    for name in changed:
        setattr(volunteer, name, asked[name])
    if changed:
        audit.record_change(
            session, actor, "volunteer.save_profile", volunteer, fields=changed, page=page
        )
        volunteers.settle(session, actor, volunteer, today, "details_changed")
    return volunteer


def _differs(volunteer: Volunteer, name: str, value: Any) -> bool:
    held = getattr(volunteer, name)
    if isinstance(held, tuple):
        return set(held) != set(value)
    return bool(held != value)


def _travel_values(session: Session, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Turn postcode and miles into a point, a locality and metres."""
    try:
        place = places.locate(asked["postcode"])
    except places.PlaceError as error:
        raise Refused([Refusal("postcode", error.message)]) from error
    query = select(LocalitySector).where(LocalitySector.sector == place.sector)
    sector = session.scalar(query)
    return {
        "postcode": place.postcode,
        "easting": place.easting,
        "northing": place.northing,
        "locality_id": sector.locality_id if sector else None,
        "max_distance_m": asked["miles"] * METRES_PER_MILE,
    }


def _refuse_identity(
    volunteer: Volunteer, asked: Mapping[str, Any], changed: list[str], today: date
) -> None:
    """Refuse a change to what was compared with documents, and an age below the limit."""
    if profiles.is_identity_fixed(volunteer) and set(changed) & set(profiles.CHECKED_FIELDS):
        message = "We have checked your name and date of birth. Ask the scheme to change them."
        raise Refused([Refusal("identity_fixed", message)])
    born = asked.get("date_of_birth")
    minimum = volunteer.scheme.minimum_age
    if born is not None and onboarding.age_on(born, today) < minimum:
        raise Refused([Refusal("date_of_birth", f"Volunteers must be {minimum} or older.")])


def in_words(volunteer: Volunteer) -> Answers:
    """Return what the volunteer chose, as it is shown again."""
    return Answers(
        miles=miles_of(volunteer),
        times=[wording.slot(slot) for slot in SLOTS if slot in volunteer.slots],
        experience=vocabulary.labels(Need, volunteer.experience),
        lived_experience=vocabulary.labels(Need, volunteer.lived_experience),
        languages=vocabulary.languages(volunteer.languages),
        avoids=vocabulary.labels(Household, volunteer.avoids),
        shares=vocabulary.labels(SharedContact, volunteer.shares),
    )


def page_values(volunteer: Volunteer, page: str) -> dict[str, Any]:
    """Return what a page of the profile starts with, each under the name of its question."""
    return {
        name: miles_of(volunteer) if name == "miles" else getattr(volunteer, name)
        for name in profiles.PAGES[page]
    }


def is_identity_fixed(volunteer: Volunteer) -> bool:
    """Say whether name and date of birth are no longer the volunteer's to change."""
    return profiles.is_identity_fixed(volunteer)
