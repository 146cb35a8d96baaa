"""A stand-in for DBS's Update Service, behind its documented protocol, on this machine only.

It holds a register of made-up certificates, and can be told how to answer about each: rightly, or
wrongly in any of the ways in which a service can go wrong.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from peerapp.demo.update_service_answers import (
    Entry,
    Told,
    body_for,
    bomb,
    outside,
    result,
    two_statuses,
)

HOST = "127.0.0.1"
REGISTER = "update-service.json"  # in the demonstration's folder
PATH = re.compile(r"/crsc/api/status/([^/]*)")
REQUIRED = (
    "dateOfBirth",
    "surname",
    "hasAgreedTermsAndConditions",
    "organisationName",
    "employeeSurname",
    "employeeForename",
)


@dataclass
class Register:
    """What the stand-in knows; with a ``path``, what that file says at the moment of asking."""

    entries: dict[str, Entry] = field(default_factory=dict)
    path: Path | None = None
    asked: list[dict[str, str]] = field(default_factory=list)

    def find(self, number: str) -> Entry | None:
        """Return a certificate."""
        entries = read_register(self.path) if self.path else self.entries
        return entries.get(number)

    def tell(self, number: str, told: Told) -> None:
        """Have the next questions about a certificate answered so."""
        self.entries[number] = replace(self.entries[number], told=told)


def read_register(path: Path) -> dict[str, Entry]:
    """Read a register from a file."""
    rows: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return {number: _entry(row) for number, row in rows.items()}


def _entry(row: Mapping[str, str]) -> Entry:
    return Entry(
        surname=row["surname"],
        forename=row["forename"],
        date_of_birth=date.fromisoformat(row["date_of_birth"]),
        print_date=date.fromisoformat(row["print_date"]),
        told=Told(row["told"]),
    )


def write_register(path: Path, entries: Mapping[str, Entry]) -> None:
    """Write a register to a file, in which ``told`` can be changed by hand."""
    rows = {number: asdict(entry) for number, entry in sorted(entries.items())}
    path.touch(mode=0o600)
    path.write_text(json.dumps(rows, indent=1, default=str) + "\n", encoding="utf-8")


@contextmanager
def running(register: Register, port: int = 0) -> Iterator[str]:
    """Run the stand-in beside the caller; gives its base address."""
    server = make_server(register, port)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}"
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def run(path: Path, port: int) -> None:
    """Run the stand-in until it is stopped, answering as the file says."""
    with make_server(Register(path=path), port) as server:
        server.serve_forever()


class Server(ThreadingHTTPServer):
    """The stand-in's server."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, register: Register, port: int) -> None:
        self.register = register
        self.stopping = threading.Event()
        super().__init__((HOST, port), Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet when a caller has had enough: that is what some answers are for."""


def make_server(register: Register, port: int) -> Server:
    """Return the server, bound to its port."""
    return Server(register, port)


class Handler(BaseHTTPRequestHandler):
    """Answers one question."""

    server: Server
    timeout = 10

    def log_message(self, *_: object) -> None:
        """Log nothing: the address of a question holds a person's details."""

    def do_GET(self) -> None:
        """Answer as the protocol says, or as it was told."""
        parts = urlsplit(self.path)
        found = PATH.fullmatch(unquote(parts.path))
        if found is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        given = parse_qs(parts.query, keep_blank_values=True, strict_parsing=True)
        asked = {name: values[0] for name, values in given.items() if len(values) == 1}
        self.server.register.asked.append({"certificate": found[1], **asked})
        entry = self.server.register.find(found[1])
        if not _is_complete(found[1], asked):
            self.answer(result("FAILURE"))
        elif entry is None or not _fits(entry, asked):
            self.answer(result("SUCCESS", status=Told.NO_MATCH))
        elif entry.told in _ODDITIES:
            _ODDITIES[entry.told](self, entry)
        else:
            self.answer(body_for(entry))

    def answer(
        self,
        body: bytes,
        *,
        status: int = HTTPStatus.OK,
        content_type: str = "application/xml",
        **headers: str,
    ) -> None:
        """Send a whole answer."""
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _is_complete(number: str, asked: Mapping[str, str]) -> bool:
    """Say whether a question has all that the protocol wants, as it wants it."""
    return (
        re.fullmatch("[0-9]{12}", number) is not None
        and all(asked.get(name) for name in REQUIRED)
        and asked["hasAgreedTermsAndConditions"] == "true"
        and re.fullmatch(r"[0-9]{2}/[0-9]{2}/[0-9]{4}", asked["dateOfBirth"]) is not None
    )


def _fits(entry: Entry, asked: Mapping[str, str]) -> bool:
    born = entry.date_of_birth.strftime("%d/%m/%Y")
    return asked["dateOfBirth"] == born and asked["surname"].upper() == entry.surname.upper()


def _redirect(handler: Handler, _: Entry) -> None:
    handler.answer(b"", status=HTTPStatus.FOUND, Location=handler.path)


def _huge(handler: Handler, entry: Entry) -> None:
    padding = f"<!-- {'x' * 1_000_000} -->".encode()
    handler.answer(body_for(replace(entry, told=Told.BLANK)) + padding)


def _cut_off(handler: Handler, entry: Entry) -> None:
    """Promise a whole answer, and send half of it."""
    body = body_for(replace(entry, told=Told.BLANK))
    handler.send_response(HTTPStatus.OK)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def _silent(handler: Handler, _: Entry) -> None:
    handler.server.stopping.wait(30)


def _slow_drip(handler: Handler, entry: Entry) -> None:
    """Send a good answer letter by letter: each read is in time, the whole is not."""
    body = body_for(replace(entry, told=Told.BLANK))
    handler.send_response(HTTPStatus.OK)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    for byte in body:
        if handler.server.stopping.is_set():
            return
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(0.05)


def _hang_up(handler: Handler, _: Entry) -> None:
    handler.close_connection = True


_ODDITIES: dict[Told, Callable[[Handler, Entry], None]] = {
    Told.SERVER_ERROR: lambda handler, _: handler.answer(b"<html>Oops</html>", status=500),
    Told.UNAVAILABLE: lambda handler, _: handler.answer(b"", status=503),
    Told.ERROR_WITH_RESULT: lambda handler, entry: handler.answer(
        body_for(replace(entry, told=Told.BLANK)), status=500
    ),
    Told.REDIRECT: _redirect,
    Told.BAD_XML: lambda handler, entry: handler.answer(
        body_for(replace(entry, told=Told.BLANK)).replace(b"</status>", b"</stat>")
    ),
    Told.NOT_XML: lambda handler, _: handler.answer(b'{"status": "BLANK_NO_NEW_INFO"}'),
    Told.EMPTY: lambda handler, _: handler.answer(b""),
    Told.ENTITY_BOMB: lambda handler, _: handler.answer(bomb()),
    Told.OUTSIDE_ENTITY: lambda handler, _: handler.answer(outside()),
    Told.WRONG_CONTENT_TYPE: lambda handler, entry: handler.answer(
        body_for(replace(entry, told=Told.BLANK)), content_type="text/html; charset=utf-16"
    ),
    Told.TWO_STATUSES: lambda handler, entry: handler.answer(two_statuses(entry)),
    Told.HUGE: _huge,
    Told.CUT_OFF: _cut_off,
    Told.SILENT: _silent,
    Told.SLOW_DRIP: _slow_drip,
    Told.HANG_UP: _hang_up,
}
"""Answers that are more than another text."""
