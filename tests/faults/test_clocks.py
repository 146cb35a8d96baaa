"""The change of the hour, a leap day, a clock that is off by an hour: days are London's."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select

from peerapp.clock import today
from peerapp.domain.session_plans import PlanDetails
from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import MatchState, MessageState
from peerapp.models import CoachingSession, Message, Scheme, Volunteer, utc_now
from peerapp.services import audit_heads, deliveries, expiry_jobs, messages, session_plans
from tests.faults.deeds import rows_of
from tests.faults.test_database_troubles import change
from tests.scenes import BASE_URL, scene_in
from tests.services.test_deliveries import SENDER, Postbox

HOUR = timedelta(hours=1)
EVENING = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)


@pytest.fixture
def scene(app, database, scheme_id):
    return scene_in(database, scheme_id)


def begin_day(scene):
    """Do as the worker does each minute; returns whether a new day had begun."""
    return expiry_jobs.run_new_day(scene.database, scene.scheme_id, today(), BASE_URL)


def swept(scene):
    with scene.reading() as session:
        return session.scalars(select(Scheme.day_swept_on)).one()


@pytest.mark.parametrize(
    ("moments", "days"),
    [
        # 25 October 2026: half past one comes twice, and the day has 25 hours.
        (("2026-10-24T22:59Z", "2026-10-24T23:00Z", "2026-10-25T00:30Z", "2026-10-25T01:30Z",
          "2026-10-25T23:59Z", "2026-10-26T00:00Z"), (24, 25, 25, 25, 25, 26)),
        # 28 March 2027: half past one does not come.
        (("2027-03-27T23:59Z", "2027-03-28T00:59Z", "2027-03-28T01:00Z", "2027-03-28T23:00Z"),
         (27, 28, 28, 29)),
        (("2028-02-28T23:59Z", "2028-02-29T00:00Z", "2028-02-29T23:59Z", "2028-03-01T00:00Z"),
         (28, 29, 29, 1)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("zone", ["Europe/London", "Pacific/Auckland", "America/Los_Angeles"])
def test_each_day_of_london_begins_once_wherever_the_machine_is(scene, moments, days, zone):
    begun = []
    for moment in moments:
        there = datetime.fromisoformat(moment).astimezone(ZoneInfo(zone))
        with time_machine.travel(there, tick=False):  # it takes the zone with it
            begun.append(begin_day(scene))
            assert swept(scene) == today()
    assert tuple(day.day for day in [swept(scene)]) == days[-1:]
    first = [True, *(one != before for before, one in itertools.pairwise(days))]
    assert begun == first


def test_clock_that_is_an_hour_ahead_begins_the_day_early_and_never_twice(scene):
    coach_id = scene.add_coach()
    with scene.writing() as session:  # cleared until the 23rd
        certificate = session.get_one(Volunteer, coach_id).certificates[0]
        certificate.issue_date = certificate.seen_on = date(2023, 11, 24)
    scene.add_match(scene.add_family(account=True), coach_id)

    def is_cleared():
        with scene.reading() as session:
            return clearance_refusals(session.get_one(Volunteer, coach_id), today()) == []

    with time_machine.travel(EVENING, tick=False) as clock:
        assert (begin_day(scene), is_cleared()) == (True, True)
        clock.move_to(EVENING + HOUR)  # wrong: too strict by an hour, never too lax
        assert (begin_day(scene), is_cleared()) == (True, False)
        after = rows_of(scene.database)
        clock.move_to(EVENING)  # put right
        assert begin_day(scene) is False
        clock.move_to(EVENING + HOUR)  # and midnight comes
        assert (begin_day(scene), is_cleared()) == (False, False)
        assert rows_of(scene.database) == after
        clock.move_to(EVENING + timedelta(days=1, hours=1))
        assert begin_day(scene) is True


def test_clock_that_is_put_back_an_hour_loses_and_doubles_nothing(scene, sign_in):
    coach_id = scene.add_coach()
    postbox = Postbox()

    def deliver():
        ids = scene.database, scene.scheme_id
        return deliveries.deliver_due(*ids, postbox, SENDER, utc_now())

    with time_machine.travel(EVENING, tick=False) as clock:
        with scene.reading() as session:
            browser = sign_in(scene.coordinator(session))
        with scene.writing() as session:
            messages.queue_notice(session, scene.coordinator(session), BASE_URL)
        assert change(browser, coach_id, "01632 960111").status_code == 302
        clock.move_to(EVENING - HOUR)
        # A cookie from the future is not believed: one signs in again.
        assert browser.get("/staff/").location == "/sign-in?next=/staff/"
        with scene.reading() as session:
            browser = sign_in(scene.coordinator(session))
        assert change(browser, coach_id, "01632 960222").status_code == 302
        assert deliver() == 0  # not yet, by this clock
        clock.move_to(EVENING + timedelta(minutes=1))
        assert (deliver(), deliver()) == (1, 0)
    with scene.reading() as session:
        assert session.scalars(select(Message.state)).all() == [MessageState.SENT]
        assert session.get_one(Volunteer, coach_id).scheme_phone == "01632 960222"
    with scene.reading() as session:
        assert audit_heads.check(session).faults == ()  # linked by number, not by time


def test_weekly_sessions_keep_their_time_over_the_change_of_the_hour(scene):
    family_id = scene.add_family(account=True)
    match_id = scene.add_match(family_id, scene.add_coach(), state=MatchState.ACTIVE)
    with time_machine.travel(datetime(2027, 3, 20, 12, tzinfo=UTC), tick=False):
        plan = PlanDetails(date(2027, 3, 22), time(9, 30), 120)
        with scene.writing() as session:
            staff = scene.coordinator(session)
            session_plans.save_plan(session, staff, match_id, plan, utc_now(), BASE_URL)
    with scene.reading() as session:
        query = select(CoachingSession.starts_at).order_by(CoachingSession.starts_at)
        first, second = session.scalars(query).all()[:2]
    assert first == datetime(2027, 3, 22, 9, 30, tzinfo=UTC)
    assert second == datetime(2027, 3, 29, 8, 30, tzinfo=UTC)  # half past nine in London
