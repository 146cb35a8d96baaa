"""Interviews: the questions of a scheme, and what a record needs before it is submitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from peerapp.enums import Recommendation
from peerapp.errors import Refusal

LOWEST, HIGHEST = 1, 5
FEWEST_QUESTIONS, MOST_QUESTIONS = 3, 12
SCORES = {
    1: "1: a worry",
    2: "2: weak",
    3: "3: enough",
    4: "4: good",
    5: "5: very strong",
}


@dataclass(frozen=True)
class Question:
    """A question of the template; ``key`` stays the same while the wording may change."""

    key: str
    text: str
    guidance: str = ""


DEFAULT_QUESTIONS = (
    Question(
        "why",
        "Why do you want to support a family, and why now?",
        "Listen for what they hope to give, and what they need for themselves.",
    ),
    Question(
        "experience",
        "Tell us about a hard time that you, or somebody close to you, came through. What helped?",
        "They need not tell what happened. Listen for distance: can they speak of it calmly?",
    ),
    Question(
        "boundaries",
        "A family asks you to keep a secret, or to lend them money. What do you do?",
        "Strong: kind, says no, tells the coordinator. A worry: promises secrecy.",
    ),
    Question(
        "safeguarding",
        "A child tells you that somebody hurts them. What do you do, in which order?",
        "Strong: listens, does not question, promises nothing, reports the same day.",
    ),
    Question(
        "difference",
        "A family lives by values that are far from yours. How do you work with them?",
        "Listen for respect without judging, and for what they would not accept.",
    ),
    Question(
        "lone_working",
        "You arrive, and somebody in the home is drunk and angry. What do you do?",
        "Strong: leaves, calls the coordinator, writes down what happened.",
    ),
    Question(
        "time",
        "What else is in your week, and what would make it hard to come every week?",
        "Families have been let down before. Listen for realism.",
    ),
)
"""What a scheme starts with; its manager writes its own."""


@dataclass(frozen=True)
class InterviewRecord:
    """What interviewers wrote down, complete or not.

    Attributes
    ----------
    answers
        For the key of each question ``{"score": 1…5 or None, "note": text}``.
    interviewers
        Ids, as text, of the staff who held it.
    """

    held_on: date | None
    interviewers: frozenset[str]
    answers: Mapping[str, Mapping[str, Any]]
    summary: str
    recommendation: Recommendation | None
    has_conflict: bool | None
    conflict_note: str


def submit_refusals(
    record: InterviewRecord, questions: Sequence[Question], today: date
) -> list[Refusal]:
    """Say what the record of an interview lacks before the panel may rely on it."""
    refusals = _held_refusals(record, today)
    for question in questions:
        answer = record.answers.get(question.key, {})
        score = answer.get("score")
        if not isinstance(score, int) or not LOWEST <= score <= HIGHEST:
            refusals.append(Refusal(f"score_{question.key}", f"Give a score: {question.text}"))
        elif score in (LOWEST, HIGHEST) and not str(answer.get("note", "")).strip():
            message = f"Say why the score is {score}: {question.text}"
            refusals.append(Refusal(f"note_{question.key}", message))
    if record.recommendation is None:
        refusals.append(Refusal("recommendation", "Say what you recommend to the panel."))
    if not record.summary.strip():
        refusals.append(Refusal("summary", "Sum the interview up for the panel."))
    return [*refusals, *_conflict_refusals(record)]


def _held_refusals(record: InterviewRecord, today: date) -> list[Refusal]:
    refusals = []
    if record.held_on is None:
        refusals.append(Refusal("held_on", "Enter the day of the interview."))
    elif record.held_on > today:
        refusals.append(Refusal("held_on", "The date must be today or in the past."))
    if not record.interviewers:
        refusals.append(Refusal("interviewers", "Say who held the interview."))
    return refusals


def _conflict_refusals(record: InterviewRecord) -> list[Refusal]:
    """One who knows the volunteer in private does not interview them alone."""
    if record.has_conflict is None:
        message = "Say whether an interviewer knows the volunteer outside the scheme."
        return [Refusal("has_conflict", message)]
    if not record.has_conflict:
        return []
    refusals = []
    if not record.conflict_note.strip():
        refusals.append(Refusal("conflict_note", "Say who knows the volunteer, and how."))
    if len(record.interviewers) < 2:
        message = "With a conflict declared, at least two people must hold the interview."
        refusals.append(Refusal("interviewers", message))
    return refusals


def template_refusals(questions: Sequence[Question]) -> list[Refusal]:
    """Say what is wrong with a list of questions."""
    if not FEWEST_QUESTIONS <= len(questions) <= MOST_QUESTIONS:
        message = f"Enter from {FEWEST_QUESTIONS} to {MOST_QUESTIONS} questions."
        return [Refusal("questions", message)]
    texts = [question.text.casefold() for question in questions]
    if len(set(texts)) < len(texts):
        return [Refusal("questions", "Two questions are the same.")]
    return []


def average(answers: Mapping[str, Mapping[str, Any]]) -> float | None:
    """Return the mean of the scores that were given, to one decimal; None without any."""
    scores = [one["score"] for one in answers.values() if isinstance(one.get("score"), int)]
    return round(sum(scores) / len(scores), 1) if scores else None
