"""Guessing is slowed down, by every process together; whoever is guessed at still gets in."""

from __future__ import annotations

import itertools
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from peerapp import bind, create_app
from peerapp.adapters.passwords import hash_password
from peerapp.domain import throttles as allowed
from peerapp.domain.throttles import Allowance
from peerapp.enums import Role
from peerapp.errors import TooManyTries
from peerapp.models import Message, Throttle, utc_now
from peerapp.services import throttles
from peerapp.services.throttles import Try
from peerapp.views import tries
from tests.factories import NOW, PASSWORD, make_account
from tests.support.quick_app import share
from tests.support.sealed import values

EMAIL = "victim@example.org"
HOME, ATTACKER = "192.0.2.7", "198.51.100.9"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as stopped:
        yield stopped


@pytest.fixture
def victim(database, scheme_id):
    with database.writing(scheme_id) as session:
        return make_account(
            session, Role.VOLUNTEER, email=EMAIL, password_hash=hash_password(PASSWORD)
        )


@pytest.fixture(scope="module")
def pair():
    """Places for two applications, made by the first test that needs them."""
    return []


@pytest.fixture
def sites(pair, settings, scheme_id):
    """Two processes of one site, as far as the database can tell."""
    limited = replace(settings, rate_limits=True)
    if not pair:
        pair += [share(create_app(limited)) for _ in range(2)]
    for app in pair:
        bind(app, limited)
        app.config["WTF_CSRF_ENABLED"] = False
    yield pair
    for app in pair:
        app.extensions["database"].close()


def tried(browser, address, email=EMAIL, password="a wrong guess indeed"):
    data = {"email": email, "password": password}
    return browser.post("/sign-in", data=data, environ_base={"REMOTE_ADDR": address})


def attack(sites, count, address=ATTACKER, email=EMAIL):
    """Guess in fresh browsers, at each process in turn."""
    answers = [tried(sites[at % 2].test_client(), address, email) for at in range(count)]
    return [answer.status_code for answer in answers]


@pytest.mark.scorecard("6.3.1")
def test_guesses_are_counted_by_both_processes_together(sites, victim):
    assert attack(sites, 7) == [422] * 5 + [429] * 2
    assert tried(sites[0].test_client(), ATTACKER, password=PASSWORD).status_code == 429


@pytest.mark.scorecard("6.3.1", control=True)
def test_guesses_would_go_on_without_counting(sites, victim, monkeypatch):
    uncounted = (Try(f"never twice {at}", Allowance(free=1)) for at in itertools.count())
    monkeypatch.setattr(tries, "sign_in_tries", lambda email: [next(uncounted)])
    assert attack(sites, 7) == [422] * 7


@pytest.mark.scorecard("6.3.1")
def test_victim_signs_in_during_an_attack_from_elsewhere(sites, victim):
    """In a new browser, at an address of their own."""
    attack(sites, 6)
    assert tried(sites[1].test_client(), HOME, password=PASSWORD).status_code == 302


@pytest.mark.scorecard("6.3.1")
def test_victim_signs_in_where_they_did_before_whatever_others_try(sites, victim, monkeypatch):
    """From the attacker's address too, and when it comes from many places at once."""
    known, stranger = sites[0].test_client(), sites[1].test_client()
    assert tried(known, HOME, password=PASSWORD).status_code == 302
    known.post("/sign-out")
    monkeypatch.setattr(allowed, "BY_ACCOUNT", Allowance(free=6))
    for network in range(6):
        attack(sites, 1, address=f"203.0.113.{network}")
    assert tried(stranger, HOME, password=PASSWORD).status_code == 429
    assert tried(known, "203.0.113.1", password=PASSWORD).status_code == 302


@pytest.mark.scorecard("6.3.1", control=True)
def test_known_browser_without_its_cookie_would_wait(sites, victim):
    known = sites[0].test_client()
    assert tried(known, HOME, password=PASSWORD).status_code == 302
    known.post("/sign-out")
    known.delete_cookie("known")
    attack(sites, 6)
    assert tried(known, ATTACKER, password=PASSWORD).status_code == 429


def test_known_browser_has_an_end_to_its_guesses_and_keeps_it_to_itself(sites, victim):
    known = sites[0].test_client()
    tried(known, HOME, password=PASSWORD)
    known.post("/sign-out")
    assert [tried(known, HOME).status_code for _ in range(11)] == [422] * 10 + [429]
    assert tried(sites[0].test_client(), HOME, password=PASSWORD).status_code == 302


def test_cookie_of_one_account_is_no_allowance_for_another(sites, victim, database, scheme_id):
    with database.writing(scheme_id) as session:
        hashed = hash_password(PASSWORD)
        make_account(session, Role.VOLUNTEER, email="thief@example.org", password_hash=hashed)
    thief = sites[0].test_client()
    assert tried(thief, ATTACKER, "thief@example.org", PASSWORD).status_code == 302
    thief.post("/sign-out")
    assert [tried(thief, ATTACKER).status_code for _ in range(6)] == [422] * 5 + [429]


