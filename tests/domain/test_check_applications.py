"""When an application may be sent off, how long it has been open, and what is free."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest

from peerapp.domain import check_applications as rules
from peerapp.enums import ApplicationState, CheckLevel, FeeQuestion, GateItem, Workforce
from peerapp.models import CheckApplication, CheckDecision, FeeDecision
from tests.domain.volunteers import TODAY, cleared_coach, codes

S = ApplicationState


def ready(**values):
    """Return a volunteer for whom an application may be sent off."""
    given = {"check_decisions": [CheckDecision()], "fee_decisions": [FeeDecision(is_free=True)]}
    return cleared_coach(**{**given, **values})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"check_level": None}, ["dbs_level_missing"]),
        ({"check_decisions": []}, ["dbs_level_missing"]),
        ({"gate_records": []}, ["identity_missing"]),
        ({"fee_decisions": []}, ["fee_missing"]),
        ({"date_of_birth": None}, ["date_of_birth_missing"]),
        ({"date_of_birth": date(2010, 11, 21)}, ["too_young"]),
        (
            {"check_level": None, "gate_records": [], "fee_decisions": []},
            ["dbs_level_missing", "identity_missing", "fee_missing"],
        ),
    ],
)
def test_submission_names_everything_that_is_missing(values, expected):
    assert codes(rules.submission_refusals(ready(**values), TODAY)) == expected


def test_submission_asks_for_no_other_gate():
    identity = [one for one in ready().gate_records if one.item == GateItem.IDENTITY]
    volunteer = ready(gate_records=identity, certificates=[], training=[])
    assert rules.submission_refusals(volunteer, TODAY) == []


@pytest.mark.parametrize(
    ("born", "on", "old_enough"),
    [
        (date(2010, 11, 20), date(2026, 11, 19), False),
        (date(2010, 11, 20), date(2026, 11, 20), True),
        (date(2010, 12, 31), date(2026, 12, 30), False),
        (date(2010, 12, 31), date(2026, 12, 31), True),
        (date(2008, 2, 29), date(2024, 2, 28), False),
        (date(2008, 2, 29), date(2024, 2, 29), True),
        (date(2012, 2, 29), date(2028, 2, 28), False),
        (date(2012, 2, 29), date(2028, 2, 29), True),
    ],
)
def test_sixteenth_birthday_itself_is_old_enough(born, on, old_enough):
    volunteer = ready(date_of_birth=born)
    assert codes(rules.age_refusals(volunteer, on)) == ([] if old_enough else ["too_young"])


@pytest.mark.parametrize(
    ("on", "old_enough"), [(date(2029, 2, 28), False), (date(2029, 3, 1), True)]
)
def test_born_on_29_february_comes_of_age_on_1_march_of_other_years(on, old_enough):
    volunteer = ready(date_of_birth=date(2012, 2, 29))
    volunteer.scheme.minimum_age = 17
    assert codes(rules.age_refusals(volunteer, on)) == ([] if old_enough else ["too_young"])


@pytest.mark.parametrize(("minimum", "needed"), [(14, 16), (16, 16), (18, 18)])
def test_scheme_may_ask_for_more_years_but_not_for_fewer(minimum, needed):
    volunteer = ready(date_of_birth=date(2026 - needed, 11, 20))
    volunteer.scheme.minimum_age = minimum
    assert rules.age_refusals(volunteer, TODAY) == []
    day_before = TODAY - timedelta(days=1)
    assert codes(rules.age_refusals(volunteer, day_before)) == ["too_young"]


@pytest.mark.parametrize(
    ("days", "flagged"), [(0, False), (29, False), (30, False), (31, True), (400, True)]
)
def test_application_is_flagged_after_30_days_and_not_on_the_30th(days, flagged):
    application = CheckApplication(state=S.WITH_DBS, opened_on=TODAY - timedelta(days=days))
    assert rules.days_open(application, TODAY) == days
    assert rules.is_flagged(application, 30, TODAY) == flagged


@pytest.mark.parametrize("state", [S.CLOSED, S.WITHDRAWN])
def test_ended_application_stops_counting_and_is_not_flagged(state):
    application = CheckApplication(
        state=state, opened_on=date(2026, 1, 1), ended_on=date(2026, 1, 31)
    )
    assert rules.days_open(application, TODAY) == 30
    assert not rules.is_flagged(application, 7, TODAY)


@pytest.mark.parametrize("given", list(itertools.product((False, True), repeat=len(FeeQuestion))))
def test_check_is_free_only_if_every_exclusion_is_answered_no(given):
    answers = dict(zip(FeeQuestion, given, strict=True))
    assert rules.is_free_volunteer(answers) == (not any(given))


@pytest.mark.parametrize("missing", list(FeeQuestion))
def test_check_is_not_free_while_an_exclusion_is_not_answered(missing):
    answers = {question: False for question in FeeQuestion if question != missing}
    assert not rules.is_free_volunteer(answers)


def test_basic_check_is_the_only_one_that_is_never_free():
    assert set(CheckLevel) - rules.FREE_LEVELS == {CheckLevel.BASIC}


MOVES = {
    (S.TO_SUBMIT, S.SUBMITTED),
    (S.TO_SUBMIT, S.WITHDRAWN),
    (S.SUBMITTED, S.WITH_DBS),
    (S.SUBMITTED, S.ISSUED),
    (S.SUBMITTED, S.WITHDRAWN),
    (S.WITH_DBS, S.ISSUED),
    (S.WITH_DBS, S.WITHDRAWN),
    (S.ISSUED, S.WITHDRAWN),
}


@pytest.mark.parametrize(("before", "to"), list(itertools.product(S, S)))
def test_application_goes_forward_only_and_is_closed_by_no_step(before, to):
    refusals = rules.step_refusals(CheckApplication(state=before), to)
    assert (not refusals) == ((before, to) in MOVES)


@pytest.mark.parametrize(
    ("day", "refused"),
    [
        (TODAY, False),
        (date(2026, 11, 21), True),
        (date(2026, 11, 2), False),
        (date(2026, 11, 1), True),
    ],
)
def test_step_is_not_in_the_future_nor_before_the_last_one(day, refused):
    application = CheckApplication(submitted_on=date(2026, 10, 1), with_dbs_on=date(2026, 11, 2))
    expected = ["on"] if refused else []
    assert codes(rules.day_refusals(application, day, TODAY)) == expected


@pytest.mark.parametrize(
    ("level", "workforce", "another"),
    [
        (None, None, False),
        (CheckLevel.ENHANCED_CHILDREN, Workforce.CHILD, False),
        (CheckLevel.ENHANCED, Workforce.CHILD, True),
        (CheckLevel.ENHANCED_CHILDREN, Workforce.OTHER, True),
    ],
)
def test_application_for_another_check_than_is_needed_now_is_noticed(level, workforce, another):
    application = CheckApplication(level=level, workforce=workforce)
    assert rules.is_for_another_check(application, ready()) == another


def test_only_one_application_is_open():
    closed, open_one = CheckApplication(state=S.CLOSED), CheckApplication(state=S.ISSUED)
    volunteer = ready(applications=[closed, open_one])
    assert rules.open_application(volunteer) is open_one
    assert rules.open_application(ready(applications=[closed])) is None
