"""Reviews of the time on probation."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from peerapp.enums import (
    CertificateStatus,
    DropOutReason,
    MatchState,
    ReviewOutcome,
    Role,
    VolunteerState,
)
from peerapp.errors import NotFound
from peerapp.services import onboarding, probation
from peerapp.services.probation import ReviewDetails
from tests.factories import TODAY, make_account, make_coach
from tests.support.volunteers import audited, refused

S, R = VolunteerState, ReviewOutcome
DAY = timedelta(days=1)


@pytest.fixture
def novice(session, here, staff):
    coach = make_coach(session, staff, here, state=S.PANEL)
    onboarding.change_state(session, staff, coach, S.PROBATION, "", TODAY)
    coach.history[-1].created_at = coach.state_since.replace(2026, 8, 28)
    coach.probation_review_due = date(2026, 11, 20)
    return coach


def review(session, actor, coach, outcome, extended_to=None, held_on=TODAY, reason="Went well."):
    details = ReviewDetails(outcome, held_on, reason, extended_to)
    return probation.review(session, actor, coach.id, details, TODAY)


def test_review_is_due_after_the_schemes_weeks_and_overdue_the_day_after(session, staff, novice):
    assert probation.began_on(novice) == date(2026, 8, 28)
    due = [probation.standing_review(novice, day) for day in (TODAY, TODAY + DAY)]
    assert [(one.due_on, one.is_overdue) for one in due] == [(TODAY, False), (TODAY, True)]
    novice.probation_review_due = None
    assert probation.due_on(novice) == date(2026, 11, 20)


def test_passed_review_leads_to_active_and_is_kept(session, staff, novice):
    row = review(session, staff, novice, R.PASSED)
    assert (novice.state, novice.probation_review_due) == (S.ACTIVE, None)
    assert (row.due_on, row.by_id, row.reason) == (TODAY, staff.id, "Went well.")
    assert probation.list_reviews(session, novice) == [row]
    assert probation.standing_review(novice, TODAY) is None
    assert [one.detail for one in audited(session, "probation.review")] == [{"outcome": "passed"}]
    assert refused(review, session, staff, novice, R.PASSED) == ["not_on_probation"]


def test_passed_review_asks_every_gate(session, staff, novice):
    novice.certificates[0].status = CertificateStatus.REVOKED
    assert refused(review, session, staff, novice, R.PASSED) == ["certificate_revoked"]
    assert (novice.state, probation.list_reviews(session, novice)) == (S.PROBATION, [])


def test_extended_review_goes_on_to_a_later_day(session, staff, novice):
    row = review(session, staff, novice, R.EXTENDED, TODAY + 28 * DAY)
    assert (novice.state, probation.due_on(novice)) == (S.PROBATION, TODAY + 28 * DAY)
    assert row.extended_to == TODAY + 28 * DAY


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"outcome": R.EXTENDED}, ["extended_to"]),
        ({"outcome": R.EXTENDED, "extended_to": TODAY}, ["extended_to"]),
        ({"outcome": R.EXTENDED, "extended_to": TODAY + 183 * DAY}, ["extended_to"]),
        ({"outcome": R.PASSED, "reason": " "}, ["reason"]),
        ({"outcome": R.PASSED, "held_on": TODAY + DAY}, ["held_on"]),
        ({"outcome": R.PASSED, "held_on": date(2026, 8, 27)}, ["held_on"]),
    ],
)
def test_review_that_cannot_be_is_refused(session, staff, novice, values, codes):
    assert refused(lambda: review(session, staff, novice, **values)) == codes


def test_end_of_probation_closes_the_record_once_no_family_is_left(
    session, staff, novice, proposal
):
    proposal.volunteer_id, proposal.state = novice.id, MatchState.ACTIVE
    assert refused(review, session, staff, novice, R.ENDED) == ["holds_families"]
    proposal.state = MatchState.ENDED
    review(session, staff, novice, R.ENDED, reason="Not reliable.")
    end = novice.history[-1]
    assert (novice.state, end.drop_out) == (S.LEFT, DropOutReason.PROBATION)
    assert end.reason == "Not reliable."


def test_list_has_who_the_actor_may_see_the_longest_due_first(session, here, staff, novice):
    other = make_coach(session, staff, here, state=S.PROBATION)
    other.probation_review_due = date(2026, 10, 1)
    due = probation.list_due(session, staff, TODAY)
    assert [(one.volunteer.id, one.is_overdue) for one in due] == [
        (other.id, True),
        (novice.id, False),
    ]
    stranger = make_account(session, Role.COORDINATOR)
    assert probation.list_due(session, stranger, TODAY) == []
    with pytest.raises(NotFound):
        review(session, stranger, novice, R.PASSED)
