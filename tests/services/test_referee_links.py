"""A referee's link: what it opens, for how long, how often, and for whom it opens nothing."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from peerapp.enums import ReferenceState, VolunteerState
from peerapp.models import Message, Reference, ReferenceLink, Volunteer
from peerapp.services import referee_links, references
from tests.factories import NOW, make_scheme, make_volunteer
from tests.support.references import ANSWERS, URL, answer, links_of, name
from tests.support.sealed import values
from tests.support.volunteers import audited, refused

S = ReferenceState
DAYS = timedelta(days=1)
GONE = ["link_used"]


@pytest.fixture
def volunteer(session, here):
    return make_volunteer(session, here, state=VolunteerState.VETTING)


@pytest.fixture
def asked(session, volunteer):
    return name(session, volunteer)


@pytest.fixture
def secret(session, asked):
    return links_of(session, asked)[0]


def opened(session, secret, now=NOW):
    return referee_links.find_reference(session, secret, now)


def every_verb(session, secret, now=NOW):
    """Return with what each verb refuses a link."""
    page = ("view", ANSWERS["view"])
    return [
        refused(opened, session, secret, now),
        refused(referee_links.save_page, session, secret, *page, now),
        refused(referee_links.submit, session, secret, now, URL),
        refused(referee_links.decline, session, secret, "", now, URL),
    ]


def test_good_link_opens_its_reference_as_often_as_it_is_opened(session, asked, secret):
    assert [opened(session, secret) for _ in range(3)] == [asked] * 3


@pytest.mark.parametrize(
    "change", [str.swapcase, lambda s: s[:-1], lambda s: f"{s}x", lambda s: ""]
)
def test_guessed_or_damaged_link_opens_nothing(session, secret, change):
    assert every_verb(session, change(secret)) == [GONE] * 4
    assert every_verb(session, secrets.token_urlsafe(32)) == [GONE] * 4


def test_hash_of_a_link_is_no_link(session, asked):
    assert every_verb(session, asked.links[0].token_hash) == [GONE] * 4


def test_link_runs_out_to_the_moment(session, asked, secret):
    last = NOW + 30 * DAYS
    assert opened(session, secret, last - timedelta(seconds=1)) is asked
    assert every_verb(session, secret, last) == [GONE] * 4


def test_sent_link_is_used_up(session, asked, secret):
    answer(session, secret)
    assert asked.state == S.RECEIVED
    page = ("view", {"recommends": "no"})
    assert refused(opened, session, secret) == GONE
    assert refused(referee_links.save_page, session, secret, *page, NOW) == GONE
    assert refused(referee_links.decline, session, secret, "", NOW, URL) == GONE


def test_answer_sent_again_by_its_link_is_one_answer(session, asked, secret, staff):
    answer(session, secret)
    before = session.scalar(select(func.count(Message.id)))
    referee_links.submit(session, secret, NOW + DAYS, URL)
    assert session.scalar(select(func.count(Message.id))) == before
    assert [one.to_state for one in asked.history] == [S.ASKED, S.RECEIVED]
    assert asked.answered_at == NOW
    assert refused(referee_links.submit, session, secret, NOW + 31 * DAYS, URL) == GONE


@pytest.mark.parametrize("end", ["resend", "revoke", "take_back"])
def test_link_that_was_replaced_or_taken_back_opens_nothing(
    session, volunteer, asked, secret, staff, end
):
    ids = volunteer.id, asked.id
    if end == "resend":
        references.resend(session, staff, *ids, NOW + DAYS, URL)
    elif end == "revoke":
        references.revoke(session, staff, *ids, "Wrong person.", NOW + DAYS)
    else:
        references.take_back(session, volunteer.account, asked.id, NOW + DAYS)
    assert every_verb(session, secret, NOW + DAYS) == [GONE] * 4


@pytest.mark.parametrize(
    "state", [VolunteerState.WITHDRAWN, VolunteerState.DECLINED, VolunteerState.LEFT]
)
def test_link_opens_nothing_once_the_record_is_closed(session, volunteer, secret, state):
    volunteer.state = state
    assert every_verb(session, secret) == [GONE] * 4


def test_link_of_another_scheme_opens_nothing(database, scheme_id):
    with database.session(None, "all") as session, session.begin():
        other = make_scheme("other")
        session.add(other)
        session.flush()
        other_id = other.id
    with database.writing(other_id) as session:
        there = make_volunteer(session, state=VolunteerState.VETTING)
        link = links_of(session, name(session, there))[0]
    with database.writing(scheme_id) as session:
        assert every_verb(session, link) == [GONE] * 4
    with database.reading(other_id) as session:
        assert opened(session, link).volunteer_id == there.id


def test_half_filled_form_is_kept_and_survives_a_new_link(session, volunteer, asked, secret, staff):
    half = {"known_how": "At the library", "known_years": 4, "is_related": None}
    referee_links.save_page(session, secret, "knowing", half, NOW)
    referee_links.save_page(session, secret, "view", {"recommends": "yes"}, NOW)
    expected = {"known_how": "At the library", "known_years": 4, "recommends": "yes"}
    assert asked.answers == expected
    references.resend(session, staff, volunteer.id, asked.id, NOW + DAYS, URL)
    new = links_of(session, asked)[-1]
    assert opened(session, new, NOW + DAYS).answers == expected


def test_page_keeps_its_own_questions_only(session, asked, secret):
    smuggled = {"recommends": "yes", "has_concern": "no", "state": "verified", "item": "x"}
    referee_links.save_page(session, secret, "view", smuggled, NOW)
    assert asked.answers == {"recommends": "yes"}
    referee_links.save_page(session, secret, "view", {"recommends": ""}, NOW)
    assert asked.answers == {}


def test_incomplete_answer_is_refused_with_everything_it_lacks(session, asked, secret):
    for page in ("knowing", "qualities"):
        referee_links.save_page(session, secret, page, ANSWERS[page], NOW)
    referee_links.save_page(session, secret, "children", {"has_concern": "yes"}, NOW)
    codes = refused(referee_links.submit, session, secret, NOW, URL)
    assert codes == ["concern", "recommends"]
    assert asked.state == S.ASKED


def test_answer_to_a_question_that_no_more_applies_is_not_sent(session, asked, secret):
    given = {**ANSWERS["children"], "has_concern": "yes", "concern": "A worry"}
    referee_links.save_page(session, secret, "children", given, NOW)
    answer(session, secret, concern="A worry")
    assert "concern" not in asked.answers


def test_declining_throws_the_draft_away_and_tells_both_sides(
    session, volunteer, asked, secret, staff
):
    referee_links.save_page(session, secret, "knowing", ANSWERS["knowing"], NOW)
    referee_links.decline(session, secret, "Canary reason", NOW, URL)
    assert (asked.state, asked.answers, asked.answered_at) == (S.DECLINED, {}, None)
    assert asked.history[-1].reason == "Canary reason"
    told = session.scalars(select(Message).where(Message.template == "notice")).all()
    assert {one.account_id for one in told} == {staff.id, volunteer.account_id}
    assert [one for one in told if "Canary" in one.body] == []
    assert every_verb(session, secret) == [GONE] * 4


def test_referees_act_has_no_account_in_the_audit_trail(session, asked, secret):
    answer(session, secret)
    rows = audited(session, "reference.move")
    assert [(row.actor_id is None, row.detail["after"]) for row in rows] == [
        (False, "asked"),
        (True, "received"),
    ]


def test_no_link_stands_in_the_database_in_clear(session, asked, secret):
    answer(session, secret)
    bodies = values(session, Message, "body", Message.reference_id == asked.id)
    hashes = session.scalars(select(ReferenceLink.token_hash)).all()
    assert [text for text in [*bodies, *hashes] if secret in text] == []


def test_reference_goes_with_its_volunteer(session, volunteer, asked):
    session.delete(session.get_one(Volunteer, volunteer.id))
    session.flush()
    assert session.scalars(select(Reference)).all() == []
