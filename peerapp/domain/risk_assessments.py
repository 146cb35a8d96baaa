"""What a risk assessment must hold, how long its text is kept, and when it is looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from peerapp.domain.certificates import add_months
from peerapp.enums import RiskDecision
from peerapp.errors import Refusal
from peerapp.models import Certificate

MOST_MONTHS = 6
"""No scheme may keep the text for longer after the decision."""

LONGEST_REVIEW_MONTHS = 12

TEXTS = {
    "relevance": "Say how it bears on the role.",
    "age": "Say how long ago it was, and how old the volunteer was then.",
    "pattern": "Say whether it happened once or again, and what has changed since.",
    "rationale": "Say why you decide as you do.",
}
"""The texts that no assessment is without, and what is asked for."""


@dataclass(frozen=True)
class Assessment:
    """What the safeguarding lead writes, and the decision it leads to."""

    talked_on: date
    relevance: str
    age: str
    pattern: str
    rationale: str
    conditions: str
    decision: RiskDecision
    review_on: date | None


def assessment_refusals(
    assessment: Assessment, certificate: Certificate, today: date
) -> list[Refusal]:
    """Say what an assessment lacks; the codes name the fields."""
    refusals = [
        Refusal(name, message)
        for name, message in TEXTS.items()
        if not getattr(assessment, name).strip()
    ]
    if assessment.talked_on > today:
        refusals.append(
            Refusal("talked_on", "Talk with the volunteer first: the day must not be to come.")
        )
    elif assessment.talked_on < certificate.issue_date:
        message = "The talk must be after the certificate was issued."
        refusals.append(Refusal("talked_on", message))
    return [*refusals, *_review_refusals(assessment, today)]


def _review_refusals(assessment: Assessment, today: date) -> list[Refusal]:
    if assessment.decision != RiskDecision.FAVOURABLE:
        return []
    if assessment.review_on is None:
        message = "Enter the day by which you look at a favourable decision again."
        return [Refusal("review_on", message)]
    if not today < assessment.review_on <= add_months(today, LONGEST_REVIEW_MONTHS):
        message = f"The review must be after today and within {LONGEST_REVIEW_MONTHS} months."
        return [Refusal("review_on", message)]
    return []


def purge_day(decided_on: date, months: int) -> date:
    """Return the day on which the text goes, however long the scheme would like to keep it."""
    return add_months(decided_on, max(0, min(months, MOST_MONTHS)))
