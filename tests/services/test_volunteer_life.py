"""Random lives of a volunteer: every verb in every state, against a table of its own.

The table is written from the rules in words and shares nothing with ``domain.onboarding``: what it
does not allow must be refused and change nothing at all.
"""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peerapp.enums import (
    DropOutReason,
    PauseReason,
    ReviewOutcome,
    VolunteerState,
)
from peerapp.errors import Refused
from peerapp.services import breaks, comebacks, onboarding, probation
from peerapp.services.probation import ReviewDetails
from tests.factories import TODAY, make_coach
from tests.support.volunteers import lift_as_two

pytestmark = pytest.mark.usefixtures("on_the_day")

S, D, R = VolunteerState, DropOutReason, ReviewOutcome
URL = "https://scheme.example.org"
BEFORE = [S.ENQUIRY, S.APPLIED, S.SCREENING, S.INTERVIEWED, S.VETTING, S.TRAINING, S.PANEL]
COACHES = [S.PROBATION, S.ACTIVE]
CLOSED = [S.DECLINED, S.WITHDRAWN, S.LEFT]
NEXT = dict(itertools.pairwise(BEFORE[1:]))
"""Where staff move somebody on; out of panel leads the panel, out of probation its review."""


class Life:
    """What the rules in words say of where a volunteer stands."""

    def __init__(self) -> None:
        self.state = S.APPLIED
        self.back_to: list[VolunteerState] = []
        self.barred = False

    def expected(self, verb: str) -> VolunteerState | None:
        """Return where a verb leads from here; None: it is refused."""
        table = {
            "submit": {S.ENQUIRY: S.APPLIED, **{one: one for one in [*BEFORE[1:], *COACHES]}},
            "move": NEXT,
            "decline": dict.fromkeys(BEFORE, S.DECLINED),
            "decline_for_safety": dict.fromkeys(BEFORE, S.DECLINED),
            "withdraw": dict.fromkeys(BEFORE, S.WITHDRAWN),
            "leave": dict.fromkeys([*COACHES, S.PAUSED, S.SUSPENDED], S.LEFT),
            "suspend": dict.fromkeys([*BEFORE, *COACHES, S.PAUSED], S.SUSPENDED),
            "lift": {S.SUSPENDED: self.back_to[-1] if self.back_to else None},
            "rest": dict.fromkeys(COACHES, S.PAUSED),
            "come_back": {S.PAUSED: self.back_to[-1] if self.back_to else None},
            "pass": {S.PROBATION: S.ACTIVE},
            "extend": {S.PROBATION: S.PROBATION},
            "fail": {S.PROBATION: S.LEFT},
            "again": {S.WITHDRAWN: S.ENQUIRY, S.LEFT: S.ENQUIRY},
            "reopen": dict.fromkeys(CLOSED, S.ENQUIRY),
        }
        if verb == "again" and self.barred:
            return None
        return table[verb].get(self.state)

    def go(self, verb: str, to: VolunteerState) -> None:
        if verb in {"suspend", "rest"}:
            self.back_to.append(self.state)
        if verb in {"lift", "come_back"}:
            self.back_to.pop()
        if to in CLOSED:
            self.barred = (
                verb in {"decline_for_safety", "fail"}
                or (verb == "decline")
                or self.state == S.SUSPENDED
            )
            self.back_to = []
        self.state = to


def review(outcome):
    def verb(session, person, staff, lead):
        later = TODAY + timedelta(days=7)
        held = ReviewDetails(outcome, probation.began_on(person), "Talked.", later)
        probation.review(session, staff, person.id, held, TODAY)

    return verb


def decline(reason):
    return lambda session, person, staff, lead: onboarding.move(
        session, staff, person.id, S.DECLINED, "No.", TODAY, drop_out=reason
    )


ACTS = {
    "submit": lambda session, person, staff, lead: onboarding.submit_application(
        session, person.account, TODAY
    ),
    "move": lambda session, person, staff, lead: onboarding.move(
        session, staff, person.id, NEXT.get(person.state, S.ACTIVE), "", TODAY
    ),
    "decline": decline(D.NOT_SUITABLE),
    "decline_for_safety": decline(D.SAFEGUARDING),
    "withdraw": lambda session, person, staff, lead: onboarding.withdraw(
        session, person.account, TODAY
    ),
    "leave": lambda session, person, staff, lead: onboarding.leave(
        session, staff, person.id, "Moved away.", TODAY
    ),
    "suspend": lambda session, person, staff, lead: onboarding.suspend(
        session, staff, person.id, "A worry.", TODAY, URL
    ),
    "lift": lambda session, person, staff, lead: lift_as_two(
        session, lead, person.id, "All clear.", TODAY
    ),
    "rest": lambda session, person, staff, lead: breaks.plan(
        session, staff, person.id, PauseReason.OTHER, TODAY, None, "", TODAY
    ),
    "come_back": lambda session, person, staff, lead: breaks.come_back(
        session, staff, person.id, "", TODAY
    ),
    "pass": review(R.PASSED),
    "extend": review(R.EXTENDED),
    "fail": review(R.ENDED),
    "again": lambda session, person, staff, lead: comebacks.apply_again(
        session, person.account, TODAY
    ),
    "reopen": lambda session, person, staff, lead: comebacks.reopen(
        session, lead, person.id, "Talked.", TODAY
    ),
}


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    verbs=st.lists(st.sampled_from(sorted(ACTS)), min_size=1, max_size=14),
    start=st.sampled_from([S.APPLIED, S.VETTING, S.PROBATION, S.ACTIVE]),
)
def test_life_goes_only_where_the_rules_in_words_lead(session, here, staff, lead, verbs, start):
    person, life = make_coach(session, staff, here, state=start), Life()
    life.state = start
    for verb in verbs:
        to, before = life.expected(verb), (person.state, len(person.history))
        try:
            ACTS[verb](session, person, staff, lead)
        except Refused:
            session.expire_all()
            assert to is None, (verb, life.state)
            assert (person.state, len(person.history)) == before
            continue
        assert person.state == to, (verb, life.state)
        assert len(person.history) == before[1] + (person.state != before[0])
        life.go(verb, to)
        again = {S.APPLIED: "interview"} if verb == "submit" else {}
        if again and not any(one.item == "interview" for one in person.gate_records):
            return  # the interview has to be held anew: another story than that of the states
