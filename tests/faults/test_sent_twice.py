"""A form sent twice, at once, or again when its answer was lost: one record, the same answer."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine

from peerapp import sent_once
from peerapp.permissions import ROUTES
from peerapp.services import audit_heads
from tests.faults.deeds import DAY, NAMES, Deeds, made, rows_of
from tests.faults.test_commits import replies_lost
from tests.scenes import scene_in


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    with time_machine.travel(DAY):
        yield


@pytest.fixture
def scene(app, database, scheme_id):
    found = scene_in(database, scheme_id)
    yield found
    with found.reading() as session:
        assert audit_heads.check(session).faults == ()


@pytest.fixture
def deeds(app, scene, sign_in):
    return Deeds(app, scene, sign_in)


def test_routes_whose_forms_are_taken_once_exist():
    assert set(ROUTES) >= sent_once.ONCE


@pytest.mark.scorecard("2.3.3")
@pytest.mark.parametrize("name", NAMES)
def test_form_sent_again_and_again_makes_one_record_and_is_answered_the_same(name, deeds, database):
    deed = deeds.make(name)
    before = rows_of(database)
    first = deed.send()
    after = rows_of(database)
    assert (first.status_code, made(before, after)[deed.makes]) == (302, deed.count)
    again = [deed.send() for _ in range(2)]
    assert [(one.status_code, one.location) for one in again] == [(302, first.location)] * 2
    assert made(after, rows_of(database)) == {}


@pytest.mark.scorecard("2.3.3", control=True)
def test_without_the_key_of_the_form_a_note_sent_twice_is_two(deeds, database, monkeypatch):
    monkeypatch.setattr(sent_once, "ONCE", frozenset())
    deed = deeds.make("note")
    before = rows_of(database)
    assert [deed.send().status_code for _ in range(2)] == [302] * 2
    assert made(before, rows_of(database))["session_note"] == 2


@pytest.mark.scorecard("2.3.3")
@pytest.mark.parametrize("name", NAMES)
def test_form_sent_again_after_the_reply_to_its_commit_was_lost_makes_one_record(name, app, deeds):
    deed = deeds.make(name)
    before = deeds.rows()
    with replies_lost(app.extensions["database"]) as lost:
        first = deed.send()
    assert first.status_code == 503
    assert len(lost) > 0
    again = [deed.send() for _ in range(2)]
    assert [one.status_code for one in again] == [302] * 2
    assert again[0].location == again[1].location
    assert made(before, deeds.rows())[deed.makes] == deed.count


AT_ONCE = 3


@pytest.mark.scorecard("15.4.2")
@pytest.mark.parametrize("name", NAMES)
def test_form_sent_many_times_at_once_makes_one_record_and_is_answered_the_same(
    name, app, deeds, database
):
    deed = deeds.make(name)
    before = rows_of(database)
    with deed.browser.session_transaction() as cookie:
        held = dict(cookie)

    def send(_: int):
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie.update(held)
        return browser.post(deed.path, data=deed.data)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(send, range(AT_ONCE)))
    assert [one.status_code for one in answers] == [302] * AT_ONCE
    assert len({one.location for one in answers}) == 1
    assert made(before, rows_of(database))[deed.makes] == deed.count


def test_form_opened_anew_counts_as_another_one(deeds, database):
    with time_machine.travel(DAY) as clock:
        deed = deeds.make("concern")
        before = rows_of(database)
        assert deed.send().status_code == 302
        clock.shift(1)  # a token tells the second in which its page was made
        anew = deeds.make("concern")
        anew.path = deed.path
        assert anew.send().status_code == 302
    assert made(before, rows_of(database))["concern"] == 2


def test_what_others_send_with_the_same_words_counts_as_theirs(deeds, database):
    first, second = deeds.make("expense"), deeds.make("expense")
    before = rows_of(database)
    assert [first.send().status_code, second.send().status_code] == [302, 302]
    assert made(before, rows_of(database))["expense_claim"] == 2


def test_second_click_says_so(deeds):
    deed = deeds.make("expense")
    deed.browser.post(deed.path, data=deed.data)
    page = deed.browser.post(deed.path, data=deed.data, follow_redirects=True)
    assert page.status_code == 200
    assert sent_once.BEFORE in page.text
