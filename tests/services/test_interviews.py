"""Interviews: a draft that is kept, versions that stay, questions of the scheme's own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from peerapp.domain.interviews import DEFAULT_QUESTIONS, InterviewRecord
from peerapp.enums import GateItem, InterviewState, Recommendation, Role, VolunteerState
from peerapp.errors import Forbidden, NotFound, Stale
from peerapp.services import interview_templates, interviews
from tests.factories import TODAY, make_account, make_volunteer
from tests.support.volunteers import audited, refused

S = InterviewState


@pytest.fixture
def volunteer(session, here):
    return make_volunteer(session, here, state=VolunteerState.SCREENING)


@pytest.fixture
def manager(session):
    return make_account(session, Role.MANAGER)


def written(staff, **values):
    given = InterviewRecord(
        held_on=TODAY,
        interviewers=frozenset({str(staff.id)}),
        answers={one.key: {"score": 4, "note": "Canary"} for one in DEFAULT_QUESTIONS},
        summary="Warm and clear.",
        recommendation=Recommendation.RECOMMENDED,
        has_conflict=False,
        conflict_note="",
    )
    return replace(given, **values)


def submitted(session, staff, volunteer, **values):
    draft = interviews.start_draft(session, staff, volunteer.id)
    given = written(staff, **values), draft.revision, TODAY
    return interviews.submit(session, staff, volunteer.id, *given)


def has_fact(volunteer):
    return any(one.item == GateItem.INTERVIEW for one in volunteer.gate_records)


def test_draft_is_kept_however_incomplete_and_opens_nothing(session, volunteer, staff):
    draft = interviews.start_draft(session, staff, volunteer.id)
    half = InterviewRecord(
        None, frozenset(), {"why": {"score": 2, "note": "x"}}, "", None, None, ""
    )
    interviews.save_draft(session, staff, volunteer.id, half, draft.revision)
    assert (draft.state, draft.revision, draft.answers) == (
        S.DRAFT,
        2,
        {"why": {"score": 2, "note": "x"}},
    )
    assert interviews.start_draft(session, staff, volunteer.id) is draft
    assert not has_fact(volunteer)


def test_draft_saved_by_another_meanwhile_is_not_overwritten(session, volunteer, staff, lead):
    draft = interviews.start_draft(session, staff, volunteer.id)
    interviews.save_draft(session, lead, volunteer.id, written(staff, summary="First"), 1)
    for verb, rest in ((interviews.save_draft, ()), (interviews.submit, (TODAY,))):
        with pytest.raises(Stale):
            verb(session, staff, volunteer.id, written(staff, summary="Second"), 1, *rest)
    with pytest.raises(Stale):
        interviews.discard_draft(session, staff, volunteer.id, 1)
    assert draft.summary == "First"


def test_submitting_opens_the_gate_with_the_day_of_the_interview(session, volunteer, staff):
    done = submitted(session, staff, volunteer)
    assert (done.state, done.submitted_by_id) == (S.SUBMITTED, staff.id)
    (fact,) = [one for one in volunteer.gate_records if one.item == GateItem.INTERVIEW]
    assert (fact.done_on, fact.recorded_by_id) == (TODAY, staff.id)
    assert [row.detail for row in audited(session, "interview.submit")] == [{"version": 1}]


def test_incomplete_record_is_not_submitted(session, volunteer, staff):
    codes = refused(submitted, session, staff, volunteer, summary="", answers={})
    assert codes == [*(f"score_{one.key}" for one in DEFAULT_QUESTIONS), "summary"]
    assert not has_fact(volunteer)


def test_changing_a_submitted_record_keeps_the_earlier_version(session, volunteer, staff, lead):
    first = submitted(session, staff, volunteer)
    draft = interviews.start_draft(session, lead, volunteer.id)
    assert (draft.version, draft.summary, draft.answers) == (2, first.summary, first.answers)
    assert interviews.find_standing(session, volunteer) is first
    changed = written(staff, summary="On second thoughts")
    interviews.submit(session, lead, volunteer.id, changed, draft.revision, TODAY)
    assert [
        (one.version, one.state, one.summary)
        for one in interviews.list_versions(session, volunteer)
    ] == [
        (2, S.SUBMITTED, "On second thoughts"),
        (1, S.REPLACED, "Warm and clear."),
    ]


def test_draft_thrown_away_leaves_what_stands(session, volunteer, staff):
    first = submitted(session, staff, volunteer)
    draft = interviews.start_draft(session, staff, volunteer.id)
    interviews.discard_draft(session, staff, volunteer.id, draft.revision)
    assert interviews.list_versions(session, volunteer) == [first]
    assert has_fact(volunteer)
    assert interviews.start_draft(session, staff, volunteer.id).version == 2


def test_interviewer_works_here(session, volunteer, staff):
    stranger = make_account(session, Role.COORDINATOR)
    draft = interviews.start_draft(session, staff, volunteer.id)
    given = written(stranger), draft.revision
    with pytest.raises(NotFound):
        interviews.save_draft(session, staff, volunteer.id, *given)
    with pytest.raises(NotFound):
        interviews.start_draft(session, stranger, volunteer.id)


def test_everybody_who_touched_the_interview_has_interviewed(
    session, volunteer, staff, lead, manager
):
    submitted(session, staff, volunteer)
    draft = interviews.start_draft(session, lead, volunteer.id)
    interviews.submit(session, manager, volunteer.id, written(staff), draft.revision, TODAY)
    assert interviews.interviewer_ids(session, volunteer) == {staff.id, lead.id, manager.id}


def test_interview_recorded_by_hand_counts_its_recorder(session, coach, staff):
    assert interviews.interviewer_ids(session, coach) == {staff.id}


def test_scheme_starts_with_questions_and_writes_its_own(session, volunteer, staff, manager):
    assert interview_templates.find_latest(session) is None
    asked = [(one.key, one.text, one.guidance) for one in DEFAULT_QUESTIONS[:3]]
    made = interview_templates.save_questions(
        session, manager, [*asked, ("", "What would you do first?", "")], 0
    )
    assert (made.version, made.edited_by_id) == (1, manager.id)
    assert [one["key"] for one in made.questions] == ["why", "experience", "boundaries", "q1"]
    draft = interviews.start_draft(session, staff, volunteer.id)
    again = [(one["key"], f"{one['text']} Why?", "") for one in made.questions]
    newer = interview_templates.save_questions(session, manager, again, 1)
    assert (newer.version, draft.template.version) == (2, 1)
    same = interview_templates.save_questions(
        session, manager, [(one["key"], one["text"], "") for one in newer.questions], 2
    )
    assert same is newer


def test_key_of_a_question_that_went_is_not_given_to_another(session, manager):
    first = [("", f"Question {n}?", "") for n in "abcd"]
    made = interview_templates.save_questions(session, manager, first, 0)
    assert [one["key"] for one in made.questions] == ["q1", "q2", "q3", "q4"]
    kept = [(one["key"], one["text"], "") for one in made.questions[:3]]
    newer = interview_templates.save_questions(session, manager, [*kept, ("why", "New?", "")], 1)
    assert [one["key"] for one in newer.questions] == ["q1", "q2", "q3", "q5"]


def test_questions_are_the_managers_and_nobody_saves_over_another(session, manager, staff):
    asked = [("", f"Question {n}?", "") for n in "abc"]
    with pytest.raises(Forbidden):
        interview_templates.save_questions(session, staff, asked, 0)
    interview_templates.save_questions(session, manager, asked, 0)
    with pytest.raises(Stale):
        interview_templates.save_questions(session, manager, asked, 0)
    save = (interview_templates.save_questions, session, manager, asked[:2], 1)
    assert refused(*save) == ["questions"]
