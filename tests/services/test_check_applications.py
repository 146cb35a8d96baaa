"""Applications: opened by the system or staff, sent off, followed, closed by the certificate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from peerapp.domain.certificate_steps import CertificateDetails
from peerapp.enums import (
    ApplicationReason,
    ApplicationState,
    CheckAnswer,
    CheckLevel,
    CheckQuestion,
    FeeQuestion,
    GateItem,
    Role,
    VolunteerState,
    Workforce,
)
from peerapp.errors import NotFound
from peerapp.models import CheckApplication, GateRecord
from peerapp.services import (
    check_applications,
    check_fees,
    check_levels,
    check_overviews,
    check_words,
    checks,
    volunteer_roles,
)
from peerapp.services.check_applications import Sending
from peerapp.services.check_levels import Seen
from peerapp.services.volunteer_roles import RoleDetails
from tests.factories import TODAY, make_account, make_locality, make_volunteer
from tests.support.queries import counted
from tests.support.volunteers import audited, refused

S = ApplicationState
FIRST = ApplicationReason.FIRST
SENDING = Sending(" UB-1234 ", TODAY, FIRST)
ALL_NO = dict.fromkeys(FeeQuestion, False)


def ready(session, staff, here, slug="family_coach", answers=ALL_NO, **values):
    """Make a volunteer for whom an application may be sent off."""
    volunteer = make_volunteer(session, here, **values)
    volunteer.gate_records = [
        GateRecord(item=GateItem.IDENTITY, done_on=TODAY, recorded_by_id=staff.id)
    ]
    session.flush()
    check_levels.decide_check_level(session, staff, volunteer.id, Seen(slug, 1, 1), TODAY)
    check_fees.decide_fee(session, staff, volunteer.id, answers, TODAY)
    return volunteer


@pytest.fixture
def volunteer(session, staff, here):
    return ready(session, staff, here)


def submit(session, staff, volunteer, **changed):
    return check_applications.submit(
        session, staff, volunteer.id, replace(SENDING, **changed), TODAY
    )


def advance(session, staff, application, to, on=TODAY):
    ids = application.volunteer_id, application.id
    return check_applications.advance(session, staff, *ids, to, on, TODAY)


def test_application_sent_off_asks_for_what_was_decided_and_keeps_it(session, staff, volunteer):
    application = submit(session, staff, volunteer)
    assert (application.state, application.reference) == (S.SUBMITTED, "UB-1234")
    assert (application.level, application.workforce) == (
        CheckLevel.ENHANCED_CHILDREN,
        Workforce.CHILD,
    )
    assert (application.is_free, application.reason) == (True, FIRST)
    assert (application.opened_on, application.submitted_on) == (TODAY, TODAY)
    assert (application.opened_by_id, application.submitted_by_id) == (staff.id, staff.id)
    (row,) = audited(session, "check_application.submit")
    assert row.detail == {"level": "enhanced_children", "is_free": True}


@pytest.mark.parametrize(
    ("slug", "paid", "is_free"),
    [
        ("family_coach", False, True),
        ("family_coach", True, False),
        ("event_helper", False, True),
        ("parent_supporter", False, False),
    ],
)
def test_only_unpaid_volunteers_and_no_basic_check_are_free(
    session, staff, here, slug, paid, is_free
):
    volunteer = ready(session, staff, here, slug, {**ALL_NO, FeeQuestion.PAID: paid})
    assert volunteer.fee_decisions[-1].is_free == (not paid)
    assert submit(session, staff, volunteer).is_free == is_free


@pytest.mark.parametrize("missing", list(FeeQuestion))
def test_fee_needs_every_answer(session, staff, volunteer, missing):
    answers = {question: False for question in FeeQuestion if question != missing}
    verb = check_fees.decide_fee
    assert refused(verb, session, staff, volunteer.id, answers, TODAY) == [missing.value]
    assert len(volunteer.fee_decisions) == 1


def test_fee_answered_again_keeps_both_answers(session, staff, volunteer):
    again = {**ALL_NO, FeeQuestion.TRAINEE: True}
    check_fees.decide_fee(session, staff, volunteer.id, again, TODAY)
    assert [one.is_free for one in volunteer.fee_decisions] == [True, False]
    assert volunteer.fee_decisions[-1].answers["trainee"] is True


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda one: one.gate_records.clear(), "identity_missing"),
        (lambda one: one.fee_decisions.clear(), "fee_missing"),
        (lambda one: one.check_decisions.clear(), "dbs_level_missing"),
        (lambda one: setattr(one, "date_of_birth", date(2010, 11, 21)), "too_young"),
    ],
)
def test_application_is_not_sent_off_while_something_is_missing(
    session, staff, volunteer, spoil, expected
):
    spoil(volunteer)
    session.flush()
    assert refused(submit, session, staff, volunteer) == [expected]
    assert volunteer.applications == []


@pytest.mark.parametrize(("days", "expected"), [(0, []), (1, ["too_young"])])
def test_applicant_is_sixteen_on_the_day_it_was_sent_off(session, staff, here, days, expected):
    volunteer = ready(session, staff, here, date_of_birth=date(2010, 11, 20))
    on = TODAY - timedelta(days=days)
    if expected:
        assert refused(submit, session, staff, volunteer, on=on) == expected
    else:
        assert submit(session, staff, volunteer, on=on).submitted_on == TODAY


@pytest.mark.parametrize(
    ("changed", "expected"),
    [({"reference": "  "}, ["reference"]), ({"on": TODAY + timedelta(days=1)}, ["on"])],
)
def test_application_needs_a_reference_and_a_day_that_has_come(
    session, staff, volunteer, changed, expected
):
    assert refused(submit, session, staff, volunteer, **changed) == expected


def test_second_application_waits_until_the_first_has_ended(session, staff, volunteer):
    first = submit(session, staff, volunteer)
    assert refused(submit, session, staff, volunteer) == ["application_open"]
    ids = volunteer.id, first.id
    check_applications.withdraw(session, staff, *ids, "Wrong name on it.", TODAY)
    assert submit(session, staff, volunteer).state == S.SUBMITTED
    assert [one.state for one in volunteer.applications] == [S.WITHDRAWN, S.SUBMITTED]


def test_database_holds_one_open_application_of_a_volunteer(session, staff, volunteer):
    submit(session, staff, volunteer)
    second = CheckApplication(volunteer_id=volunteer.id, reason=FIRST, opened_on=TODAY)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(second)
        session.flush()


def test_rules_that_give_another_check_now_keep_an_application_back(session, staff, volunteer):
    role = volunteer_roles.get_role(session, "family_coach")
    answers = {**volunteer_roles.answers_of(role), CheckQuestion.ADULTS: CheckAnswer.YES}
    manager = make_account(session, Role.MANAGER)
    details = RoleDetails(role.name, role.summary, answers)
    volunteer_roles.change_role(session, manager, role.slug, 1, details)
    assert refused(submit, session, staff, volunteer) == ["level_to_review"]
    seen = Seen("family_coach", 2, 1)
    check_levels.decide_check_level(session, staff, volunteer.id, seen, TODAY)
    assert submit(session, staff, volunteer).level == CheckLevel.ENHANCED_BOTH


def test_new_information_opens_one_application_whatever_is_missing(session, here):
    volunteer = make_volunteer(session, here)
    reason = ApplicationReason.NEW_INFORMATION
    opened = check_applications.open_application(session, None, volunteer, reason, TODAY)
    again = check_applications.open_application(session, None, volunteer, FIRST, TODAY)
    assert again is opened
    assert (opened.state, opened.reason, opened.opened_by_id) == (S.TO_SUBMIT, reason, None)
    (row,) = audited(session, "check_application.open")
    assert (row.actor_id, row.detail) == (None, {"reason": "new_information"})


def test_application_that_the_system_opened_is_the_one_that_is_sent_off(session, staff, volunteer):
    week_ago = TODAY - timedelta(days=7)
    reason = ApplicationReason.NEW_INFORMATION
    opened = check_applications.open_application(session, None, volunteer, reason, week_ago)
    sent = submit(session, staff, volunteer)
    assert sent is opened
    assert (sent.state, sent.opened_on, sent.submitted_on) == (S.SUBMITTED, week_ago, TODAY)
    assert sent.reason == reason


def test_steps_keep_their_days_and_go_no_other_way(session, staff, volunteer):
    application = submit(session, staff, volunteer, on=TODAY - timedelta(days=20))
    assert refused(advance, session, staff, application, S.CLOSED) == ["no_such_step"]
    assert refused(advance, session, staff, application, S.SUBMITTED) == ["no_such_step"]
    early = TODAY - timedelta(days=21)
    assert refused(advance, session, staff, application, S.WITH_DBS, early) == ["on"]
    advance(session, staff, application, S.WITH_DBS, TODAY - timedelta(days=15))
    assert refused(advance, session, staff, application, S.WITH_DBS) == ["no_such_step"]
    advance(session, staff, application, S.ISSUED, TODAY - timedelta(days=1))
    assert (application.with_dbs_on, application.issued_on) == (
        date(2026, 11, 5),
        date(2026, 11, 19),
    )
    rows = audited(session, "check_application.step")
    assert [(row.detail["before"], row.detail["after"]) for row in rows] == [
        ("submitted", "with_dbs"),
        ("with_dbs", "issued"),
    ]


def test_withdrawing_needs_a_reason_and_is_final(session, staff, volunteer):
    application = submit(session, staff, volunteer)
    ids = volunteer.id, application.id
    verb = check_applications.withdraw
    assert refused(verb, session, staff, *ids, " ", TODAY) == ["reason"]
    check_applications.withdraw(session, staff, *ids, "Sent twice.", TODAY)
    assert (application.state, application.ended_on) == (S.WITHDRAWN, TODAY)
    assert application.ended_note == "Sent twice."
    assert refused(verb, session, staff, *ids, "Again.", TODAY) == ["no_such_step"]


def details(volunteer, issued):
    return CertificateDetails(
        number="001234567890",
        issue_date=issued,
        level=CheckLevel.ENHANCED_CHILDREN,
        workforce=Workforce.CHILD,
        name_as_printed=volunteer.name.upper(),
        name_matches=True,
        has_content=False,
        seen_on=TODAY,
    )


@pytest.mark.parametrize(("days", "closes"), [(-1, False), (0, True), (5, True)])
def test_certificate_closes_the_application_it_can_have_come_of(
    session, staff, volunteer, days, closes
):
    sent_on = TODAY - timedelta(days=10)
    application = submit(session, staff, volunteer, on=sent_on)
    issued = sent_on + timedelta(days=days)
    certificate = checks.record_certificate(
        session, staff, volunteer.id, details(volunteer, issued), TODAY
    )
    expected = (S.CLOSED, certificate, TODAY, issued) if closes else (S.SUBMITTED, None, None, None)
    found = application.state, application.certificate, application.ended_on, application.issued_on
    assert found == expected


def test_application_of_somebody_else_is_not_found(session, staff, here, volunteer):
    application = submit(session, staff, volunteer)
    other = ready(session, staff, here)
    with pytest.raises(NotFound):
        check_applications.withdraw(session, staff, other.id, application.id, "x", TODAY)
    stranger = make_account(
        session, Role.COORDINATOR, (make_locality(session, "Calne", ("SN11 0",)),)
    )
    with pytest.raises(NotFound):
        advance(session, stranger, application, S.WITH_DBS)


def test_list_has_the_oldest_first_and_counts_those_that_take_too_long(session, staff, here):
    days = (30, 31, 0, 45)
    for number in days:
        volunteer = ready(session, staff, here)
        submit(session, staff, volunteer, on=TODAY - timedelta(days=number))
    closed = ready(session, staff, here)
    submit(session, staff, closed, on=TODAY - timedelta(days=90))
    closed.state = VolunteerState.LEFT
    elsewhere = make_locality(session, "Calne", ("SN11 0",))
    manager = make_account(session, Role.MANAGER)
    submit(session, manager, ready(session, manager, elsewhere))
    found, total, late = check_overviews.list_open(session, staff, TODAY)
    assert [(one.days, one.is_flagged) for one in found] == [
        (45, True),
        (31, True),
        (30, False),
        (0, False),
    ]
    assert (total, late) == (4, 2)
    assert check_overviews.list_open(session, manager, TODAY)[1:] == (5, 2)


def test_scheme_sets_the_days_after_which_an_application_is_flagged(session, staff, volunteer):
    submit(session, staff, volunteer, on=TODAY - timedelta(days=20))
    assert check_overviews.list_open(session, staff, TODAY)[2] == 0
    volunteer.scheme.application_flag_days = 19
    session.flush()
    found, _, late = check_overviews.list_open(session, staff, TODAY)
    assert (found[0].is_flagged, late) == (True, 1)


def test_list_takes_as_many_queries_for_30_as_for_1(session, staff, here, database):
    counts = []
    for more in (1, 29):
        for _ in range(more):
            submit(session, staff, ready(session, staff, here))
        session.flush()
        session.expire_all()
        with counted(database.engine) as sent:
            found, _, _ = check_overviews.list_open(session, staff, TODAY)
            shown = [(one.application.volunteer.locality.name, one.days) for one in found]
        counts.append((len(sent), len(shown)))
    assert [shown for _, shown in counts] == [1, 30]
    assert counts[0][0] == counts[1][0]


def test_volunteer_is_told_each_step_in_plain_words(session, staff, volunteer):
    assert check_words.application_in_words(volunteer) == ""
    assert check_words.fee_in_words(volunteer) == "It is free for you."
    assert check_words.level_in_words(volunteer) == (
        "Enhanced with the children’s barred list. The law says which check goes with a role. "
        "Yours is: Family coach."
    )
    reason = ApplicationReason.NEW_INFORMATION
    check_applications.open_application(session, None, volunteer, reason, TODAY)
    told = [check_words.application_in_words(volunteer)]
    application = submit(session, staff, volunteer)
    told.append(check_words.application_in_words(volunteer))
    for state in (S.WITH_DBS, S.ISSUED):
        advance(session, staff, application, state)
        told.append(check_words.application_in_words(volunteer))
    sent = "Your application for a DBS check was sent off on 20 November 2026."
    assert told == [
        "We will help you to apply for your DBS check. We will contact you.",
        f"{sent} You do not need to do anything now.",
        f"{sent} DBS has had it since 20 November 2026. It can take some weeks. You do not need "
        "to do anything now.",
        f"{sent} DBS issued the certificate on 20 November 2026 and posts it to your home. When "
        "it comes, show us the original.",
    ]
