"""What the stand-in for DBS's Update Service says: results, and things that only look like them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from xml.sax.saxutils import escape


class Told(StrEnum):
    """How to answer about a certificate."""

    BLANK = "BLANK_NO_NEW_INFO"
    NON_BLANK = "NON_BLANK_NO_NEW_INFO"
    NEW_INFO = "NEW_INFO"
    NO_MATCH = "NO_MATCH_FOUND"
    FAILURE = "failure"
    UNKNOWN_STATUS = "unknown_status"
    LOWER_CASE = "lower_case"
    SPACED = "spaced"
    NO_STATUS = "no_status"
    SERVER_ERROR = "server_error"
    UNAVAILABLE = "unavailable"
    ERROR_WITH_RESULT = "error_with_result"
    REDIRECT = "redirect"
    BAD_XML = "bad_xml"
    NOT_XML = "not_xml"
    EMPTY = "empty"
    ENTITY_BOMB = "entity_bomb"
    OUTSIDE_ENTITY = "outside_entity"
    WRONG_CONTENT_TYPE = "wrong_content_type"
    OTHER_SURNAME = "other_surname"
    LONGER_SURNAME = "longer_surname"
    NO_SURNAME = "no_surname"
    OTHER_DATE = "other_date"
    LOCALE_DATE = "locale_date"
    NO_DATE = "no_date"
    TWO_STATUSES = "two_statuses"
    HUGE = "huge"
    CUT_OFF = "cut_off"
    SILENT = "silent"
    SLOW_DRIP = "slow_drip"
    HANG_UP = "hang_up"


@dataclass(frozen=True)
class Entry:
    """One made-up certificate, and how to answer about it."""

    surname: str
    forename: str
    date_of_birth: date
    print_date: date
    told: Told = Told.BLANK


def result(kind: str, **texts: str) -> bytes:
    """Return a result in the form of the protocol."""
    lines = [f"<statusCheckResultType>{kind}</statusCheckResultType>"]
    for name, text in texts.items():
        attribute = ' class="sql-date"' if name == "printDate" else ""
        lines.append(f"<{name}{attribute}>{escape(text)}</{name}>")
    inside = "\n  ".join(lines)
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<statusCheckResult>
  {inside}
</statusCheckResult>
"""
    return text.encode()


def body_for(entry: Entry) -> bytes:
    """Return the result for a certificate, wrong in the one way that was told."""
    told = entry.told
    if told == Told.FAILURE:
        return result("FAILURE")
    if told == Told.NO_MATCH:
        return result("SUCCESS", status=told)
    texts = {
        "status": _STATUSES.get(told, told.value if told in _PLAIN else Told.BLANK.value),
        "forename": entry.forename.upper(),
        "surname": entry.surname.upper(),
        "printDate": entry.print_date.isoformat(),
    }
    texts |= {
        Told.OTHER_SURNAME: {"surname": "ELSEWHERE"},
        Told.LONGER_SURNAME: {"surname": f"{entry.surname.upper()}-HOLM"},
        Told.OTHER_DATE: {"printDate": date(2011, 2, 3).isoformat()},
        Told.LOCALE_DATE: {"printDate": entry.print_date.strftime("%d/%m/%Y")},
    }.get(told, {})
    missing = {Told.NO_STATUS: "status", Told.NO_SURNAME: "surname", Told.NO_DATE: "printDate"}
    texts.pop(missing.get(told, ""), None)
    return result("SUCCESS", **texts)


_PLAIN = frozenset({Told.BLANK, Told.NON_BLANK, Told.NEW_INFO})
_STATUSES = {
    Told.UNKNOWN_STATUS: "BLANK_NO_NEW_INFO_YET",
    Told.LOWER_CASE: "blank_no_new_info",
    Told.SPACED: " BLANK_NO_NEW_INFO ",
}


def bomb() -> bytes:
    """Return entities that would grow to gigabytes, around what looks like a good answer."""
    lines = ['<!ENTITY a0 "BLANK_NO_NEW_INFO">']
    lines += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
    return _with_entities("\n".join(lines), "&a9;")


def outside() -> bytes:
    """Return an entity that points to a file of whoever reads it."""
    return _with_entities('<!ENTITY a SYSTEM "file:///etc/hostname">', "&a;")


def _with_entities(entities: str, status: str) -> bytes:
    return f"""<?xml version="1.0"?>
<!DOCTYPE statusCheckResult [
{entities}
]>
<statusCheckResult><statusCheckResultType>SUCCESS</statusCheckResultType>
<status>{status}</status></statusCheckResult>""".encode()


def two_statuses(entry: Entry) -> bytes:
    body = body_for(replace(entry, told=Told.NEW_INFO)).decode()
    return body.replace("<status>", "<status>BLANK_NO_NEW_INFO</status>\n  <status>").encode()
