"""The restricted record on a certificate with content, and why it is opened again."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.enums import RiskDecision, RiskViewReason
from peerapp.forms.fields import GovDate, GovRadio, GovTextarea
from peerapp.vocabulary import choices

MOST = 2000


class AssessmentForm(FlaskForm):
    talked_on = GovDate(
        "When did you talk with the volunteer about it?",
        required="Enter the day on which you talked with the volunteer",
        noun="The day of the talk",
    )
    relevance = GovTextarea(
        "How does it bear on the role?",
        required="Say how it bears on the role",
        hint="Think of the contact with children and parents, money, driving, visits at home.",
        max_length=MOST,
    )
    age = GovTextarea(
        "How long ago was it, and how old were they?",
        required="Say how long ago it was, and how old the volunteer was then",
        max_length=MOST,
    )
    pattern = GovTextarea(
        "Did it happen once or again, and what has changed since?",
        required="Say whether it happened once or again, and what has changed",
        max_length=MOST,
    )
    rationale = GovTextarea(
        "Why do you decide as you do?",
        required="Say why you decide as you do",
        max_length=MOST,
    )
    conditions = GovTextarea(
        "Conditions (optional)",
        hint="Tell the coordinator what they must know to keep to them, and no more.",
        max_length=MOST,
    )
    decision = GovRadio(
        "What have you decided?",
        choices=choices(RiskDecision),
        required="Choose your decision",
    )
    review_on = GovDate(
        "By when will you look at a favourable decision again?",
        noun="The day of the review",
        hint="Within 12 months. After that day the volunteer may not coach until you have.",
    )


class ViewForm(FlaskForm):
    reason = GovRadio(
        "Why do you open it?",
        choices=choices(RiskViewReason),
        required="Choose why you open it",
        hint="The reason is kept, with your name and the time.",
    )
