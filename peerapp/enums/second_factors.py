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


class ProofWay(StrEnum):
    """How a coordinator made sure whom they let in again."""

    CALLED_BACK = "called_back"
    IN_PERSON = "in_person"


class ProofQuestion(StrEnum):
    """What was asked and answered rightly: what people near somebody do not know of them."""

    WORKER = "worker"
    PARTNER = "partner"
    LAST_TIME = "last_time"
    FIRST_TIME = "first_time"
    GOAL = "goal"
    REFEREES = "referees"
    COURSE = "course"
    SEEN = "seen"


class HelpKind(StrEnum):
    """What somebody needs to get in again."""

    CODE = "code"
    SECOND_STEP = "second_step"
    BOTH = "both"
