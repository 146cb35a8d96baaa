"""Whether two records may be of one family. It never decides that: people look, and say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from peerapp.domain.name_variants import alike
from peerapp.domain.names import words
from peerapp.domain.referees import email_key, phone_key, postcode_key
from peerapp.enums import Likeness

SHORTEST_PHONE = 6
HOUSE = re.compile(r"\b(\d+)\s*([a-z]?)\b")


@dataclass(frozen=True)
class Child:
    """A child by name, born in one of the years between two, both included."""

    name: str
    born_from: int
    born_to: int


@dataclass(frozen=True)
class Traces:
    """What of a family is compared. Whatever is not known is empty."""

    first_name: str
    last_name: str
    phone: str = ""
    email: str = ""
    postcode: str = ""
    address: str = ""
    children: Sequence[Child] = ()


def likenesses(one: Traces, other: Traces) -> tuple[Likeness, ...]:
    """Name what makes two records alike enough for somebody to look; empty: nothing."""
    found = {
        Likeness.SAME_CHILD: _share_child(one, other),
        Likeness.SAME_ADDRESS: _share_address(one, other),
        Likeness.SAME_PHONE: _same_phone(one.phone, other.phone),
        Likeness.SAME_EMAIL: bool(one.email and other.email)
        and email_key(one.email) == email_key(other.email),
        Likeness.SAME_NAME: alike(one.first_name, other.first_name)
        and alike(one.last_name, other.last_name),
    }
    return tuple(likeness for likeness, is_so in found.items() if is_so)


def _share_child(one: Traces, other: Traces) -> bool:
    """One child in common: the first name, the years, and a last name or the neighbourhood.

    A first name and an age alone are shared by hundreds of children of a county.
    """
    is_near = _sector(one.postcode) == _sector(other.postcode) != ""
    return any(
        _same_child(child, candidate)
        and (is_near or _share_last_name(child, one, candidate, other))
        for child in one.children
        for candidate in other.children
    )


def _same_child(one: Child, other: Child) -> bool:
    years_meet = one.born_from <= other.born_to and other.born_from <= one.born_to
    first, second = words(one.name), words(other.name)
    return years_meet and bool(first and second) and alike(first[0], second[0])


def _share_last_name(one: Child, of_one: Traces, other: Child, of_other: Traces) -> bool:
    names = _last_names(one, of_one)
    return any(alike(name, against) for name in names for against in _last_names(other, of_other))


def _last_names(child: Child, family: Traces) -> list[str]:
    own = words(child.name)[1:]
    return [" ".join(own), family.last_name] if own else [family.last_name]


def _share_address(one: Traces, other: Traces) -> bool:
    """The same postcode, and the same house; or the same last name where a house is not known."""
    if not one.postcode or postcode_key(one.postcode) != postcode_key(other.postcode):
        return False
    houses, others = _houses(one.address), _houses(other.address)
    if houses and others:
        return bool(houses & others)
    return alike(one.last_name, other.last_name)


def _houses(address: str) -> frozenset[str]:
    """Return the numbers of an address, each with its letter: ``Flat 2, 14b Elm Rd``: 2, 14b."""
    return frozenset("".join(found.groups()) for found in HOUSE.finditer(address.casefold()))


def _same_phone(one: str, other: str) -> bool:
    mine, theirs = phone_key(one), phone_key(other)
    return mine == theirs and len(mine) >= SHORTEST_PHONE


def _sector(postcode: str) -> str:
    return postcode_key(postcode)[:-2]
