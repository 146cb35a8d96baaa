"""Second factors."""

from __future__ import annotations

from enum import StrEnum


class FactorKind(StrEnum):
    """By what somebody proved that it is them."""

    APP = "app"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery_code"
    COUNCIL = "council"


class ResetReason(StrEnum):
    """Why a manager takes every second factor from an account."""

    LOST = "lost"
    BROKEN = "broken"
    STOLEN = "stolen"


class ChallengeUse(StrEnum):
    """What a passkey's challenge is good for."""

    REGISTER = "register"
    CONFIRM = "confirm"
    SIGN_IN = "sign_in"
