"""Mail: accepted or refused, for now or for good, and never told to anyone else."""

from __future__ import annotations

import email
import email.policy
import os
import ssl
import traceback
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from peerapp.adapters.mail import (
    FileOutbox,
    MailError,
    OutgoingMail,
    SmtpMailer,
    build_message,
    mailer_from_settings,
)
from peerapp.config import ConfigError
from tests.adapters.mail_servers import (
    Handler,
    free_port,
    mail_server,
    make_certificate,
    only_person,
    silent_server,
)
from tests.support.log_lines import captured

MAIL = OutgoingMail(
    to="amina.canary@example.org",
    subject="You have a message",
    text="You have a message.\n\nhttps://scheme.example/sign-in?next=/messages\n",
    message_id="<5f0e.1@scheme.example>",
    from_address="Peer coaching <scheme@scheme.example>",
)


def plain(port: int, timeout: float = 5) -> SmtpMailer:
    return SmtpMailer("127.0.0.1", port, security="none", timeout=timeout)


def parsed(content: bytes) -> email.message.EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


def assert_sent(content: bytes, mail: OutgoingMail) -> None:
    message = parsed(content)
    assert message["To"] == mail.to
    assert message["From"] == mail.from_address
    assert message["Subject"] == mail.subject
    assert message["Message-ID"] == mail.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n") == mail.text
    assert message.get_content_type() == "text/plain"


# The server's answer decides


def test_smtp_mail_arrives_as_it_was_given() -> None:
    handler = Handler()
    with mail_server(handler) as port:
        plain(port).send(MAIL)
    assert len(handler.accepted) == 1
    assert_sent(handler.accepted[0], MAIL)
    assert handler.envelopes == [("scheme@scheme.example", ["amina.canary@example.org"])]
    assert handler.greetings == ["scheme.example"]


@pytest.mark.parametrize("place", ["mail_answer", "rcpt_answer", "data_answer"])
@pytest.mark.parametrize(
    ("answer", "transient"),
    [
        ("421 Closing", True),
        ("450 Try later", True),
        ("451 amina.canary@example.org is greylisted", True),
        ("452 Full", True),
        ("530 Log in first", True),
        ("550 No such user amina.canary@example.org", False),
        ("552 Too big", False),
        ("554 Refused", False),
    ],
)
def test_smtp_answer_tells_whether_to_try_again(place: str, answer: str, transient: bool) -> None:
    handler = replace(Handler(), **{place: answer})  # type: ignore[arg-type]
    with mail_server(handler) as port, pytest.raises(MailError) as caught:
        plain(port).send(MAIL)
    assert caught.value.transient is transient
    assert str(caught.value) == f"The mail server did not accept a mail (answer {answer[:3]})."
    assert handler.accepted == []


def test_smtp_error_names_no_recipient_even_in_its_traceback() -> None:
    handler = Handler(rcpt_answer="550 No such user amina.canary@example.org")
    with mail_server(handler) as port, pytest.raises(MailError) as caught:
        plain(port).send(MAIL)
    told = "".join(traceback.format_exception(caught.value))
    assert "answer 550" in told
    assert "canary" not in told
    assert "canary" not in repr(MAIL)


@pytest.mark.parametrize("goodbye", ["451 Too tired", ""])
def test_smtp_mail_accepted_before_a_bad_goodbye_counts_as_sent(goodbye: str) -> None:
    handler = Handler(quit_answer=goodbye)
    with mail_server(handler) as port:
        plain(port).send(MAIL)
    assert len(handler.accepted) == 1


def test_smtp_connection_refused_is_transient() -> None:
    with pytest.raises(MailError) as caught:
        plain(free_port()).send(MAIL)
    assert caught.value.transient is True
    assert str(caught.value) == "The mail server cannot be used (ConnectionRefusedError)."


@pytest.mark.parametrize("first_words", [b"", b"220 "])
def test_smtp_server_that_hangs_is_transient(first_words: bytes) -> None:
    with silent_server(first_words) as port, pytest.raises(MailError) as caught:
        plain(port, timeout=0.3).send(MAIL)
    assert caught.value.transient is True


