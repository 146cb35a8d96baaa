"""Referrals: how a family comes to the scheme, and what becomes of it."""

from __future__ import annotations

from enum import StrEnum


class ReferralState(StrEnum):
    """Where a referral stands; a draft is seen by nobody but who writes it, unless danger is."""

    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DELETED = "deleted"


class Danger(StrEnum):
    """The answer to the first question of all: is anyone in danger now?"""

    YES = "yes"
    UNSURE = "unsure"
    NO = "no"


class ReferralLinkKind(StrEnum):
    """What a secret opens: a draft in one browser, a draft once more, a form, an outcome."""

    BROWSER = "browser"
    RESUME = "resume"
    FORM = "form"
    OUTCOME = "outcome"


class ReferralDecline(StrEnum):
    """Why a referral was not taken on."""

    OUTSIDE_AREA = "outside_area"
    FAMILY_CHOICE = "family_choice"
    NO_AGREEMENT = "no_agreement"
    MORE_HELP_NEEDED = "more_help_needed"
    OTHER_SUPPORT = "other_support"
    NO_REPLY = "no_reply"
    NOT_GENUINE = "not_genuine"


class Outcome(StrEnum):
    """All that whoever referred a family is told of it."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    WAITING = "waiting"
    MATCHED = "matched"
    CLOSED = "closed"


class Likeness(StrEnum):
    """Why two records may be of one family."""

    SAME_CHILD = "same_child"
    SAME_ADDRESS = "same_address"
    SAME_PHONE = "same_phone"
    SAME_EMAIL = "same_email"
    SAME_NAME = "same_name"


class LevelColour(StrEnum):
    """Colours in which a scheme may show a level of need; the words carry the meaning."""

    GREY = "grey"
    GREEN = "green"
    TEAL = "teal"
    BLUE = "blue"
    PURPLE = "purple"
    MAGENTA = "magenta"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"
