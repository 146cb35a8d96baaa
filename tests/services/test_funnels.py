"""The funnel: who is counted, how long, who is stuck, why people left, what may leave the site."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest

from peerapp.domain.funnel import Spread
from peerapp.enums import DropOutReason, Gate, Role, VolunteerState, WaitsFor
from peerapp.models import Volunteer, VolunteerEvent
from peerapp.services import funnels, onboarding
from peerapp.services.funnels import Filters
from peerapp.services.schemes import get_scheme
from tests.factories import NOW, TODAY, make_account, make_coach, make_locality, make_volunteer
from tests.support.queries import counted
from tests.support.volunteers import audited

S, D = VolunteerState, DropOutReason


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def stand(session, place, state, days, **values) -> Volunteer:
    """Make a volunteer who has stood in a state for some days."""
    return make_volunteer(session, place, state=state, state_since=ago(days), **values)


def tell(volunteer, before, after, at, drop_out=None):
    volunteer.history.append(
        VolunteerEvent(from_state=before, to_state=after, created_at=at, drop_out=drop_out)
    )


def became_active(session, place, enquired, active):
    volunteer = stand(session, place, S.ACTIVE, active)
    volunteer.created_at = ago(enquired)
    tell(volunteer, S.PROBATION, S.ACTIVE, ago(active))
    return volunteer


def funnel(session, actor, **filters):
    session.flush()
    return funnels.get_funnel(session, actor, Filters(**filters), TODAY)


def stage(found, state):
    return next(one for one in found.figures.stages if one.state == state)


def test_stages_count_who_stands_there_and_for_how_long(session, here, staff):
    for days in (0, 3, 27, 28):
        stand(session, here, S.VETTING, days)
    stand(session, here, S.LEFT, 5)
    found = funnel(session, staff)
    vetting = stage(found, S.VETTING)
    assert (vetting.days, vetting.stuck) == (Spread(4, 3, 28, 28), 1)
    assert sum(one.days.count for one in found.figures.stages) == 4


def test_days_are_those_of_london_not_of_utc(session, here, staff):
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    make_volunteer(session, here, state=S.APPLIED, state_since=late)
    found = funnels.get_funnel(session, staff, Filters(), date(2026, 7, 2))
    assert stage(found, S.APPLIED).days == Spread(1, 0, 0, 0)


@pytest.mark.parametrize(("days", "stuck"), [(27, 0), (28, 1), (29, 1)])
def test_stuck_begins_on_the_day_that_the_scheme_set(session, here, staff, days, stuck):
    stand(session, here, S.SCREENING, days)
    found = funnel(session, staff)
    assert (stage(found, S.SCREENING).stuck, len(found.stuck)) == (stuck, stuck)
    get_scheme(session).stuck_days = days
    assert len(funnel(session, staff).stuck) == 1


def test_stuck_are_listed_longest_first_with_what_they_wait_for(session, here, staff):
    stand(session, here, S.APPLIED, 40, first_name="Later")
    stand(session, here, S.VETTING, 90, first_name="Longest")
    stand(session, here, S.PROBATION, 300)
    stand(session, here, S.PAUSED, 300)
    found = funnel(session, staff).stuck
    assert [(one.tasks.volunteer.first_name, one.days) for one in found] == [
        ("Longest", 90),
        ("Later", 40),
    ]
    waits = found[0].tasks.waits
    assert {one.gate for one in waits} == set(Gate)
    assert [(one.who, one.text) for one in found[1].tasks.waits] == [
        (WaitsFor.COORDINATOR, "Read the application and move it on to screening.")
    ]


def test_stuck_can_be_narrowed_to_a_state(session, here, staff):
    stand(session, here, S.APPLIED, 40)
    stand(session, here, S.VETTING, 90)
    found = funnel(session, staff, state=S.APPLIED)
    assert [one.tasks.volunteer.state for one in found.stuck] == [S.APPLIED]
    assert stage(found, S.VETTING).days.count == 1
    assert funnel(session, staff, state=S.ACTIVE).stuck == ()


def test_coordinators_see_their_localities_and_managers_all(session, here, staff):
    elsewhere = make_locality(session, "Calne", ("SN11 0",))
    manager = make_account(session, Role.MANAGER)
    for place in (here, elsewhere, None):
        stand(session, place, S.APPLIED, 40)
        became_active(session, place, 200, 10)
        left = stand(session, place, S.LEFT, 3)
        tell(left, S.ACTIVE, S.LEFT, ago(3), D.MOVED_AWAY)
    for actor, people in ((staff, 2), (manager, 3)):
        found = funnel(session, actor)
        figures = found.figures
        assert stage(found, S.APPLIED).days.count == people
        assert len(found.stuck) == people
        assert figures.to_active.count == people
        assert figures.drop_outs == (("Moved away", people),)
        assert [name for name, _ in figures.by_locality] == [
            *(["Calne"] if actor is manager else []),
            "Chippenham",
            "Outside all localities",
        ]
    assert funnel(session, staff, locality_id=elsewhere.id).figures.to_active.count == 0


def test_days_to_active_run_from_the_enquiry(session, here, staff):
    became_active(session, here, 210, 10)
    became_active(session, here, 150, 50)
    figures = funnel(session, staff).figures
    assert figures.to_active == Spread(2, 100, 200, 200)
    by_month = {month: days for month, days in figures.by_month if days.count}
    assert by_month == {
        date(2026, 11, 1): Spread(1, 200, 200, 200),
        date(2026, 10, 1): Spread(1, 100, 100, 100),
    }
    assert len(figures.by_month) == 12
    assert figures.by_locality == (("Chippenham", Spread(2, 100, 200, 200)),)


def test_who_started_again_counts_from_the_new_start(session, here, staff):
    volunteer = became_active(session, here, 900, 10)
    tell(volunteer, None, S.ENQUIRY, ago(900))
    tell(volunteer, S.LEFT, S.ENQUIRY, ago(110))
    assert funnel(session, staff).figures.to_active == Spread(1, 100, 100, 100)


def test_back_from_a_break_is_not_becoming_active(session, here, staff):
    volunteer = stand(session, here, S.ACTIVE, 3)
    tell(volunteer, S.PAUSED, S.ACTIVE, ago(3))
    assert funnel(session, staff).figures.to_active.count == 0


def test_what_is_older_than_twelve_months_is_not_counted(session, here, staff):
    became_active(session, here, 900, 355)  # 30 November 2025
    left = stand(session, here, S.LEFT, 355)
    tell(left, S.ACTIVE, S.LEFT, ago(355), D.NO_TIME)
    became_active(session, here, 900, 354)  # 1 December 2025
    figures = funnel(session, staff).figures
    assert (figures.since, figures.to_active.count) == (date(2025, 12, 1), 1)
    assert figures.drop_outs == ()


def test_drop_outs_by_reason_and_by_the_state_before(session, here, staff):
    for before, after, reason in (
        (S.APPLIED, S.WITHDRAWN, D.NO_TIME),
        (S.VETTING, S.WITHDRAWN, D.NO_TIME),
        (S.PANEL, S.DECLINED, D.REFERENCES),
        (S.ACTIVE, S.LEFT, None),
    ):
        tell(stand(session, here, after, 5), before, after, ago(5), reason)
    figures = funnel(session, staff).figures
    assert figures.drop_outs == (
        ("Not enough time", 2),
        ("No reason recorded", 1),
        ("References", 1),
    )
    assert figures.left_from == ((S.APPLIED, 1), (S.VETTING, 1), (S.PANEL, 1), (S.ACTIVE, 1))


def test_a_record_closed_by_the_service_is_counted_with_its_reason(session, here, staff):
    volunteer = stand(session, here, S.SCREENING, 5)
    onboarding.withdraw_for(session, staff, volunteer.id, "x", TODAY, drop_out=D.NO_REPLY)
    figures = funnels.get_funnel(session, staff, Filters(), datetime.now(UTC).date()).figures
    assert [count for _, count in figures.drop_outs] == [1]
    assert figures.left_from == ((S.SCREENING, 1),)


def rows_of(text):
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_file_has_no_count_under_five_and_nobodys_name(session, here, staff):
    for number in range(6):
        stand(session, here, S.VETTING, number, first_name="Canary")
        stand(session, here, S.TRAINING, number)
        stand(session, here, S.APPLIED, number)
    for _ in range(4):
        stand(session, here, S.PANEL, 2)
    session.flush()
    text = funnels.export(session, staff, TODAY)
    assert "Canary" not in text
    rows = {(row[0], row[1]): row[2:] for row in rows_of(text)[1:]}
    now = "In this state now"
    assert rows[now, "Vetting"] == ["6", "2", "5"]
    assert rows[now, "Panel"] == ["Not shown", "", ""]
    assert rows[now, "Active"] == ["Not shown", "", ""]
    shown = [row[2] for row in rows_of(text)[1:] if row[2] != "Not shown"]
    assert [one for one in shown if int(one) < 5] == []
    assert [row.detail for row in audited(session, "funnel.export")] == [{"lines": len(rows)}]


def test_file_hides_a_second_group_where_one_is_small(session, here, staff):
    elsewhere = make_locality(session, "Calne", ("SN11 0",))
    third = make_locality(session, "Devizes", ("SN10 1",))
    manager = make_account(session, Role.MANAGER)
    for place, people in ((here, 7), (elsewhere, 6), (third, 2)):
        for _ in range(people):
            became_active(session, place, 200, 10)
    session.flush()
    found = [
        row[1:3] for row in rows_of(funnels.export(session, manager, TODAY)) if "loca" in row[0]
    ]
    assert found == [["Calne", "Not shown"], ["Chippenham", "7"], ["Devizes", "Not shown"]]


def test_queries_are_as_many_for_thirty_as_for_one(session, database, scheme_id, here, staff):
    def asked():
        session.flush()
        session.expire_all()
        actor = session.get_one(type(staff), staff.id)
        assert actor.locality_ids
        with counted(session.get_bind().engine) as sent:
            found = funnels.get_funnel(session, actor, Filters(), TODAY)
        return len(sent), len(found.stuck)

    make_coach(session, staff, here, state=S.TRAINING, state_since=ago(50))
    became_active(session, here, 90, 3)
    one, shown = asked()
    assert shown == 1
    for _ in range(29):
        make_coach(session, staff, here, state=S.TRAINING, state_since=ago(50))
        became_active(session, here, 90, 3)
    thirty, shown = asked()
    assert (thirty, shown) == (one, funnels.PAGE)
