"""The site as people meet it: gunicorn, a worker, a mail server, all on loopback."""

from __future__ import annotations

import email
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller

from tests.support.keys import KEYS_TEXT

START_SECONDS = 60
MAIL_SECONDS = 60


class Mailbox:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.received: list[tuple[str, str, str]] = []

    async def handle_DATA(self, server, session, envelope) -> str:
        message = email.message_from_bytes(envelope.content)
        text = message.get_payload(decode=True).decode("utf-8")
        self.received.append((envelope.rcpt_tos[0], str(message["Subject"]), text))
        return "250 taken"

    def wait_for_link(self, address: str, kind: str) -> str:
        """Return the path of the newest link of a kind that was sent to an address."""
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            for to, _subject, text in reversed(self.received):
                found = re.search(rf"https?://[^/\s]+({kind}\S+)", text)
                if to == address and found:
                    return found[1]
            time.sleep(0.1)
        raise AssertionError(f"no mail with {kind} came; there were {len(self.received)} mails")


@contextmanager
def mail_server() -> Iterator[tuple[Mailbox, int]]:
    """Run a real mail server on loopback."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield mailbox, controller.port
    finally:
        controller.stop()


def free_port() -> int:
    """Return a port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class LiveSite:
    """A running site, and the environment in which its commands run."""

    def __init__(self, database_url: str, folder: Path, mailbox: Mailbox, smtp_port: int) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.mailbox = mailbox
        self.log = folder / "site.log"
        self.process: subprocess.Popen[bytes]
        self.environ = {
            **os.environ,
            "SECRET_KEY": "a secret key for tests, long enough",
            "DATABASE_URL": database_url,
            "PEERAPP_DATA": str(folder / "data"),
            "PEERAPP_KEYS": KEYS_TEXT,
            "PEERAPP_PLACES": str(folder / "no-full-postcodes"),
            "PEERAPP_BASE_URL": self.url,
            "PEERAPP_SECURE_COOKIES": "no",
            "PEERAPP_MAIL": "smtp",
            "PEERAPP_SMTP_HOST": "127.0.0.1",
            "PEERAPP_SMTP_PORT": str(smtp_port),
            "PEERAPP_SMTP_SECURITY": "none",
            "PYTHONPATH": os.pathsep.join(sys.path),
        }

    def command(self, *arguments: str) -> None:
        """Run a ``peerapp`` command to its end."""
        subprocess.run(
            [sys.executable, "-m", "peerapp.cli", *arguments], env=self.environ, check=True
        )

    @contextmanager
    def running(self, module: str = "peerapp.cli") -> Iterator[LiveSite]:
        """Serve until the block ends; ``module`` may be a spoilt site for a control."""
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module, "serve", "--port", str(self.port)],
                env=self.environ,
                stdout=log,
                stderr=log,
            )
            self.process = process
            try:
                self._wait(process)
                yield self
            except BaseException as error:
                error.add_note(f"the site said:\n{self.log.read_text('utf-8')[-5000:]}")
                raise
            finally:
                process.terminate()
                process.wait(20)

    @property
    def pid(self) -> int:
        """The process that was started; the others are its children."""
        return self.process.pid

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                    answer.read()
                    return
            except OSError:
                time.sleep(0.2)
        raise AssertionError("the site did not start")
