"""What was found before somebody went away opens no gate after they came back, by any way round."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from peerapp.domain.interviews import DEFAULT_QUESTIONS, InterviewRecord
from peerapp.enums import (
    DropOutReason,
    GateItem,
    Recommendation,
    ReferenceState,
    VolunteerState,
)
from peerapp.services import comebacks, gates, interviews, onboarding, references
from tests.factories import NOW, TODAY, make_coach, make_volunteer
from tests.support.references import RITA, SAM, name, received, verify
from tests.support.volunteers import refused

S, D = VolunteerState, DropOutReason
URL = "https://scheme.example.org"
LONG_AGO = date(2025, 11, 20)
ONE_DAY_FRESHER = date(2025, 11, 21)
TOM = replace(RITA, name="Tom Vale", email="tom@mill.example", phone="01632 960888")
UMA = replace(RITA, name="Uma Field", email="uma@farm.example", phone="01632 960889")
VAL = replace(RITA, name="Val Moss", email="val@shop.example", phone="01632 960890")


def back_again(session, staff, volunteer, state=S.WITHDRAWN, drop_out=D.NOT_SAID):
    """Close the record, and let the volunteer start again."""
    onboarding.change_state(session, staff, volunteer, state, "x", TODAY, drop_out=drop_out)
    comebacks.reopen(session, staff, volunteer.id, "Talked.", TODAY)
    volunteer.state = S.VETTING
    session.flush()


def items(volunteer):
    return sorted(one.item for one in volunteer.gate_records)


def test_fact_that_a_return_took_away_is_not_recorded_again_with_its_old_day(
    session, here, staff, lead
):
    coach = make_coach(session, staff, here)
    for record in coach.gate_records:
        record.done_on = LONG_AGO
    back_again(session, lead, coach, S.LEFT, D.HEALTH)
    assert items(coach) == []
    put = gates.record_gate_item, session, staff, coach.id, GateItem.IDENTITY
    assert refused(*put, LONG_AGO, "", TODAY) == ["done_on"]
    put[0](*put[1:], ONE_DAY_FRESHER, "", TODAY)
    assert items(coach) == [GateItem.IDENTITY]


def test_old_day_is_no_ground_for_somebody_who_was_never_away(session, here, staff):
    volunteer = make_volunteer(session, here, state=S.VETTING)
    day = date(2024, 1, 1)
    gates.record_gate_item(session, staff, volunteer.id, GateItem.IDENTITY, day, "", TODAY)
    assert [one.done_on for one in volunteer.gate_records] == [day]


def aged(reference, decided_on=LONG_AGO):
    reference.answered_at, reference.decided_on = NOW.replace(year=2025), decided_on
    return reference


def test_spare_reference_from_before_a_return_fills_no_gate(session, here, staff, lead):
    volunteer = make_volunteer(session, here, state=S.VETTING)
    old = [verify(session, staff, received(session, volunteer, one)) for one in (RITA, SAM, TOM)]
    for one in old:
        aged(one)
    for record in volunteer.gate_records:
        record.done_on = LONG_AGO
    back_again(session, lead, volunteer)
    fresh = verify(session, staff, received(session, volunteer, UMA))
    assert items(volunteer) == [GateItem.FIRST_REFERENCE]
    assert [one.item for one in (*old, fresh)] == [None, None, None, GateItem.FIRST_REFERENCE]
    references.reject(session, staff, volunteer.id, old[0].id, "Old.", TODAY, URL)
    assert items(volunteer) == [GateItem.FIRST_REFERENCE]
    references.reject(session, staff, volunteer.id, fresh.id, "A doubt.", TODAY, URL)
    assert items(volunteer) == []


def test_spare_reference_that_is_fresh_still_counts_after_a_return(session, here, staff, lead):
    """The control: being away is no ground by itself."""
    volunteer = make_volunteer(session, here, state=S.VETTING)
    found = [verify(session, staff, received(session, volunteer, one)) for one in (RITA, SAM, TOM)]
    back_again(session, lead, volunteer)
    references.reject(session, staff, volunteer.id, found[0].id, "A doubt.", TODAY, URL)
    assert items(volunteer) == [GateItem.FIRST_REFERENCE, GateItem.SECOND_REFERENCE]
    assert found[2].item == GateItem.FIRST_REFERENCE


def test_answer_from_long_before_a_return_is_not_verified(session, here, staff, lead):
    volunteer = make_volunteer(session, here, state=S.VETTING)
    waiting = aged(received(session, volunteer, VAL), None)
    back_again(session, lead, volunteer)
    assert refused(verify, session, staff, waiting) == ["reference_too_old"]
    waiting.answered_at = NOW
    verify(session, staff, waiting)
    assert items(volunteer) == [GateItem.FIRST_REFERENCE]


def test_same_people_are_named_again_after_a_return_and_the_old_ones_stay(
    session, here, staff, lead
):
    volunteer = make_volunteer(session, here, state=S.VETTING)
    old = [verify(session, staff, received(session, volunteer, one)) for one in (RITA, SAM)]
    for one in old:
        aged(one)
    for record in volunteer.gate_records:
        record.done_on = LONG_AGO
    back_again(session, lead, volunteer)
    new = [verify(session, staff, received(session, volunteer, one)) for one in (RITA, SAM)]
    assert items(volunteer) == [GateItem.FIRST_REFERENCE, GateItem.SECOND_REFERENCE]
    assert [one.item for one in (*old, *new)] == [None, None, *items(volunteer)]
    assert [one.state for one in old] == [ReferenceState.VERIFIED] * 2
    assert refused(name, session, volunteer, RITA) == [
        "referee_same_email",
        "referee_same_phone",
        "referee_same_name",
    ]


def test_person_whose_answer_still_counts_is_not_named_again_after_a_return(
    session, here, staff, lead
):
    volunteer = make_volunteer(session, here, state=S.VETTING)
    verify(session, staff, received(session, volunteer, RITA))
    back_again(session, lead, volunteer)
    assert "referee_same_email" in refused(name, session, volunteer, RITA)


def test_old_answer_nobody_verified_in_time_keeps_nobody_from_answering_anew(
    session, here, staff, lead
):
    volunteer = make_volunteer(session, here, state=S.VETTING)
    waiting = aged(received(session, volunteer, VAL), None)
    back_again(session, lead, volunteer)
    fresh = verify(session, staff, received(session, volunteer, VAL))
    assert (waiting.item, fresh.item) == (None, GateItem.FIRST_REFERENCE)


def written(staff, held_on):
    return InterviewRecord(
        held_on=held_on,
        interviewers=frozenset({str(staff.id)}),
        answers={one.key: {"score": 4, "note": ""} for one in DEFAULT_QUESTIONS},
        summary="Warm and clear.",
        recommendation=Recommendation.RECOMMENDED,
        has_conflict=False,
        conflict_note="",
    )


def submit(session, staff, volunteer, held_on):
    draft = interviews.start_draft(session, staff, volunteer.id)
    given = written(staff, held_on), draft.revision, TODAY
    return interviews.submit(session, staff, volunteer.id, *given)


def test_interview_from_before_a_decline_is_not_handed_in_again(session, here, staff, lead):
    volunteer = make_volunteer(session, here, state=S.VETTING)
    before = date(2026, 11, 10)
    submit(session, staff, volunteer, before)
    back_again(session, lead, volunteer, S.DECLINED, D.NO_TIME)
    draft = interviews.start_draft(session, staff, volunteer.id)
    assert (draft.held_on, draft.answers, draft.summary, draft.version) == (None, {}, "", 2)
    assert refused(submit, session, staff, volunteer, before) == ["held_on"]
    assert items(volunteer) == []
    submit(session, staff, volunteer, TODAY)
    assert items(volunteer) == [GateItem.INTERVIEW]


def test_interview_that_stands_is_corrected_with_the_same_day(session, here, staff):
    """The control: a new version of the same interview has the same day."""
    volunteer = make_volunteer(session, here, state=S.VETTING)
    submit(session, staff, volunteer, TODAY)
    assert interviews.start_draft(session, staff, volunteer.id).summary == "Warm and clear."
    submit(session, staff, volunteer, TODAY)
    assert items(volunteer) == [GateItem.INTERVIEW]