@pytest.mark.parametrize(
    "first_words", [b"554 No\r\n", b"421 Busy\r\n", b"HTTP/1.1 200 OK\r\n\r\n"]
)
def test_smtp_server_that_turns_us_away_is_transient(first_words: bytes) -> None:
    with silent_server(first_words) as port, pytest.raises(MailError) as caught:
        plain(port, timeout=0.5).send(MAIL)
    assert caught.value.transient is True


def test_smtp_host_that_does_not_exist_is_transient() -> None:
    with pytest.raises(MailError) as caught:
        SmtpMailer("mail.invalid", 25, security="none", timeout=5).send(MAIL)
    assert caught.value.transient is True


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_smtp_logs_in_and_wrong_password_is_transient() -> None:
    handler = Handler()
    options = {
        "authenticator": only_person("peer", "right"),
        "auth_required": True,
        "auth_require_tls": False,
    }
    with mail_server(handler, **options) as port:
        replace(plain(port), user="peer", password="right").send(MAIL)
        assert len(handler.accepted) == 1
        with pytest.raises(MailError) as caught:
            replace(plain(port), user="peer", password="wrong").send(MAIL)
    assert caught.value.transient is True
    assert str(caught.value) == "The mail server cannot be used (answer 535)."
    assert len(handler.accepted) == 1


def test_smtp_never_falls_back_to_clear_text() -> None:
    handler = Handler()
    with mail_server(handler) as port, pytest.raises(MailError) as caught:
        replace(plain(port), security="starttls").send(MAIL)
    assert caught.value.transient is True
    assert handler.accepted == []


@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_smtp_encrypts_and_checks_the_certificate(security: str, tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(certificate, key)
    options = (
        {"ssl_context": ours}
        if security == "ssl"
        else {"tls_context": ours, "require_starttls": True}
    )
    handler = Handler()
    with mail_server(handler, **options) as port:
        careful = replace(plain(port), security=security)
        with pytest.raises(MailError) as caught:
            careful.send(MAIL)
        assert caught.value.transient is True
        assert str(caught.value) == "The mail server cannot be used (SSLCertVerificationError)."
        assert handler.accepted == []
        trusting = ssl.create_default_context(cafile=str(certificate))
        replace(careful, context=trusting).send(MAIL)
    assert len(handler.accepted) == 1
    if security == "starttls":
        assert handler.encrypted == [True]


# What may go into a mail


@pytest.mark.parametrize("name", ["to", "subject", "message_id", "from_address"])
@pytest.mark.parametrize(
    "added",
    ["\r\nBcc: thief@example.org", "\nX: y", "\rX: y", "\x00", "\x0b", "\x85", "\u2028X: y"],
)
def test_header_injection_is_refused_for_good(name: str, added: str, tmp_path: Path) -> None:
    mail = replace(MAIL, **{name: getattr(MAIL, name) + added})
    with pytest.raises(MailError) as caught:
        FileOutbox(tmp_path / "outbox").send(mail)
    assert caught.value.transient is False
    assert not (tmp_path / "outbox").exists()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@example.org",
        "a@",
        "a@b@example.org",
        "a@example.org, thief@example.org",
        "a@example.org;thief@example.org",
        "a@example.org thief@example.org",
        "Amina <a@example.org>",
        "a@example.org>",
        "(x)a@example.org",
        "\u00e1mina@example.org",
        "a@ex\u00e4mple.org",
        "a" * 250 + "@example.org",
    ],
)
def test_recipient_that_is_not_one_plain_address_is_refused_for_good(address: str) -> None:
    with pytest.raises(MailError) as caught:
        build_message(replace(MAIL, to=address))
    assert caught.value.transient is False


@pytest.mark.parametrize(
    "sender", ["", "Peer <>", "a@x.org, b@x.org", "<a@x.org> <b@x.org>", "A, B <a@x.org>"]
)
def test_sender_that_is_not_one_address_is_refused_for_good(sender: str) -> None:
    with pytest.raises(MailError) as caught:
        build_message(replace(MAIL, from_address=sender))
    assert caught.value.transient is False


