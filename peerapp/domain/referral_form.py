"""What is asked at the front door, page by page, and what an answer still lacks.

The family itself is asked less, and in other words, than a professional: the words stand in
`peerapp.forms.front_door`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from peerapp.domain.family_records import LEVELS, is_email, is_phone
from peerapp.enums import NEEDED_PURPOSES, Channel, Danger, ReferralSource
from peerapp.errors import Refusal

Answers = Mapping[str, Any]
YES, NO = "yes", "no"
MOST_CHILDREN = 10

PAGES: dict[str, tuple[str, ...]] = {
    "danger": ("danger",),
    "referrer": (
        "referrer_name",
        "referrer_role",
        "referrer_organisation",
        "referrer_phone",
        "referrer_email",
    ),
    "name": ("first_name", "last_name"),
    "reach": ("phone", "email"),
    "safe": ("channels", "times"),
    "careful": ("no_voicemail", "shared_device", "alias", "must_not_be_told"),
    "home": ("postcode", "address", "withheld_address"),
    "children": ("children",),
    "help": ("needs",),
    "story": ("story",),
    "language": ("language",),
    "support": ("level", "section_47_open", "child_protection_plan", "lead_practitioner"),
    "step_down": ("is_step_down", "step_down_level", "step_down_on", "step_down_worker"),
    "agree": ("agreed",),
    "agreement": ("knows", "agreed_by", "agreed_on", "agreed_how", "agreed_in", "may_tell"),
}
"""All pages in their order, and what each asks."""

ONLY_PROFESSIONAL = frozenset({"referrer", "support", "step_down", "agreement"})
ONLY_SELF = frozenset({"agree"})
OPTIONAL = frozenset(
    {
        "phone", "email", "times", "alias", "must_not_be_told", "address", "story",
        "lead_practitioner",
    }
)  # fmt: skip
ONLY_WITH = {
    "step_down_level": ("is_step_down", YES),
    "step_down_on": ("is_step_down", YES),
    "step_down_worker": ("is_step_down", YES),
    "agreed_by": ("knows", YES),
    "agreed_on": ("knows", YES),
    "agreed_how": ("knows", YES),
    "agreed_in": ("knows", YES),
    "may_tell": ("knows", YES),
}
"""Questions that are asked only where another was answered in a certain way."""

MISSING = {
    "danger": "Choose whether anyone is in danger now",
    "referrer_name": "Enter your name",
    "referrer_role": "Enter your job",
    "referrer_organisation": "Enter where you work",
    "referrer_phone": "Enter your phone number",
    "referrer_email": "Enter your work email address",
    "first_name": "Enter a first name",
    "last_name": "Enter a last name",
    "channels": "Choose what is safe, or that nothing is",
    "no_voicemail": "Choose whether a voicemail may be left",
    "shared_device": "Choose whether someone else uses the phone or computer",
    "postcode": "Enter the postcode",
    "withheld_address": "Choose whether the address must be kept secret",
    "children": "Add at least one child",
    "needs": "Choose at least one thing",
    "language": "Choose a language",
    "level": "Choose the level of need",
    "section_47_open": "Choose whether a section 47 enquiry is open",
    "child_protection_plan": "Choose whether there is a child protection plan",
    "is_step_down": "Choose whether the family is stepping down",
    "step_down_level": "Choose the level before",
    "step_down_on": "Enter the day of the step-down",
    "step_down_worker": "Enter who worked with the family",
    "agreed": "Tick both boxes if you want to go on",
    "knows": "Choose whether the family knows and agrees",
    "agreed_by": "Enter who agreed",
    "agreed_on": "Enter the day on which they agreed",
    "agreed_how": "Choose how they agreed",
    "agreed_in": "Choose the language in which you asked",
    "may_tell": "Choose whether the family agrees that you are told how it goes",
}

NOT_AGREED = Refusal(
    "knows",
    "Talk with the family first. You can save this form and come back when they have agreed.",
)


def pages_for(source: ReferralSource) -> tuple[str, ...]:
    """Return the pages that somebody fills in, in order."""
    left_out = ONLY_PROFESSIONAL if source == ReferralSource.SELF else ONLY_SELF
    return tuple(page for page in PAGES if page not in left_out)


def is_asked(name: str, answers: Answers) -> bool:
    """Say whether a question applies, given the other answers."""
    other, value = ONLY_WITH.get(name, ("", ""))
    return not other or answers.get(other) == value


def page_refusals(page: str, answers: Answers, today: date) -> list[Refusal]:
    """Name what is missing or wrong on a page; each code is the name of the question."""
    missing = [
        Refusal(name, MISSING[name])
        for name in PAGES[page]
        if name not in OPTIONAL and is_asked(name, answers) and not _is_given(name, answers)
    ]
    check = _CHECKS.get(page)
    return [*missing, *(check(answers, today) if check else ())]


def _is_given(name: str, answers: Answers) -> bool:
    """Say whether a question has been answered; that nothing is safe is an answer."""
    return answers.get(name) is not None if name == "channels" else bool(answers.get(name))


def _reach_refusals(answers: Answers, _: date) -> list[Refusal]:
    refusals = []
    if answers.get("phone") and not is_phone(answers["phone"]):
        refusals.append(Refusal("phone", "Enter a phone number, like 07700 900 982"))
    if answers.get("email") and not is_email(answers["email"]):
        refusals.append(Refusal("email", "Enter an email address, like name@example.com"))
    return refusals


_NEEDED = {
    Channel.PHONE: ("phone", "There is no phone number. Add one, or leave phone calls out"),
    Channel.SMS: ("phone", "There is no phone number. Add one, or leave text messages out"),
    Channel.EMAIL: ("email", "There is no email address. Add one, or leave email out"),
}


def _safe_refusals(answers: Answers, _: date) -> list[Refusal]:
    needed = [_NEEDED[Channel(one)] for one in answers.get("channels") or () if one in _NEEDED]
    return [Refusal("channels", message) for field, message in needed if not answers.get(field)]


def _children_refusals(answers: Answers, _: date) -> list[Refusal]:
    if len(answers.get("children") or ()) > MOST_CHILDREN:
        return [Refusal("children", f"Add at most {MOST_CHILDREN} children")]
    return []


def _support_refusals(answers: Answers, _: date) -> list[Refusal]:
    level = answers.get("level")
    if level and level not in {str(one) for one in LEVELS}:
        return [Refusal("level", "Choose a level from 1 to 4")]
    if level == str(max(LEVELS)) and not answers.get("lead_practitioner"):
        return [Refusal("lead_practitioner", "Name the lead practitioner: level 4 needs one")]
    return []


def _step_down_refusals(answers: Answers, today: date) -> list[Refusal]:
    return _past(answers, "step_down_on", "The day of the step-down", today)


def _agree_refusals(answers: Answers, _: date) -> list[Refusal]:
    given = answers.get("agreed") or ()
    if given and not set(NEEDED_PURPOSES) <= set(given):
        return [Refusal("agreed", MISSING["agreed"])]
    return []


def _agreement_refusals(answers: Answers, today: date) -> list[Refusal]:
    if answers.get("knows") == NO:
        return [NOT_AGREED]
    return _past(answers, "agreed_on", "The day", today)


def _past(answers: Answers, name: str, noun: str, today: date) -> list[Refusal]:
    if not is_asked(name, answers) or not answers.get(name):
        return []
    if date.fromisoformat(answers[name]) > today:
        return [Refusal(name, f"{noun} must be today or in the past")]
    return []


_CHECKS: dict[str, Callable[[Answers, date], list[Refusal]]] = {
    "reach": _reach_refusals,
    "safe": _safe_refusals,
    "children": _children_refusals,
    "support": _support_refusals,
    "step_down": _step_down_refusals,
    "agree": _agree_refusals,
    "agreement": _agreement_refusals,
}


def missing_pages(source: ReferralSource, answers: Answers, today: date) -> list[str]:
    """Return the pages that still lack something, in order."""
    return [page for page in pages_for(source) if page_refusals(page, answers, today)]


def next_page(source: ReferralSource, answers: Answers, today: date) -> str:
    """Return where somebody goes on who comes back: what lacks something, or was never seen."""
    missing = missing_pages(source, answers, today)
    return missing[0] if missing else ""


def final_answers(source: ReferralSource, answers: Answers) -> dict[str, Any]:
    """Return what is sent in the end: nothing that was asked on the way and does not apply."""
    names = [name for page in pages_for(source) for name in PAGES[page]]
    return {name: answers[name] for name in names if answers.get(name) and is_asked(name, answers)}


BY_DANGER = (None, Danger.NO, Danger.UNSURE, Danger.YES)


def is_worse(danger: Danger, before: Danger | None) -> bool:
    """Say whether an answer tells of more danger than one before it."""
    return BY_DANGER.index(danger) > BY_DANGER.index(before)


def is_danger(danger: Danger | None) -> bool:
    """Say whether the safeguarding lead has to know; who is not sure counts as in danger."""
    return danger in {Danger.YES, Danger.UNSURE}
