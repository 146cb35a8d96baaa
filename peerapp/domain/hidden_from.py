"""Nobody coaches a family that said of them: this person must not find out.

Families write in their own words who that is, so names are looked for in a text. A pair is kept
apart rather once too often: it costs the family one coach of many, and nobody is told the reason.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from peerapp.domain.name_variants import short_forms, word_alike
from peerapp.domain.names import words
from peerapp.models import Family, Volunteer

SPELT_OTHERWISE = 5
"""Letters of a last name from which one that differs by a slip of the pen is the same one."""

PHONE = 10
"""Digits at the end of a phone number that are the same however its beginning is written."""

_WORD = re.compile(r"[^\W\d_][\w'’ʼ`-]*")
_NUMBER = re.compile(r"[0-9][0-9 ()./-]{8,}")
_EMAIL = re.compile(r"[^\s<>,;:()]+@[^\s<>,;:()]+[^\s<>,;:().]")


@dataclass(frozen=True)
class Named:
    """By what somebody can be known from a text.

    Attributes
    ----------
    names
        Words that may be names.
    alone
        Those that have no other beside them, and so may be a first name alone.
    text
        All words, for the small ones of a last name such as ``van Dyke``.
    """

    names: frozenset[str]
    alone: frozenset[str]
    text: frozenset[str]
    phones: frozenset[str]
    emails: frozenset[str]


def pairs_hidden_from(
    families: Iterable[Family], volunteers: Iterable[Volunteer]
) -> frozenset[tuple[str, str]]:
    """Return the pairs of ids of which the family seems to have named the volunteer."""
    told = [
        (str(family.id), named_in(family.safe_contact.must_not_be_told))
        for family in families
        if family.safe_contact and family.safe_contact.must_not_be_told
    ]
    known = _Known(volunteers) if told else _Known(())
    return frozenset((family, volunteer) for family, named in told for volunteer in known.of(named))


def named_in(text: str) -> Named:
    """Read a text: words with a capital are names; where there is none, any word may be one."""
    runs = list(_runs(text)) or [[word] for word in _WORD.findall(text)]
    plain = [[part for word in run for part in words(word)] for run in runs]
    return Named(
        names=frozenset(word for run in plain for word in run),
        alone=frozenset(run[0] for run in plain if len(run) == 1),
        text=frozenset(words(text)),
        phones=frozenset(filter(None, map(_phone, _NUMBER.findall(text)))),
        emails=frozenset(found.lower() for found in _EMAIL.findall(text)),
    )


def _runs(text: str) -> Iterator[list[str]]:
    """Yield the words with a capital that stand side by side; alphabets without count as such."""
    run: list[str] = []
    end = 0
    for found in _WORD.finditer(text):
        word = found.group()
        beside = text[end : found.start()].strip(" ") == ""
        end = found.end()
        is_name = word[0] != word[0].lower() or word[0] == word[0].upper()
        if run and not (is_name and beside):
            yield run
            run = []
        if is_name:
            run.append(word)
    if run:
        yield run


class _Known:
    """Volunteers, found by what they can be known by: a county has thousands of each."""

    def __init__(self, volunteers: Iterable[Volunteer]) -> None:
        self.by: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.lasts: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        for one in volunteers:
            for kind, key in _keys(one):
                self.by[kind, key].add(str(one.id))
            for name in _last_names(one):
                self.lasts[name[-1][0]].add(name)

    def of(self, named: Named) -> set[str]:
        """Return the ids of those whom a text seems to name."""
        wanted = {("phone", one) for one in named.phones} | {("email", one) for one in named.emails}
        wanted |= {("first", form) for one in named.alone for form in (one, *short_forms(one))}
        for initial in {name[0] for name in named.names}:
            wanted |= {
                ("last", " ".join(last))
                for last in self.lasts.get(initial, ())
                if _has_last(named, last[-1]) and named.text.issuperset(last[:-1])
            }
        return {found for key in wanted for found in self.by.get(key, ())}


def _keys(volunteer: Volunteer) -> Iterator[tuple[str, str]]:
    yield "phone", _phone(volunteer.phone)
    yield "email", volunteer.account.email.lower()
    for first in words(volunteer.first_name)[:1]:
        yield "first", first
    for last in _last_names(volunteer):
        yield "last", " ".join(last)


def _last_names(volunteer: Volunteer) -> Iterator[tuple[str, ...]]:
    """Yield the last name, and the last word of each name that the volunteer had before."""
    names = words(volunteer.last_name), *(words(one.name)[-1:] for one in volunteer.other_names)
    yield from (name for name in names if name)


def _has_last(named: Named, part: str) -> bool:
    if part in named.names:
        return True
    if len(part) < SPELT_OTHERWISE:
        return False
    return any(len(name) >= SPELT_OTHERWISE and word_alike(part, name) for name in named.names)


def _phone(text: str) -> str:
    """Return the end of a phone number; what is too short for one is none."""
    digits = "".join(sign for sign in text if sign.isdigit())
    return digits[-PHONE:] if len(digits) >= PHONE else ""
