"""How identity is checked: the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from peerapp.enums import identity as e

LABELS: Mapping[type[StrEnum], Mapping[str, str]] = {
    e.IdentityRoute: {"route_1": "Route 1", "route_2": "Route 2", "route_3": "Route 3"},
    e.DocumentGroup: {
        "group_1": "Group 1: primary documents",
        "group_2a": "Group 2a: trusted government documents",
        "group_2b": "Group 2b: financial and social history",
    },
    e.DocumentKind: {
        "passport": "Passport, of any country",
        "residence_permit": "Biometric residence permit",
        "e_visa": "e-Visa, seen with a share code",
        "registration_card": "Application registration card",
        "driving_licence": "Driving licence photocard, UK, Isle of Man or Channel Islands",
        "birth_certificate": "Birth certificate issued within 12 months of birth",
        "adoption_certificate": "Adoption certificate",
        "foreign_driving_licence": "Driving licence photocard from elsewhere",
        "paper_driving_licence": "Paper driving licence issued before 1998",
        "later_birth_certificate": "Birth certificate issued later than 12 months after birth",
        "marriage_certificate": "Marriage or civil partnership certificate",
        "forces_card": "HM Forces identity card",
        "firearms_licence": "Firearms licence",
        "mortgage_statement": "Mortgage statement",
        "bank_statement": "Bank or building society statement",
        "account_letter": "Letter that confirms a new bank account",
        "card_statement": "Credit card statement",
        "financial_statement": "Financial statement, such as a pension",
        "p45_or_p60": "P45 or P60",
        "council_tax": "Council tax statement",
        "utility_bill": "Utility bill, not for a mobile phone",
        "benefit_statement": "Benefit statement",
        "entitlement_letter": "Government or council letter about an entitlement",
        "tax_letter": "HMRC self-assessment or tax demand letter",
        "health_card": "European or Global Health Insurance Card",
        "eea_identity_card": "EEA national identity card",
        "irish_passport_card": "Irish passport card",
        "pass_card": "Card with the PASS logo",
        "head_teacher_letter": "Letter from a head teacher or college principal",
    },
    e.SeenHow: {
        "in_person": "In person",
        "video_with_originals": "By video, with the originals in my hands",
    },
}
