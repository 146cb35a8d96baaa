"""The timeline: every kind of event, in order, with who and why, and nothing restricted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from peerapp.domain.certificate_steps import CertificateDetails
from peerapp.enums import (
    BookingState,
    CertificateStatus,
    CheckLevel,
    Course,
    DropOutReason,
    GateItem,
    PanelOutcome,
    PauseReason,
    Role,
    StatusOutcome,
    VolunteerState,
    WarningKind,
    Workforce,
)
from peerapp.errors import NotFound
from peerapp.models import (
    CourseBooking,
    CourseSession,
    ExpiryWarning,
    PanelDecision,
    StatusCheck,
    StatusConsent,
    Volunteer,
)
from peerapp.services import (
    breaks,
    checks,
    gates,
    onboarding,
    references,
    timelines,
)
from tests.factories import NOW, TODAY, make_account, make_volunteer
from tests.support.queries import counted
from tests.support.references import URL, received, verify
from tests.support.volunteers import audited

pytestmark = pytest.mark.usefixtures("on_the_day")

S = VolunteerState


def events(session, actor, volunteer, page=1):
    session.flush()
    return timelines.get_timeline(session, actor, volunteer.id, page).events


def told(session, actor, volunteer):
    """Return code, title and who of each event, oldest first."""
    found = events(session, actor, volunteer)
    return [(one.code, one.title, one.who) for one in reversed(found)]


@pytest.fixture
def applicant(session, here):
    return make_volunteer(session, here, state=S.APPLIED)


def test_states_say_who_and_why(session, staff, applicant):
    onboarding.move(session, staff, applicant.id, S.SCREENING, "Called on Monday", TODAY)
    onboarding.withdraw_for(
        session, staff, applicant.id, "New job", TODAY, drop_out=DropOutReason.WORK_OR_STUDY
    )
    found = [one for one in events(session, staff, applicant) if one.code[:6] == "state."]
    assert [(one.code, one.who, one.why) for one in found] == [
        ("state.withdrawn", staff.name, "Work or study. New job"),
        ("state.screening", staff.name, "Called on Monday"),
        ("state.enquiry", applicant.account.name, ""),
    ]
    assert [one.on for one in found] == [TODAY, TODAY, TODAY]


def test_references_are_told_without_a_word_of_what_was_written(session, staff, applicant):
    applicant.state = S.SCREENING
    reference = received(session, applicant)
    verify(session, staff, reference, note="Canary note of the call")
    assert "Canary patience" in str(reference.answers)
    kinds = [one for one in told(session, staff, applicant) if one[0][:10] == "reference."]
    assert kinds == [
        ("reference.asked", "Referee named and asked: Rita Hollis", applicant.account.name),
        ("reference.received", "Reference received: Rita Hollis", "the referee"),
        ("reference.verified", "Reference verified: Rita Hollis", staff.name),
    ]
    assert "Canary" not in str(events(session, staff, applicant))


def test_rejected_reference_opens_the_gate_and_both_are_told(session, staff, applicant):
    applicant.state = S.SCREENING
    reference = received(session, applicant)
    verify(session, staff, reference)
    references.reject(session, staff, applicant.id, reference.id, "Canary doubt", TODAY, URL)
    titles = [title for _, title, _ in told(session, staff, applicant)]
    assert titles.count("Gate open again: first reference") == 1
    assert titles.count("Reference rejected: Rita Hollis") == 1
    assert "Canary" not in str(events(session, staff, applicant))


def test_gate_taken_back_stays_on_the_timeline(session, staff, applicant):
    gates.record_gate_item(session, staff, applicant.id, GateItem.INTERVIEW, TODAY, "Canary", TODAY)
    gates.remove_gate_item(session, staff, applicant.id, GateItem.INTERVIEW, TODAY)
    assert told(session, staff, applicant)[-2:] == [
        ("volunteer.record_gate", "Gate: interview held", staff.name),
        ("volunteer.remove_gate", "Gate open again: interview held", staff.name),
    ]
    assert "Canary" not in str(events(session, staff, applicant))


def test_certificate_is_told_from_the_original_to_what_became_of_it(session, staff, applicant):
    details = CertificateDetails(
        number="000000000042",
        issue_date=date(2026, 10, 1),
        level=CheckLevel.ENHANCED_CHILDREN,
        workforce=Workforce.CHILD,
        name_as_printed=applicant.name,
        name_matches=True,
        has_content=True,
        seen_on=date(2026, 10, 9),
    )
    held = checks.record_certificate(session, staff, applicant.id, details, TODAY)
    checks.set_status(
        session, staff, applicant.id, held.id, CertificateStatus.REVOKED, "Canary note", TODAY
    )
    found = [one for one in events(session, staff, applicant) if one.code[:12] == "certificate."]
    assert [(one.on, one.title) for one in found] == [
        (TODAY, "Certificate: revoked"),
        (date(2026, 10, 9), "Certificate seen, issued on 1 October 2026"),
    ]
    assert found[1].recorded_at is not None
    assert [word for word in ("000000000042", "Canary", "content") if word in str(found)] == []


def test_each_other_kind_is_told(session, staff, coach):
    dated = CourseSession(
        course=Course.SAFEGUARDING, starts_at=NOW - timedelta(days=2), minutes=60, place="Hall",
        trainer="Jo", places=3, created_by_id=staff.id,
    )  # fmt: skip
    session.add(dated)
    session.flush()
    booking = CourseBooking(
        session_id=dated.id, state=BookingState.MISSED, asked_at=NOW, marked_by_id=staff.id
    )
    check = StatusCheck(
        certificate_id=coach.certificates[0].id, outcome=StatusOutcome.PASSED, answered_at=NOW
    )
    warning = ExpiryWarning(
        kind=WarningKind.CERTIFICATE, subject_id=coach.id, due_on=TODAY, days=30
    )
    panel = PanelDecision(
        panel_since=NOW, outcome=PanelOutcome.DEFERRED, held_on=TODAY, reasons="Hear Sam first",
        decided_by_id=staff.id,
    )  # fmt: skip
    for row in (booking, check, warning, panel):
        row.volunteer_id = coach.id
        session.add(row)
    coach.consents.append(StatusConsent(version=1, typed_name=coach.name, given_at=NOW))
    breaks.plan(
        session, staff, coach.id, PauseReason.HOLIDAY, TODAY + timedelta(days=9), None, "", TODAY
    )
    session.flush()
    session.refresh(coach)
    found = {one.code: one for one in events(session, staff, coach)}
    assert {code: (found[code].title, found[code].who) for code in found if code in OTHERS} == {
        "training.missed": ("Did not come: Safeguarding", staff.name),
        "status.passed": ("Status check: still current", "the system"),
        "expiry.warned": ("Warned 30 days before: DBS certificate", "the system"),
        "panel.deferred": ("Panel: deferred", staff.name),
        "consent.given": ("Agreed to status checks", coach.account.name),
        "break.planned": ("Break planned from 29 November 2026 with no last day", staff.name),
    }
    assert found["panel.deferred"].why == "Hear Sam first"


OTHERS = {
    "training.missed",
    "status.passed",
    "expiry.warned",
    "panel.deferred",
    "consent.given",
    "break.planned",
}


def test_timeline_is_in_order_and_paged(session, staff, applicant):
    for number in range(timelines.PAGE):
        day = TODAY - timedelta(days=number)
        gates.record_training(session, staff, applicant.id, f"course_{number}", day, None, TODAY)
    first, second = events(session, staff, applicant), events(session, staff, applicant, 2)
    assert (len(first), len(second)) == (timelines.PAGE, 1)
    days = [one.on for one in (*first, *second)]
    assert days == sorted(days, reverse=True)
    assert timelines.get_timeline(session, staff, applicant.id).pages == 2


def test_timeline_is_for_those_who_may_know_and_the_view_is_audited(session, staff, applicant):
    events(session, staff, applicant)
    assert [row.fields for row in audited(session, "volunteer.view")] == [("timeline",)]
    with pytest.raises(NotFound):
        timelines.get_timeline(session, make_account(session, Role.COORDINATOR), applicant.id)


def test_queries_are_as_many_for_many_events_as_for_one(session, staff, coach):
    def asked():
        session.flush()
        session.expire_all()
        person = session.scalars(select(Volunteer)).one()
        assert staff.locality_ids
        with counted(session.get_bind().engine) as sent:
            timelines.get_timeline(session, staff, person.id)
        return len(sent)

    gates.record_training(session, staff, coach.id, "first", TODAY, None, TODAY)
    received(session, coach)
    one = asked()
    for number in range(29):
        gates.record_training(session, staff, coach.id, f"course_{number}", TODAY, None, TODAY)
    assert asked() == one
