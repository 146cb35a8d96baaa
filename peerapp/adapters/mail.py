"""Sending mail: a folder for the demo and development, SMTP when configured.

No error and no log line names a recipient, a subject or a text.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

import structlog

from peerapp.config import ConfigError
from peerapp.errors import PeerAppError

SMTP_SECONDS = 10  # for each answer of the server
LONGEST_LINE = 998  # RFC 5322, without the line end

_ADDRESS = re.compile(r"[!-~]+@[!-~]+")
_NOT_IN_ADDRESS = re.compile(r"[\s<>,;:\"()\\\[\]]")
_NAMED = re.compile(r"[^<>]*<([^<>]*)>")
_MESSAGE_ID = re.compile(r"<?([^\s<>@]+@[^\s<>@]+)>?")
_PLAIN_TEXT = re.compile(r"[\t\n -~]*")
# Answers about us, not about the message: a person mends the settings, then it can go.
_LOGIN_ANSWERS = frozenset({530, 534, 535, 538})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

log = structlog.get_logger(__name__)


class MailError(PeerAppError):
    """The mail was not accepted.

    Attributes
    ----------
    transient
        Whether the same mail may be accepted later.
    """

    def __init__(self, message: str, *, transient: bool) -> None:
        self.transient = transient
        super().__init__(message)


@dataclass(frozen=True)
class OutgoingMail:
    """One plain-text mail to one person; a retry must keep `message_id`."""

    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    message_id: str
    from_address: str


class Mailer(Protocol):
    """The port."""

    def send(self, message: OutgoingMail) -> None:
        """Hand the mail over; returns only when it was accepted.

        Raises
        ------
        MailError
            It was not accepted.
        """


class MailSettings(Protocol):
    """What `mailer_from_settings` reads; `peerapp.config.Settings` has it."""

    @property
    def mail_backend(self) -> str: ...
    @property
    def mail_outbox(self) -> Path: ...
    @property
    def smtp_host(self) -> str: ...
    @property
    def smtp_port(self) -> int: ...
    @property
    def smtp_security(self) -> str: ...
    @property
    def smtp_user(self) -> str: ...
    @property
    def smtp_password(self) -> str: ...
    @property
    def mail_from(self) -> str: ...


def build_message(message: OutgoingMail) -> EmailMessage:
    """The mail as it goes out.

    Raises
    ------
    MailError
        A header holds a control character, or an address is not a single ASCII one.
    """
    if any(not character.isprintable() for character in message.subject + message.from_address):
        raise _unusable("the subject or the sender holds a control character")
    identity = _MESSAGE_ID.fullmatch(message.message_id)
    if identity is None or not message.message_id.isascii():
        raise _unusable("the Message-ID has not the form name@domain")
    _check_address(message.to)
    _check_address(_bare(message.from_address))
    try:
        built = EmailMessage(policy=SMTP)
        built["From"] = message.from_address
        built["To"] = message.to
        built["Subject"] = message.subject
        built["Date"] = format_datetime(datetime.now(UTC))
        built["Message-ID"] = f"<{identity.group(1)}>"
        built["Auto-Submitted"] = "auto-generated"
        built.set_content(message.text, cte=_encoding(message.text))
        built.as_bytes()  # what can't be written shows here, not in the middle of sending
        senders = [str(sender.addr_spec) for sender in built["From"].addresses]
    except (ValueError, UnicodeError, MessageError):
        raise _unusable("a header or the text cannot be written") from None
    if senders != [_bare(message.from_address)]:
        raise _unusable("the sender is not one address")
    return built


def _unusable(reason: str) -> MailError:
    return MailError(f"The mail cannot be sent: {reason}.", transient=False)


def _check_address(address: str) -> None:
    if not _ADDRESS.fullmatch(address) or _NOT_IN_ADDRESS.search(address):
        raise _unusable("an address is not one plain ASCII address")
    if address.count("@") != 1 or len(address) > 254:
        raise _unusable("an address is not one plain ASCII address")


def _bare(sender: str) -> str:
    """The address itself of `Name <address>`."""
    named = _NAMED.fullmatch(sender)
    return named.group(1) if named else sender


def _encoding(text: str) -> str:
    """Readable as it is whenever that is safe, so that links stay whole in the outbox's files."""
    longest = max(map(len, text.splitlines()), default=0)
    plain = _PLAIN_TEXT.fullmatch(text) is not None and longest <= LONGEST_LINE
    return "7bit" if plain else "quoted-printable"


