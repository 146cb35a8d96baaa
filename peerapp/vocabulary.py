"""The words for people: what each member of an enum, and each language, is called on a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from peerapp import enums as e

# By type first: members of different enums with one value are equal, and would collide.
LABELS: Mapping[type[StrEnum], Mapping[str, str]] = {
    e.Role: {
        "volunteer": "Volunteer",
        "family": "Family",
        "coordinator": "Coordinator",
        "safeguarding_lead": "Safeguarding lead",
        "manager": "Manager",
        "auditor": "Auditor",
    },
    e.VolunteerState: {
        "enquiry": "Enquiry",
        "applied": "Applied",
        "screening": "Screening",
        "interviewed": "Interviewed",
        "vetting": "Vetting",
        "training": "Training",
        "panel": "Panel",
        "probation": "Probation",
        "active": "Active",
        "paused": "Taking a break",
        "suspended": "Suspended",
        "declined": "Declined",
        "withdrawn": "Withdrawn",
        "left": "Left",
    },
    e.Gate: {
        "identity": "Identity",
        "references": "References",
        "interview": "Interview",
        "dbs_level": "DBS level for the role",
        "certificate": "DBS certificate",
        "core_training": "Core training",
        "agreement": "Volunteer agreement",
    },
    e.GateItem: {
        "identity": "Identity checked",
        "first_reference": "First reference",
        "second_reference": "Second reference",
        "interview": "Interview held",
        "agreement": "Volunteer agreement signed",
    },
    e.Course: {
        "safeguarding": "Safeguarding",
        "boundaries": "Boundaries",
        "lone_working": "Lone working",
        "domestic_abuse_awareness": "Domestic abuse awareness",
        "data_protection": "Data protection",
        "domestic_abuse": "Supporting survivors of domestic abuse",
        "substance_use": "Drugs and alcohol",
        "exploitation": "Exploitation",
        "crime": "Families and crime",
        "send": "Special educational needs and disabilities",
    },
    e.CheckLevel: {
        "basic": "Basic",
        "standard": "Standard",
        "enhanced": "Enhanced",
        "enhanced_children": "Enhanced with the children’s barred list",
        "enhanced_adults": "Enhanced with the adults’ barred list",
        "enhanced_both": "Enhanced with both barred lists",
    },
    e.Workforce: {
        "child": "Child workforce",
        "adult": "Adult workforce",
        "child_and_adult": "Child and adult workforce",
        "other": "Other workforce",
    },
    e.CertificateStatus: {
        "recorded": "Recorded",
        "accepted": "Accepted",
        "new_information": "New information",
        "unverified": "Could not be verified",
        "revoked": "Revoked",
        "superseded": "Replaced by a newer one",
    },
    e.RiskDecision: {"favourable": "Favourable", "unfavourable": "Unfavourable"},
    e.Gender: {"woman": "Woman", "man": "Man", "other": "In another way"},
    e.CoachGender: {
        "any": "Anyone",
        "woman": "A woman",
        "man": "A man",
        "other": "Someone else",
    },
    e.FamilyState: {
        "referred": "Referred",
        "waiting": "Waiting for a coach",
        "matched": "Matched",
        "closed": "Closed",
    },
    e.ReferralSource: {
        "self": "The family itself",
        "professional": "A professional",
        "step_down": "Step-down from social care",
        "internal": "A colleague",
    },
    e.Heading: {
        "education": "Education",
        "early_years": "Early years",
        "health": "Health",
        "substance_use": "Drugs and alcohol",
        "family_relationships": "Family relationships",
        "abuse_and_exploitation": "Abuse and exploitation",
        "crime": "Crime",
        "domestic_abuse": "Domestic abuse",
        "housing": "Housing",
        "money": "Money",
    },
    e.Need: {
        "attendance": "Getting to school",
        "send": "Special educational needs or a disability",
        "routines": "Daily routines",
        "new_baby": "A new baby",
        "isolation": "Feeling alone",
        "confidence": "Confidence as a parent",
        "mental_health": "Mental health",
        "co_parenting": "Parenting apart",
        "budgeting": "Money and budgeting",
        "tenancy": "Keeping a home",
        "bereavement": "Losing someone",
        "young_carer": "A child who cares for someone",
        "digital": "Getting online",
        "substance_use": "Drugs or alcohol",
        "exploitation": "Exploitation",
        "crime": "Crime",
        "domestic_abuse": "Domestic abuse",
    },
    e.Household: {
        "cats": "Cats",
        "dogs": "Dogs",
        "pets": "Other pets",
        "smoking": "Smoking indoors",
        "stairs": "Stairs without a lift",
    },
    e.AgeBand: {
        "under_5": "Under 5",
        "5_to_10": "5 to 10",
        "11_to_15": "11 to 15",
        "16_to_18": "16 to 18",
    },
    e.Channel: {
        "phone": "Phone call",
        "sms": "Text message",
        "email": "Email",
        "letter": "Letter",
    },
    e.SharedContact: {
        "scheme_phone": "A phone number from the scheme",
        "phone": "My own phone number",
        "email": "My own email address",
    },
    e.AgreementMethod: {
        "face_to_face": "Face to face",
        "phone": "By phone",
        "video": "By video",
        "in_writing": "In writing",
        "on_site": "On this website",
    },
    e.MatchState: {
        "proposed": "Proposed",
        "offered_to_coach": "Offered to the coach",
        "offered_to_family": "Offered to the family",
        "approved": "Approved",
        "introduced": "Introduced",
        "active": "Active",
        "paused": "Paused",
        "ended": "Ended",
        "declined": "Declined",
        "withdrawn": "Withdrawn",
    },
    e.DeclineReason: {
        "known_to_each_other": "They know each other",
        "safety_concern": "A concern about safety",
        "family_said_no": "The family said no",
        "coach_said_no": "The coach said no",
        "not_now": "Not now",
        "family_details_wrong": "The family’s details are wrong",
        "coach_details_wrong": "The coach’s details are wrong",
        "better_elsewhere": "Another coach or family suits better",
    },
    e.Consequence: {
        "excluded_for_good": "Never proposed again",
        "cool_off": "Not proposed again for some time",
        "correct_family": "The family is left out until its details are corrected",
        "correct_coach": "The coach is left out until their details are corrected",
        "none": "May be proposed again",
    },
    e.EndReason: {
        "goals_reached": "Goals reached",
        "planned_end": "Planned end",
        "family_choice": "The family’s choice",
        "coach_choice": "The coach’s choice",
        "moved_away": "Moved away",
        "stepped_up": "Stepped up to other help",
        "safeguarding": "Safeguarding",
    },
    e.CloseReason: {
        "support_finished": "Support has finished",
        "family_choice": "The family no longer wants support",
        "moved_away": "The family moved out of the area",
        "other_support": "Another service supports the family",
        "no_reply": "The family cannot be reached",
        "not_suitable": "A coach is not the right help",
        "recorded_twice": "Recorded twice by mistake",
    },
    e.RunState: {
        "queued": "Waiting to start",
        "running": "Running",
        "finished": "Finished",
        "failed": "Failed",
    },
    e.TokenPurpose: {
        "confirm_email": "Confirm an email address",
        "invitation": "Invitation",
        "reset_password": "Reset a password",
    },
    e.MessageState: {
        "queued": "Waiting to be sent",
        "sent": "Sent",
        "failed": "Failed",
        "cancelled": "Cancelled",
    },
    e.AuditKind: {"read": "View", "change": "Change", "security": "Security"},
}

LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "sq": "Albanian",
    "am": "Amharic",
    "ar": "Arabic",
    "bn": "Bengali",
    "bs": "Bosnian",
    "bg": "Bulgarian",
    "zh": "Chinese",
    "hr": "Croatian",
    "cs": "Czech",
    "nl": "Dutch",
    "fr": "French",
    "de": "German",
    "el": "Greek",
    "gu": "Gujarati",
    "ha": "Hausa",
    "hi": "Hindi",
    "hu": "Hungarian",
    "ig": "Igbo",
    "it": "Italian",
    "ko": "Korean",
    "ku": "Kurdish",
    "lv": "Latvian",
    "lt": "Lithuanian",
    "ml": "Malayalam",
    "mr": "Marathi",
    "ne": "Nepali",
    "ps": "Pashto",
    "fa": "Persian (Farsi, Dari)",
    "pl": "Polish",
    "pt": "Portuguese",
    "pa": "Punjabi",
    "ro": "Romanian",
    "ru": "Russian",
    "sr": "Serbian",
    "si": "Sinhala",
    "sk": "Slovak",
    "so": "Somali",
    "es": "Spanish",
    "sw": "Swahili",
    "sv": "Swedish",
    "ta": "Tamil",
    "te": "Telugu",
    "th": "Thai",
    "ti": "Tigrinya",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "cy": "Welsh",
    "yo": "Yoruba",
}
"""Languages much spoken in England by ISO 639-1 code: English first, then by name."""


def label(member: StrEnum) -> str:
    """Return what a member of an enum is called on a page."""
    return LABELS[type(member)][member.value]


def labels(kind: type[StrEnum], values: Iterable[str]) -> list[str]:
    """Return the labels of stored values, in the order of the enum."""
    chosen = frozenset(values)
    return [label(member) for member in kind if member.value in chosen]


def choices(members: Iterable[StrEnum]) -> list[tuple[str, str]]:
    """Return ``(value, label)`` for a form; give an enum, or some of its members."""
    return [(member.value, label(member)) for member in members]


def languages(codes: Iterable[str]) -> list[str]:
    """Return the names of languages, in the order of ``LANGUAGES``; unknown codes as they are."""
    chosen = frozenset(codes)
    named = [name for code, name in LANGUAGES.items() if code in chosen]
    return named + sorted(chosen - LANGUAGES.keys())