def test_link_by_mail_lets_the_victim_in_while_their_browser_waits(
    sites, victim, database, scheme_id
):
    attack(sites, 6, address=HOME)
    browser = sites[0].test_client()
    assert tried(browser, HOME, password=PASSWORD).status_code == 429
    browser.post("/forgot-password", data={"email": EMAIL})
    with database.reading(scheme_id) as session:
        (body,) = values(session, Message, "body")
    link = re.search(r"/reset-password/\S+", body)[0]
    assert browser.post(link, data={"password": "another quiet heron"}).status_code == 302
    assert browser.get("/sign-in").status_code == 302


def test_wait_is_told_grows_and_ends(sites, victim, clock):
    browser = sites[0].test_client()
    attack(sites, 5)
    first = tried(browser, ATTACKER)
    assert (first.status_code, first.headers["Retry-After"]) == (429, "60")
    assert "Wait 1 minute, or choose a new password by email" in first.text
    clock.move_to(NOW + timedelta(seconds=60))
    assert tried(browser, ATTACKER).status_code == 422
    assert tried(browser, ATTACKER).headers["Retry-After"] == "120"
    clock.move_to(NOW + timedelta(days=1, seconds=1))
    assert attack(sites, 6) == [422] * 5 + [429]


def test_right_password_forgets_what_its_owner_got_wrong(sites, victim):
    browser = sites[0].test_client()
    for _ in range(2):
        assert [tried(browser, HOME).status_code for _ in range(4)] == [422] * 4
        assert tried(browser, HOME, password=PASSWORD).status_code == 302
        browser.post("/sign-out")


@pytest.mark.scorecard("6.3.8")
def test_address_without_an_account_is_slowed_down_just_so(sites, victim):
    """Else the wait would tell who has an account."""
    known, unknown = attack(sites, 6), attack(sites, 6, email="nobody@example.org")
    assert known == unknown
    answers = [
        tried(sites[0].test_client(), ATTACKER, one) for one in (EMAIL, "nobody@example.org")
    ]
    assert answers[0].text.replace(EMAIL, "nobody@example.org") == answers[1].text


def test_nobody_floods_a_mailbox(sites, victim, database, scheme_id):
    """The answers go on as before: they do not tell that something was held back."""
    texts = set()
    for at in range(8):
        answer = sites[at % 2].test_client().post("/forgot-password", data={"email": EMAIL})
        texts.add((answer.status_code, answer.text))
    assert len(texts) == 1
    with database.reading(scheme_id) as session:
        assert session.scalar(select(func.count(Message.id))) == 3


def test_tries_at_once_are_no_more_than_in_a_row(database):
    """Check and count are one step: sixteen at once on five free tries."""
    one = [Try("a key", Allowance(free=5))]

    def take(_):
        with suppress(TooManyTries):
            throttles.take(database, one, utc_now())
            return 1
        return 0

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(16))) == 5


def test_try_given_back_ends_its_own_wait_and_no_other(database):
    now, shared = utc_now(), [Try("shared", Allowance(free=1), own=False)]
    taken = throttles.take(database, shared, now)
    throttles.give_back(database, taken, now)
    taken = throttles.take(database, shared, now)
    later = now + timedelta(minutes=1)
    throttles.take(database, shared, later)
    throttles.give_back(database, taken, later)
    with pytest.raises(TooManyTries):
        throttles.take(database, shared, later)


def test_what_is_counted_names_nobody_and_is_swept(sites, victim, database):
    attack(sites, 3)
    with database.engine.connect() as connection:
        kept = connection.execute(select(Throttle.__table__)).all()
    assert not re.search(f"{EMAIL}|{ATTACKER}", str(kept))
    assert max(row.hits for row in kept) == 3
    assert throttles.sweep(database, NOW) == 0
    assert throttles.sweep(database, NOW + timedelta(days=1)) == len(kept)


@pytest.mark.scorecard("6.3.1")
def test_requests_of_one_address_are_counted_by_both_processes(sites):
    browsers = [site.test_client() for site in sites]
    codes = [browsers[at % 2].post("/sign-in").status_code for at in range(32)]
    assert codes == [422] * 30 + [429] * 2
    elsewhere = browsers[0].post("/sign-in", environ_base={"REMOTE_ADDR": HOME})
    assert elsewhere.status_code == 422
    refused = browsers[0].post("/sign-in")
    assert (refused.headers["Retry-After"], "Wait 1 minute" in refused.text) == ("60", True)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::5", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::5", "2001:db8:1:3::5", False),
        ("::ffff:192.0.2.7", HOME, True),
    ],
)
def test_one_house_has_one_address(sites, first, second, same):
    site = sites[0].test_client()
    for _ in range(30):
        site.post("/sign-in", environ_base={"REMOTE_ADDR": first})
    last = site.post("/sign-in", environ_base={"REMOTE_ADDR": second})
    assert last.status_code == (429 if same else 422)


def test_ordinary_page_counts_nothing(sites, database):
    for path in ("/", "/sign-in", "/cookies"):
        assert sites[0].test_client().get(path).status_code == 200
    with database.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(Throttle)).scalar() == 0
