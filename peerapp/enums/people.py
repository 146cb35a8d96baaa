"""Who has an account and what for."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What an account is for; one account has one role."""

    VOLUNTEER = "volunteer"
    FAMILY = "family"
    COORDINATOR = "coordinator"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    MANAGER = "manager"
    AUDITOR = "auditor"


STAFF_ROLES = frozenset({Role.COORDINATOR, Role.SAFEGUARDING_LEAD, Role.MANAGER, Role.AUDITOR})
"""Roles that see more than their own record."""


class Gender(StrEnum):
    """Gender as the volunteer says it, used only where a family asked for it."""

    WOMAN = "woman"
    MAN = "man"
    OTHER = "other"


class TokenPurpose(StrEnum):
    """What a single-use link is good for."""

    CONFIRM_EMAIL = "confirm_email"
    INVITATION = "invitation"
    RESET_PASSWORD = "reset_password"
    SIGN_IN = "sign_in"
    READ_OUT = "read_out"


class SignedInBy(StrEnum):
    """What somebody proved who they are by."""

    PASSWORD = "password"
    LINK = "link"
    COUNCIL = "council"
    PASSKEY = "passkey"
