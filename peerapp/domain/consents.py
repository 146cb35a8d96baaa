"""Consent to status checks: without it nobody asks DBS whether a certificate is still current."""

from __future__ import annotations

from peerapp.domain.names import same_words
from peerapp.errors import Refusal
from peerapp.models import StatusConsent, Volunteer

FIRST_TEXT = (
    "I agree that the scheme may check the status of my DBS certificate with the DBS Update "
    "Service for as long as I volunteer with it.\n\n"
    "The scheme sends DBS the number of my certificate, my last name and my date of birth. DBS "
    "answers only whether the certificate is still current and whether it shows anything. DBS "
    "keeps a list of who has asked, which I can look at.\n\n"
    "I can take this back at any time."
)
"""Version 1 of the text, until a scheme writes its own."""


def standing_consent(volunteer: Volunteer) -> StatusConsent | None:
    """Return the volunteer's newest consent that they have not taken back and that still counts.

    A scheme that changes what is agreed to in earnest may ask everybody again: an older version
    then counts no longer.
    """
    standing = [
        one
        for one in volunteer.consents
        if one.withdrawn_at is None and one.version >= volunteer.scheme.consent_from_version
    ]
    return standing[-1] if standing else None


def has_consent(volunteer: Volunteer) -> bool:
    """Say whether the volunteer agrees, now, that DBS is asked about their certificate."""
    return standing_consent(volunteer) is not None


def signing_refusals(volunteer: Volunteer, typed_name: str) -> list[Refusal]:
    """Refuse a name that is not the volunteer's own; capitals and spaces do not matter."""
    if volunteer.name and same_words(typed_name, volunteer.name):
        return []
    if not volunteer.name:
        return [Refusal("typed_name", "Fill in your name on the page “About you” first.")]
    return [Refusal("typed_name", f"Type your name as you gave it to us: {volunteer.name}.")]
