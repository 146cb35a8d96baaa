"""The client of the Update Service, over real HTTP, against every answer that can come."""

from __future__ import annotations

import dataclasses
import json
import socket
import ssl
import threading
import time
from datetime import date

import pytest
import structlog

from peerapp.adapters.update_service import (
    StatusReply,
    UpdateService,
    path_of,
    read_date,
    service_from_settings,
)
from peerapp.config import Settings
from peerapp.demo.update_service import Register, make_server
from peerapp.demo.update_service_answers import Told
from peerapp.enums import StatusAnswer, StatusFailure
from tests.adapters.mail_servers import make_certificate
from tests.support.log_lines import captured
from tests.support.update_service import ENTRY, FAST, NUMBER, QUESTION, stand_in

__all__ = ["stand_in"]

A, F = StatusAnswer, StatusFailure
ISSUED = ENTRY.print_date
LATE = {Told.SILENT, Told.SLOW_DRIP}
SAID = {
    Told.BLANK: StatusReply(A.BLANK_NO_NEW_INFO, "MENSAH", ISSUED),
    Told.NON_BLANK: StatusReply(A.NON_BLANK_NO_NEW_INFO, "MENSAH", ISSUED),
    Told.NEW_INFO: StatusReply(A.NEW_INFO, "MENSAH", ISSUED),
    Told.NO_MATCH: StatusReply(A.NO_MATCH_FOUND),
    Told.WRONG_CONTENT_TYPE: StatusReply(A.BLANK_NO_NEW_INFO, "MENSAH", ISSUED),
    Told.OTHER_SURNAME: StatusReply(A.BLANK_NO_NEW_INFO, "ELSEWHERE", ISSUED),
    Told.LONGER_SURNAME: StatusReply(A.BLANK_NO_NEW_INFO, "MENSAH-HOLM", ISSUED),
    Told.NO_SURNAME: StatusReply(A.BLANK_NO_NEW_INFO, None, ISSUED),
    Told.OTHER_DATE: StatusReply(A.BLANK_NO_NEW_INFO, "MENSAH", date(2011, 2, 3)),
    Told.LOCALE_DATE: StatusReply(A.BLANK_NO_NEW_INFO, "MENSAH", None),
    Told.NO_DATE: StatusReply(A.BLANK_NO_NEW_INFO, "MENSAH", None),
}
FAILED = {
    Told.FAILURE: F.NOT_SUCCESSFUL,
    Told.UNKNOWN_STATUS: F.UNKNOWN_STATUS,
    Told.LOWER_CASE: F.UNKNOWN_STATUS,
    Told.SPACED: F.UNKNOWN_STATUS,
    Told.NO_STATUS: F.UNKNOWN_STATUS,
    Told.SERVER_ERROR: F.HTTP_ERROR,
    Told.UNAVAILABLE: F.HTTP_ERROR,
    Told.ERROR_WITH_RESULT: F.HTTP_ERROR,
    Told.REDIRECT: F.REDIRECTED,
    Told.BAD_XML: F.NOT_XML,
    Told.NOT_XML: F.NOT_XML,
    Told.EMPTY: F.NOT_XML,
    Told.ENTITY_BOMB: F.NOT_XML,
    Told.OUTSIDE_ENTITY: F.NOT_XML,
    Told.TWO_STATUSES: F.NOT_A_RESULT,
    Told.HUGE: F.TOO_LARGE,
    Told.CUT_OFF: F.NOT_XML,
    Told.SILENT: F.TIME_OUT,
    Told.SLOW_DRIP: F.TIME_OUT,
    Told.HANG_UP: F.UNREACHABLE,
}


def test_every_answer_of_the_stand_in_has_an_expectation():
    assert set(SAID) | set(FAILED) == set(Told)
    assert not set(SAID) & set(FAILED)


@pytest.mark.parametrize("told", Told)
def test_answer_is_read_as_it_is_meant(stand_in, told):
    stand_in.register.tell(NUMBER, told)
    client = stand_in.client(**(FAST if told in LATE else {}))
    started = time.monotonic()
    reply = client.ask(QUESTION)
    assert reply == SAID.get(told, StatusReply(A.UNKNOWN, failure=FAILED.get(told)))
    assert len(stand_in.register.asked) == 1  # asked once: no redirect followed, no retry
    assert time.monotonic() - started < 3


def test_question_names_all_parameters_and_the_checker(stand_in):
    assert stand_in.client().ask(QUESTION).answer == A.BLANK_NO_NEW_INFO
    assert stand_in.register.asked == [
        {
            "certificate": "001234567890",
            "dateOfBirth": "02/04/1985",
            "surname": "MENSAH",
            "hasAgreedTermsAndConditions": "true",
            "organisationName": "Wiltshire Council",
            "employeeSurname": "Shah",
            "employeeForename": "Priya",
        }
    ]


def test_stand_in_refuses_a_question_that_lacks_something(stand_in):
    """The control: questions not as the protocol wants them are not answered as if they were."""
    right = path_of(QUESTION)
    wrong = {
        right.replace("02/04/1985".replace("/", "%2F"), "1985-04-02"): F.NOT_SUCCESSFUL,
        right.replace("employeeForename=Priya", "employeeForename="): F.NOT_SUCCESSFUL,
        right.replace("Conditions=true", "Conditions=yes"): F.NOT_SUCCESSFUL,
        right.replace(NUMBER, NUMBER[2:]): F.NOT_SUCCESSFUL,
    }
    client, deadline = stand_in.client(), time.monotonic() + 5
    for path, failure in wrong.items():
        assert path != right
        assert client._exchange(path, deadline) == StatusReply(A.UNKNOWN, failure=failure)
    other = dataclasses.replace(QUESTION, surname="MENSA")
    assert client.ask(other) == StatusReply(A.NO_MATCH_FOUND)


