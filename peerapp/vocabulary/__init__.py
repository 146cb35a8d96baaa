"""The words for people: what each member of an enum, and each language, is called on a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from peerapp import enums as e
from peerapp.vocabulary import (
    checks,
    concerns,
    consents,
    conversations,
    families,
    goals,
    identity,
    matches,
    need_to_know,
    onboarding,
    people,
    records,
    referrals,
    rights,
    sessions,
    supervision,
    training,
)
from peerapp.vocabulary.languages import LANGUAGES, languages

__all__ = ["LABELS", "LANGUAGES", "check_label", "choices", "label", "labels", "languages"]

# By type first: members of different enums with one value are equal, and would collide.
LABELS: Mapping[type[StrEnum], Mapping[str, str]] = {
    **checks.LABELS,
    **concerns.LABELS,
    **consents.LABELS,
    **conversations.LABELS,
    **families.LABELS,
    **goals.LABELS,
    **identity.LABELS,
    **matches.LABELS,
    **need_to_know.LABELS,
    **onboarding.LABELS,
    **people.LABELS,
    **records.LABELS,
    **referrals.LABELS,
    **rights.LABELS,
    **sessions.LABELS,
    **supervision.LABELS,
    **training.LABELS,
}


def label(member: StrEnum) -> str:
    """Return what a member of an enum is called on a page."""
    return LABELS[type(member)][member.value]


def check_label(level: e.CheckLevel, workforce: e.Workforce | None) -> str:
    """Return what a DBS check is called; a basic one is made for no workforce."""
    if workforce is None or level == e.CheckLevel.BASIC:
        return label(level)
    return f"{label(level)}, {label(workforce).lower()}"


def labels(kind: type[StrEnum], values: Iterable[str]) -> list[str]:
    """Return the labels of stored values, in the order of the enum."""
    chosen = frozenset(values)
    return [label(member) for member in kind if member.value in chosen]


def choices(members: Iterable[StrEnum]) -> list[tuple[str, str]]:
    """Return ``(value, label)`` for a form; give an enum, or some of its members."""
    return [(member.value, label(member)) for member in members]
