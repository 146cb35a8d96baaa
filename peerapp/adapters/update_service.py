"""DBS's Update Service: the multiple status check, one question at a time.

The address of a question holds a name, a date of birth and a certificate number: it is in no log
line and in no error. Whatever goes wrong is an answer of its own, ``UNKNOWN`` with its reason:
no caller can take a fault for news about somebody.
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol
from urllib.parse import quote, urlencode, urlsplit

import structlog

from peerapp.adapters.status_xml import ResultError, read_result
from peerapp.enums import StatusAnswer, StatusFailure

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0  # for the whole answer, however slowly its bytes come
MOST_BYTES = 16 * 1024  # a result has about 300
CHUNK = 4096

HEADERS = {"Accept": "application/xml, text/xml", "Connection": "close"}

ANSWERS = {
    "BLANK_NO_NEW_INFO": StatusAnswer.BLANK_NO_NEW_INFO,
    "NON_BLANK_NO_NEW_INFO": StatusAnswer.NON_BLANK_NO_NEW_INFO,
    "NEW_INFO": StatusAnswer.NEW_INFO,
    "NO_MATCH_FOUND": StatusAnswer.NO_MATCH_FOUND,
}
"""The four statuses, compared as a whole: each of three contains the name of another."""

_NUMBER = re.compile(r"[0-9]{12}")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class StatusQuestion:
    """What the service must be told. The checker is who asks, never whose certificate it is."""

    certificate: str = field(repr=False)
    date_of_birth: date = field(repr=False)
    surname: str = field(repr=False)
    organisation: str
    checker_forename: str = field(repr=False)
    checker_surname: str = field(repr=False)


@dataclass(frozen=True)
class StatusReply:
    """What came back; surname and print date are None where the service gave none.

    Attributes
    ----------
    failure
        Why the answer is ``UNKNOWN``; None for the four answers that say something.
    """

    answer: StatusAnswer
    surname: str | None = field(default=None, repr=False)
    print_date: date | None = field(default=None, repr=False)
    failure: StatusFailure | None = None


class StatusService(Protocol):
    """The port."""

    def ask(self, question: StatusQuestion) -> StatusReply:
        """Ask for the status of a certificate; never raises for what the other side does."""


class UpdateServiceSettings(Protocol):
    """What ``service_from_settings`` reads; ``peerapp.config.Settings`` has it."""

    @property
    def update_service_url(self) -> str: ...


def service_from_settings(settings: UpdateServiceSettings) -> StatusService | None:
    """Return the client, or None while the service is off: it is until it has an address."""
    url = settings.update_service_url
    return UpdateService(url) if url else None


def path_of(question: StatusQuestion) -> str:
    """Return path and query of a question, every parameter in it.

    Raises
    ------
    ValueError
        The certificate number is not 12 digits, or a parameter is empty.
    """
    if not _NUMBER.fullmatch(question.certificate):
        raise ValueError("a certificate number has 12 digits")
    parameters = {
        "dateOfBirth": question.date_of_birth.strftime("%d/%m/%Y"),
        "surname": question.surname,
        "hasAgreedTermsAndConditions": "true",
        "organisationName": question.organisation,
        "employeeSurname": question.checker_surname,
        "employeeForename": question.checker_forename,
    }
    if not all(value.strip() for value in parameters.values()):
        raise ValueError("every parameter is required")
    query = urlencode(parameters, quote_via=quote, safe="")
    return f"/crsc/api/status/{question.certificate}?{query}"


def read_reply(body: bytes) -> StatusReply:
    """Read a result, whatever content type it came with.

    Only ``SUCCESS`` with one of the four statuses, letter by letter, says anything.
    """
    try:
        result = read_result(body)
    except ResultError as error:
        return _unknown(error.failure)
    if result.get("statusCheckResultType") != "SUCCESS":
        return _unknown(StatusFailure.NOT_SUCCESSFUL)
    answer = ANSWERS.get(result.get("status", ""))
    if answer is None:
        return _unknown(StatusFailure.UNKNOWN_STATUS)
    return StatusReply(answer, result.get("surname"), read_date(result.get("printDate", "")))


def read_date(text: str) -> date | None:
    """Return a date written YYYY-MM-DD, and None for every other way to write one."""
    if not _ISO_DATE.fullmatch(text):
        return None
    with suppress(ValueError):
        return date.fromisoformat(text)
    return None


def _unknown(failure: StatusFailure) -> StatusReply:
    return StatusReply(StatusAnswer.UNKNOWN, failure=failure)


@dataclass(frozen=True)
class UpdateService:
    """Asks over HTTP: no proxy, no redirect, no cookie, certificates always checked."""

    base_url: str = field(repr=False)
    connect_seconds: float = CONNECT_SECONDS
    answer_seconds: float = ANSWER_SECONDS
    context: ssl.SSLContext | None = field(default=None, repr=False)

    def ask(self, question: StatusQuestion) -> StatusReply:
        """Ask once.

        Raises
        ------
        ValueError
            The question lacks something; it did not leave.
        """
        path = urlsplit(self.base_url).path.rstrip("/") + path_of(question)
        started = time.monotonic()
        reply = self._exchange(path, started + self.answer_seconds)
        log.info(
            "status_check_answered",
            answer=reply.answer.value,
            failure=reply.failure.value if reply.failure else None,
            ms=round((time.monotonic() - started) * 1000),
        )
        return reply

    def _exchange(self, path: str, deadline: float) -> StatusReply:
        try:
            with self._connected(deadline) as connection:
                connection.request("GET", path, headers=HEADERS)
                response = connection.getresponse()
                if response.status != http.HTTPStatus.OK:
                    return _unknown(_failure_of(response.status))
                return _read(response, deadline)
        except TimeoutError:
            return _unknown(StatusFailure.TIME_OUT)
        except (OSError, http.client.HTTPException, ValueError):
            # Cut off by our own deadline, a read fails in one of many ways.
            late = time.monotonic() >= deadline
            return _unknown(StatusFailure.TIME_OUT if late else StatusFailure.UNREACHABLE)

    @contextmanager
    def _connected(self, deadline: float) -> Iterator[http.client.HTTPConnection]:
        """Open a connection that is cut at the deadline, also in the middle of a header."""
        parts = urlsplit(self.base_url)
        secure, host = parts.scheme == "https", parts.hostname or ""
        port = parts.port or (443 if secure else 80)
        raw = socket.create_connection((host, port), timeout=self.connect_seconds)
        raw.settimeout(self.answer_seconds)
        link: socket.socket = raw
        try:
            if secure:
                context = self.context or ssl.create_default_context()
                link = context.wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False)
            with _cut_at(link, deadline):
                if isinstance(link, ssl.SSLSocket):
                    link.do_handshake()
                connection = http.client.HTTPConnection(host, port)
                connection.default_port = 443 if secure else 80
                connection.sock = link
                yield connection
        finally:
            link.close()


@contextmanager
def _cut_at(link: socket.socket, deadline: float) -> Iterator[None]:
    """Shut a connection down when its time is over: single reads may each be in time."""

    def cut() -> None:
        with suppress(OSError):
            link.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(deadline - time.monotonic(), 0), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _read(response: http.client.HTTPResponse, deadline: float) -> StatusReply:
    """Read no more than a result can have, and believe it only if it came in time."""
    body = b""
    while chunk := response.read1(CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            return _unknown(StatusFailure.TOO_LARGE)
    if time.monotonic() >= deadline:
        return _unknown(StatusFailure.TIME_OUT)
    return read_reply(body)


def _failure_of(status: int) -> StatusFailure:
    is_redirect = 300 <= status < 400  # followed nowhere: the address holds personal data
    return StatusFailure.REDIRECTED if is_redirect else StatusFailure.HTTP_ERROR
