"""All words that people read, in one place: whole sentences with named gaps.

Another language is another `Wording`: its sentences may put the gaps in any order, and it brings
its own names of slots, needs, languages and things of a household. Nothing is glued together from
parts of sentences; a list is joined by the wording's own `comma` and `last`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matching.problem import DAYS, SLOTS

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PARTS = {
    "morning": "{day} morning",
    "afternoon": "{day} afternoon",
    "after_school": "{day} after school",
    "evening": "{day} evening",
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Wording:
    """The words of one language.

    Attributes
    ----------
    letter
        Sentences for a family, by key. They say nothing of anybody else.
    slots
        What each of the 28 slots is called in the middle of a sentence.
    needs, languages, household, genders
        What a letter may call by name. What is not here is not named in a letter at all; so needs
        of a sensitive kind are kept out by not being here.
    """

    code: str
    letter: Mapping[str, str]
    slots: Mapping[str, str]
    needs: Mapping[str, str]
    languages: Mapping[str, str]
    household: Mapping[str, str]
    genders: Mapping[str, str]
    months: Sequence[str]
    date_form: str
    comma: str
    last: str

    def listed(self, words: Sequence[str]) -> str:
        """The words as one list, in the order given."""
        if len(words) < 2:
            return "".join(words)
        return self.last.format(first=self.comma.join(words[:-1]), last=words[-1])

    def day(self, day: date) -> str:
        return self.date_form.format(day=day.day, month=self.months[day.month - 1], year=day.year)


def english_slot(slot: str) -> str:
    """A slot as people say it, for letters and notes alike; what is no slot stays as it is."""
    day, _, part = slot.partition("_")
    if day not in DAYS or part not in _PARTS:
        return slot
    return _PARTS[part].format(day=_DAYS[DAYS.index(day)])


ENGLISH = Wording(
    code="en",
    letter={
        "matched": "We have found a coach who may be right for you.",
        "time": "You are both free on {slot}.",
        "in_person": "Your coach can travel to meet you.",
        "remote": "You would talk by phone or on a screen.",
        "needs": "Your coach knows about this: {needs}.",
        "other_needs": "You told us other things too. We keep them in mind.",
        "language": "You both speak {languages}.",
        "gender": "You asked for {gender}, and your coach is one.",
        "household": "Your coach is fine with this in your home: {things}.",
        "next": "We will talk with you first, and you can say no.",
        "waiting": "We have not found a coach for you yet.",
        "since": "You have been on our list since {day}.",
        "still_looking": "We have not forgotten you. We look again each time we match.",
        "all_taken": "The places with coaches who could help you are all taken.",
        "order": "We help the most urgent first, then those who have waited the longest.",
        "more_times": "If you could meet at more times, please tell us. That may help.",
        "none_fits": "No coach fits all that you need just now.",
        "no_times": "You have not told us when you could meet. Please tell us your free times.",
        "this_time": "Could you meet on {slot} as well? Then we may find a coach for you.",
        "by_phone": "Could you talk by phone or on a screen? Then we may find a coach for you.",
        "new_coaches": "We are looking for new coaches near you.",
        "keep_wishes": "What you asked for still counts. You do not have to change it.",
        "ask": "Has something changed? Then please tell us.",
    },
    slots={slot: english_slot(slot) for slot in SLOTS},
    needs={
        "attendance": "getting to school",
        "send": "special needs",
        "routines": "daily routines",
        "new_baby": "a new baby",
        "isolation": "feeling alone",
        "confidence": "feeling sure of yourself",
        "mental_health": "feeling low or worried",
        "co_parenting": "parents who live apart",
        "budgeting": "money",
        "tenancy": "keeping your home",
        "bereavement": "losing someone",
        "young_carer": "a child who cares for someone",
        "digital": "getting online",
    },
    languages={
        "ar": "Arabic", "bn": "Bengali", "bg": "Bulgarian", "cy": "Welsh", "de": "German",
        "en": "English", "es": "Spanish", "fa": "Persian", "fr": "French", "gu": "Gujarati",
        "hi": "Hindi", "hu": "Hungarian", "it": "Italian", "ku": "Kurdish", "lt": "Lithuanian",
        "lv": "Latvian", "ne": "Nepali", "pa": "Punjabi", "pl": "Polish", "ps": "Pashto",
        "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "so": "Somali",
        "sq": "Albanian", "ta": "Tamil", "ti": "Tigrinya", "tr": "Turkish", "uk": "Ukrainian",
        "ur": "Urdu", "vi": "Vietnamese", "yo": "Yoruba", "zh": "Chinese",
    },
    household={"pets": "pets", "cats": "cats", "dogs": "dogs", "smoking": "smoking",
               "stairs": "stairs"},
    genders={"woman": "a woman", "man": "a man"},
    months=_MONTHS,
    date_form="{day} {month} {year}",
    comma=", ",
    last="{first} and {last}",
)  # fmt: skip
