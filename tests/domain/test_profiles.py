"""What an application lacks, page by page, and what may no longer be changed."""

from __future__ import annotations

import pytest

from peerapp.domain import onboarding, profiles
from peerapp.enums import GateItem
from peerapp.models import GateRecord
from tests.domain.volunteers import TODAY, certificate, cleared_coach

BLANK = {
    "first_name": "",
    "date_of_birth": None,
    "phone": "",
    "gender": None,
    "easting": None,
    "max_distance_m": None,
    "slots": (),
    "languages": (),
    "capacity": None,
    "offers_remote": None,
    "shares": (),
}


def test_missing_pages_of_a_blank_profile_are_all_but_the_optional_one():
    missing = profiles.missing_pages(cleared_coach(**BLANK), TODAY)
    assert missing == ["about", "travel", "availability", "languages", "helping", "sharing"]


def test_missing_pages_of_a_complete_profile_are_none():
    assert profiles.missing_pages(cleared_coach(), TODAY) == []


def test_page_codes_cover_everything_that_an_application_can_lack():
    refusals = onboarding.profile_refusals(cleared_coach(**BLANK), TODAY)
    known = set().union(*profiles.PAGE_CODES.values())
    assert {refusal.code for refusal in refusals} <= known
    assert list(profiles.PAGE_CODES) == list(profiles.PAGES)


@pytest.mark.parametrize(
    ("records", "held", "fixed"),
    [
        ([], [], False),
        ([GateRecord(item=GateItem.INTERVIEW)], [], False),
        ([GateRecord(item=GateItem.IDENTITY)], [], True),
        ([], [certificate()], True),
    ],
)
def test_identity_is_fixed_once_documents_were_seen(records, held, fixed):
    volunteer = cleared_coach(gate_records=records, certificates=held)
    assert profiles.is_identity_fixed(volunteer) is fixed
