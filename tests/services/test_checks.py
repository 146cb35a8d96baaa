"""Certificates: recorded, accepted, taken back, decided upon; proposals follow at once."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import func, select

from peerapp.domain.certificate_steps import CertificateDetails
from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import (
    CertificateStatus,
    CheckLevel,
    MatchState,
    RiskDecision,
    Role,
    VolunteerState,
    Workforce,
)
from peerapp.errors import NotFound, Refused
from peerapp.models import Account, AuditEvent, Certificate
from peerapp.services import checks
from tests.factories import (
    TODAY,
    make_account,
    make_certificate,
    make_coach,
    make_locality,
    make_volunteer,
)
from tests.support.sealed import values
from tests.support.volunteers import audited, refused

C = CertificateStatus
DETAILS = CertificateDetails(
    number="009876543210",
    issue_date=date(2026, 10, 1),
    level=CheckLevel.ENHANCED_CHILDREN,
    workforce=Workforce.CHILD,
    name_as_printed="AMA MENSAH",
    name_matches=True,
    has_content=False,
    seen_on=date(2026, 10, 12),
)


@pytest.fixture
def coach(session, here, staff):
    return make_coach(session, staff, here, last_name="Mensah")


def allow(certificate, lead):
    certificate.risk_decision, certificate.risk_decided_on = RiskDecision.FAVOURABLE, TODAY
    certificate.risk_decided_by_id, certificate.risk_review_on = lead.id, date(2027, 5, 20)


def codes(coach):
    return [refusal.code for refusal in clearance_refusals(coach, TODAY)]


def record(session, staff, coach, **change):
    details = replace(DETAILS, **change)
    return checks.record_certificate(session, staff, coach.id, details, TODAY)


def set_status(session, actor, coach, status, note=""):
    held = coach.certificates[-1].id
    return checks.set_status(session, actor, coach.id, held, status, note, TODAY)


def test_certificate_is_recorded_as_copied_and_seen_by_the_actor(session, staff, coach):
    certificate = record(session, staff, coach)
    copied = {name: getattr(certificate, name) for name in vars(DETAILS)}
    assert copied == vars(DETAILS)
    assert (certificate.status, certificate.seen_by_id) == (C.RECORDED, staff.id)


def test_newer_certificate_takes_the_earlier_ones_place_at_once(session, staff, coach, proposal):
    earlier = coach.certificates[0]
    newer = record(session, staff, coach)
    assert earlier.status == C.SUPERSEDED
    assert codes(coach) == ["certificate_recorded"]
    assert proposal.state == MatchState.WITHDRAWN
    checks.accept_certificate(session, staff, coach.id, newer.id, TODAY)
    assert codes(coach) == []


def test_certificate_older_than_the_one_that_counts_is_refused(session, staff, coach):
    older = replace(DETAILS, issue_date=date(2026, 2, 1))
    verb = (checks.record_certificate, session, staff, coach.id)
    assert refused(*verb, older, TODAY) == ["issue_date"]
    assert codes(coach) == []


def test_certificate_details_that_cannot_be_right_are_refused_together(session, staff, coach):
    wrong = replace(DETAILS, number="123", seen_on=date(2026, 11, 21))
    verb = (checks.record_certificate, session, staff, coach.id)
    assert refused(*verb, wrong, TODAY) == ["number", "seen_on"]


def test_number_on_record_is_refused_without_a_word_about_whose_it_is(session, staff, here, coach):
    other = make_volunteer(session, here, first_name="Zofia", last_name="Nowak")
    make_certificate(session, other, staff, number=DETAILS.number)
    with pytest.raises(Refused) as caught:
        record(session, staff, coach)
    messages = [refusal.message for refusal in caught.value.refusals]
    assert messages == ["This certificate number has already been recorded. Check the number."]
    assert codes(coach) == []


def test_number_recorded_by_two_clerks_at_once_is_recorded_once(database, scheme_id):
    with database.writing(scheme_id) as session:
        here = make_locality(session)
        staff = make_account(session, Role.COORDINATOR, (here,))
        named = {"last_name": "Mensah"}
        pairs = [(staff.id, make_volunteer(session, here, **named).id) for _ in range(2)]
    start = Barrier(2)

    def clerk(pair):
        with database.session(scheme_id, "all") as session:
            actor = session.get_one(Account, pair[0])
            session.rollback()
            start.wait(timeout=10)
            try:
                checks.record_certificate(session, actor, pair[1], DETAILS, TODAY)
                session.commit()
            except Refused as refusal:
                session.rollback()
                return [one.code for one in refusal.refusals]
            return []

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(clerk, pairs))
    assert sorted(answers) == [[], ["number"]]
    with database.reading(scheme_id) as session:
        assert session.scalar(select(func.count(Certificate.id))) == 1


def test_leading_zeros_count_in_a_number(session, staff, coach):
    record(session, staff, coach, number="000000000001")
    certificate = record(session, staff, coach, number="100000000000")
    session.expire(certificate)
    numbers = values(session, Certificate, "number")
    assert numbers[-1] == "100000000000"
    assert "000000000001" in numbers


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name_matches": False}, ["certificate_name"]),
        ({"has_content": True}, ["certificate_risk"]),
        ({"level": CheckLevel.ENHANCED}, ["certificate_level"]),
        ({"workforce": Workforce.ADULT}, ["certificate_workforce"]),
    ],
)
def test_acceptance_is_refused_for_what_the_certificate_lacks(
    session, staff, coach, change, expected
):
    certificate = record(session, staff, coach, **change)
    accept = (checks.accept_certificate, session, staff, coach.id, certificate.id, TODAY)
    assert refused(*accept) == expected
    assert certificate.status == C.RECORDED


def test_acceptance_waits_for_the_decision_on_the_level(session, staff, here):
    volunteer = make_volunteer(session, here, state=VolunteerState.VETTING, last_name="Mensah")
    certificate = record(session, staff, volunteer)
    accept = (checks.accept_certificate, session, staff, volunteer.id, certificate.id, TODAY)
    assert refused(*accept) == ["dbs_level_missing"]


def test_superseded_certificate_is_never_accepted_again(session, lead, staff, coach):
    earlier = coach.certificates[0]
    record(session, staff, coach)
    accept = (checks.accept_certificate, session, lead, coach.id, earlier.id, TODAY)
    assert refused(*accept) == ["no_such_step"]


@pytest.mark.parametrize("status", [C.REVOKED, C.NEW_INFORMATION, C.UNVERIFIED])
def test_status_taken_away_withdraws_proposals_in_the_same_transaction(
    session, staff, coach, proposal, status
):
    set_status(session, staff, coach, status, "Told by DBS.")
    assert codes(coach) == [f"certificate_{status.value}"]
    assert proposal.state == MatchState.WITHDRAWN
    assert (coach.version, coach.certificates[-1].status_note) == (2, "Told by DBS.")


def test_status_taken_away_is_given_back_by_the_lead_alone(session, staff, lead, coach):
    set_status(session, staff, coach, C.REVOKED)
    held = coach.certificates[-1].id
    accept = (checks.set_status, session, staff, coach.id, held, C.ACCEPTED, "", TODAY)
    assert refused(*accept) == ["lead_only"]
    set_status(session, lead, coach, C.ACCEPTED)
    assert codes(coach) == []


def test_status_is_audited_without_number_name_or_note(session, staff, coach):
    set_status(session, staff, coach, C.REVOKED, "Something private")
    rows = audited(session, "certificate.set_status")
    assert [(row.detail, row.fields) for row in rows] == [
        ({"before": "accepted", "status": "revoked"}, ())
    ]


def test_no_audit_row_of_a_certificate_holds_its_number_or_name(session, staff, lead, coach):
    certificate = record(session, staff, coach, has_content=True)
    checks.view_certificate(session, staff, coach.id, certificate.id)
    allow(certificate, lead)
    checks.accept_certificate(session, staff, coach.id, certificate.id, TODAY)
    session.flush()
    rows = session.scalars(select(AuditEvent)).all()
    text = " ".join(f"{row.action} {row.fields} {row.detail}" for row in rows)
    assert "certificate.record" in text
    assert DETAILS.number not in text
    assert "MENSAH" not in text.upper()


def test_correction_starts_the_certificate_over(session, staff, lead, coach):
    certificate = record(session, staff, coach, has_content=True)
    allow(certificate, lead)
    right = replace(DETAILS, number="009876543211", has_content=True)
    correct = (session, staff, coach.id, certificate.id, right, TODAY)
    checks.correct_certificate(*correct)
    assert (certificate.number, certificate.status) == ("009876543211", C.RECORDED)
    assert (certificate.risk_decision, certificate.risk_decided_on) == (None, None)
    assert certificate.risk_review_on is None
    checks.correct_certificate(*correct)
    assert len(coach.certificates) == 2


def test_correction_of_what_dbs_could_not_match_does_not_clear_it(session, staff, lead, coach):
    certificate = record(session, staff, coach)
    certificate.status = C.UNVERIFIED
    right = replace(DETAILS, number="009876543211")
    checks.correct_certificate(session, staff, coach.id, certificate.id, right, TODAY)
    assert (certificate.number, certificate.status) == ("009876543211", C.UNVERIFIED)
    accept = (checks.accept_certificate, session, staff, coach.id, certificate.id, TODAY)
    assert refused(*accept) == ["lead_only"]
    checks.accept_certificate(session, lead, coach.id, certificate.id, TODAY)
    assert certificate.status == C.ACCEPTED


def test_correction_of_an_accepted_certificate_is_refused(session, staff, coach):
    held = coach.certificates[0].id
    verb = (checks.correct_certificate, session, staff, coach.id, held, DETAILS, TODAY)
    assert refused(*verb) == ["not_correctable"]


def test_correction_to_another_certificates_number_is_refused(session, staff, coach):
    taken = coach.certificates[0].number
    certificate = record(session, staff, coach)
    wrong = replace(DETAILS, number=taken)
    verb = (checks.correct_certificate, session, staff, coach.id, certificate.id, wrong, TODAY)
    assert refused(*verb) == ["number"]


def test_certificate_of_somebody_else_is_not_found(session, staff, here, coach):
    other = make_coach(session, staff, here)
    with pytest.raises(NotFound):
        checks.accept_certificate(session, staff, coach.id, other.certificates[0].id, TODAY)
    with pytest.raises(NotFound):
        checks.view_certificate(session, staff, coach.id, uuid.uuid4())


def test_certificate_of_another_locality_is_not_found(session, coach):
    stranger = make_account(session, Role.COORDINATOR)
    with pytest.raises(NotFound):
        record(session, stranger, coach)
    with pytest.raises(NotFound):
        checks.view_certificate(session, stranger, coach.id, coach.certificates[0].id)


def test_viewed_certificate_is_audited_as_a_read(session, staff, coach):
    held = coach.certificates[0]
    assert checks.view_certificate(session, staff, coach.id, held.id) is held
    rows = audited(session, "certificate.view")
    assert [(row.kind, row.subject_id) for row in rows] == [("read", held.id)]
