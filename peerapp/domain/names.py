"""Whether a name that is printed somewhere is the one that a volunteer goes by."""

from __future__ import annotations

import unicodedata

from peerapp.models import Volunteer

PLAIN = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"})
"""Letters of names that are no letter with an accent; certificates print them plain."""

TITLES = frozenset({"mr", "mrs", "miss", "ms", "mx", "dr", "rev", "sir", "dame"})


def words(name: str) -> tuple[str, ...]:
    """Return the words of a name without case, accents, hyphens, apostrophes and titles."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(PLAIN))
    joined = "".join(_letter(sign) for sign in plain if not unicodedata.combining(sign))
    found = joined.split()
    return tuple(word for word in found if word not in TITLES or len(found) == 1)


def _letter(sign: str) -> str:
    """Keep letters and digits; an apostrophe joins (O'Neill), all else divides (Smith-Jones)."""
    if sign.isalnum():
        return sign
    return "" if sign in "'’ʼ`" else " "


def same_words(one: str, other: str) -> bool:
    """Say whether two names have the same words in the same order."""
    return words(one) == words(other)


def is_printed_name(printed: str, first_name: str, last_name: str) -> bool:
    """Say whether a printed name is that of a person.

    First name first, or last name first with a comma; middle names may be printed besides. Any
    other difference is for a person to judge.
    """
    first, last = words(first_name), words(last_name)
    if not first or not last:
        return False
    before, comma, after = printed.partition(",")
    if comma:
        return words(before) == last and words(after)[: len(first)] == first
    given = words(printed)
    long_enough = len(given) >= len(first) + len(last)
    return long_enough and given[: len(first)] == first and given[-len(last) :] == last


def is_name_of(volunteer: Volunteer, printed: str) -> bool:
    """Say whether a printed name is the volunteer's, or another that was shown to be theirs."""
    if is_printed_name(printed, volunteer.first_name, volunteer.last_name):
        return True
    return any(same_words(printed, other.name) for other in volunteer.other_names)
