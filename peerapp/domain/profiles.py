"""The volunteer's profile: what an application still lacks, and what may no longer be changed."""

from __future__ import annotations

from datetime import date

from peerapp.domain.onboarding import profile_refusals
from peerapp.enums import GateItem
from peerapp.errors import Refusal
from peerapp.models import Volunteer

PAGES: dict[str, tuple[str, ...]] = {
    "about": ("first_name", "last_name", "date_of_birth", "gender", "phone"),
    "travel": ("postcode", "miles"),
    "availability": ("slots",),
    "experience": ("experience", "lived_experience"),
    "languages": ("languages",),
    "helping": ("offers_remote", "avoids", "capacity"),
    "sharing": ("shares",),
}
"""The pages of the profile in their order, and what each asks."""

PAGE_CODES: dict[str, frozenset[str]] = {
    "about": frozenset(
        {"profile_name", "profile_date_of_birth", "profile_phone", "profile_gender", "too_young"}
    ),
    "travel": frozenset({"profile_postcode", "profile_travel"}),
    "availability": frozenset({"profile_slots"}),
    "experience": frozenset(),
    "languages": frozenset({"profile_languages"}),
    "helping": frozenset({"profile_capacity", "profile_remote"}),
    "sharing": frozenset({"profile_shares"}),
}
"""On which page each refusal is put right."""

CHECKED_FIELDS = ("first_name", "last_name", "date_of_birth")
"""What staff compare with documents."""


def application_refusals(volunteer: Volunteer, today: date) -> list[Refusal]:
    """Name everything that the application still lacks."""
    refusals = profile_refusals(volunteer, today)
    if not volunteer.shares:
        refusals.append(
            Refusal("profile_shares", "Choose how a family that you support may reach you.")
        )
    return refusals


def missing_pages(volunteer: Volunteer, today: date) -> list[str]:
    """Return the pages that the application still lacks, in order."""
    codes = {refusal.code for refusal in application_refusals(volunteer, today)}
    return [page for page in PAGES if codes & PAGE_CODES[page]]


def is_identity_fixed(volunteer: Volunteer) -> bool:
    """Say whether name and date of birth were compared with documents: then staff change them."""
    checked = any(record.item == GateItem.IDENTITY for record in volunteer.gate_records)
    return checked or bool(volunteer.certificates)
