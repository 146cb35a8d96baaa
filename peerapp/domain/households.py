"""Nobody coaches their own home: a family and a volunteer who seem to be the same people.

A supported family's adult may become a volunteer, and the two records do not know of each other
(``docs/vetting.md``). Should that family come back, on whichever record, what both told us about
themselves keeps them apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from peerapp.domain.names import words
from peerapp.models import Family, Volunteer

Key = tuple[str, ...]


def pairs_of_one_home(
    families: Iterable[Family], volunteers: Iterable[Volunteer]
) -> frozenset[tuple[str, str]]:
    """Return the pairs of ids that share a phone, an email, or a postcode and a last name."""
    known: dict[Key, list[str]] = defaultdict(list)
    for family in families:
        for key in _keys(family, family.email):
            known[key].append(str(family.id))
    return frozenset(
        (family_id, str(volunteer.id))
        for volunteer in volunteers
        for key in _keys(volunteer, volunteer.account.email)
        for family_id in known.get(key, ())
    )


def _keys(person: Family | Volunteer, email: str) -> Iterator[Key]:
    digits = "".join(sign for sign in person.phone if sign.isdigit())
    if digits:
        # +44 7700 900123, 0044 7700 900123 and 07700 900123 are one number.
        yield "phone", digits[-10:]
    if email.strip():
        yield "email", email.strip().lower()
    if person.postcode and words(person.last_name):
        yield "home", person.postcode.upper().replace(" ", ""), *words(person.last_name)