@pytest.mark.parametrize(
    "text",
    [
        "Zo\u00eb, \u0645\u0631\u062d\u0628\u0627, \u4f60\u597d\n",
        "x" * 5_000 + "\n",
        ".\n..\n.hidden\n",
        "From here on\n",
        "=3D stays\n",
        "\n",
    ],
)
def test_text_survives_the_way(text: str) -> None:
    handler = Handler()
    mail = replace(MAIL, text=text, subject="Gr\u00fc\u00dfe \u4f60\u597d " + "long " * 30 + "end")
    with mail_server(handler) as port:
        plain(port).send(mail)
    assert_sent(handler.accepted[0], mail)


# The outbox of files


def test_outbox_writes_one_private_file_with_the_link_whole(tmp_path: Path) -> None:
    outbox = FileOutbox(tmp_path / "var" / "outbox")
    long_link = f"https://scheme.example/confirm/{'a' * 120}=="
    mail = replace(MAIL, text=f"Open this link:\n\n{long_link}\n")
    outbox.send(mail)
    (path,) = outbox.folder.iterdir()
    assert path.suffix == ".eml"
    assert_sent(path.read_bytes(), mail)
    assert long_link.encode() in path.read_bytes().splitlines()
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600
        assert outbox.folder.stat().st_mode & 0o777 == 0o700


def test_outbox_keeps_each_mail_even_with_the_same_identity(tmp_path: Path) -> None:
    outbox = FileOutbox(tmp_path)
    for _ in range(20):
        outbox.send(MAIL)
    assert len(list(tmp_path.glob("*.eml"))) == 20
    assert len(list(tmp_path.iterdir())) == 20


def test_outbox_logs_the_file_and_nothing_of_the_mail(tmp_path: Path) -> None:
    with captured() as lines:
        FileOutbox(tmp_path).send(MAIL)
    (path,) = tmp_path.iterdir()
    assert lines == [{"event": "mail_written", "file": str(path), "log_level": "info"}]
    assert "canary" not in path.name


def test_outbox_that_cannot_be_written_is_transient(tmp_path: Path) -> None:
    blocked = tmp_path / "outbox"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(MailError) as caught:
        FileOutbox(blocked).send(MAIL)
    assert caught.value.transient is True
    assert "canary" not in str(caught.value)


# Settings


@dataclass(frozen=True)
class SomeSettings:
    mail_outbox: Path
    mail_backend: str = "smtp"
    smtp_host: str = "mail.example"
    smtp_port: int = 587
    smtp_security: str = "starttls"
    smtp_user: str = "peer"
    smtp_password: str = "secret canary"
    mail_from: str = "scheme@example.org"


def test_settings_choose_the_file_outbox(tmp_path: Path) -> None:
    mailer = mailer_from_settings(SomeSettings(tmp_path, mail_backend="file"))
    assert isinstance(mailer, FileOutbox)
    assert mailer.folder == tmp_path


def test_settings_choose_smtp_and_its_password_is_not_shown(tmp_path: Path) -> None:
    mailer = mailer_from_settings(SomeSettings(tmp_path))
    assert mailer == SmtpMailer(
        "mail.example", 587, "starttls", "peer", "secret canary", timeout=10
    )
    assert "canary" not in repr(mailer)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mail_backend": "pigeon"}, "PEERAPP_MAIL is 'pigeon'"),
        ({"smtp_host": ""}, "PEERAPP_SMTP_HOST is not set"),
        ({"smtp_security": "tls"}, "PEERAPP_SMTP_SECURITY is 'tls'"),
        ({"smtp_security": "none"}, "would send PEERAPP_SMTP_PASSWORD in clear"),
    ],
)
def test_settings_that_cannot_work_are_refused_by_name(
    change: dict[str, str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=message):
        mailer_from_settings(replace(SomeSettings(tmp_path), **change))  # type: ignore[arg-type]


def test_settings_allow_a_password_in_clear_on_the_same_machine(tmp_path: Path) -> None:
    settings = SomeSettings(tmp_path, smtp_host="127.0.0.1", smtp_security="none")
    assert mailer_from_settings(settings) == SmtpMailer(
        "127.0.0.1", 587, "none", "peer", "secret canary"
    )