class FileOutbox:
    """Writes each mail as an .eml file that only this user can read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: OutgoingMail) -> None:
        """Write the file, whole or not at all."""
        content = build_message(message).as_bytes()
        digest = hashlib.sha256(message.message_id.encode()).hexdigest()[:8]
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        path = self.folder / f"{stamp}-{digest}-{secrets.token_hex(3)}.eml"
        unfinished = path.with_suffix(".part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            unfinished.touch(mode=0o600, exist_ok=False)
            unfinished.write_bytes(content)
            unfinished.replace(path)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            reason = type(error).__name__
            raise MailError(f"The outbox cannot be written ({reason}).", transient=True) from None
        log.info("mail_written", file=str(path))


@dataclass(frozen=True)
class SmtpMailer:
    """Hands mail to an SMTP server, one connection each; certificates are always checked."""

    host: str
    port: int
    security: str = "starttls"
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    timeout: float = SMTP_SECONDS
    context: ssl.SSLContext | None = field(default=None, repr=False)

    def send(self, message: OutgoingMail) -> None:
        """Send; permanent only if the server refuses this mail with a 5xx answer."""
        content = build_message(message).as_bytes()
        sender = _bare(message.from_address)
        try:
            server = self._connect(sender.rpartition("@")[2])
        except (OSError, smtplib.SMTPException) as error:
            raise _unreachable(error) from None
        try:
            # Not send_message(): it writes ">From" at the start of a line for "From".
            server.sendmail(sender, [message.to], content)
        except (OSError, smtplib.SMTPException) as error:
            raise _refused(error) from None
        else:
            # Accepted. A failing goodbye must not make the outbox send it once more.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
        finally:
            server.close()

    def _connect(self, name: str) -> smtplib.SMTP:
        # Greets by the sender's domain: looking up our own name may hang and tells it outside.
        server: smtplib.SMTP
        context = self.context or ssl.create_default_context()
        if self.security == "ssl":
            server = smtplib.SMTP_SSL(
                self.host, self.port, name, timeout=self.timeout, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, name, timeout=self.timeout)
        try:
            if self.security == "starttls":
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server


def _unreachable(error: Exception) -> MailError:
    """Nothing is wrong with the mail yet: connection, encryption or login failed."""
    return MailError(f"The mail server cannot be used ({_kind(error)}).", transient=True)


def _refused(error: Exception) -> MailError:
    code = _answer(error)
    permanent = code is not None and 500 <= code <= 599 and code not in _LOGIN_ANSWERS
    return MailError(
        f"The mail server did not accept a mail ({_kind(error)}).", transient=not permanent
    )


def _answer(error: Exception) -> int | None:
    """The server's three-digit answer, if it gave one."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((int(code) for code, _ in error.recipients.values()), None)
    return int(error.smtp_code) if isinstance(error, smtplib.SMTPResponseException) else None


def _kind(error: Exception) -> str:
    # Never the answer's text: servers repeat the recipient in it.
    code = _answer(error)
    return type(error).__name__ if code is None else f"answer {code}"


def mailer_from_settings(settings: MailSettings) -> Mailer:
    """The mailer that the settings ask for.

    Raises
    ------
    ConfigError
        A mail setting is missing, not allowed, or would send a password in clear.
    """
    if settings.mail_backend == "file":
        return FileOutbox(settings.mail_outbox)
    if settings.mail_backend != "smtp":
        raise ConfigError(f"PEERAPP_MAIL is {settings.mail_backend!r}; allowed: file, smtp")
    if not settings.smtp_host:
        raise ConfigError("PEERAPP_SMTP_HOST is not set, and PEERAPP_MAIL is smtp: name the server")
    if settings.smtp_security not in ("none", "starttls", "ssl"):
        raise ConfigError(
            f"PEERAPP_SMTP_SECURITY is {settings.smtp_security!r}; allowed: none, starttls, ssl"
        )
    if settings.smtp_security == "none" and settings.smtp_user and not _is_local(settings):
        raise ConfigError(
            "PEERAPP_SMTP_SECURITY is none, which would send PEERAPP_SMTP_PASSWORD in clear: "
            "use starttls or ssl"
        )
    return SmtpMailer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_security,
        settings.smtp_user,
        settings.smtp_password,
    )


def _is_local(settings: MailSettings) -> bool:
    return settings.smtp_host in _LOOPBACK