@pytest.mark.parametrize(
    "change",
    [
        {"certificate": "1234567890"},
        {"certificate": "0012345678901"},
        {"certificate": "00123456789٠"},
        {"certificate": "../../../../"},
        {"surname": " "},
        {"organisation": ""},
        {"checker_surname": ""},
        {"checker_forename": ""},
    ],
)
def test_question_that_lacks_something_does_not_leave(stand_in, change):
    with pytest.raises(ValueError, match=r"12 digits|is required"):
        stand_in.client().ask(dataclasses.replace(QUESTION, **change))
    assert stand_in.register.asked == []


def test_signs_of_names_arrive_as_they_are(stand_in):
    name = "O’Neill & Søn/Ł=?#%+"
    stand_in.register.entries[NUMBER] = dataclasses.replace(ENTRY, surname=name)
    reply = stand_in.client().ask(dataclasses.replace(QUESTION, surname=name))
    assert stand_in.register.asked[0]["surname"] == name
    assert reply == StatusReply(A.BLANK_NO_NEW_INFO, name.upper(), ISSUED)


def test_base_address_may_have_a_path(stand_in):
    client = UpdateService(f"{stand_in.base_url}/proxy/")
    reply = client.ask(QUESTION)
    assert reply.failure == F.HTTP_ERROR  # the stand-in knows no such path
    assert stand_in.register.asked == []


def test_nobody_there_is_unknown():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    assert UpdateService(url).ask(QUESTION) == StatusReply(A.UNKNOWN, failure=F.UNREACHABLE)


def test_answer_over_tls_is_taken_from_whoever_can_prove_to_be_it(tmp_path):
    """The stand-in behind TLS: believed with its certificate trusted, and not otherwise."""
    certificate, key = make_certificate(tmp_path)
    server = make_server(Register({NUMBER: ENTRY}), 0)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    url = f"https://127.0.0.1:{server.server_address[1]}"
    trusting = ssl.create_default_context(cafile=str(certificate))
    try:
        believed = UpdateService(url, context=trusting).ask(QUESTION)
        doubted = UpdateService(url).ask(QUESTION)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert believed == StatusReply(A.BLANK_NO_NEW_INFO, "MENSAH", ISSUED)
    assert doubted == StatusReply(A.UNKNOWN, failure=F.UNREACHABLE)


def test_header_that_drips_is_cut_at_the_deadline():
    with _speaking(b"HTTP/1.1 200 OK\r\n" + b"X-Slow: yes\r\n" * 400) as url:
        started = time.monotonic()
        reply = UpdateService(url, answer_seconds=0.4).ask(QUESTION)
    assert reply == StatusReply(A.UNKNOWN, failure=F.TIME_OUT)
    assert time.monotonic() - started < 2


def test_server_without_encryption_does_not_answer_for_one_with():
    with _speaking(b"HTTP/1.1 200 OK\r\n\r\n", pause=0) as url:
        reply = UpdateService(url.replace("http:", "https:")).ask(QUESTION)
    assert reply == StatusReply(A.UNKNOWN, failure=F.UNREACHABLE)


class _speaking:  # noqa: N801
    """A server that says some bytes, one after the other, whatever it is asked."""

    def __init__(self, words: bytes, pause: float = 0.01) -> None:
        self.words, self.pause = words, pause
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._speak, daemon=True)

    def _speak(self) -> None:
        link, _ = self.listener.accept()
        with link:
            try:
                for word in self.words:
                    link.sendall(bytes([word]))
                    time.sleep(self.pause)
            except OSError:
                return

    def __enter__(self) -> str:
        self.thread.start()
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self.thread.join(5)
        self.listener.close()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-01", date(2026, 3, 1)),
        ("01/03/2026", None),
        ("03/01/2026", None),
        ("20260301", None),
        ("2026-W09-7", None),
        ("2026-3-1", None),
        ("2026-02-30", None),
        ("2026-03-01T00:00:00", None),
        (" 2026-03-01", None),
        ("2026-03-01\n", None),
        ("٢٠٢٦-٠٣-٠١", None),
        ("1 March 2026", None),
        ("", None),
    ],
)
def test_only_iso_dates_are_dates(text, day):
    assert read_date(text) == day


@pytest.mark.parametrize("told", Told)
def test_log_and_reply_tell_nothing_of_a_person(stand_in, told):
    stand_in.register.tell(NUMBER, told)
    with captured() as lines:
        reply = stand_in.client(**(FAST if told in LATE else {})).ask(QUESTION)
    assert [line["event"] for line in lines] == ["status_check_answered"]
    written = (json.dumps(lines, default=str) + repr(reply) + repr(QUESTION)).lower()
    for secret in (NUMBER, "mensah", "1985", "02/04", "priya", "shah", "crsc", "127.0.0.1"):
        assert secret not in written


def test_log_would_show_what_is_bound_to_it():
    """The control of the test above: what is logged is what is captured."""
    with captured() as lines:
        structlog.get_logger("peerapp.adapters.update_service").info("told", number=NUMBER)
    assert lines == [{"event": "told", "number": NUMBER, "log_level": "info"}]


def test_service_is_off_until_it_has_an_address():
    off = Settings(secret_key="k" * 32, database_url="sqlite://")
    assert service_from_settings(off) is None
    on = dataclasses.replace(off, update_service_url="https://service.example")
    assert service_from_settings(on) == UpdateService("https://service.example")
    assert "service.example" not in repr(on) + repr(service_from_settings(on))
