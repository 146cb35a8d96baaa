"""Canaries: values that stand nowhere else, one for each sealed column of each row.

A word is found again in any text however it is written there: a number with spaces, a date in
words, an address for mail in small letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import Any

WORD = re.compile(r"qz7x\d{5}", re.IGNORECASE)
PHONE = re.compile(r"(?:\+44|0)\s?(77009\d{5}|7700 9\d{5})(?!\d)")
NUMBER = re.compile(r"(?<![\w-])0077(?: ?\d{4}){2}(?![\w-])")
POSTCODE = re.compile(r"SN15 ?9[A-Z]{2}\b")
GRID = re.compile(r"(?<![\w.-])(?:5925|3739)\d{2}(?![\w-])")
YEAR = re.compile(r"(?<![\w-])20[5-7]\d(?![\w-])")
MONTHS = "January February March April May June July August September October November December"
DATE = re.compile(
    rf"(\d{{1,2}}) ({'|'.join(MONTHS.split())}) (19[0-4]\d)"
    r"|(19[0-4]\d)-(\d\d)-(\d\d)|(\d\d)/(\d\d)/(19[0-4]\d)"
)
FIRST_DAY = date(1904, 2, 3)


class Words:
    """Makes canaries of each kind, none twice."""

    def __init__(self) -> None:
        self._next = count(1)
        self._postcodes = count()
        self._grid = count()
        self._years = count(2050)

    def for_column(self, column: str, now: Any) -> tuple[Any, str]:
        """Return what to put into a column, given what stands there, and how it is found again."""
        name, number = column.partition(".")[2], next(self._next)
        word = f"Qz7x{number:05}"
        if name in {"easting", "northing"}:
            value = next(self._grid) + (592_500 if name == "easting" else 373_900)
            return value, str(value)
        if name in {"born_from", "born_to"}:
            year = next(self._years)
            return year, str(year)
        if name == "date_of_birth":
            day = FIRST_DAY + timedelta(days=31 * number)
            return day, day.isoformat()
        if column == "certificate.number":
            return f"0077{number:08}", f"0077{number:08}"
        if name in {"phone", "scheme_phone"}:
            return f"07700 9{number:05}", f"077009{number:05}"
        if name == "postcode":
            one, other = divmod(next(self._postcodes), 26)
            letters = chr(65 + one) + chr(65 + other)
            return f"SN15 9{letters}", f"SN159{letters}"
        return _in_words(column, now, word), word.lower()


def _in_words(column: str, now: Any, word: str) -> Any:
    """Return a text, or what holds one, that has the word in it."""
    name = column.partition(".")[2]
    if name in {"email", "to_address", "form_email"}:
        return f"{word.lower()}@example.org"
    if name == "video_link":
        return f"https://meet.example.org/{word}"
    if isinstance(now, bytes):
        return b"first_name\n" + word.encode() + b"\n"
    if column == "interview.answers":
        return {key: {**given, "note": word} for key, given in now.items()}
    if column == "referral.answers":
        return {**now, "story": word, "address": word}
    if column == "reference.answers":
        return {**now, ("strengths" if "strengths" in now else "known_how"): word}
    return {**now, "said": word} if isinstance(now, dict) else word


def found_in(text: str) -> Iterator[str]:
    """Yield each canary that stands in a text, as ``for_column`` says it is found again."""
    yield from (one.group().lower() for one in WORD.finditer(text))
    for one in PHONE.finditer(text):
        yield "0" + one.group(1).replace(" ", "")
    for kind in (NUMBER, POSTCODE, GRID, YEAR):
        yield from (one.group().replace(" ", "") for one in kind.finditer(text))
    for one in DATE.finditer(text):
        yield _iso(one)


def _iso(found: re.Match[str]) -> str:
    day, month, year, y, m, d, dd, mm, yyyy = found.groups()
    if year:
        return f"{year}-{MONTHS.split().index(month) + 1:02}-{int(day):02}"
    return f"{y}-{m}-{d}" if y else f"{yyyy}-{mm}-{dd}"
