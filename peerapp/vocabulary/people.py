"""Who has an account and what for: the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from peerapp.enums import ChallengeUse, FactorKind, ResetReason
from peerapp.enums import people as e

LABELS: Mapping[type[StrEnum], Mapping[str, str]] = {
    e.Role: {
        "volunteer": "Volunteer",
        "family": "Family",
        "coordinator": "Coordinator",
        "safeguarding_lead": "Safeguarding lead",
        "manager": "Manager",
        "auditor": "Auditor",
    },
    e.Gender: {"woman": "Woman", "man": "Man", "other": "In another way"},
    e.TokenPurpose: {
        "confirm_email": "Confirm an email address",
        "invitation": "Invitation",
        "reset_password": "Reset a password",
        "sign_in": "Sign in by a link",
    },
    e.SignedInBy: {
        "password": "Password",
        "link": "Link by email",
        "council": "Council account",
        "passkey": "Passkey",
    },
    FactorKind: {
        "app": "Authenticator app",
        "passkey": "Passkey",
        "recovery_code": "Recovery code",
        "council": "Council account",
    },
    ResetReason: {
        "lost": "Lost",
        "broken": "Broken, or replaced",
        "stolen": "Stolen",
    },
    ChallengeUse: {
        "register": "Add a passkey",
        "confirm": "Confirm who one is",
        "sign_in": "Sign in",
    },
}
