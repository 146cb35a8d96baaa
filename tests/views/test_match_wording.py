from __future__ import annotations

import re
from pathlib import Path

import pytest

import peerapp.services
from peerapp.enums import MatchState
from peerapp.models import Family, Match, UnmatchedFamily, Volunteer
from peerapp.views import match_wording

PEOPLE = {"c": Volunteer(first_name="Ama", last_name="Mensah")}
FAMILIES = {"a": Family(reference="F-1"), "b": Family(reference="F-2")}


def said(reason: str, near: dict[str, int], **suggestion: object) -> list[str]:
    row = UnmatchedFamily(reason=reason, near_misses=near, suggestion=suggestion)
    return match_wording.left_out(row, PEOPLE, FAMILIES)


@pytest.mark.parametrize(
    ("rule", "one", "many"),
    [
        ("clearance", "is not cleared today", "are not cleared today"),
        ("distance", "lives too far away", "live too far away"),
        ("slots", "is free at other times only", "are free at other times only"),
        ("language", "does not speak the language", "do not speak the language"),
        (
            "gender",
            "is of another gender than the family asked for",
            "are of another gender than the family asked for",
        ),
        ("training", "lacks training that is needed", "lack training that is needed"),
        ("household", "cannot come to a home like this", "cannot come to a home like this"),
        (
            "excluded",
            "may not be matched with this family",
            "may not be matched with this family",
        ),
    ],
)
def test_left_out_counts_the_near_misses(rule, one, many):
    assert said("no_candidate", {rule: 1}) == [f"1 coach would do, but {one}."]
    assert said("no_candidate", {rule: 2}) == [f"2 coaches would do, but {many}."]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"rule": "distance", "coach_id": "c", "metres": 3219},
            "It would work if Ama Mensah travelled 2.0 miles further.",
        ),
        (
            {"rule": "slots", "coach_id": "c", "slot": "mon_evening", "offered_by": "family"},
            "It would work if the family were free on Monday evening (6pm to 9pm), "
            "when Ama Mensah is.",
        ),
        (
            {"rule": "slots", "coach_id": "c", "slot": "mon_evening", "offered_by": "coach"},
            "It would work if Ama Mensah were free on Monday evening (6pm to 9pm), "
            "when the family is.",
        ),
        (
            {"rule": "clearance", "coach_id": "unseen"},
            "It would work if a coach of another locality were cleared: "
            "see what is missing on their page.",
        ),
    ],
)
def test_left_out_suggests_a_change_in_a_sentence(change, sentence):
    assert said("no_candidate", {}, changes=[change]) == [
        "No coach comes close: each one fails in two ways or more.",
        sentence,
    ]


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        (["a"], "Every coach who would suit is taken by a family that comes first: F-1."),
        (
            ["a", "b", "x"],
            "Every coach who would suit is taken by a family that comes first: "
            "F-1, F-2 and 1 other family.",
        ),
        (
            ["x", "y"],
            "Every coach who would suit is taken by a family that comes first: 2 other families.",
        ),
        ([], "Every coach who would suit is at their limit."),
    ],
)
def test_outranked_names_own_families_and_counts_the_others(ids, sentence):
    assert said("outranked", {}, outranked_by=ids, placements=[]) == [sentence]


def test_reasons_leave_hidden_needs_out():
    match = Match(
        mode="remote",
        distance_m=16093,
        slot="mon_evening",
        explanation={
            "shared_slots": ["mon_evening", "tue_evening", "wed_evening"],
            "needs_met": ["budgeting", "crime"],
            "needs_unmet": ["exploitation"],
            "lived_shared": ["crime"],
            "languages_shared": ["pl"],
        },
    )
    assert match_wording.reasons(match, frozenset({"crime", "exploitation"})) == [
        ("note", "They meet by video. The coach lives 10.0 miles away."),
        ("for", "Both are free on Monday evening (6pm to 9pm)."),
        ("note", "They share 2 other times in the week."),
        ("for", "The coach knows about: money and budgeting."),
        ("for", "Both speak Polish."),
    ]


WITHDRAWING = re.compile(r'(?:settle|withdraw_open_for_\w+)\([^()]*"(\w+)"\s*\)')


def test_every_reason_to_withdraw_a_proposal_has_its_words():
    (folder,) = peerapp.services.__path__
    code = "".join(one.read_text() for one in Path(folder).glob("*.py"))
    given = set(WITHDRAWING.findall(code))
    assert {"kept_apart", "certificate_changed", "family_closed"} <= given  # they are found
    assert given - match_wording.REASONS[MatchState.WITHDRAWN].keys() == set()
