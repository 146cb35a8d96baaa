"""What runs out is warned of once, and settled on its day, however late the job comes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from sqlalchemy import select

from peerapp.enums import (
    GateItem,
    MatchState,
    MessageState,
    RiskDecision,
    Role,
    VolunteerState,
    WarningKind,
)
from peerapp.models import (
    ExpiryWarning,
    Match,
    Message,
    RiskAssessment,
    Scheme,
    Subscription,
    Volunteer,
)
from peerapp.services import expiries, expiry_jobs, messages
from tests.factories import (
    make_account,
    make_coach,
    make_family,
    make_family_account,
    make_locality,
    make_match,
)
from tests.support.sealed import values
from tests.support.volunteers import audited

BASE = "https://coaching.example"
ISSUED = date(2026, 3, 1)
DUE = date(2029, 3, 1)
K = WarningKind


@pytest.fixture
def coach(session, here, staff):
    """A coach whose certificate alone runs out."""
    made = make_coach(session, staff, here)
    made.training = []
    session.flush()
    return made


def run(session, day):
    """Do the warnings of a day; return whom they told."""
    before = set(session.scalars(select(Message.id)))
    with time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=UTC), tick=False):
        assert expiries.warn(session, day, BASE) is None
    return values(session, Message, "to_address", Message.id.not_in(before))


def given(session, kind=K.CERTIFICATE):
    query = select(ExpiryWarning).where(ExpiryWarning.kind == kind)
    rows = session.scalars(query.order_by(ExpiryWarning.days.desc())).all()
    return [(row.due_on, row.days) for row in rows]


@pytest.mark.parametrize("days", [90, 60, 30, 7, 0])
def test_certificate_is_warned_of_on_its_day_and_only_then(session, staff, coach, days):
    both = sorted([coach.account.email, staff.email])
    run(session, DUE - timedelta(days=days + 1))
    assert run(session, DUE - timedelta(days=days)) == both
    assert run(session, DUE - timedelta(days=days)) == []
    assert run(session, DUE - timedelta(days=days - 1)) == []
    assert given(session)[-1] == (DUE, days)


def test_certificate_is_warned_of_five_times_in_all(session, coach):
    told = [run(session, DUE + timedelta(days=offset)) for offset in range(-120, 40)]
    assert sum(bool(one) for one in told) == 5
    assert given(session) == [(DUE, days) for days in (90, 60, 30, 7, 0)]


def test_days_without_a_job_make_one_message_and_each_warning_once(session, staff, coach):
    assert run(session, DUE - timedelta(days=91)) == []
    assert run(session, DUE - timedelta(days=25)) == sorted([coach.account.email, staff.email])
    assert given(session) == [(DUE, 90), (DUE, 60), (DUE, 30)]
    assert run(session, DUE - timedelta(days=24)) == []


def test_newer_certificate_is_warned_of_anew(session, coach):
    run(session, DUE - timedelta(days=60))
    coach.certificates[0].issue_date = date(2027, 3, 1)
    session.flush()
    assert run(session, DUE - timedelta(days=59)) == []
    assert len(run(session, date(2030, 3, 1) - timedelta(days=90))) == 2


def test_message_outside_the_site_says_nothing(session, coach):
    run(session, DUE - timedelta(days=7))
    for message in session.scalars(select(Message)):
        assert message.subject == "You have a message"
        words = message.body.replace(BASE, "")
        told = "You have a message.\n\nSign in to read it:\n"
        assert words.removeprefix(told).strip() in {
            "/volunteer/certificate/",
            "/staff/certificates/",
        }


def test_coordinators_of_the_locality_alone_are_told_once_a_day(session, staff, here, coach):
    make_account(session, Role.COORDINATOR, (make_locality(session, "Calne", ("SN11 0",)),))
    colleague = make_account(session, Role.COORDINATOR, (here,))
    make_coach(session, staff, here).training = []
    session.flush()
    told = run(session, DUE - timedelta(days=90))
    assert told.count(staff.email) == told.count(colleague.email) == 1
    assert len(told) == 4


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (VolunteerState.ACTIVE, 2),
        (VolunteerState.PAUSED, 2),
        (VolunteerState.SUSPENDED, 1),
        (VolunteerState.LEFT, 0),
    ],
)
def test_suspended_are_not_written_to_and_closed_records_are_left_alone(
    session, coach, state, expected
):
    coach.state = state
    session.flush()
    assert len(run(session, DUE - timedelta(days=90))) == expected


def test_training_is_warned_of_by_the_record_that_lasts_longest(session, staff, here):
    coach = make_coach(session, staff, here)
    end = date(2029, 3, 11)
    run(session, end - timedelta(days=91))
    told = run(session, end - timedelta(days=90))
    assert coach.account.email in told
    assert given(session, K.TRAINING) == [(end, 90)] * 5


def test_subscription_and_joining_are_reminded_of(session, staff, coach):
    held = coach.certificates[0]
    run(session, ISSUED)
    window_end = ISSUED + timedelta(days=31)
    for days in (14, 7, 2):
        assert coach.account.email in run(session, window_end - timedelta(days=days))
    assert given(session, K.JOINING) == [(window_end, days) for days in (14, 7, 2)]
    held.subscription = Subscription(
        joined_on=ISSUED, renew_by=date(2027, 3, 1), recorded_by_id=staff.id
    )
    session.flush()
    for days in (30, 7, 0):
        assert coach.account.email in run(session, date(2027, 3, 1) - timedelta(days=days))
    assert [days for _, days in given(session, K.SUBSCRIPTION)] == [30, 7, 0]


def old_agreement(coach, last_day):
    """Let the coach's certificate be far from its end, and their agreement be of an old text."""
    (record,) = [one for one in coach.gate_records if one.item == GateItem.AGREEMENT]
    record.valid_until = last_day


