"""Each comparison that decides what DBS's answer means is one that a test would miss if changed.

The sources of the reader and of the rules are changed in one place at a time, into the mistakes
that clients of this service are known for, and asked the same questions: the real ones answer all
as expected, each changed one answers at least one of them otherwise.
"""

from __future__ import annotations

import importlib
import itertools
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from peerapp.adapters.update_service import StatusQuestion
from peerapp.domain.status_checks import Held
from peerapp.enums import (
    CertificateStatus,
    CheckLevel,
    StatusAnswer,
    StatusFailure,
    StatusOutcome,
    Workforce,
)
from tests.domain.status_mutants import CLIENT, MUTANTS, RULES, XML
from tests.domain.test_status_checks import checkable
from tests.domain.volunteers import TODAY, certificate, codes

STATUSES = ("BLANK_NO_NEW_INFO", "NON_BLANK_NO_NEW_INFO", "NEW_INFO", "NO_MATCH_FOUND")
QUESTION = StatusQuestion("001234567890", date(1985, 4, 2), "MENSAH", "Wiltshire", "Priya", "Shah")
ISSUED = date(2026, 3, 1)
_serial = itertools.count()


def xml(**changes: str | None) -> bytes:
    texts = {
        "statusCheckResultType": "SUCCESS",
        "status": "BLANK_NO_NEW_INFO",
        "forename": "AMA",
        "surname": "MENSAH",
        "printDate": "2026-03-01",
        **changes,
    }
    classes = {"printDate": ' class="sql-date"'}
    inside = "".join(
        f"<{name}{classes.get(name, '')}>{text}</{name}>"
        for name, text in texts.items()
        if text is not None
    )
    return f"<statusCheckResult>{inside}</statusCheckResult>".encode()


BODIES = {
    **{status: xml(status=status) for status in STATUSES},
    **{f"lower {status}": xml(status=status.lower()) for status in STATUSES},
    **{f"more {status}": xml(status=f"{status}_X") for status in STATUSES},
    **{f"before {status}": xml(status=f"X_{status}") for status in STATUSES},
    **{f"spaced {status}": xml(status=f" {status}\n") for status in STATUSES},
    "no status": xml(status=None),
    "empty status": xml(status=""),
    "failure": xml(statusCheckResultType="FAILURE"),
    "unsuccess": xml(statusCheckResultType="NO_SUCCESS"),
    "small success": xml(statusCheckResultType="success"),
    "no type": xml(statusCheckResultType=None),
    "locale date": xml(printDate="01/03/2026"),
    "american date": xml(printDate="03/01/2026"),
    "short date": xml(printDate="20260301"),
    "week date": xml(printDate="2026-W09-7"),
    "no date": xml(printDate=None),
    "late date": xml(printDate="2026-03-01T10:00"),
    "no surname": xml(surname=None),
    "other class": xml().replace(b"sql-date", b"date"),
    "no class": xml().replace(b' class="sql-date"', b""),
    "two statuses": xml().replace(b"<surname>", b"<status>NEW_INFO</status><surname>"),
    "two statuses, turned": xml(status="NEW_INFO").replace(
        b"<surname>", b"<status>BLANK_NO_NEW_INFO</status><surname>"
    ),
    "other root": xml().replace(b"statusCheckResult>", b"statusResult>"),
    "nested": xml(status="<b>BLANK_NO_NEW_INFO</b>"),
    "text beside": xml().replace(b"<forename>", b"oops<forename>"),
    "doctype": b"<!DOCTYPE statusCheckResult>" + xml(),
    "entity": b'<!DOCTYPE x [<!ENTITY a "BLANK_NO_NEW_INFO">]>' + xml(status="&a;"),
    "instruction": b"<?show it?>" + xml(),
    "long": xml(surname="M" * 500),
    "cut": xml()[:-5],
    "two roots": xml() + xml(),
    "empty": b"",
}
"""Answers of the service, one letter from right and right."""

HELD = tuple(Held("Mensah", ISSUED, content_accepted=accepted) for accepted in (True, False))
NAMES = ("MENSAH", "Mensah", "MENSAH ", "MENSA", "MENSAH-HOLM", "MENSÄH", "OTHER", "", None)
DATES = (ISSUED, date(2026, 3, 2), date(2026, 1, 3), None)


