"""Families that are in no database, for tests of pure rules."""

from __future__ import annotations

from datetime import date
from typing import Any

from peerapp.enums import NEEDED_PURPOSES, AgreementMethod, ConsentPurpose, FamilyState, Need
from peerapp.models import Agreement, Family, FamilyNeed, SafeContact


def a_family(**values: Any) -> Family:
    """Return a family that waits, has agreed and said that phone calls are safe."""
    given: dict[str, Any] = {
        "state": FamilyState.WAITING,
        "level": 2,
        "lead_practitioner": "",
        "section_47_open": False,
        "child_protection_plan": False,
        "details_query": "",
        "phone": "07700 900123",
        "email": "rosa@example.org",
        "agreements": [an_agreement(purpose=purpose) for purpose in NEEDED_PURPOSES],
        "safe_contact": SafeContact(channels=("phone",)),
        "needs": [FamilyNeed(need=Need.ISOLATION, weight=1)],
    }
    return Family(**{**given, **values})


def an_agreement(
    withdrawn_on: date | None = None,
    version: str = "2026-1",
    purpose: ConsentPurpose = ConsentPurpose.TAKE_PART,
) -> Agreement:
    return Agreement(
        purpose=purpose,
        version=version,
        given_by="Rosa",
        given_on=date(2026, 9, 1),
        method=AgreementMethod.PHONE,
        withdrawn_on=withdrawn_on,
    )