def test_old_agreement_is_warned_of_to_the_volunteer_alone_twice(session, staff, coach):
    last_day = date(2026, 6, 30)
    coach.certificates[0].subscription = Subscription(
        joined_on=ISSUED, renew_by=date(2027, 3, 1), recorded_by_id=staff.id
    )
    old_agreement(coach, last_day)
    ends = last_day + timedelta(days=1)
    days = [ends - timedelta(days=left) for left in (15, 14, 13, 4, 3, 2, 0)]
    mine = [coach.account.email]
    assert [run(session, day) for day in days] == [[], mine, [], [], mine, [], []]
    assert given(session, K.AGREEMENT) == [(ends, 14), (ends, 3)]
    (body,) = set(values(session, Message, "body", Message.template == "expiry_notice"))
    assert body == f"You have a message.\n\nSign in to read it:\n{BASE}/volunteer/agreement\n"


@pytest.mark.parametrize("state", [VolunteerState.ENQUIRY, VolunteerState.SUSPENDED])
def test_old_agreement_is_not_written_of_to_who_may_not_sign_or_is_suspended(session, coach, state):
    old_agreement(coach, date(2026, 6, 30))
    coach.state = state
    assert coach.account.email not in run(session, date(2026, 6, 20))


def test_signed_anew_is_not_warned_of(session, coach):
    old_agreement(coach, None)
    run(session, date(2026, 6, 30))
    assert given(session, K.AGREEMENT) == []


def test_scheme_sets_the_first_warning_and_the_later_ones_stay(session, coach):
    scheme = coach.scheme
    assert expiries.days_of(K.CERTIFICATE, scheme) == (90, 60, 30, 7, 0)
    scheme.certificate_warning_days, scheme.agreement_warning_days = 45, 21
    assert expiries.days_of(K.CERTIFICATE, scheme) == (45, 30, 7, 0)
    assert expiries.days_of(K.AGREEMENT, scheme) == (21, 14, 3)
    assert expiries.days_of(K.JOINING, scheme) == (14, 7, 2)
    run(session, DUE - timedelta(days=46))
    assert given(session) == []
    run(session, DUE - timedelta(days=45))
    assert given(session) == [(DUE, 45)]


def test_review_of_a_decision_is_the_leads_to_know(session, lead, coach):
    held = coach.certificates[0]
    held.has_content, held.risk_decision = True, RiskDecision.FAVOURABLE
    held.risk_review_on = date(2027, 5, 20)
    session.flush()
    assert run(session, date(2027, 4, 21)) == [lead.email]
    (body,) = values(session, Message, "body", Message.account_id == lead.id)
    assert body.endswith(f"{BASE}/staff/risk-assessments/\n")


def test_warnings_go_on_batch_by_batch(session, staff, here, monkeypatch):
    monkeypatch.setattr(expiries, "BATCH", 2)
    coaches = [make_coach(session, staff, here) for _ in range(5)]
    for one in coaches:
        one.training = []
    session.flush()
    day, after, batches = DUE - timedelta(days=90), None, 0
    with time_machine.travel(datetime(2028, 12, 1, 12, tzinfo=UTC), tick=False):
        while True:
            after = expiries.warn(session, day, BASE, after)
            batches += 1
            if after is None:
                break
    assert batches == 3
    assert given(session) == [(DUE, 90)] * 5
    assert values(session, Message, "to_address") == sorted(
        [*(one.account.email for one in coaches), staff.email]
    )


# The first minute of a day


