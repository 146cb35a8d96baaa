"""A bounded queue: as many as can be served, some who wait, and a 503 at once for the rest."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from peerapp import admission
from peerapp.admission import TURNED_AWAY, Admission

AT_ONCE, WAITING = 2, 3


class Slow:
    """An application that answers when it is let, and counts who is in it."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.lock = threading.Lock()
        self.inside = self.most = 0

    def __call__(self, environ, start_response):
        if environ.get(TURNED_AWAY):
            return ["turned away"]
        if environ["PATH_INFO"] in admission.ALWAYS:
            return ["alive"]
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.open.wait(20)
        with self.lock:
            self.inside -= 1
        if environ["PATH_INFO"] == "/broken":
            raise ValueError
        return ["served"]


@pytest.fixture
def slow():
    return Slow()


def asked(bounded, count, path="/"):
    """Ask so many times at once; gives a pool's futures."""
    pool = ThreadPoolExecutor(count)
    return [pool.submit(lambda: bounded({"PATH_INFO": path}, None)[0]) for _ in range(count)]


def wait_for(question):
    deadline = time.monotonic() + 10
    while not question() and time.monotonic() < deadline:
        time.sleep(0.005)


def test_who_finds_the_queue_full_is_turned_away_and_the_rest_is_served(slow):
    bounded = Admission(slow, AT_ONCE, WAITING, 20)
    futures = asked(bounded, 12)
    too_many = 12 - AT_ONCE - WAITING
    wait_for(lambda: sum(one.done() for one in futures) == too_many)
    assert [one.result() for one in futures if one.done()] == ["turned away"] * too_many
    assert bounded({"PATH_INFO": "/healthz"}, None) == ["alive"]
    slow.open.set()
    answers = sorted(one.result(20) for one in futures)
    assert answers == ["served"] * (AT_ONCE + WAITING) + ["turned away"] * too_many
    assert slow.most == AT_ONCE


def test_who_waits_too_long_is_turned_away(slow):
    bounded = Admission(slow, AT_ONCE, WAITING, 0.1)
    futures = asked(bounded, AT_ONCE)
    wait_for(lambda: slow.inside == AT_ONCE)
    started = time.monotonic()
    assert bounded({"PATH_INFO": "/"}, None) == ["turned away"]
    assert 0.1 <= time.monotonic() - started < 5
    slow.open.set()
    assert [one.result(20) for one in futures] == ["served"] * AT_ONCE


def test_place_of_a_request_that_failed_is_free_again(slow):
    slow.open.set()
    bounded = Admission(slow, AT_ONCE, WAITING, 5)
    for _ in range(AT_ONCE * 2):
        with pytest.raises(ValueError):  # noqa: PT011
            bounded({"PATH_INFO": "/broken"}, None)
    assert bounded({"PATH_INFO": "/"}, None) == ["served"]


def test_without_a_bound_everybody_comes_in(slow):
    futures = asked(Admission(slow, 100, WAITING, 20), 12)
    wait_for(lambda: slow.inside == 12)
    slow.open.set()
    assert {one.result(20) for one in futures} == {"served"}
    assert slow.most == 12


def test_who_is_turned_away_gets_the_page_with_its_headers_and_touches_nothing(
    app: Flask, monkeypatch
):
    browser = app.test_client()
    monkeypatch.setattr(Admission, "_is_let_in", lambda _: False)
    database = app.extensions.pop("database")
    try:
        answers = [browser.get("/sign-in"), browser.post("/volunteer/sign-up", data={"email": "x"})]
        assert browser.get("/healthz").status_code == 200
    finally:
        app.extensions["database"] = database
    for answer in answers:
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "not available" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers
