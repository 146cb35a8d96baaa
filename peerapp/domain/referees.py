"""Who may be a referee, and when what a referee wrote may count.

A reference is worth something only if it comes from somebody else. Relatives, people of the same
home, the volunteer under another address, one person twice, and staff of the scheme are caught
here, when they are named and again before a reference is verified: details change in between.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from peerapp.enums import GivenHow, RefereeRelation, ReferenceState, Role, VerifiedHow
from peerapp.errors import Refusal
from peerapp.models import Account, Reference, Volunteer

R = RefereeRelation
LIVE = frozenset({ReferenceState.ASKED, ReferenceState.RECEIVED, ReferenceState.VERIFIED})
"""References that may still come to count, or do."""

NEEDED = 2
MOST_NAMED = 6
"""How many referees a volunteer may name in all; each gets mail, which strangers could misuse."""

SHORTEST_YEARS = 2
FREE_MAIL = frozenset(
    {
        "aol.com", "btinternet.com", "gmail.com", "gmx.com", "hotmail.co.uk", "hotmail.com",
        "icloud.com", "live.co.uk", "live.com", "mail.com", "me.com", "msn.com", "outlook.com",
        "proton.me", "protonmail.com", "sky.com", "talktalk.net", "virginmedia.com",
        "yahoo.co.uk", "yahoo.com",
    }
)  # fmt: skip
"""Where anybody gets an address under any name: no official ones."""

RELATIVES = re.compile(
    r"\b(?:aunt|auntie|aunty|brother|cousin|dad|daughter|father|fianc[eé]e?|gran|grandad|grandma|"
    r"granddad|granddaughter|grandfather|grandmother|grandson|husband|mother|mum|nan|nephew|"
    r"niece|partner|sister|son|step-?(?:brother|daughter|father|mother|sister|son)|uncle|wife)"
    r"(?:-in-law)?\b",
    re.IGNORECASE,
)

YES = "yes"


@dataclass(frozen=True)
class Referee:
    """A referee as the volunteer names them.

    Attributes
    ----------
    known_years
        For how many whole years they have known the volunteer.
    """

    name: str
    email: str
    phone: str
    postcode: str
    relation: RefereeRelation
    known_how: str
    known_years: int


@dataclass(frozen=True)
class Flag:
    """Something that a coordinator should look at; it does not stop anything by itself."""

    code: str
    message: str


def email_key(email: str) -> str:
    """Return one form for all ways to write the same mailbox.

    Case, a part after ``+``, and dots before the @ make no other person. Some hosts do tell dots
    apart; two people who differ in a dot alone are rarer than one person who tries it.
    """
    local, _, domain = unicodedata.normalize("NFKC", email).strip().casefold().rpartition("@")
    domain = domain.rstrip(".")
    domain = "gmail.com" if domain == "googlemail.com" else domain
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def phone_key(phone: str) -> str:
    """Return a British number as the digits that follow the first 0; others with their code."""
    text = unicodedata.normalize("NFKC", phone).strip()
    digits = "".join(one for one in text if one.isdigit())
    if text.startswith("+") or digits.startswith("00"):
        digits = digits.removeprefix("00")
        if not digits.startswith("44"):
            return f"+{digits}"
        digits = digits.removeprefix("44")
    return digits.lstrip("0")


def postcode_key(postcode: str) -> str:
    """Return a postcode in capitals without spaces."""
    return "".join(postcode.upper().split())


def name_key(name: str) -> str:
    """Return a name as its letters, in lower case, without accents."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return " ".join("".join(c if c.isalpha() else " " for c in plain if not _mark(c)).split())


def _mark(character: str) -> bool:
    return unicodedata.combining(character) != 0


def referee_refusals(
    referee: Referee | Reference,
    volunteer: Volunteer,
    others: Iterable[Referee | Reference],
    staff_emails: Collection[str],
) -> list[Refusal]:
    """Say why somebody may not be this volunteer's referee; empty means that they may.

    Parameters
    ----------
    others
        The volunteer's other referees who count or may come to count, and those whose reference
        was rejected: nobody answers twice.
    staff_emails
        Addresses of everybody who works for the scheme, and the scheme's own.
    """
    return [
        *_relation_refusals(referee),
        *_own_refusals(referee, volunteer),
        *_staff_refusals(referee, staff_emails),
        *_double_refusals(referee, others),
    ]


