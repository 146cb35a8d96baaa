"""Safeguarding concerns: whom they are about, where they stand, what came of them."""

from __future__ import annotations

from enum import StrEnum


class ConcernAbout(StrEnum):
    """Whom somebody worries about."""

    CHILD = "child"
    FAMILY_ADULT = "family_adult"
    COACH = "coach"
    STAFF = "staff"
    SOMEBODY_ELSE = "somebody_else"


class ConcernState(StrEnum):
    """Where a concern stands with the safeguarding lead."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class ConcernStep(StrEnum):
    """What happened to a concern."""

    RAISED = "raised"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    NOTED = "noted"
    CONTACT_STOPPED = "contact_stopped"
    CONTACT_RESUMED = "contact_resumed"
    CLOSED = "closed"


class ConcernOutcome(StrEnum):
    """What came of a concern."""

    SOCIAL_CARE = "social_care"
    POLICE = "police"
    LADO = "lado"
    SUPPORT = "support"
    NOTHING_MORE = "nothing_more"
