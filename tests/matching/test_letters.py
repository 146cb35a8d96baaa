"""Letters tell nothing of anybody else, and are easy to read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from random import Random

import pytest

from matching.generate import generate
from matching.letters import (
    Letter,
    Line,
    helpful_slot,
    match_letter,
    remote_would_help,
    waiting_letter,
)
from matching.problem import SLOTS, Problem, ProblemError
from matching.result import Reason, Result, Unmatched
from matching.rules import broken
from matching.solver import solve
from matching.wording import ENGLISH
from tests.matching.making import coach, family, problem, small_problem

SENSITIVE = (
    "abuse", "abusive", "violen", "drug", "alcohol", "substance", "exploit", "crime", "criminal",
    "offence", "police", "prison", "domestic", "safety", "danger", "unsafe",
)  # fmt: skip
PRIVATE = (
    "cleared", "clearance", "dbs", "check", "training", "trained", "lived", "exclu", "supervis",
    "mile", "metre", "distance", "near to you", "other famil", "another famil", "capacity",
)  # fmt: skip
NUMBERS = re.compile(r"[0-9]+")


def letters_of(problem: Problem, result: Result) -> list[Letter]:
    return [
        *(match_letter(problem, row) for row in result.proposals),
        *(waiting_letter(problem, row) for row in result.unmatched),
    ]


def leaks(problem: Problem, letter: Letter) -> set[str]:
    """What a letter says that it must not: ids, words, and numbers but the family's own date."""
    text = letter.text()
    ids = {row.family_id for row in problem.families} | {row.coach_id for row in problem.coaches}
    ids |= {row.family_id for row in problem.placements} | set(problem.supervisors)
    found = re.findall(r"[\w.:-]+", text)
    words = {*found, *(word.rstrip(".:-") for word in found)}  # an id may hold these, and end one
    own = problem.family_by_id[letter.family_id].waiting_since
    allowed = {str(own.day), str(own.year)}
    return {
        *(ids & words),
        *(word for word in (*SENSITIVE, *PRIVATE) if word in text.lower()),
        *(set(NUMBERS.findall(text)) - allowed),
    }


def _problems() -> Iterable[Problem]:
    random = Random(8)
    sensitive = ("domestic_abuse", "substance_use", "exploitation", "crime", "refuge_move")
    for seed in range(4):
        found = generate(120, seed=seed)
        yield replace(
            found,
            families=tuple(
                replace(
                    row,
                    needs=(*row.needs, (random.choice(sensitive), 3))
                    if not {tag for tag, _ in row.needs} & set(sensitive)
                    else row.needs,
                )
                for row in found.families
            ),
            coaches=tuple(
                replace(row, lived_experience={*row.lived_experience, *sensitive})
                for row in found.coaches
            ),
        )
    for _ in range(120):
        yield small_problem(random)


def test_no_letter_tells_of_anybody_else() -> None:
    reasons = set()
    count = 0
    for found in _problems():
        try:
            result = solve(found, explain=False)
        except ProblemError:
            continue  # pins that cannot all hold
        for letter in letters_of(found, result):
            assert leaks(found, letter) == set()
            count += 1
            reasons |= {line.key for line in letter.lines}
    assert count > 600
    assert reasons == set(ENGLISH.letter)


