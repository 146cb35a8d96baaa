"""Certificates on the staff's pages."""

from __future__ import annotations

import uuid

import pytest
import time_machine

from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import CertificateStatus, VolunteerState
from peerapp.models import Volunteer
from tests.factories import NOW, TODAY, make_certificate
from tests.support.staff_pages import CERTIFICATE, at, certificate_at, text_of

S = VolunteerState


@pytest.fixture(autouse=True)
def _on_the_day():
    with time_machine.travel(NOW, tick=True):
        yield


def test_unknown_volunteer_or_certificate_is_not_found(lead, place):
    assert lead.get(f"/staff/volunteers/{uuid.uuid4()}").status_code == 404
    for page in ("correct", "status", "risk"):
        address = at(place["coach"], f"/certificates/{uuid.uuid4()}/{page}")
        assert lead.get(address).status_code == 404
    assert lead.get(at(place["coach"], "/gates/unknown")).status_code == 404
    assert lead.get(at(place["coach"], "/promote")).status_code == 404


def test_certificate_is_recorded_and_accepted(staff, place, saved):
    coach = place["coach"]
    answer = staff.post(at(coach, "/certificates/new"), data=CERTIFICATE)
    assert answer.status_code == 302

    def newest(one):
        held = one.certificates[-1]
        return held.number, held.status, [row.code for row in clearance_refusals(one, TODAY)]

    recorded = CertificateStatus.RECORDED
    assert saved(coach, newest) == ("009876543210", recorded, ["certificate_recorded"])
    assert "Accept this certificate" in staff.get(at(coach)).text
    assert staff.post(certificate_at(coach, "accept", saved)).status_code == 302
    assert saved(coach, newest) == ("009876543210", CertificateStatus.ACCEPTED, [])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"number": "12345"}, "must be 12 digits"),
        ({"issue_date-year": "2027"}, "The issue date must be today or in the past."),
        ({"issue_date-month": "2"}, "later issue date has already been recorded"),
        ({"seen_on-month": "9"}, "must not be before its issue date"),
        ({"level": "gold"}, "Choose from the list"),
        ({"name_matches": ""}, "Choose yes if name and date of birth match"),
    ],
)
def test_certificate_that_cannot_be_is_refused_beside_its_field(
    staff, place, saved, change, message
):
    answer = staff.post(at(place["coach"], "/certificates/new"), data={**CERTIFICATE, **change})
    assert answer.status_code == 422
    assert message in text_of(answer)
    assert saved(place["coach"], lambda one: len(one.certificates)) == 1


def test_duplicate_number_names_nobody(staff, place, add, database, scheme_id):
    other = add(first_name="Zofia", last_name="Nowak")
    with database.writing(scheme_id) as session:
        make_certificate(
            session,
            session.get_one(Volunteer, other.id),
            place["coordinator"],
            number="009876543210",
            name_as_printed="ZOFIA NOWAK",
        )
    answer = staff.post(at(place["coach"], "/certificates/new"), data=CERTIFICATE)
    assert answer.status_code == 422
    assert "This certificate number has already been recorded." in answer.text
    assert "NOWAK" not in answer.text.upper()


def test_status_is_taken_away_by_staff_and_given_back_by_the_lead(staff, lead, place, saved):
    coach = place["coach"]
    page = certificate_at(coach, "status", saved)
    assert 'value="accepted"' not in staff.get(page).text
    assert staff.post(page, data={"status": "accepted"}).status_code == 422
    assert staff.post(page, data={"status": "revoked", "note": "Told by DBS."}).status_code == 302

    def status(one):
        return one.certificates[-1].status

    assert saved(coach, status) == CertificateStatus.REVOKED
    accept = certificate_at(coach, "accept", saved)
    assert staff.post(accept).status_code == 409
    assert saved(coach, status) == CertificateStatus.REVOKED
    assert lead.post(accept).status_code == 302
    assert saved(coach, status) == CertificateStatus.ACCEPTED


def test_content_is_decided_by_the_lead_alone(staff, lead, place, saved):
    coach = place["coach"]
    staff.post(at(coach, "/certificates/new"), data={**CERTIFICATE, "has_content": "yes"})
    page = certificate_at(coach, "risk", saved)
    assert staff.get(page).status_code == 403
    assert staff.post(page, data={"decision": "favourable"}).status_code == 403
    assert staff.post(certificate_at(coach, "accept", saved)).status_code == 409
    assert page in lead.get(at(coach)).text
    assert lead.post(page, data={"decision": "favourable"}).status_code == 302
    assert staff.post(certificate_at(coach, "accept", saved)).status_code == 302
    assert saved(coach, lambda one: clearance_refusals(one, TODAY)) == []


def test_correction_starts_with_the_details_and_audits_the_view(staff, place, saved, audited):
    coach = place["coach"]
    staff.post(at(coach, "/certificates/new"), data=CERTIFICATE)
    page = certificate_at(coach, "correct", saved)
    assert 'value="009876543210"' in staff.get(page).text
    answer = staff.post(page, data={**CERTIFICATE, "number": "009876543219"})
    assert answer.status_code == 302
    held = saved(coach, lambda one: (one.certificates[-1].id, one.certificates[-1].number))
    assert held[1] == "009876543219"
    actions = audited(held[0])
    assert actions == [
        "certificate.record",
        "certificate.view",
        "certificate.view",
        "certificate.correct",
    ]
