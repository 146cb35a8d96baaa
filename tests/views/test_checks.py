"""Certificates on the staff's pages."""

from __future__ import annotations

import uuid

import pytest

from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import CertificateStatus, VolunteerState
from peerapp.models import Volunteer
from tests.factories import TODAY, make_certificate
from tests.support.staff_pages import CERTIFICATE, at, certificate_at, text_of

pytestmark = pytest.mark.usefixtures("on_the_day")

S = VolunteerState


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


def test_another_name_is_asked_about_and_kept(staff, place, saved):
    coach = place["coach"]
    other = {**CERTIFICATE, "name_as_printed": "AMA OWUSU"}
    page = at(coach, "/certificates/new")
    assert "Why is another name printed?" not in staff.get(page).text
    answer = staff.post(page, data=other)
    assert answer.status_code == 422
    assert "Choose why another name is printed" in answer.text
    assert saved(coach, lambda one: len(one.certificates)) == 1
    why = {"name_reason": "marriage", "name_evidence": "Marriage certificate"}
    assert staff.post(page, data={**other, **why}).status_code == 302

    def known(one):
        held = one.certificates[-1]
        return held.name_matches, held.name_reason, [row.name for row in one.other_names]

    assert saved(coach, known) == (True, "marriage", ["AMA OWUSU"])
    assert "changed by marriage or civil partnership" in staff.get(at(coach)).text


def test_new_name_of_the_volunteer_opens_the_match_again(staff, place, saved):
    coach = place["coach"]
    assert "Match the name" not in staff.get(at(coach)).text
    born = {"date_of_birth-day": "2", "date_of_birth-month": "4", "date_of_birth-year": "1985"}
    named = {"first_name": "Ama", "last_name": "Nowak", **born}
    assert staff.post(at(coach, "/identity"), data=named).status_code == 302
    assert saved(coach, lambda one: one.certificates[-1].name_matches) is False
    page = certificate_at(coach, "name", saved)
    assert "AMA CANARY" in staff.get(page).text
    assert staff.post(page, data={"is_theirs": "y"}).status_code == 422
    why = {"name_reason": "earlier_name", "name_evidence": "Passport", "is_theirs": "y"}
    assert staff.post(page, data=why).status_code == 302
    assert saved(coach, lambda one: one.certificates[-1].name_matches) is True


def test_update_service_is_recorded_renewed_and_ended(staff, place, saved):
    coach = place["coach"]
    staff.post(at(coach, "/certificates/new"), data=CERTIFICATE)
    page = certificate_at(coach, "update-service", saved)
    assert "This certificate can join until 31 October 2026" not in staff.get(page).text
    late = {"joined_on-day": "1", "joined_on-month": "11", "joined_on-year": "2026"}
    answer = staff.post(page, data=late)
    assert answer.status_code == 422
    assert "It is too late to join with this certificate" in answer.text
    in_time = {**late, "joined_on-day": "31", "joined_on-month": "10"}
    assert staff.post(page, data=in_time).status_code == 302
    assert "to renew before 31 October 2027" in staff.get(at(coach)).text
    assert staff.post(certificate_at(coach, "update-service/renewed", saved)).status_code == 409
    assert staff.post(certificate_at(coach, "update-service/ended", saved)).status_code == 302
    assert "Too late to join: that needs a new certificate" in staff.get(at(coach)).text


def test_update_service_counts_its_days_down(staff, place, saved):
    coach = place["coach"]
    fresh = {**CERTIFICATE, "issue_date-day": "25", "seen_on-day": "30"}
    staff.post(at(coach, "/certificates/new"), data=fresh)
    assert "Can join until 24 November 2026, 4 days left" in text_of(staff.get(at(coach)))
