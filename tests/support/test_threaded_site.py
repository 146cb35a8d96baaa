"""What a browser that goes away leaves behind in the server: nothing open."""

from __future__ import annotations

import socket
import struct
import threading
import time
from urllib.parse import urlsplit

from tests.support import threaded_site
from tests.support.threaded_site import served

RESET_AT_ONCE = struct.pack("ii", 1, 0)


class Answer:
    """A body of one part, which ends once its reader has gone; knows whether it was closed."""

    def __init__(self) -> None:
        self.parts = iter([b"all there is"])
        self.has_gone = threading.Event()
        self.closed = threading.Event()

    def __iter__(self):
        return self

    def __next__(self) -> bytes:
        part = next(self.parts, None)
        if part is None:
            self.has_gone.wait(5)
            raise StopIteration
        return part

    def close(self) -> None:
        self.closed.set()


def is_closed_after_a_reset() -> bool:
    """Ask for an answer, reset the connection, and say whether the server closed the answer."""
    answer = Answer()

    def app(_environ, start_response):
        start_response("200 OK", [("Content-Length", "12")])
        return answer

    with served(app) as url:
        address = urlsplit(url)
        with socket.create_connection((address.hostname, address.port)) as reader:
            reader.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(0.2)
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_ONCE)
        time.sleep(0.1)
        answer.has_gone.set()
        return answer.closed.wait(3)


def test_answer_is_closed_though_its_reader_has_gone():
    assert is_closed_after_a_reset()


def test_server_by_itself_leaves_it_open(monkeypatch):
    """The control: without the wrapper the same visit leaves the answer open."""
    monkeypatch.setattr(threaded_site, "answered_whole", lambda app: app)
    assert not is_closed_after_a_reset()