@pytest.mark.parametrize(
    ("line", "leak"),
    [
        (Line("needs", needs=("domestic_abuse",)), {"abuse", "domestic"}),
        (Line("needs", needs=("planted_id",)), {"C1", "1"}),
        (Line("needs", needs=("planted_family",)), {"F2", "2"}),
        (Line("needs", needs=("planted_count",)), {"3"}),
        (Line("needs", needs=("planted_state",)), {"cleared"}),
    ],
)
def test_the_scan_finds_what_is_planted(
    line: Line, leak: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = {
        "domestic_abuse": "domestic abuse", "planted_id": "coach C1", "planted_family": "F2",
        "planted_count": "3 coaches", "planted_state": "a coach not yet cleared",
    }  # fmt: skip
    found = problem(family("F1"), family("F2"), coach("C1"))
    letter = match_letter(found, solve(found).proposals[0])
    assert leaks(found, letter) == set()
    for tag, name in planted.items():
        monkeypatch.setitem(ENGLISH.needs, tag, name)  # type: ignore[arg-type]
    assert leaks(found, replace(letter, lines=(*letter.lines, line))) == leak


def test_a_matched_family_is_told_why() -> None:
    found = problem(
        family(
            needs=(("routines", 1), ("budgeting", 1), ("domestic_abuse", 3)),
            languages={"pl"}, coach_gender="woman", household={"pets", "ferret"},
            min_distance_m=500, training={"domestic_abuse"},
        ),
        coach(
            lived_experience={"domestic_abuse"}, experience={"routines", "budgeting"},
            languages={"pl", "en"}, training={"domestic_abuse"}, easting=401_000,
        ),
    )  # fmt: skip
    (row,) = solve(found).proposals
    assert match_letter(found, row).sentences() == (
        "We have found a coach who may be right for you.",
        "You are both free on Monday morning.",
        "Your coach can travel to meet you.",
        "Your coach knows about this: money and daily routines.",
        "You told us other things too. We keep them in mind.",
        "You both speak Polish.",
        "You asked for a woman, and your coach is one.",
        "Your coach is fine with this in your home: pets.",
        "We will talk with you first, and you can say no.",
    )


def test_a_remote_match_does_not_speak_of_the_home() -> None:
    found = problem(
        family(accepts_remote=True, household={"pets"}, needs=()),
        coach(offers_remote=True, max_distance_m=0, easting=410_000),
    )
    (row,) = solve(found).proposals
    assert match_letter(found, row).sentences() == (
        "We have found a coach who may be right for you.",
        "You are both free on Monday morning.",
        "You would talk by phone or on a screen.",
        "We will talk with you first, and you can say no.",
    )


def _waiting(found: Problem) -> tuple[str, ...]:
    (row,) = solve(found).unmatched
    return waiting_letter(found, row).sentences()


START = (
    "We have not found a coach for you yet.",
    "You have been on our list since 5 January 2026.",
)
END = (
    "We have not forgotten you. We look again each time we match.",
    "Has something changed? Then please tell us.",
)
NONE_FITS = "No coach fits all that you need just now."
KEEP = "What you asked for still counts. You do not have to change it."


def test_a_family_that_is_outranked_is_told_the_order() -> None:
    assert _waiting(problem(family("F1"), family("F2"))) == (
        *START,
        "The places with coaches who could help you are all taken.",
        "We help the most urgent first, then those who have waited the longest.",
        "If you could meet at more times, please tell us. That may help.",
        *END,
    )


def test_a_family_always_free_is_not_asked_for_more_times() -> None:
    told = _waiting(problem(family("F1", slots=SLOTS), family("F2", slots=SLOTS)))
    assert len(told) == len(_waiting(problem(family("F1"), family("F2")))) - 1


def test_a_time_that_would_help_is_asked_for() -> None:
    rows = [coach(f"C{n}", slots=("fri_evening", "sun_morning")) for n in range(2)]
    found = problem(family(), *rows, coach("C9", slots=("sun_morning",)))
    assert _waiting(found)[2:4] == (
        NONE_FITS, "Could you meet on Sunday morning as well? Then we may find a coach for you.",
    )  # fmt: skip


def test_phone_is_asked_for_only_where_it_would_help() -> None:
    far = coach(easting=500_000, offers_remote=True)
    told = "Could you talk by phone or on a screen? Then we may find a coach for you."
    assert _waiting(problem(family(), far))[3] == told
    for other in (replace(far, offers_remote=False), replace(far, capacity=0)):
        assert _waiting(problem(family(), other))[3:5] == (
            "We are looking for new coaches near you.", KEEP,
        )  # fmt: skip


@pytest.mark.parametrize(
    "wish",
    [
        {"languages": {"pl"}}, {"coach_gender": "man"}, {"training": {"crime"}},
        {"household": {"dogs"}}, {"min_distance_m": 900},
    ],
)  # fmt: skip
def test_no_family_is_asked_to_give_up_a_wish(wish: dict[str, object]) -> None:
    found = problem(family(**wish), coach(avoids={"dogs"}, slots=SLOTS))
    told = (*START, NONE_FITS, "We are looking for new coaches near you.", KEEP, *END)
    assert _waiting(found) == told


def test_somebody_full_or_never_to_be_met_is_not_hinted_at() -> None:
    plain = problem(family(), coach(slots=("fri_evening",)))
    assert helpful_slot(plain, plain.families[0]) == "fri_evening"
    full = problem(family(), coach(slots=("fri_evening",), capacity=0))
    assert helpful_slot(full, full.families[0]) is None
    shut = replace(plain, exclusions=frozenset({("F1", "C1")}))
    assert helpful_slot(shut, shut.families[0]) is None


def test_a_family_without_times_is_asked_for_them() -> None:
    assert _waiting(problem(family(slots=())))[2] == (
        "You have not told us when you could meet. Please tell us your free times."
    )


def test_what_is_asked_for_makes_a_pair() -> None:
    random = Random(12)
    helped = 0
    for _ in range(300):
        found = small_problem(random)
        for row in found.families:
            slot = helpful_slot(found, row)
            changed = replace(row, slots=(*row.slots, slot)) if slot else row
            if not slot and remote_would_help(found, row):
                changed = replace(row, accepts_remote=True)
            if changed is not row:
                helped += 1
                before, after = (
                    sum(not broken(found, one, other) for other in found.coaches)
                    for one in (row, changed)
                )
                assert after > before
    assert helped > 50


def test_letters_need_people_of_the_problem() -> None:
    found = problem()
    (row,) = solve(found).proposals
    with pytest.raises(ValueError, match="the coach is not in the problem"):
        match_letter(found, replace(row, coach_id="C9"))
    with pytest.raises(ValueError, match="the family is not in the problem"):
        waiting_letter(found, Unmatched("F9", Reason.OUTRANKED))


def test_letters_speak_another_language_with_gaps_in_its_own_order() -> None:
    welsh = replace(
        ENGLISH,
        letter={**ENGLISH.letter, "since": "Ers {day}: ar y rhestr."},
        months=("Ionawr", *ENGLISH.months[1:]),
        date_form="{day} {month} {year}",
    )
    found = problem(family("F1"), family("F2", waiting_since=date(2026, 1, 9)))
    (row,) = solve(found).unmatched
    assert waiting_letter(found, row).sentences(welsh)[1] == "Ers 9 Ionawr 2026: ar y rhestr."


def _syllables(word: str) -> int:
    groups = re.findall(r"[aeiouy]+", word.lower())
    silent = word.lower().endswith("e") and not word.lower().endswith("le") and len(groups) > 1
    return max(1, len(groups) - silent)


def grade(sentences: Iterable[str]) -> float:
    """The Flesch–Kincaid grade; grade 4 is read at the age of nine."""
    text = " ".join(sentences)
    ends = len(re.findall(r"[.!?:]", text))
    words = re.findall(r"[A-Za-z]+", text)
    syllables = sum(map(_syllables, words))
    return 0.39 * len(words) / ends + 11.8 * syllables / len(words) - 15.59


def test_grade_knows_hard_from_easy() -> None:
    easy = ["The cat sat on the mat.", "We like it."]
    hard = ["Eligibility is contingent upon availability of appropriately accredited volunteers."]
    assert grade(easy) < 1
    assert grade(hard) > 15


def test_letters_can_be_read_at_the_age_of_nine() -> None:
    found = generate(150, seed=5)
    letters = letters_of(found, solve(found, explain=False))
    assert max(grade(letter.sentences()) for letter in letters) < 4.5
    longest = max((s for one in ENGLISH.letter.values() for s in re.split(r"[.?]", one)), key=len)
    assert len(longest.split()) <= 15
