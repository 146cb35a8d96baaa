"""Families: referral, needs, and how they may be reached: the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from peerapp.enums import families as e

LABELS: Mapping[type[StrEnum], Mapping[str, str]] = {
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
    e.AgreementMethod: {
        "face_to_face": "Face to face",
        "phone": "By phone",
        "video": "By video",
        "in_writing": "In writing",
        "on_site": "On this website",
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
    e.WorkerChange: {
        "first": "First worker",
        "handover": "Handed over by the worker",
        "worker_left": "The worker has left or is away",
        "family_asked": "The family asked for somebody else",
        "closer": "Somebody closer to where the family lives now",
    },
}
