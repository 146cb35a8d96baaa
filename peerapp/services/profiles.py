"""A volunteer's own profile, saved one page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.adapters import places
from peerapp.domain import onboarding, profiles
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, LocalitySector, Volunteer
from peerapp.services import audit, volunteers

METRES_PER_MILE = 1609


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
        The record is closed, the volunteer too young, or name and date of birth are fixed.
    peerapp.adapters.places.PlaceError
        The postcode cannot be used; the message says why.
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
    place = places.locate(asked["postcode"])
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
        raise Refused([Refusal("too_young", f"Volunteers must be {minimum} or older.")])
