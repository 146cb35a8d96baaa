"""Families: referral, needs, and how they may be reached."""

from __future__ import annotations

from enum import StrEnum

from peerapp.enums.training import Course


class CoachGender(StrEnum):
    """What a family asked for."""

    ANY = "any"
    WOMAN = "woman"
    MAN = "man"
    OTHER = "other"


class FamilyState(StrEnum):
    """Where a family stands."""

    REFERRED = "referred"
    WAITING = "waiting"
    MATCHED = "matched"
    CLOSED = "closed"


class ReferralSource(StrEnum):
    """Who brought the family to the scheme."""

    SELF = "self"
    PROFESSIONAL = "professional"
    STEP_DOWN = "step_down"
    INTERNAL = "internal"


class Heading(StrEnum):
    """The ten outcome headings under which needs stand."""

    EDUCATION = "education"
    EARLY_YEARS = "early_years"
    HEALTH = "health"
    SUBSTANCE_USE = "substance_use"
    FAMILY_RELATIONSHIPS = "family_relationships"
    ABUSE_AND_EXPLOITATION = "abuse_and_exploitation"
    CRIME = "crime"
    DOMESTIC_ABUSE = "domestic_abuse"
    HOUSING = "housing"
    MONEY = "money"


class Need(StrEnum):
    """Needs a coach can help with, and those that need a trained coach."""

    ATTENDANCE = "attendance"
    SEND = "send"
    ROUTINES = "routines"
    NEW_BABY = "new_baby"
    ISOLATION = "isolation"
    CONFIDENCE = "confidence"
    MENTAL_HEALTH = "mental_health"
    CO_PARENTING = "co_parenting"
    BUDGETING = "budgeting"
    TENANCY = "tenancy"
    BEREAVEMENT = "bereavement"
    YOUNG_CARER = "young_carer"
    DIGITAL = "digital"
    SUBSTANCE_USE = "substance_use"
    EXPLOITATION = "exploitation"
    CRIME = "crime"
    DOMESTIC_ABUSE = "domestic_abuse"


SENSITIVE_NEEDS = {
    Need.SUBSTANCE_USE: Course.SUBSTANCE_USE,
    Need.EXPLOITATION: Course.EXPLOITATION,
    Need.CRIME: Course.CRIME,
    Need.DOMESTIC_ABUSE: Course.DOMESTIC_ABUSE,
}
"""Needs seen by staff only, each with the course that a coach must have for it."""


NEED_HEADINGS = {
    Need.ATTENDANCE: Heading.EDUCATION,
    Need.SEND: Heading.EDUCATION,
    Need.ROUTINES: Heading.EARLY_YEARS,
    Need.NEW_BABY: Heading.EARLY_YEARS,
    Need.ISOLATION: Heading.HEALTH,
    Need.CONFIDENCE: Heading.HEALTH,
    Need.MENTAL_HEALTH: Heading.HEALTH,
    Need.BEREAVEMENT: Heading.HEALTH,
    Need.CO_PARENTING: Heading.FAMILY_RELATIONSHIPS,
    Need.YOUNG_CARER: Heading.FAMILY_RELATIONSHIPS,
    Need.TENANCY: Heading.HOUSING,
    Need.BUDGETING: Heading.MONEY,
    Need.DIGITAL: Heading.MONEY,
    Need.SUBSTANCE_USE: Heading.SUBSTANCE_USE,
    Need.EXPLOITATION: Heading.ABUSE_AND_EXPLOITATION,
    Need.CRIME: Heading.CRIME,
    Need.DOMESTIC_ABUSE: Heading.DOMESTIC_ABUSE,
}
"""The heading under which each need stands."""


class Household(StrEnum):
    """Things in a home that a coach may have to avoid."""

    CATS = "cats"
    DOGS = "dogs"
    PETS = "pets"
    SMOKING = "smoking"
    STAIRS = "stairs"


class AgeBand(StrEnum):
    """Age bands of children; dates of birth are not needed to match."""

    UNDER_5 = "under_5"
    FROM_5_TO_10 = "5_to_10"
    FROM_11_TO_15 = "11_to_15"
    FROM_16_TO_18 = "16_to_18"


class Channel(StrEnum):
    """Ways to reach a family outside the site; unsafe until the family has said otherwise."""

    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"


class AgreementMethod(StrEnum):
    """How somebody gave their agreement."""

    FACE_TO_FACE = "face_to_face"
    PHONE = "phone"
    VIDEO = "video"
    IN_WRITING = "in_writing"
    ON_SITE = "on_site"


class CloseReason(StrEnum):
    """Why a family's record was closed."""

    SUPPORT_FINISHED = "support_finished"
    FAMILY_CHOICE = "family_choice"
    MOVED_AWAY = "moved_away"
    OTHER_SUPPORT = "other_support"
    NO_REPLY = "no_reply"
    NOT_SUITABLE = "not_suitable"
    RECORDED_TWICE = "recorded_twice"


class WorkerChange(StrEnum):
    """Why a family got another named worker."""

    FIRST = "first"
    HANDOVER = "handover"
    WORKER_LEFT = "worker_left"
    FAMILY_ASKED = "family_asked"
    CLOSER = "closer"
