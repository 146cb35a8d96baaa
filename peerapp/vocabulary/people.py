"""Who has an account and what for: the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from peerapp.enums import (
    ChallengeUse,
    FactorKind,
    HelpKind,
    ProofQuestion,
    ProofWay,
    ResetReason,
)
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
        "read_out": "A code from a worker",
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
    ProofWay: {
        "called_back": "I rang the number on the record",
        "in_person": "I saw them in person",
    },
    ProofQuestion: {
        "worker": "Which of us they know by name",
        "partner": "First name of the family or coach that they meet",
        "last_time": "When they last met or spoke with one of us, and where",
        "first_time": "How they first came to us",
        "goal": "A goal in their plan",
        "referees": "Who their referees were",
        "course": "Which training they did last",
        "seen": "I know them by sight",
    },
    HelpKind: {
        "code": "A code to choose a new password",
        "second_step": "A new start for the second step",
        "both": "Both",
    },
    ChallengeUse: {
        "register": "Add a passkey",
        "confirm": "Confirm who one is",
        "sign_in": "Sign in",
    },
}