_RELATIONS = {
    R.RELATIVE: Refusal(
        "referee_relative", "A relative cannot be a referee. Choose somebody outside your family."
    ),
    R.PARTNER: Refusal(
        "referee_partner", "A partner or former partner cannot be a referee. Choose somebody else."
    ),
    R.HOUSEHOLD: Refusal(
        "referee_household",
        "Somebody who lives with you cannot be a referee. Choose somebody else.",
    ),
}


def _relation_refusals(referee: Referee | Reference) -> list[Refusal]:
    return [_RELATIONS[referee.relation]] if referee.relation in _RELATIONS else []


def _own_refusals(referee: Referee | Reference, volunteer: Volunteer) -> list[Refusal]:
    refusals = []
    if email_key(referee.email) == email_key(volunteer.account.email):
        refusals.append(
            Refusal("referee_own_email", "This is your own email address. Enter the referee’s.")
        )
    own_phones = {phone_key(one) for one in (volunteer.phone, volunteer.scheme_phone) if one}
    if phone_key(referee.phone) in own_phones:
        refusals.append(
            Refusal("referee_own_phone", "This is your own phone number. Enter the referee’s.")
        )
    if name_key(referee.name) == name_key(volunteer.name):
        refusals.append(Refusal("referee_own_name", "This is your own name. Enter the referee’s."))
    if volunteer.postcode and postcode_key(referee.postcode) == postcode_key(volunteer.postcode):
        refusals.append(
            Refusal(
                "referee_shared_address",
                "This is your own postcode. A referee cannot share your address. "
                "Choose somebody else, or enter the postcode of where they work.",
            )
        )
    return refusals


def _staff_refusals(referee: Referee | Reference, emails: Collection[str]) -> list[Refusal]:
    if email_key(referee.email) not in {email_key(one) for one in emails if one}:
        return []
    message = "Somebody who works for this scheme cannot be a referee. Choose somebody else."
    return [Refusal("referee_staff", message)]


def _double_refusals(
    referee: Referee | Reference, others: Iterable[Referee | Reference]
) -> list[Refusal]:
    everyone = list(others)
    same = {
        "referee_same_email": (
            any(email_key(referee.email) == email_key(one.email) for one in everyone),
            "You have named a referee with this email address before. "
            "Two references come from two people.",
        ),
        "referee_same_phone": (
            any(phone_key(referee.phone) == phone_key(one.phone) for one in everyone),
            "You have named a referee with this phone number before. "
            "Two references come from two people.",
        ),
        "referee_same_name": (
            any(name_key(referee.name) == name_key(one.name) for one in everyone),
            "You have named this person before. Two references come from two people.",
        ),
    }
    return [Refusal(code, message) for code, (is_so, message) in same.items() if is_so]


def has_concern(answers: Mapping[str, Any]) -> bool:
    """Say whether a referee sent a concern, or would not see the volunteer work with children."""
    unsent = answers.get("unsent") or {}
    return any(
        one.get("has_concern") == YES or one.get("recommends") == "no" for one in (answers, unsent)
    )


def verification_refusals(
    reference: Reference,
    others: Iterable[Reference],
    staff_emails: Collection[str],
    how: VerifiedHow,
    actor: Account,
) -> list[Refusal]:
    """Say why a reference may not count (yet), whoever says that it is genuine."""
    if reference.state != ReferenceState.RECEIVED:
        return [Refusal("reference_not_received", "There is no answer that waits for a check.")]
    refusals = referee_refusals(reference, reference.volunteer, others, staff_emails)
    refusals += _answer_refusals(reference.answers)
    if how == VerifiedHow.OFFICIAL_EMAIL and _domain(reference.email) in FREE_MAIL:
        refusals.append(
            Refusal(
                "email_not_official",
                f"Anybody can have an address at {_domain(reference.email)}. "
                "Check the reference in another way.",
            )
        )
    refusals += _entry_refusals(reference, how, actor)
    return refusals + concern_refusals(reference, actor)


