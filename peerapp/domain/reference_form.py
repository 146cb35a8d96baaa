"""What a referee is asked, page by page, and what an answer still lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from peerapp.errors import Refusal

PAGES: dict[str, tuple[str, ...]] = {
    "knowing": ("known_how", "known_years", "is_related", "lives_with"),
    "qualities": ("reliable", "listens", "keeps_limits", "strengths"),
    "children": ("with_children", "has_concern", "concern"),
    "view": ("recommends", "view_reason", "position"),
}
"""The pages of the form in their order, and what each asks."""

OPTIONAL = frozenset({"position", "with_children"})
ONLY_WITH = {"concern": ("has_concern", ("yes",)), "view_reason": ("recommends", ("doubt", "no"))}
"""Questions that are asked only where another was answered in a certain way."""

MISSING = {
    "known_how": "Say how you know them.",
    "known_years": "Say for how long you have known them.",
    "is_related": "Say whether you are related to them.",
    "lives_with": "Say whether you live with them.",
    "reliable": "Say how reliable they are.",
    "listens": "Say how well they listen.",
    "keeps_limits": "Say how well they keep to rules and limits.",
    "strengths": "Say what they are good at.",
    "has_concern": "Say whether you have a concern.",
    "concern": "Say what your concern is.",
    "recommends": "Say whether the role would suit them.",
    "view_reason": "Say why you think so.",
}


def is_asked(name: str, answers: Mapping[str, Any]) -> bool:
    """Say whether a question applies, given the other answers."""
    other, values = ONLY_WITH.get(name, ("", ()))
    return not other or answers.get(other) in values


def page_refusals(page: str, answers: Mapping[str, Any]) -> list[Refusal]:
    """Name what a page still lacks; the code of each is the name of the question."""
    return [
        Refusal(name, MISSING[name])
        for name in PAGES[page]
        if name not in OPTIONAL and is_asked(name, answers) and answers.get(name) in (None, "")
    ]


def missing_pages(answers: Mapping[str, Any]) -> list[str]:
    """Return the pages that still lack something, in order."""
    return [page for page in PAGES if page_refusals(page, answers)]


def final_answers(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is sent in the end: nothing that was asked on the way and does not apply."""
    names = [name for page in PAGES.values() for name in page]
    return {
        name: answers[name]
        for name in names
        if answers.get(name) not in (None, "") and is_asked(name, answers)
    }
