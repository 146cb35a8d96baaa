"""Whether DBS may be asked, what an answer means, and when it is asked again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from peerapp.domain.status_checks import (
    BACK_OFF,
    MAX_ATTEMPTS,
    Held,
    Verdict,
    attempt_after,
    checker_name,
    held_of,
    is_same_surname,
    needs_a_person,
    setup_refusals,
    status_after,
    status_check_refusals,
    still_needs_a_person,
    surname_as_printed,
    verdict_on,
    wait_before_next,
)
from peerapp.enums import (
    CertificateStatus,
    CheckLevel,
    RiskDecision,
    StatusAnswer,
    StatusFailure,
    StatusOutcome,
    VolunteerState,
    Workforce,
)
from peerapp.models import Scheme, StatusConsent, Subscription
from tests.domain.volunteers import TODAY, certificate, cleared_coach, codes

A, F, O, C = StatusAnswer, StatusFailure, StatusOutcome, CertificateStatus  # noqa: E741
ISSUED = date(2026, 3, 1)
HELD = Held("MENSAH", ISSUED, content_accepted=False)
ACCEPTED = Held("MENSAH", ISSUED, content_accepted=True)


def subscription(**values):
    given = {"joined_on": date(2026, 3, 10), "renew_by": date(2027, 3, 10), "ended_on": None}
    return Subscription(**{**given, **values})


def checkable(*, held=None, **values):
    """A coach about whom DBS may be asked."""
    coach = cleared_coach(**values)
    coach.scheme.consent_from_version = 1
    coach.check_decided_on = date(2026, 2, 1)
    one = held or certificate()
    one.subscription = subscription()
    coach.certificates = [one]
    coach.consents = [
        StatusConsent(version=1, given_at=datetime(2026, 3, 20, tzinfo=UTC), withdrawn_at=None)
    ]
    return coach


def asked(coach):
    return codes(status_check_refusals(coach, TODAY))


def test_nothing_stands_in_the_way():
    assert asked(checkable()) == []


@pytest.mark.parametrize("level", [one for one in CheckLevel if one != CheckLevel.BASIC])
@pytest.mark.parametrize("workforce", Workforce)
def test_certificate_of_exactly_what_the_role_needs_may_be_asked_about(level, workforce):
    held = certificate(level=level, workforce=workforce)
    assert asked(checkable(held=held, check_level=level, check_workforce=workforce)) == []


@pytest.mark.parametrize("needed", CheckLevel)
@pytest.mark.parametrize("printed", CheckLevel)
def test_any_other_level_or_list_may_not(needed, printed):
    """More than the role needs would tell what nobody here has a right to know."""
    refused = asked(checkable(held=certificate(level=printed), check_level=needed))
    if CheckLevel.BASIC in {needed, printed}:
        assert refused == ["level_basic"]
    else:
        assert refused == ([] if needed == printed else ["level_differs"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda coach: setattr(coach, "consents", []), "consent_missing"),
        (
            lambda coach: setattr(coach.consents[0], "withdrawn_at", datetime(2026, 4, 1)),
            "consent_missing",
        ),
        (lambda coach: setattr(coach.scheme, "consent_from_version", 2), "consent_missing"),
        (lambda coach: setattr(coach.certificates[0], "subscription", None), "not_subscribed"),
        (
            lambda coach: setattr(coach.certificates[0].subscription, "ended_on", TODAY),
            "not_subscribed",
        ),
        (
            lambda coach: setattr(coach.certificates[0].subscription, "renew_by", TODAY),
            "not_subscribed",
        ),
        (
            lambda coach: setattr(coach.certificates[0], "seen_on", TODAY + timedelta(days=1)),
            "original_unseen",
        ),
        (lambda coach: setattr(coach, "gate_records", []), "identity_unmatched"),
        (
            lambda coach: setattr(coach.certificates[0], "name_matches", False),
            "identity_unmatched",
        ),
        (lambda coach: setattr(coach, "date_of_birth", None), "date_of_birth"),
        (
            lambda coach: setattr(coach.certificates[0], "name_as_printed", "AMA O MENSA"),
            "surname_unclear",
        ),
        (lambda coach: setattr(coach.certificates[0], "number", "1234567890"), "number"),
        (lambda coach: setattr(coach, "check_level", None), "level_undecided"),
        (lambda coach: setattr(coach, "check_workforce", None), "level_undecided"),
        (lambda coach: setattr(coach, "check_decided_on", None), "level_undecided"),
        (
            lambda coach: setattr(coach, "check_workforce", Workforce.CHILD_AND_ADULT),
            "workforce_differs",
        ),
        (lambda coach: setattr(coach, "state", VolunteerState.LEFT), "not_a_volunteer"),
        (lambda coach: setattr(coach, "state", VolunteerState.ENQUIRY), "not_a_volunteer"),
        (lambda coach: setattr(coach, "certificates", []), "certificate_missing"),
    ],
)
def test_each_thing_that_is_missing_is_named(change, code):
    coach = checkable()
    change(coach)
    assert asked(coach) == [code]


@pytest.mark.parametrize("status", CertificateStatus)
def test_certificate_that_does_not_count_any_more_is_not_asked_about(status):
    refused = asked(checkable(held=certificate(status=status)))
    expected = {
        C.NEW_INFORMATION: ["certificate_not_checkable"],
        C.REVOKED: ["certificate_not_checkable"],
        C.SUPERSEDED: ["certificate_missing"],
    }
    assert refused == expected.get(status, [])


def test_scheme_must_be_set_up():
    done = Scheme(status_organisation="Wiltshire", status_terms_agreed_on=TODAY)
    assert codes(setup_refusals(done, True)) == []
    assert codes(setup_refusals(done, False)) == ["service_off"]
    for values in ({"status_organisation": ""}, {"status_terms_agreed_on": None}):
        given = {"status_organisation": "Wiltshire", "status_terms_agreed_on": TODAY, **values}
        assert codes(setup_refusals(Scheme(**given), True)) == ["service_not_set_up"]


@pytest.mark.parametrize(
    ("answer", "held", "verdict"),
    [
        (A.BLANK_NO_NEW_INFO, HELD, Verdict(O.PASSED)),
        (A.BLANK_NO_NEW_INFO, ACCEPTED, Verdict(O.PASSED)),
        (A.NON_BLANK_NO_NEW_INFO, ACCEPTED, Verdict(O.PASSED)),
        (A.NON_BLANK_NO_NEW_INFO, HELD, Verdict(O.CONTENT_NOT_DECIDED)),
        (A.NEW_INFO, HELD, Verdict(O.NEW_INFORMATION)),
        (A.NEW_INFO, ACCEPTED, Verdict(O.NEW_INFORMATION)),
        (A.NO_MATCH_FOUND, HELD, Verdict(O.NO_MATCH)),
        (A.UNKNOWN, HELD, Verdict(O.UNKNOWN, F.TIME_OUT)),
    ],
)
def test_answer_about_the_certificate_that_we_hold(answer, held, verdict):
    failure = F.TIME_OUT if answer == A.UNKNOWN else None
    assert verdict_on(answer, "Mensah", ISSUED, failure, held) == verdict


@pytest.mark.parametrize("answer", [A.BLANK_NO_NEW_INFO, A.NON_BLANK_NO_NEW_INFO])
@pytest.mark.parametrize(
    ("surname", "day", "failure"),
    [
        ("MENSAH-HOLM", ISSUED, F.SURNAME_DIFFERS),
        ("MENSA", ISSUED, F.SURNAME_DIFFERS),
        ("", ISSUED, F.SURNAME_DIFFERS),
        (None, ISSUED, F.SURNAME_DIFFERS),
        ("MENSAH", date(2026, 3, 2), F.DATE_DIFFERS),
        ("MENSAH", date(2026, 1, 3), F.DATE_DIFFERS),
        ("MENSAH", None, F.DATE_DIFFERS),
        ("OTHER", None, F.SURNAME_DIFFERS),
    ],
)
def test_answer_about_somebody_else_passes_nobody(answer, surname, day, failure):
    assert verdict_on(answer, surname, day, None, ACCEPTED) == Verdict(O.UNKNOWN, failure)


@pytest.mark.parametrize("answer", [A.NEW_INFO, A.NO_MATCH_FOUND])
def test_news_is_not_put_aside_over_a_spelling(answer):
    expected = verdict_on(answer, "MENSAH", ISSUED, None, HELD)
    assert verdict_on(answer, None, None, None, HELD) == expected
    assert verdict_on(answer, "MENZAH", date(2020, 1, 1), None, HELD) == expected
    assert expected.outcome != O.UNKNOWN


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("Mensah", "MENSAH", True),
        ("Nuñez", "NUÑEZ", True),
        ("Nun\u0303ez", "NUÑEZ", True),
        ("Nuñez", "NUNEZ", False),
        ("Smith-Jones", "SMITH JONES", False),
        ("O'Neill", "ONEILL", False),
        ("Mensah", "MENSAH ", False),
        ("Ng", "NGUYEN", False),
    ],
)
def test_surnames_differ_by_all_but_capitals(ours, theirs, same):
    assert is_same_surname(ours, theirs) is same


@pytest.mark.parametrize(
    ("printed", "last", "surname"),
    [
        ("AMA MENSAH", "Mensah", "MENSAH"),
        ("AMA  YAA   MENSAH", "Mensah", "MENSAH"),
        ("ANNA VAN DER BERG", "van der Berg", "VAN DER BERG"),
        ("ANNA BERG", "van der Berg", "BERG"),
        ("MENSAH, AMA YAA", "Mensah", "MENSAH"),
        ("VAN DYK, ANNA", "Holm", "VAN DYK"),
        ("AMA O’NEILL", "O'Neill", "O’NEILL"),
        ("AMA OWUSU", "Mensah", "OWUSU"),
        ("AMA YAA OWUSU", "Mensah", None),
        ("MENSAH", "Mensah", None),
        ("", "Mensah", None),
        (", AMA", "Mensah", None),
    ],
)
def test_surname_is_taken_as_printed_or_not_at_all(printed, last, surname):
    one = certificate(name_as_printed=printed)
    assert surname_as_printed(one, cleared_coach(last_name=last)) == surname


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Priya Shah", ("Priya", "Shah")),
        ("  Mary Ann  Holm-Berg ", ("Mary Ann", "Holm-Berg")),
        ("Coordinator", None),
        ("", None),
    ],
)
def test_checker_needs_forename_and_surname(name, parts):
    assert checker_name(name) == parts


def test_record_to_hold_an_answer_against():
    favourable = {"has_content": True, "risk_decision": RiskDecision.FAVOURABLE}
    cases = [
        (certificate(), False),
        (certificate(**favourable, risk_review_on=TODAY), True),
        (certificate(**favourable, risk_review_on=TODAY - timedelta(days=1)), False),
        (certificate(**favourable), False),
        (certificate(has_content=True, risk_decision=RiskDecision.UNFAVOURABLE), False),
        (certificate(risk_decision=RiskDecision.FAVOURABLE, risk_review_on=TODAY), False),
        (
            certificate(**favourable, risk_review_on=TODAY, seen_on=TODAY + timedelta(days=1)),
            False,
        ),
    ]
    for one, accepted in cases:
        assert held_of(checkable(held=one), one, TODAY) == Held("MENSAH", ISSUED, accepted)


@pytest.mark.parametrize("status", CertificateStatus)
@pytest.mark.parametrize("outcome", StatusOutcome)
def test_no_outcome_gives_anything_back(outcome, status):
    expected = {
        (O.NEW_INFORMATION, C.RECORDED): C.NEW_INFORMATION,
        (O.NEW_INFORMATION, C.ACCEPTED): C.NEW_INFORMATION,
        (O.NEW_INFORMATION, C.UNVERIFIED): C.NEW_INFORMATION,
        (O.NO_MATCH, C.RECORDED): C.UNVERIFIED,
        (O.NO_MATCH, C.ACCEPTED): C.UNVERIFIED,
    }
    assert status_after(outcome, status) == expected.get((outcome, status))


def test_attempts_without_an_answer_back_off_and_are_then_flagged():
    lost = Verdict(O.UNKNOWN, F.TIME_OUT)
    waits = [wait_before_next(lost, attempt, 30) for attempt in range(1, MAX_ATTEMPTS + 2)]
    assert waits == [*BACK_OFF, timedelta(days=1), timedelta(days=1)]
    assert waits == sorted(waits)
    flags = [needs_a_person(O.UNKNOWN, attempt) for attempt in range(1, MAX_ATTEMPTS + 2)]
    assert flags == [False, False, False, False, True, True]


def test_what_asking_again_will_not_mend_waits_for_a_person():
    other = Verdict(O.UNKNOWN, F.DATE_DIFFERS)
    assert wait_before_next(other, 1, 30) == BACK_OFF[0]
    assert wait_before_next(other, MAX_ATTEMPTS, 30) == timedelta(days=30)


@pytest.mark.parametrize(
    ("outcome", "wait", "flag"),
    [
        (O.PASSED, 30, False),
        (O.CONTENT_NOT_DECIDED, 30, True),
        (O.NEW_INFORMATION, 30, True),
        (O.NO_MATCH, 30, True),
        (O.DISCARDED, 0, False),
    ],
)
def test_answer_is_asked_for_again_when_the_scheme_says(outcome, wait, flag):
    assert wait_before_next(Verdict(outcome), 1, 30) == timedelta(days=wait)
    assert needs_a_person(outcome, 1) is flag


def test_attempts_are_counted_from_the_last_answer():
    assert attempt_after([]) == 1
    assert attempt_after([(O.PASSED, 1)]) == 1
    assert attempt_after([(O.UNKNOWN, 1)]) == 2
    assert attempt_after([(O.UNKNOWN, 4), (O.PASSED, 5)]) == 1
    assert attempt_after([(O.PASSED, 1), (O.UNKNOWN, 1), (O.UNKNOWN, 2)]) == 3
    assert attempt_after([(O.UNKNOWN, 2), (O.DISCARDED, 3)]) == 1


def test_flag_is_over_when_what_it_asked_for_is_done():
    cases = [
        (O.NEW_INFORMATION, {"status": C.NEW_INFORMATION}, True),
        (O.NEW_INFORMATION, {"status": C.REVOKED}, False),
        (O.NO_MATCH, {"status": C.UNVERIFIED}, True),
        (O.NO_MATCH, {"status": C.ACCEPTED}, False),
        (O.CONTENT_NOT_DECIDED, {"has_content": True}, True),
        (
            O.CONTENT_NOT_DECIDED,
            {
                "has_content": True,
                "risk_decision": RiskDecision.FAVOURABLE,
                "risk_review_on": TODAY,
            },
            False,
        ),
        (O.UNKNOWN, {}, True),
        (O.PASSED, {}, False),
    ]
    for outcome, values, open_still in cases:
        one = certificate(**values)
        coach = checkable(held=one)
        assert still_needs_a_person(outcome, coach, one, TODAY) is open_still
        coach.state = VolunteerState.LEFT
        # News of who has gone waits for the lead: they must not come back unseen.
        is_news = open_still and outcome == O.NEW_INFORMATION
        assert still_needs_a_person(outcome, coach, one, TODAY) is is_news