def answers_of(code: SimpleNamespace) -> Iterator[tuple[object, object]]:
    """Yield each question and what this code answers."""
    for name, body in BODIES.items():
        reply = code.client.read_reply(body)
        yield name, (reply.answer, reply.surname, reply.print_date, reply.failure)
    cases = itertools.product(StatusAnswer, NAMES, DATES, HELD)
    for answer, surname, day, held in cases:
        failure = StatusFailure.TIME_OUT if answer == StatusAnswer.UNKNOWN else None
        verdict = code.rules.verdict_on(answer, surname, day, failure, held)
        yield (answer, surname, day, held.content_accepted), (verdict.outcome, verdict.failure)
    for pair in itertools.product(StatusOutcome, CertificateStatus):
        yield pair, code.rules.status_after(*pair)
    for pair in itertools.product(StatusOutcome, range(1, 7)):
        yield ("person", *pair), code.rules.needs_a_person(*pair)
    for pair in itertools.product(CheckLevel, CheckLevel):
        coach = checkable(held=certificate(level=pair[0]), check_level=pair[1])
        yield pair, codes(code.rules.status_check_refusals(coach, TODAY))
    for pair in itertools.product(Workforce, Workforce):
        coach = checkable(held=certificate(workforce=pair[0]), check_workforce=pair[1])
        yield pair, codes(code.rules.status_check_refusals(coach, TODAY))
    yield from _about_people(code)
    yield "path", code.client.path_of(QUESTION)
    for number in ("01234567890", "0012345678901", "00123456789a", "00123456789٠"):
        yield number, _refuses(code, replace(QUESTION, certificate=number))
    for name in ("surname", "organisation", "checker_forename", "checker_surname"):
        yield name, _refuses(code, replace(QUESTION, **{name: " "}))


def _about_people(code: SimpleNamespace) -> Iterator[tuple[object, object]]:
    for name in ("consents", "gate_records"):
        coach = checkable()
        setattr(coach, name, [])
        yield name, codes(code.rules.status_check_refusals(coach, TODAY))
    for values in ({"name_matches": False}, {"seen_on": date(2026, 11, 21)}, {"number": "1"}):
        coach = checkable(held=certificate(**values))
        yield str(values), codes(code.rules.status_check_refusals(coach, TODAY))
    coach = checkable()
    coach.certificates[0].subscription = None
    yield "subscription", codes(code.rules.status_check_refusals(coach, TODAY))
    for printed in ("AMA MENSAH", "MENSAH, AMA", "AMA YAA OWUSU", "AMA DE MENSAH"):
        one = certificate(name_as_printed=printed)
        yield printed, code.rules.surname_as_printed(one, checkable(held=one))


def _refuses(code: SimpleNamespace, question: StatusQuestion) -> bool:
    try:
        code.client.path_of(question)
    except ValueError:
        return True
    return False


def load(mutated: str = "", old: str = "", new: str = "") -> SimpleNamespace:
    """Return the reader and the rules as they are, one of their sources changed in one place."""
    found = {}
    for name in (XML, CLIENT, RULES):
        source = Path(importlib.import_module(name).__file__ or "").read_text(encoding="utf-8")
        if name == mutated:
            assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in {name}"
            source = source.replace(old, new)
        module = ModuleType(f"mutated{next(_serial)}")
        sys.modules[module.__name__] = module
        try:
            exec(compile(source, name, "exec"), module.__dict__)
        finally:
            del sys.modules[module.__name__]
        found[name] = module
    client: Any = found[CLIENT]
    client.read_result, client.ResultError = found[XML].read_result, found[XML].ResultError
    return SimpleNamespace(client=client, rules=found[RULES])


@pytest.fixture(scope="module")
def expected() -> list[tuple[object, object]]:
    return list(answers_of(load()))


def test_the_code_as_it_is_answers_as_the_modules_do(expected):
    """The control: loading the sources anew changes no answer, and the questions tell apart."""
    real = SimpleNamespace(
        client=importlib.import_module(CLIENT), rules=importlib.import_module(RULES)
    )
    assert list(answers_of(real)) == expected
    assert len({str(answer) for _, answer in expected}) > 20


@pytest.mark.parametrize("name", MUTANTS)
def test_changed_comparison_is_caught(expected, name):
    assert list(answers_of(load(*MUTANTS[name]))) != expected
