"""A WSGI application served from a thread of the test, for a browser that may go at any moment."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from werkzeug.serving import make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def answered_whole(app: WSGIApplication) -> WSGIApplication:
    """Read each answer to its end, and close it, before the server writes any of it.

    Werkzeug's server looks for leftovers of the request before it closes an answer. Where the
    browser has reset the connection by then, that raises, and a file stays open until it is
    collected: a ResourceWarning in whichever test runs at that moment.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        parts = app(environ, start_response)
        try:
            return [b"".join(parts)]
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()

    return answer


@contextmanager
def served(app: WSGIApplication) -> Iterator[str]:
    """Serve on loopback until the block ends; gives the address."""
    server = make_server("127.0.0.1", 0, answered_whole(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
