"""The board of certificates: the database and the domain say the same; the file says little."""

from __future__ import annotations

import csv
import io
import itertools
from datetime import UTC, date, datetime, timedelta

import pytest

from peerapp.domain.certificate_board import board_state, latest_issue
from peerapp.domain.certificates import add_months
from peerapp.enums import (
    BoardState,
    CertificateStatus,
    CheckLevel,
    RiskDecision,
    Role,
    StatusOutcome,
    VolunteerState,
    Workforce,
)
from peerapp.models import StatusCheck, StatusConsent, Subscription
from peerapp.services import certificate_board
from peerapp.services.certificate_board import PAGE, Filters
from tests.factories import (
    TODAY,
    make_account,
    make_certificate,
    make_coach,
    make_locality,
    make_volunteer,
)
from tests.support.queries import counted
from tests.support.volunteers import audited

B = BoardState
C = CertificateStatus
FAVOURABLE = {"has_content": True, "risk_decision": RiskDecision.FAVOURABLE}


def states_of(session, actor, **filters):
    """Return the ids on the board by state, as the database filters them."""
    board = [
        (state, certificate_board.get_board(session, actor, Filters(state=state, **filters), TODAY))
        for state in B
    ]
    return {row.volunteer.id: state for state, found in board for row in found.rows}


def make_every_kind(session, staff, here):
    """Make a coach for each kind of certificate that the rules tell apart."""
    months = itertools.count()
    changes = [
        *({"status": status} for status in C),
        {"name_matches": False},
        {"has_content": True},
        {**FAVOURABLE},
        {**FAVOURABLE, "risk_review_on": TODAY},
        {**FAVOURABLE, "risk_review_on": TODAY - timedelta(days=1)},
        {"has_content": True, "risk_decision": RiskDecision.UNFAVOURABLE},
        {"issue_date": TODAY + timedelta(days=1), "seen_on": TODAY + timedelta(days=1)},
        {"seen_on": TODAY + timedelta(days=1)},
        *({"level": level} for level in CheckLevel),
        *({"workforce": workforce} for workforce in Workforce),
        *(
            {"issue_date": add_months(TODAY, -36) + timedelta(days=days), **extra}
            for days in (-1, 0, 1, 89, 90, 91, 92)
            for extra in ({}, {"name_matches": False})
        ),
    ]
    coaches = []
    for change in changes:
        coach = make_coach(session, staff, here, last_name=f"Number{next(months):03d}")
        for name, value in change.items():
            setattr(coach.certificates[0], name, value)
        coaches.append(coach)
    for needed in CheckLevel:
        coaches.append(make_coach(session, staff, here, check_level=needed))
    coaches.append(make_volunteer(session, here, state=VolunteerState.VETTING))
    session.flush()
    return coaches


def test_board_in_sql_says_what_the_domain_says(session, staff, here):
    coaches = make_every_kind(session, staff, here)
    expected = {one.id: board_state(one, TODAY) for one in coaches}
    assert states_of(session, staff) == expected
    assert set(expected.values()) == set(B)


def test_board_counts_are_those_of_its_filters(session, staff, here):
    coaches = make_every_kind(session, staff, here)
    everything = certificate_board.get_board(session, staff, Filters(), TODAY)
    found = [board_state(one, TODAY) for one in coaches]
    assert everything.counts == {state: found.count(state) for state in B}
    assert len(everything.rows) == min(PAGE, len(coaches))
    assert [row.state for row in everything.rows] == sorted(
        (row.state for row in everything.rows), key=list(B).index
    )


def test_board_of_a_newer_certificate_forgets_the_earlier_one(session, staff, coach):
    make_certificate(session, coach, staff, issue_date=date(2023, 1, 1), status=C.SUPERSEDED)
    make_certificate(session, coach, staff, issue_date=date(2023, 1, 2), status=C.REVOKED)
    session.expire_all()
    assert states_of(session, staff) == {coach.id: B.IN_DATE}


@pytest.mark.parametrize("months", [12, 24, 36, 37])
def test_latest_issue_is_the_last_day_that_is_due_by_then(months):
    for offset in range(800):
        due_by = date(2026, 1, 1) + timedelta(days=offset)
        found = latest_issue(months, due_by)
        assert add_months(found, months) <= due_by < add_months(found + timedelta(days=1), months)


def test_coordinator_sees_the_own_localities_and_lead_and_manager_all(session, staff, lead, coach):
    there = make_locality(session, "Calne", ("SN11 0",))
    other = make_coach(session, staff, there)
    nowhere = make_coach(session, staff, make_locality(session, "Box", ("SN13 8",)))
    nowhere.locality_id = None
    session.flush()
    manager = make_account(session, Role.MANAGER)
    assert set(states_of(session, staff)) == {coach.id, nowhere.id}
    for actor in (lead, manager):
        assert set(states_of(session, actor)) == {coach.id, other.id, nowhere.id}
    assert states_of(session, make_account(session, Role.AUDITOR)) == {}
    assert set(states_of(session, lead, locality_id=there.id)) == {other.id}