def _entry_refusals(reference: Reference, how: VerifiedHow, actor: Account) -> list[Refusal]:
    """What somebody typed in for a referee is checked by somebody else, and by a way that fits."""
    if reference.entered_by_id is None:
        return []
    refusals = []
    if reference.entered_by_id == actor.id:
        message = "You typed this in for the referee. Somebody else must verify it."
        refusals.append(Refusal("entered_by_self", message))
    on_paper = reference.given_how == GivenHow.PAPER
    if how == VerifiedHow.OFFICIAL_EMAIL or (how == VerifiedHow.OFFICIAL_LETTER and not on_paper):
        message = "The answer did not come in this way. Check it in another."
        refusals.append(Refusal("how", message))
    return refusals


def concern_refusals(reference: Reference, actor: Account) -> list[Refusal]:
    """Say that somebody may not decide on a reference, either way: only the lead on a concern.

    A coordinator who could reject it could make a warning go away.
    """
    if not has_concern(reference.answers) or actor.role == Role.SAFEGUARDING_LEAD:
        return []
    message = (
        "The referee raised a concern. The safeguarding lead decides whether this reference counts."
    )
    return [Refusal("reference_concern", message)]


def is_undecided_concern(reference: Reference) -> bool:
    """Say whether a reference raises a concern on which the lead has not decided."""
    return reference.state == ReferenceState.RECEIVED and has_concern(reference.answers)


def _answer_refusals(answers: Mapping[str, Any]) -> list[Refusal]:
    refusals = []
    if answers.get("is_related") == YES:
        message = "The referee says that they are related. Reject this reference."
        refusals.append(Refusal("reference_relative", message))
    if answers.get("lives_with") == YES:
        message = "The referee says that they live with the volunteer. Reject this reference."
        refusals.append(Refusal("reference_shared_address", message))
    return refusals


def _domain(email: str) -> str:
    return email_key(email).rpartition("@")[2]


def flags(reference: Reference) -> list[Flag]:
    """Name what a coordinator should look at before they believe a reference."""
    found = [*_said(reference), *_related(reference)]
    return [Flag(code, message) for is_so, code, message in found if is_so]


def _said(reference: Reference) -> list[tuple[bool, str, str]]:
    """Ask of what the referee said: whether it is so, and how to name it if it is."""
    answers = reference.answers
    return [
        (has_concern(answers), "concern", "The referee raised a concern."),
        (
            bool(answers.get("unsent")),
            "unsent_concern",
            "They had begun the form online, and raised a concern there: "
            f"“{_unsent_words(answers)}”",
        ),
        (
            reference.entered_by_id is not None
            and name_key(reference.given_by) != name_key(reference.name),
            "other_giver",
            f"The volunteer named {reference.name}; the answers came from {reference.given_by}.",
        ),
        (
            answers.get("recommends") == "doubt",
            "doubt",
            "The referee has doubts whether the role suits the volunteer.",
        ),
    ]


def _related(reference: Reference) -> list[tuple[bool, str, str]]:
    """Ask, in the same way, of how the two know each other."""
    last_name = name_key(reference.volunteer.last_name)
    kin = RELATIVES.search(f"{reference.known_how} {reference.answers.get('known_how', '')}")
    answered = reference.answers.get("known_years")
    return [
        (
            bool(last_name) and last_name in name_key(reference.name),
            "same_surname",
            "The referee has the volunteer’s last name. Ask whether they are related.",
        ),
        (
            kin is not None,
            "kin_word",
            f"The answers speak of “{kin[0] if kin else ''}”. Ask whether they are related.",
        ),
        (
            reference.known_years < SHORTEST_YEARS,
            "short_time",
            f"They have known each other for less than {SHORTEST_YEARS} years.",
        ),
        (
            isinstance(answered, int) and abs(answered - reference.known_years) > SHORTEST_YEARS,
            "years_differ",
            "Volunteer and referee do not agree on how long they have known each other.",
        ),
    ]


def _unsent_words(answers: Mapping[str, Any]) -> str:
    unsent = answers.get("unsent") or {}
    words = [str(unsent[one]) for one in ("concern", "view_reason") if unsent.get(one)]
    return " ".join(words) or "no words yet"
