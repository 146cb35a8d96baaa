"""How identity is checked."""

from __future__ import annotations

from enum import StrEnum


class IdentityRoute(StrEnum):
    """The three ways in which DBS lets an identity be shown, tried in this order."""

    ROUTE_1 = "route_1"
    ROUTE_2 = "route_2"
    ROUTE_3 = "route_3"


class DocumentGroup(StrEnum):
    """The groups into which DBS sorts documents."""

    GROUP_1 = "group_1"
    GROUP_2A = "group_2a"
    GROUP_2B = "group_2b"


class DocumentKind(StrEnum):
    """Kinds of documents that DBS takes; their rules stand in ``domain.identity``."""

    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence_permit"
    E_VISA = "e_visa"
    REGISTRATION_CARD = "registration_card"
    DRIVING_LICENCE = "driving_licence"
    BIRTH_CERTIFICATE = "birth_certificate"
    ADOPTION_CERTIFICATE = "adoption_certificate"
    FOREIGN_DRIVING_LICENCE = "foreign_driving_licence"
    PAPER_DRIVING_LICENCE = "paper_driving_licence"
    LATER_BIRTH_CERTIFICATE = "later_birth_certificate"
    MARRIAGE_CERTIFICATE = "marriage_certificate"
    FORCES_CARD = "forces_card"
    FIREARMS_LICENCE = "firearms_licence"
    MORTGAGE_STATEMENT = "mortgage_statement"
    BANK_STATEMENT = "bank_statement"
    ACCOUNT_LETTER = "account_letter"
    CARD_STATEMENT = "card_statement"
    FINANCIAL_STATEMENT = "financial_statement"
    P45_OR_P60 = "p45_or_p60"
    COUNCIL_TAX = "council_tax"
    UTILITY_BILL = "utility_bill"
    BENEFIT_STATEMENT = "benefit_statement"
    ENTITLEMENT_LETTER = "entitlement_letter"
    TAX_LETTER = "tax_letter"
    HEALTH_CARD = "health_card"
    EEA_IDENTITY_CARD = "eea_identity_card"
    IRISH_PASSPORT_CARD = "irish_passport_card"
    PASS_CARD = "pass_card"
    HEAD_TEACHER_LETTER = "head_teacher_letter"


class SeenHow(StrEnum):
    """How originals were looked at."""

    IN_PERSON = "in_person"
    VIDEO_WITH_ORIGINALS = "video_with_originals"
