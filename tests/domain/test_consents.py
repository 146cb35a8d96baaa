"""Consent to status checks: standing until taken back, or until the scheme asks anew."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from peerapp.domain.consents import has_consent, signing_refusals, standing_consent
from peerapp.models import StatusConsent
from tests.domain.volunteers import cleared_coach, codes

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)


def consent(version=1, withdrawn_at=None):
    return StatusConsent(version=version, typed_name="Ama Mensah", withdrawn_at=withdrawn_at)


@pytest.mark.parametrize(
    ("given", "from_version", "expected"),
    [
        ([], 1, None),
        ([consent()], 1, 1),
        ([consent(withdrawn_at=AT)], 1, None),
        ([consent(withdrawn_at=AT), consent()], 1, 1),
        ([consent(), consent(2)], 1, 2),
        ([consent()], 2, None),
        ([consent(2)], 2, 2),
        ([consent(2), consent(3, AT)], 2, 2),
    ],
)
def test_standing_consent_is_the_newest_that_still_counts(given, from_version, expected):
    coach = cleared_coach(consents=given)
    coach.scheme.consent_from_version = from_version
    found = standing_consent(coach)
    assert (found.version if found else None) == expected
    assert has_consent(coach) is (expected is not None)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Ama Mensah", []),
        ("  ama  MENSAH ", []),
        ("Ama", ["typed_name"]),
        ("Mensah Ama", ["typed_name"]),
        ("", ["typed_name"]),
    ],
)
def test_signature_is_the_volunteers_own_name(typed, expected):
    assert codes(signing_refusals(cleared_coach(), typed)) == expected


def test_signature_without_a_name_on_record_is_refused():
    nameless = cleared_coach(first_name="", last_name="")
    assert codes(signing_refusals(nameless, "")) == ["typed_name"]