@pytest.mark.parametrize("state", list(VolunteerState))
def test_closed_records_are_not_on_the_board(session, staff, here, state):
    coach = make_coach(session, staff, here, state=state)
    closed = {VolunteerState.DECLINED, VolunteerState.WITHDRAWN, VolunteerState.LEFT}
    assert (coach.id in states_of(session, staff)) is (state not in closed)


def test_update_service_filters_split_the_board(session, staff, here):
    joined, fresh, late = (make_coach(session, staff, here) for _ in range(3))
    joined.certificates[0].subscription = Subscription(
        joined_on=date(2026, 3, 5), renew_by=date(2027, 3, 5), recorded_by_id=staff.id
    )
    fresh.certificates[0].issue_date = TODAY - timedelta(days=30)
    session.flush()
    found = {
        name: set(states_of(session, staff, update_service=name))
        for name in certificate_board.UPDATE_SERVICE
    }
    assert found == {"in": {joined.id}, "can_join": {fresh.id}, "out": {fresh.id, late.id}}


def test_row_shows_the_last_answer_of_the_update_service(session, staff, coach):
    for day, outcome in ((1, StatusOutcome.PASSED), (9, StatusOutcome.UNKNOWN)):
        session.add(
            StatusCheck(
                volunteer_id=coach.id,
                certificate_id=coach.certificates[0].id,
                outcome=outcome,
                answered_at=datetime(2026, 11, day, 9, tzinfo=UTC),
            )
        )
    session.flush()
    row = certificate_board.get_board(session, staff, Filters(), TODAY).rows[0]
    assert row.last_check.outcome == StatusOutcome.UNKNOWN


@pytest.mark.parametrize("filters", [Filters(), Filters(update_service="out")])
def test_board_asks_as_often_for_thirty_rows_as_for_one(
    database, scheme_id, session, staff, coach, here, filters
):
    session.commit()

    def queries():
        with database.reading(scheme_id) as reading:
            actor = reading.get_one(type(staff), staff.id)
            assert actor.locality_ids == {here.id}
            with counted(database.engine) as sent:
                certificate_board.get_board(reading, actor, filters, TODAY)
        return len(sent)

    one = queries()
    for _ in range(29):
        make_coach(session, staff, here).consents = [
            StatusConsent(version=1, typed_name="Ama Mensah")
        ]
    session.commit()
    assert queries() == one
    assert one <= 8


def lines_of(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_file_is_the_same_whatever_a_certificate_says(session, staff, here):
    """Content, what was decided and what DBS said leave no trace; a blank one looks the same."""
    kinds = [
        {"status": C.RECORDED},
        {"status": C.RECORDED, "has_content": True},
        {"has_content": True},
        {"has_content": True, "risk_decision": RiskDecision.UNFAVOURABLE},
        {**FAVOURABLE, "risk_review_on": TODAY - timedelta(days=1)},
        {"status": C.NEW_INFORMATION},
        {"name_matches": False},
    ]
    for kind in kinds:
        coach = make_coach(session, staff, here, last_name="Same")
        for name, value in kind.items():
            setattr(coach.certificates[0], name, value)
    passed = make_coach(session, staff, here, last_name="Blank")
    favourable = make_coach(session, staff, here, last_name="Blank")
    for name, value in {**FAVOURABLE, "risk_review_on": TODAY}.items():
        setattr(favourable.certificates[0], name, value)
    session.flush()
    lines = lines_of(certificate_board.export(session, staff, Filters(), TODAY))
    assert len(lines) == len(kinds) + 2
    references = {line.pop("Reference") for line in lines}
    assert len(references) == len(kinds) + 2
    assert len({tuple(line.items()) for line in lines if line["Name"] == "Ama Same"}) == 1
    assert len({tuple(line.items()) for line in lines if line["Name"] == "Ama Blank"}) == 1
    assert passed.id != favourable.id


def test_file_holds_no_number_and_no_date_of_birth(session, staff, coach):
    text = certificate_board.export(session, staff, Filters(), TODAY)
    assert coach.last_name in text
    for canary in (coach.certificates[0].number, "1985-04-02", "1985", coach.phone, coach.postcode):
        assert canary not in text


def test_file_starts_no_formula_and_its_making_is_audited(session, staff, here):
    make_coach(session, staff, here, first_name="=HYPERLINK(1)", last_name="X")
    make_coach(session, staff, here, first_name="＝cmd", last_name="Y")
    lines = lines_of(certificate_board.export(session, staff, Filters(), TODAY))
    assert sorted(line["Name"] for line in lines) == ["'=HYPERLINK(1) X", "'＝cmd Y"]
    rows = audited(session, "certificate.export")
    assert [(row.kind, row.detail) for row in rows] == [("read", {"certificates": 2})]
