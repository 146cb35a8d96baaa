"""The measure itself: syllables, sentences, and that it tells easy from hard."""

from __future__ import annotations

import pytest

from tests.support.reading_age import reading_age, sentences_of, syllables

EASY = ["The cat sat on the mat.", "We go to the park and play."]
HARD = [
    "The multi-agency safeguarding partnership facilitates collaborative identification of "
    "vulnerabilities notwithstanding organisational responsibilities.",
]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("a", 1), ("cat", 1), ("home", 1), ("table", 2), ("family", 3), ("coach", 1),
        ("children", 2), ("wanted", 2), ("helped", 1), ("safeguarding", 4), ("times", 1),
    ],
)  # fmt: skip
def test_syllables_of_a_word(word, expected):
    assert abs(syllables(word) - expected) <= (1 if word == "safeguarding" else 0)


def test_easy_text_is_for_the_young_and_hard_text_is_not():
    assert reading_age(EASY) < 7
    assert reading_age(HARD) > 20


def test_sentences_come_from_the_main_part_block_by_block():
    page = (
        "<header><p>Not this one here</p></header><main><h1>What is your name?</h1>"
        "<p>We use it once. Nobody else sees it.</p><label>First name</label></main>"
        "<footer><p>Nor is this one</p></footer>"
    )
    assert sentences_of(page) == [
        "What is your name?",
        "We use it once.",
        "Nobody else sees it.",
    ]


def test_nothing_to_read_has_no_age():
    with pytest.raises(ValueError, match="nothing to read"):
        reading_age([])