@pytest.fixture
def scene(database, scheme_id):
    """A coach with a proposal, an approved match and one that runs, and mail on its way."""
    with database.writing(scheme_id) as session:
        here = make_locality(session)
        staff = make_account(session, Role.COORDINATOR, (here,))
        coach = make_coach(session, staff, here)
        ids = {"coach": coach.id}
        for state in (MatchState.PROPOSED, MatchState.APPROVED, MatchState.ACTIVE):
            family = make_family(session, staff, here)
            account = make_family_account(session, family)
            match = make_match(session, family, coach, state=state)
            link = f"{BASE}/sign-in"
            message = messages.queue_notice(session, account, link, match_id=match.id)
            session.flush()
            ids[state] = (match.id, message.id)
        return ids


def look(database, scheme_id, scene):
    """Return the states of the matches and of the mail about them."""
    with database.reading(scheme_id) as session:
        pairs = [
            scene[one] for one in (MatchState.PROPOSED, MatchState.APPROVED, MatchState.ACTIVE)
        ]
        return [
            (session.get_one(Match, match).state, session.get_one(Message, mail).state)
            for match, mail in pairs
        ]


def test_lapse_is_settled_on_its_day_and_not_before(database, scheme_id, scene):
    before = look(database, scheme_id, scene)
    assert expiry_jobs.run_new_day(database, scheme_id, DUE - timedelta(days=1), BASE)
    assert look(database, scheme_id, scene) == before
    assert expiry_jobs.run_new_day(database, scheme_id, DUE, BASE)
    gone = MessageState.CANCELLED
    assert look(database, scheme_id, scene) == [
        (MatchState.WITHDRAWN, gone),
        (MatchState.WITHDRAWN, gone),
        (MatchState.ACTIVE, gone),
    ]
    with database.reading(scheme_id) as session:
        rows = audited(session, "volunteer.lapse")
        assert [(row.actor_id, row.detail) for row in rows] == [
            (None, {"code": "certificate_lapsed"})
        ]


def test_day_is_done_once_and_a_day_missed_is_caught_up(database, scheme_id, scene):
    late = DUE + timedelta(days=12)
    assert expiry_jobs.run_new_day(database, scheme_id, late, BASE)
    assert not expiry_jobs.run_new_day(database, scheme_id, late, BASE)
    assert not expiry_jobs.run_new_day(database, scheme_id, DUE, BASE)
    assert look(database, scheme_id, scene)[0][0] == MatchState.WITHDRAWN
    with database.reading(scheme_id) as session:
        assert session.scalars(select(Scheme.day_swept_on)).one() == late
        assert len(audited(session, "volunteer.lapse")) == 1


def test_day_that_was_cut_short_is_done_again_without_doubling(database, scheme_id, scene):
    expiry_jobs.run_new_day(database, scheme_id, DUE, BASE)
    with database.writing(scheme_id) as session:
        session.scalars(select(Scheme)).one().day_swept_on = None
        sent = len(session.scalars(select(Message.id)).all())
        warned = len(session.scalars(select(ExpiryWarning.id)).all())
    assert warned > 0
    assert expiry_jobs.run_new_day(database, scheme_id, DUE, BASE)
    with database.reading(scheme_id) as session:
        assert len(session.scalars(select(Message.id)).all()) == sent
        assert len(session.scalars(select(ExpiryWarning.id)).all()) == warned


def test_two_workers_at_midnight_do_the_day_once(database, scheme_id, scene):
    start = Barrier(2)

    def work(_):
        start.wait(timeout=10)
        return expiry_jobs.run_new_day(database, scheme_id, DUE, BASE)

    with ThreadPoolExecutor(2) as pool:
        assert True in list(pool.map(work, range(2)))
    with database.reading(scheme_id) as session:
        told = session.scalars(select(Message.id).where(Message.template == expiries.NOTICE)).all()
        warned = given(session)
        assert len(audited(session, "volunteer.lapse")) == 1
    assert len(told) == 2
    assert warned == [(DUE, days) for days in (90, 60, 30, 7, 0)]


def test_texts_of_assessments_go_with_the_day(database, scheme_id, scene):
    with database.writing(scheme_id) as session:
        lead = make_account(session, Role.SAFEGUARDING_LEAD)
        coach = session.get_one(Volunteer, scene["coach"])
        texts = dict.fromkeys(("relevance", "age", "pattern", "rationale", "conditions"), "Canary")
        for decided in (date(2026, 5, 20), date(2026, 5, 21)):
            session.add(
                RiskAssessment(
                    certificate_id=coach.certificates[0].id,
                    **texts,
                    talked_on=decided,
                    decision=RiskDecision.FAVOURABLE,
                    decided_on=decided,
                    decided_by_id=lead.id,
                )
            )
    expiry_jobs.run_new_day(database, scheme_id, date(2026, 11, 20), BASE)
    with database.reading(scheme_id) as session:
        left = session.scalars(select(RiskAssessment.decided_on)).all()
        assert left == [date(2026, 5, 21)]
        assert [row.actor_id for row in audited(session, "risk_assessment.purge")] == [None]
