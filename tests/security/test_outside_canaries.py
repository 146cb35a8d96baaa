"""What leaves the site says nothing of anybody: read off the code that writes it.

Each message is made by a function of ``services.messages``. What its callers put into a link or a
text is held to what may stand there, so that a new notice is looked at like those of today.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import peerapp
from peerapp.adapters import calendar_file
from peerapp.adapters.mail import OutgoingMail, build_message
from peerapp.config import Settings
from peerapp.enums import Role
from peerapp.models import Account
from peerapp.services import messages

ROOT = Path(peerapp.__file__).parent
SENDERS = {
    "queue_notice", "queue_link", "queue_account_link", "queue_referee_mail",
    "queue_referral_link",
}  # fmt: skip
IN_A_LINK = re.compile(
    r"base_url|self\.\w*base_url|[\w.]+\.id|[\w.]*_id|secret|page|LINK|place"
    r"|issue\(session, referral, K\.[A-Z]+, now\)"
)
"""What may be put into an address: where the site is, a random id or secret, a fixed path."""

OWN_WORDS = {
    "services/accounts.py: queue_account_link confirm",
    "services/accounts.py: queue_account_link known",
    "services/factor_notices.py: queue_account_link factor",
    "services/known_browsers.py: queue_account_link NOTICE",
    "services/own_accounts.py: queue_account_link new_password",
    "services/referee_links.py: queue_referee_mail",
}
"""Mails with words of their own: to volunteers, staff and referees, and never to a family."""

PURPOSE = re.compile(r"coach|famil|volunt|support|council|child|meet|safeguard|concern", re.I)


def functions() -> Iterator[tuple[str, ast.FunctionDef, str]]:
    """Yield each function of the site with its file and the file's text."""
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text("utf-8")
        if path.name == "messages.py" or "queue_" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                yield path.relative_to(ROOT).as_posix(), node, text


def sends(node: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for call in ast.walk(node):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name in SENDERS:
            yield name, call


def test_addresses_in_messages_hold_ids_and_secrets_alone():
    seen, strange = 0, set()
    for file, function, text in functions():
        if not any(name != "queue_referee_mail" for name, _ in sends(function)):
            continue
        for written in ast.walk(function):
            if not isinstance(written, ast.JoinedStr):
                continue
            values = [one for one in written.values if isinstance(one, ast.FormattedValue)]
            parts = [ast.get_source_segment(text, one.value) or "" for one in values]
            if "base_url" not in " ".join(parts):
                continue
            seen += 1
            strange |= {(file, one) for one in parts if not IN_A_LINK.fullmatch(one)}
    assert seen > 40
    assert {one for one in strange if one[0] != "services/known_browsers.py"} == set()
    assert {part for _, part in strange} <= {"browser.device", "NOT_YOU"}


def test_mails_with_words_of_their_own_are_these():
    found = set()
    for file, function, _ in functions():
        for name, call in sends(function):
            if name in {"queue_account_link", "queue_referee_mail"}:
                template = call.args[2] if name == "queue_account_link" else None
                word = getattr(template, "value", getattr(template, "id", ""))
                found.add(f"{file}: {name} {word}".strip())
    assert found == OWN_WORDS


def test_messages_are_made_in_one_place():
    """Nobody builds a message past the functions that keep it neutral."""
    makers = {
        file
        for file, function, _ in functions()
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Message"
    }
    assert makers == set()


@pytest.mark.parametrize("link", ["https://a.example/family/", "https://a.example/concerns/"])
def test_a_family_is_never_sent_an_address_that_tells(link):
    family = Account(role=Role.FAMILY, email="rosa@example.org")
    with pytest.raises(ValueError, match="sign-in page alone"):
        messages.queue_notice(None, family, link)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="neutral"):
        messages.queue_account_link(None, family, "known", "words")  # type: ignore[arg-type]


def test_a_mail_has_neutral_headers_alone():
    mail = OutgoingMail(
        to="rosa@example.org",
        subject=messages.NEUTRAL_SUBJECT,
        text="You have a message.\n",
        message_id="7@localhost",
        from_address=Settings.mail_from,
    )
    built = build_message(mail)
    assert sorted(built.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type",
         "Content-Transfer-Encoding", "MIME-Version"]
    )  # fmt: skip
    assert PURPOSE.search(str(built).replace("rosa@example.org", "")) is None
    assert "<" not in Settings.mail_from  # no name beside the address


def test_calendars_and_files_have_neutral_names():
    titles = (calendar_file.TITLE, calendar_file.CALENDAR_NAME)
    assert [PURPOSE.search(one) for one in titles] == [None, None]
    names = set()
    for path in (ROOT / "views").rglob("*.py"):
        names |= set(re.findall(r'filename="?([^"\'\s]+)', path.read_text("utf-8")))
    assert len(names) >= 5
    held = {part for name in names for part in re.findall(r"{([^}]*)}", name)}
    assert held <= {"copy.reference", "name", "found.name", "today().isoformat()"}
