"""The columns of a file of families: what each holds, how it is read and written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from peerapp.domain import distances
from peerapp.domain.family_cells import (
    day,
    language,
    languages,
    member,
    miles,
    needs,
    number,
    reference,
    text,
    words,
    yes_no,
)
from peerapp.domain.family_records import LEVELS, PRIORITIES, FamilyRecord
from peerapp.enums import (
    NEEDED_PURPOSES,
    SLOTS,
    AgeBand,
    AgreementMethod,
    Channel,
    CoachGender,
    ConsentPurpose,
    FamilyState,
    Household,
    Need,
    ReferralSource,
)

IMPORTED_STATES = (FamilyState.REFERRED, FamilyState.WAITING, FamilyState.CLOSED)


@dataclass(frozen=True)
class Column:
    """One column of the file.

    Attributes
    ----------
    read
        Makes a value of a cell that is not blank; raises ``BadCell``.
    write
        Makes the cell of a record.
    help
        What is allowed, and what a blank cell means, for the page about the format.
    required
        The column must be there, and no cell of it may be blank.
    """

    name: str
    read: Callable[[str], Any]
    write: Callable[[FamilyRecord], str]
    help: str
    example: str = ""
    required: bool = False


def _flag(value: bool) -> str:
    return "yes" if value else "no"


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def _detail(name: str) -> Callable[[FamilyRecord], str]:
    return lambda record: _plain(getattr(record.details, name))


def _list(part: str, name: str) -> Callable[[FamilyRecord], str]:
    return lambda record: " ".join(sorted(getattr(getattr(record, part), name)))


def _of(part: str, name: str) -> Callable[[FamilyRecord], str]:
    """Write a field of the agreement or of safe contact, blank where there is none."""

    def write(record: FamilyRecord) -> str:
        whole = getattr(record, part)
        value = None if whole is None else getattr(whole, name)
        return _flag(value) if isinstance(value, bool) else _plain(value)

    return write


def _many(part: str, name: str) -> Callable[[FamilyRecord], str]:
    """Write a list of the agreement or of safe contact, blank where there is none."""

    def write(record: FamilyRecord) -> str:
        whole = getattr(record, part)
        return "" if whole is None else " ".join(sorted(getattr(whole, name)))

    return write


def _needs(record: FamilyRecord) -> str:
    return " ".join(f"{need}:{weight}" for need, weight in sorted(record.needs.items()))


def _text(longest: int, lines: bool = False) -> Callable[[str], str]:
    return partial(text, longest=longest, lines=lines)


def _words(allowed: Iterable[str]) -> Callable[[str], tuple[str, ...]]:
    known = tuple(str(word) for word in allowed)
    shown = "any of " + ", ".join(known) if len(known) < 8 else "slots such as mon_after_school"
    return partial(words, allowed=frozenset(known), shown=shown)


def _one_of(members: Iterable[StrEnum]) -> Callable[[str], StrEnum]:
    return partial(member, allowed=tuple(members))


def _names(members: Iterable[StrEnum]) -> str:
    return ", ".join(one.value for one in members)


COLUMNS = (
    Column(
        "reference",
        reference,
        lambda record: record.reference,
        "Your reference, in capitals. Blank: a new one is made",
        "F-7KQ2M",
    ),
    Column(
        "state",
        _one_of(IMPORTED_STATES),
        lambda record: record.state.value,
        f"{_names(IMPORTED_STATES)}. Blank: waiting if an agreement is given, else referred",
        "waiting",
    ),
    Column("first_name", _text(80), _detail("first_name"), "Parent or carer", "Amina", True),
    Column("last_name", _text(80), _detail("last_name"), "Parent or carer", "Yusuf", True),
    Column("phone", _text(40), _detail("phone"), "A phone number", "07700 900123"),
    Column("email", _text(254), _detail("email"), "An email address", "amina@example.org"),
    Column("address", _text(500, True), _detail("address"), "May have several lines"),
    Column("postcode", _text(40), _detail("postcode"), "A full postcode", "SN15 1AA", True),
    Column(
        "children",
        _words(AgeBand),
        _list("details", "children"),
        f"Age bands of the children: {_names(AgeBand)}",
        "under_5 5_to_10",
    ),
    Column(
        "source",
        _one_of(ReferralSource),
        _detail("source"),
        f"Who referred the family: {_names(ReferralSource)}",
        "professional",
        True,
    ),
    Column("referred_on", day, _detail("referred_on"), "A date", "2026-09-01", True),
    Column(
        "waiting_since",
        day,
        _detail("waiting_since"),
        "A date. Blank: the day of referral",
        "2026-09-01",
    ),
    Column(
        "level",
        partial(number, allowed=LEVELS),
        _detail("level"),
        "Level of need, 1 to 4 (4 is statutory)",
        "2",
        True,
    ),
    Column(
        "priority",
        partial(number, allowed=PRIORITIES),
        _detail("priority"),
        "1 (most urgent) to 5. Blank: follows from the level",
        "3",
    ),
    Column(
        "lead_practitioner",
        _text(160),
        _detail("lead_practitioner"),
        "Needed at level 4 before the family is matched",
    ),
    Column(
        "step_down_level",
        partial(number, allowed=LEVELS),
        _detail("step_down_level"),
        "Only where source is step_down: the level before",
    ),
    Column(
        "step_down_on",
        day,
        _detail("step_down_on"),
        "Only where source is step_down: the day of the step-down",
    ),
    Column(
        "step_down_worker",
        _text(160),
        _detail("step_down_worker"),
        "Only where source is step_down: who stepped the family down",
    ),
    Column(
        "section_47_open",
        yes_no,
        lambda record: _flag(record.section_47_open),
        "yes or no: is a section 47 enquiry open?",
        "no",
        True,
    ),
    Column(
        "child_protection_plan",
        yes_no,
        lambda record: _flag(record.child_protection_plan),
        "yes or no: is there a child protection plan?",
        "no",
        True,
    ),
    Column(
        "slots",
        _words(SLOTS),
        _list("wishes", "slots"),
        "When the family is free: a day (mon to sun), an underscore, and morning, afternoon, "
        "after_school or evening. Blank: never",
        "mon_morning thu_after_school",
    ),
    Column(
        "needs",
        needs,
        _needs,
        f"Need and weight, 1 to 3. Needs: {_names(Need)}",
        "isolation:2 budgeting:1",
    ),
    Column(
        "languages",
        languages,
        _list("wishes", "languages"),
        "Two-letter codes (ISO 639-1); the coach must speak one. Blank: English will do",
        "so en",
    ),
    Column(
        "coach_gender",
        _one_of(CoachGender),
        lambda record: record.wishes.coach_gender.value,
        f"{_names(CoachGender)}. Blank: any",
        "woman",
    ),
    Column(
        "accepts_remote",
        yes_no,
        lambda record: _flag(record.wishes.accepts_remote),
        "yes or no: may it be by phone or video? Blank: no",
        "no",
    ),
    Column(
        "min_distance_miles",
        miles,
        lambda record: distances.miles_text(record.wishes.min_distance_m),
        "How far away the coach must live at least. Blank: 0",
        "0.5",
    ),
    Column(
        "household",
        _words(Household),
        _list("wishes", "household"),
        f"What a coach may have to avoid: {_names(Household)}",
        "cats",
    ),
    Column(
        "agreement_given_by",
        _text(160),
        _of("agreement", "given_by"),
        "Who agreed. Blank: no agreement yet",
        "Amina Yusuf",
    ),
    Column("agreement_given_on", day, _of("agreement", "given_on"), "A date", "2026-09-03"),
    Column(
        "agreement_method",
        _one_of(AgreementMethod),
        _of("agreement", "method"),
        f"How: {_names(AgreementMethod)}",
        "phone",
    ),
    Column(
        "agreement_language",
        language,
        _of("agreement", "language"),
        "Two-letter code. Blank: en",
        "so",
    ),
    Column(
        "agreement_version",
        _text(20),
        _of("agreement", "version"),
        "Blank: the scheme’s present version",
        "2026-1",
    ),
    Column(
        "agreement_purposes",
        _words(ConsentPurpose),
        _many("agreement", "purposes"),
        f"What they agreed to: {_names(ConsentPurpose)}. Blank: {_names(NEEDED_PURPOSES)}",
        "take_part share_with_coach",
    ),
    Column(
        "safe_answered_on",
        day,
        _of("safe_contact", "answered_on"),
        "Day on which the family said how it may be reached. Blank: it has not been asked",
        "2026-09-03",
    ),
    Column(
        "safe_channels",
        _words(Channel),
        _many("safe_contact", "channels"),
        f"Safe channels: {_names(Channel)}. Blank: none",
        "phone sms",
    ),
    Column("safe_times", _text(200), _of("safe_contact", "times"), "When", "Mornings"),
    Column(
        "safe_slots",
        _words(SLOTS),
        _many("safe_contact", "safe_slots"),
        "When a message may arrive, written as slots are. Blank: at any time",
        "mon_morning tue_morning",
    ),
    Column(
        "safe_alias",
        _text(80),
        _of("safe_contact", "alias"),
        "Name to use for them, where their own is not safe",
    ),
    Column(
        "safe_no_voicemail",
        yes_no,
        _of("safe_contact", "no_voicemail"),
        "yes or no: leave no voicemail. Blank: yes",
        "yes",
    ),
    Column(
        "safe_shared_device",
        yes_no,
        _of("safe_contact", "shared_device"),
        "yes or no: somebody else uses the phone. Blank: yes",
        "no",
    ),
    Column(
        "safe_withheld_address",
        yes_no,
        _of("safe_contact", "withheld_address"),
        "yes or no: the address is secret. Blank: yes",
        "yes",
    ),
    Column(
        "safe_must_not_be_told",
        _text(2000, True),
        _of("safe_contact", "must_not_be_told"),
        "Who must not learn of this. May have several lines",
    ),
    Column(
        "details_query",
        _text(2000, True),
        lambda record: record.details_query,
        "What has to be put right before the family is matched. May have several lines",
    ),
)
"""All columns in the order in which they are written."""

NAMES = tuple(column.name for column in COLUMNS)
REQUIRED = tuple(column.name for column in COLUMNS if column.required)
