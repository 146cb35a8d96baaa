"""Structured logs: one JSON line per event, ids and codes only, never personal data."""

from __future__ import annotations

import logging
import sys
import time
import uuid
from typing import TextIO, cast

import structlog
from flask import Flask, Response, g, request

log = structlog.get_logger("peerapp")


class _Stderr:
    """Whatever `sys.stderr` is when something is written: it may be put elsewhere in between."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure(level: str) -> None:
    """Write JSON lines to standard error; the libraries' own loggers only warn."""
    logging.basicConfig(stream=cast(TextIO, _Stderr()), level=logging.WARNING, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, _Stderr())),
        cache_logger_on_first_use=False,
    )


def init_app(app: Flask) -> None:
    """Log each request by route, not by path: a path may hold an id or a link's secret."""

    def begin() -> None:
        g.started = time.perf_counter()
        g.request_id = uuid.uuid4().hex

    def finish(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.get("request_id", "")
        if request.endpoint != "static":
            log.info(
                "request",
                request_id=g.get("request_id"),
                method=request.method,
                route=request.endpoint,
                status=response.status_code,
                ms=round((time.perf_counter() - g.get("started", 0)) * 1000),
            )
        return response

    app.before_request(begin)
    app.after_request(finish)
