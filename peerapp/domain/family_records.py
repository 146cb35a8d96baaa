"""What staff record about a family, as values that check themselves.

A form and a row of an imported file both end here, so that both obey the same rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from peerapp.enums import (
    NEEDED_PURPOSES,
    AgreementMethod,
    Channel,
    CoachGender,
    ConsentPurpose,
    FamilyState,
    Need,
    ReferralSource,
)

LEVELS = range(1, 5)
PRIORITIES = range(1, 6)
SPECIAL_CHANNELS = {
    Channel.PHONE: "phone",
    Channel.SMS: "phone",
    Channel.EMAIL: "email",
}
"""The field that a channel needs before it can be called safe."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one field, in words for whoever typed it."""

    field: str
    message: str


@dataclass(frozen=True)
class FamilyDetails:
    """Who the family is, how to reach it, where it lives, and who referred it.

    ``priority`` None follows from the level, ``waiting_since`` None is the day of referral.
    """

    first_name: str
    last_name: str
    postcode: str
    referred_on: date
    phone: str = ""
    email: str = ""
    address: str = ""
    children: tuple[str, ...] = ()
    source: ReferralSource = ReferralSource.INTERNAL
    level: int = 2
    priority: int | None = None
    lead_practitioner: str = ""
    step_down_level: int | None = None
    step_down_on: date | None = None
    step_down_worker: str = ""
    waiting_since: date | None = None


@dataclass(frozen=True)
class FamilyWishes:
    """When the family is free, and what it wishes of a coach."""

    slots: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    coach_gender: CoachGender = CoachGender.ANY
    accepts_remote: bool = False
    min_distance_m: int = 0
    household: tuple[str, ...] = ()


@dataclass(frozen=True)
class AgreementDetails:
    """Who agreed to what, when, how, in which language; no version: the scheme's present one."""

    given_by: str
    given_on: date
    method: AgreementMethod
    language: str = "en"
    version: str = ""
    purposes: tuple[str, ...] = tuple(sorted(NEEDED_PURPOSES))


@dataclass(frozen=True)
class SafeContactAnswers:
    """How the family said it may be reached; the defaults are the careful ones."""

    answered_on: date
    channels: tuple[str, ...] = ()
    times: str = ""
    alias: str = ""
    no_voicemail: bool = True
    shared_device: bool = True
    withheld_address: bool = True
    must_not_be_told: str = ""
    safe_slots: tuple[str, ...] = ()


@dataclass(frozen=True)
class FamilyRecord:
    """Everything of a family that a file carries."""

    details: FamilyDetails
    wishes: FamilyWishes = FamilyWishes()
    needs: Mapping[Need, int] = field(default_factory=dict)
    reference: str = ""
    state: FamilyState = FamilyState.REFERRED
    section_47_open: bool = False
    child_protection_plan: bool = False
    agreement: AgreementDetails | None = None
    safe_contact: SafeContactAnswers | None = None
    details_query: str = ""


def details_faults(details: FamilyDetails, today: date) -> list[Fault]:
    """Say what is wrong with a family's details, apart from where the postcode lies."""
    faults = [
        Fault(name, f"Enter the parent or carer’s {name.replace('_', ' ')}")
        for name in ("first_name", "last_name")
        if not getattr(details, name)
    ]
    faults += [*_reach_faults(details), *_date_faults(details, today)]
    if details.level not in LEVELS:
        faults.append(Fault("level", "The level must be 1, 2, 3 or 4"))
    if details.priority is not None and details.priority not in PRIORITIES:
        faults.append(Fault("priority", "The priority must be from 1 to 5"))
    return [*faults, *_step_down_faults(details, today)]


def _reach_faults(details: FamilyDetails) -> list[Fault]:
    faults = []
    if details.phone and not is_phone(details.phone):
        faults.append(Fault("phone", "Enter a phone number, like 01632 960 001 or 07700 900 982"))
    if details.email and not is_email(details.email):
        faults.append(
            Fault("email", "Enter an email address in the correct format, like name@example.com")
        )
    return faults


def _date_faults(details: FamilyDetails, today: date) -> list[Fault]:
    faults = []
    if details.referred_on > today:
        faults.append(Fault("referred_on", "The day of referral must be today or in the past"))
    if details.waiting_since is not None and details.waiting_since > today:
        faults.append(Fault("waiting_since", "The wait must start today or in the past"))
    return faults


def _step_down_faults(details: FamilyDetails, today: date) -> list[Fault]:
    if details.source != ReferralSource.STEP_DOWN:
        given = {
            "step_down_level": details.step_down_level,
            "step_down_on": details.step_down_on,
            "step_down_worker": details.step_down_worker,
        }
        message = "Leave this empty unless the family was stepped down"
        return [Fault(name, message) for name, value in given.items() if value]
    faults = []
    if details.step_down_level not in LEVELS:
        faults.append(
            Fault("step_down_level", "Choose the level from which the family was stepped down")
        )
    if details.step_down_on is None:
        faults.append(Fault("step_down_on", "Enter the day of the step-down"))
    elif details.step_down_on > today:
        faults.append(Fault("step_down_on", "The step-down must be today or in the past"))
    if not details.step_down_worker:
        faults.append(Fault("step_down_worker", "Enter the worker who stepped the family down"))
    return faults


def agreement_faults(
    agreement: AgreementDetails, today: date, takes_part: bool = False
) -> list[Fault]:
    """Say what is wrong with a recorded agreement; ``takes_part``: that much was agreed before."""
    faults = []
    if not agreement.given_by:
        faults.append(Fault("given_by", "Enter who agreed"))
    if agreement.given_on > today:
        faults.append(Fault("given_on", "The day of the agreement must be today or in the past"))
    if not agreement.purposes:
        faults.append(Fault("purposes", "Choose what the family agreed to"))
    elif not takes_part and ConsentPurpose.TAKE_PART not in agreement.purposes:
        faults.append(Fault("purposes", "A family agrees to take part first"))
    return faults


def safe_contact_faults(
    answers: SafeContactAnswers, phone: str, email: str, today: date
) -> list[Fault]:
    """Say what is wrong with the answers on safe contact: a channel needs its number."""
    have = {"phone": phone, "email": email}
    faults = []
    for channel in answers.channels:
        needed = SPECIAL_CHANNELS.get(Channel(channel))
        if needed and not have[needed]:
            noun = "phone number" if needed == "phone" else "email address"
            message = f"There is no {noun}: record one first, or untick {_NAMES[Channel(channel)]}"
            faults.append(Fault("channels", message))
    if answers.answered_on > today:
        faults.append(Fault("answered_on", "The day of the answer must be today or in the past"))
    return faults


_NAMES = {Channel.PHONE: "phone calls", Channel.SMS: "text messages", Channel.EMAIL: "email"}


def is_phone(text: str) -> bool:
    """Say whether a number can be dialled from Great Britain."""
    try:
        return bool(phonenumbers.is_possible_number(phonenumbers.parse(text, "GB")))
    except phonenumbers.NumberParseException:
        return False


def is_email(text: str) -> bool:
    """Say whether a text has the form of an email address; nothing is looked up."""
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
