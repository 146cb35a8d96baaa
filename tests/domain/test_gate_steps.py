"""Where each gate stands and who it waits for: the one source of both sides."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from peerapp.domain.gate_steps import Around, gate_steps
from peerapp.domain.waiting import list_waits
from peerapp.enums import (
    ApplicationReason,
    ApplicationState,
    CertificateStatus,
    Course,
    Gate,
    GateItem,
    PanelOutcome,
    ReferenceState,
    VolunteerState,
    WaitsFor,
)
from peerapp.models import (
    CheckApplication,
    GateRecord,
    PanelDecision,
    Reference,
    ReferenceEvent,
    VolunteerEvent,
)
from tests.domain.volunteers import PANEL_SINCE, TODAY, certificate, cleared_coach

S, W, R = VolunteerState, WaitsFor, ReferenceState
APPLIED_AT = datetime(2026, 10, 1, 9, tzinfo=UTC)
APPLIED = date(2026, 10, 1)


def at(day: int) -> datetime:
    return datetime(2026, 11, day, 9, tzinfo=UTC)


def applicant(**values):
    """Return somebody who applied on 1 October 2026 and has passed no gate."""
    history = [VolunteerEvent(to_state=S.APPLIED, created_at=APPLIED_AT)]
    given = {"state": S.VETTING, "gate_records": [], "training": [], "certificates": []}
    return cleared_coach(**{**given, "history": history, "check_level": None, **values})


def reference(name: str, state: ReferenceState, asked: int, **values):
    given = {"name": name, "state": state, "asked_at": at(asked), **values}
    return Reference(**given)


def step(volunteer, gate: Gate, around: Around | None = None):
    return next(one for one in gate_steps(volunteer, around or Around(), TODAY) if one.gate == gate)


def said(one):
    return one.code, one.who, one.since


def test_every_gate_of_a_coach_is_met_and_waits_for_nobody():
    steps = gate_steps(cleared_coach(), Around(), TODAY)
    assert [one.gate for one in steps] == list(Gate)
    assert {(one.is_met, one.code, one.who, one.days(TODAY)) for one in steps} == {
        (True, "done", W.NOBODY, None)
    }


def test_every_gate_of_an_applicant_says_who_is_next_and_since_when():
    steps = gate_steps(applicant(), Around(), TODAY)
    assert [(one.gate, *said(one)) for one in steps] == [
        (Gate.IDENTITY, "identity_missing", W.COORDINATOR, APPLIED),
        (Gate.REFERENCES, "referee_to_name", W.VOLUNTEER, APPLIED),
        (Gate.INTERVIEW, "interview_missing", W.COORDINATOR, APPLIED),
        (Gate.DBS_LEVEL, "level_missing", W.COORDINATOR, APPLIED),
        (Gate.CERTIFICATE, "level_missing", W.COORDINATOR, APPLIED),
        (Gate.CORE_TRAINING, "training_without_date", W.COORDINATOR, APPLIED),
        (Gate.AGREEMENT, "agreement_missing", W.VOLUNTEER, APPLIED),
    ]
    assert {one.days(TODAY) for one in steps} == {50}


RITA = ("Rita", R.ASKED, 9)
SAM = ("Sam", R.RECEIVED, 2)


@pytest.mark.parametrize(
    ("known", "records", "expected"),
    [
        ([RITA], [], ("referee_to_name", W.VOLUNTEER, APPLIED)),
        ([RITA, ("Jo", R.ASKED, 4)], [], ("referee_silent", W.REFEREE, date(2026, 11, 4))),
        ([RITA, SAM], [], ("reference_to_verify", W.COORDINATOR, date(2026, 11, 12))),
        ([SAM], [], ("reference_to_verify", W.COORDINATOR, date(2026, 11, 12))),
        (
            [RITA, ("Jo", R.VERIFIED, 1)],
            [GateItem.FIRST_REFERENCE],
            ("referee_silent", W.REFEREE, date(2026, 11, 9)),
        ),
        (
            [("Jo", R.VERIFIED, 1)],
            [GateItem.FIRST_REFERENCE],
            ("referee_to_name", W.VOLUNTEER, APPLIED),
        ),
    ],
)
def test_references_wait_first_for_what_the_scheme_itself_can_do(known, records, expected):
    volunteer = applicant()
    for name, state, asked in known:
        answered = at(12) if state == R.RECEIVED else None
        volunteer.references.append(reference(name, state, asked, answered_at=answered))
    volunteer.gate_records = [GateRecord(item=item, done_on=TODAY) for item in records]
    assert said(step(volunteer, Gate.REFERENCES)) == expected


def test_references_name_who_is_silent_to_both_sides():
    rita = reference("Rita", R.ASKED, 9, reminded_at=at(14), reminded_again_at=at(19))
    volunteer = applicant(references=[rita, reference("Sam", R.RECEIVED, 2, answered_at=at(12))])
    found = step(volunteer, Gate.REFERENCES)
    assert found.text == (
        "0 of 2 verified. Verify what Sam wrote. Rita has not answered for 11 days, reminded twice."
    )
    assert found.own_text == (
        "We asked Rita on 9 November 2026 and wait for the answer. "
        "We check what your referees have written."
    )


def test_referee_who_fell_away_is_missing_since_then():
    gone = reference("Rita", R.DECLINED, 2)
    gone.history = [ReferenceEvent(to_state=R.DECLINED, created_at=at(8))]
    volunteer = applicant(references=[gone, reference("Sam", R.ASKED, 3)])
    assert said(step(volunteer, Gate.REFERENCES)) == (
        "referee_to_name",
        W.VOLUNTEER,
        date(2026, 11, 8),
    )


def test_interview_that_is_written_down_waits_since_it_was_begun():
    found = step(applicant(), Gate.INTERVIEW, Around(interview_begun=date(2026, 11, 17)))
    assert (*said(found), found.days(TODAY)) == (
        "interview_draft",
        W.COORDINATOR,
        date(2026, 11, 17),
        3,
    )


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (ApplicationState.TO_SUBMIT, ("application_open", W.COORDINATOR, date(2026, 11, 2))),
        (ApplicationState.SUBMITTED, ("with_dbs", W.DBS, date(2026, 11, 4))),
        (ApplicationState.WITH_DBS, ("with_dbs", W.DBS, date(2026, 11, 4))),
        (ApplicationState.ISSUED, ("original_missing", W.VOLUNTEER, date(2026, 11, 16))),
        (ApplicationState.WITHDRAWN, ("application_missing", W.COORDINATOR, date(2026, 10, 20))),
    ],
)
def test_certificate_waits_where_its_application_is(state, expected):
    application = CheckApplication(
        state=state, reason=ApplicationReason.FIRST, opened_on=date(2026, 11, 2),
        submitted_on=date(2026, 11, 4), issued_on=date(2026, 11, 16),
    )  # fmt: skip
    volunteer = cleared_coach(
        certificates=[], applications=[application], check_decided_on=date(2026, 10, 20)
    )
    assert said(step(volunteer, Gate.CERTIFICATE)) == expected


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ({"status": CertificateStatus.RECORDED}, ("accept", W.COORDINATOR)),
        (
            {"status": CertificateStatus.RECORDED, "has_content": True},
            ("decide_content", W.LEAD),
        ),
        ({"issue_date": date(2023, 1, 5)}, ("lapsed", W.COORDINATOR)),
        ({"status": CertificateStatus.REVOKED}, ("replace", W.COORDINATOR)),
    ],
)
def test_certificate_that_does_not_count_is_the_boards_next_step(held, expected):
    found = step(cleared_coach(certificates=[certificate(**held)]), Gate.CERTIFICATE)
    assert (found.code, found.who) == expected


def test_training_says_what_is_booked_and_what_can_be():
    coach = cleared_coach()
    left = {Course.BOUNDARIES, Course.LONE_WORKING}
    coach.training = [one for one in coach.training if one.course not in left]
    both = {"boundaries": date(2026, 12, 5), "lone_working": date(2026, 12, 9)}
    some = {"boundaries": date(2026, 12, 5)}
    codes = {
        "training_booked": (Around(places=both), W.SESSION),
        "training_to_book": (Around(places=some, offered=both), W.VOLUNTEER),
        "training_without_date": (Around(places=some), W.COORDINATOR),
    }
    for code, (around, who) in codes.items():
        found = step(coach, Gate.CORE_TRAINING, around)
        assert (found.code, found.who) == (code, who)
    assert step(coach, Gate.CORE_TRAINING, Around(places=some, offered=both)).own_text == (
        "Still to do: boundaries, lone working. You have a place: boundaries, 5 December 2026. "
        "Next date to book: lone working, 9 December 2026."
    )


@pytest.mark.parametrize(
    ("last_day", "is_met", "code"),
    [
        (TODAY, True, "agreement_to_renew"),
        (TODAY - timedelta(days=1), False, "agreement_outdated"),
        (None, True, "done"),
    ],
)
def test_agreement_that_changed_waits_for_the_volunteer(last_day, is_met, code):
    coach = cleared_coach()
    for record in coach.gate_records:
        if record.item == GateItem.AGREEMENT:
            record.valid_until = last_day
    found = step(coach, Gate.AGREEMENT)
    assert (found.is_met, found.code) == (is_met, code)


def waits(volunteer):
    steps = gate_steps(volunteer, Around(), TODAY)
    return [(one.who, one.gate, one.days(TODAY)) for one in list_waits(volunteer, steps)]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (S.ENQUIRY, [(W.VOLUNTEER, None)]),
        (S.APPLIED, [(W.COORDINATOR, None)]),
        (S.SCREENING, [(W.COORDINATOR, Gate.INTERVIEW)]),
        (S.INTERVIEWED, [(W.COORDINATOR, None)]),
        (S.PAUSED, [(W.VOLUNTEER, None)]),
        (S.SUSPENDED, [(W.LEAD, None)]),
    ],
)
def test_each_state_waits_for_somebody(state, expected):
    assert [(who, gate) for who, gate, _ in waits(applicant(state=state))] == expected


@pytest.mark.parametrize("state", [S.VETTING, S.TRAINING, S.PANEL])
def test_open_gates_hold_up_longest_first(state):
    volunteer = applicant(state=state)
    volunteer.references = [reference(*RITA), reference("Jo", R.ASKED, 4)]
    found = waits(volunteer)
    assert {gate for _, gate, _ in found} == set(Gate)
    days = [days for _, _, days in found]
    assert days == sorted(days, reverse=True)
    assert found[-1] == (W.REFEREE, Gate.REFERENCES, 16)


def test_passed_gates_wait_for_the_coordinator_and_then_the_panel():
    days = (TODAY - PANEL_SINCE.date()).days
    assert waits(cleared_coach(state=S.TRAINING)) == [(W.COORDINATOR, None, days)]
    assert waits(cleared_coach(state=S.PANEL)) == [(W.PANEL, None, days)]
    assert waits(cleared_coach(state=S.ACTIVE)) == []


def test_deferred_panel_says_when_it_looks_again():
    deferred = PanelDecision(
        outcome=PanelOutcome.DEFERRED, panel_since=PANEL_SINCE, again_on=date(2026, 12, 1)
    )
    volunteer = cleared_coach(state=S.PANEL, panel_decisions=[deferred])
    steps = gate_steps(volunteer, Around(), TODAY)
    assert [one.text for one in list_waits(volunteer, steps)] == [
        "The panel has deferred its decision. It looks again on 1 December 2026."
    ]


def test_certificate_that_is_due_for_a_new_check_waits_since_that_day():
    held = certificate(issue_date=date(2023, 11, 10), seen_on=date(2023, 11, 12))
    found = step(cleared_coach(certificates=[held]), Gate.CERTIFICATE)
    assert (found.since, found.days(TODAY)) == (date(2026, 11, 10), 10)
