"""The questions about a role, a rule of the table, and trying a table out."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField

from peerapp.enums import CHECK_ANSWERS, CheckAnswer, CheckLevel, CheckQuestion, Workforce
from peerapp.forms.fields import (
    GovCheckbox,
    GovCheckboxes,
    GovInteger,
    GovRadio,
    GovSelect,
    GovString,
    GovTextarea,
)
from peerapp.vocabulary import choices, label

NO_YES = [("no", "No"), ("yes", "Yes")]
LEVELS = [level for level in CheckLevel if level != CheckLevel.STANDARD]
"""No volunteer role allows a standard check, so there is nothing to choose it with."""


class NumberField(HiddenField):
    """A hidden whole number; whatever else was sent counts as 0, which is never shown."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class QuestionsForm(FlaskForm):
    """The questions of the law about what somebody in a role does."""

    children = GovRadio(
        "What does the role have to do with children?",
        choices=[
            ("parents_only", "It is with parents only", "There is no contact with children."),
            (
                "present",
                "Children may be there",
                "But the role does not teach, look after, supervise, advise or drive them.",
            ),
            (
                "activity",
                "It does things with children",
                "It teaches, trains, looks after, supervises, advises or drives them. Whether "
                "somebody supervises the volunteer makes no difference since 1 September 2026.",
            ),
        ],
        required="Say what the role has to do with children",
    )
    frequency = GovRadio(
        "How often does one volunteer have contact with children?",
        choices=[
            ("never", "Never"),
            ("once", "One single time"),
            ("seldom", "More than once, on 3 days or fewer in any 30"),
            ("often", "On more than 3 days in 30", "Once a week is more than 3 days in 30."),
        ],
        required="Say how often there is contact with children",
        hint="Count all families and groups of the role together.",
    )
    overnight = GovRadio(
        "Is the role ever with children between 2am and 6am?",
        choices=NO_YES,
        required="Say whether it is ever with children overnight",
        inline=True,
    )
    personal_care = GovRadio(
        "Does it give a child personal care?",
        choices=NO_YES,
        required="Say whether it gives a child personal care",
        hint="Help with washing, dressing, eating or the toilet that a child needs because of "
        "age, illness or disability. Once is enough.",
        inline=True,
    )
    place = GovRadio(
        "Is it in a school, nursery, children’s centre or children’s home?",
        choices=NO_YES,
        required="Say whether it is in such a place",
        inline=True,
    )
    adults = GovRadio(
        "Does it care for adults in a way that is regulated?",
        choices=NO_YES,
        required="Say whether it cares for adults in such a way",
        hint="Health care, personal care, social work, help with cash, bills or shopping, acting "
        "in their affairs, or driving, for an adult who needs it because of age, illness or "
        "disability. Once is enough.",
        inline=True,
    )

    def answers(self) -> dict[CheckQuestion, CheckAnswer]:
        """Return what was answered."""
        given = {question: self[question.value].data for question in CheckQuestion}
        return {question: CheckAnswer(value) for question, value in given.items() if value}


class TryForm(QuestionsForm):
    """Sent by GET: it holds nothing about a person and changes nothing."""

    class Meta:
        csrf = False


class RoleForm(QuestionsForm):
    """A role; ``coaches_families`` is asked for a new one alone."""

    name = GovString("Name of the role", required="Enter the name of the role", max_length=80)
    summary = GovTextarea(
        "What does somebody in this role do?",
        required="Say what somebody in this role does",
        hint="Coordinators read it when they choose the role for a volunteer.",
        max_length=500,
        rows=3,
    )
    coaches_families = GovRadio(
        "Does it support single families?",
        choices=NO_YES,
        required="Say whether it supports single families",
        hint="Only then can volunteers be matched with a family. This cannot be changed later.",
        inline=True,
    )
    edition = NumberField()


class ChooseRoleForm(FlaskForm):
    """``role`` gets the roles of the scheme."""

    role = GovRadio("What will the volunteer do?", choices=[], required="Choose a role")


class ConfirmLevelForm(FlaskForm):
    confirmed = GovCheckbox(
        "These answers are true for what this volunteer will do",
        required="Confirm that the answers are true for this volunteer, or choose another role",
    )
    edition = NumberField()
    table = NumberField()


class RuleForm(FlaskForm):
    """One rule: a group of boxes for each question, then what follows."""

    level = GovSelect(
        "Level", choices=[("", "Choose a level"), *choices(LEVELS)], required="Choose a level"
    )
    workforce = GovSelect(
        "Workforce",
        choices=[("", "Choose a workforce"), *choices(Workforce)],
        required="Choose a workforce",
    )
    reason = GovTextarea(
        "Why?",
        required="Say why, in plain words",
        hint="Shown beside each decision that this rule makes.",
        max_length=500,
        rows=3,
    )
    position = GovInteger(
        "Place in the table",
        required="Enter the place of the rule in the table",
        hint="Rule 1 is asked first. The first rule that fits decides.",
        low=1,
        high=999,
        width=3,
    )
    edition = NumberField()

    def conditions(self) -> dict[CheckQuestion, frozenset[CheckAnswer]]:
        """Return the ticked answers; a question with none, or with all, does not matter."""
        ticked = {question: self[question.value].data or [] for question in CheckQuestion}
        return {
            question: frozenset(CheckAnswer(value) for value in values)
            for question, values in ticked.items()
            if 0 < len(set(values)) < len(CHECK_ANSWERS[question])
        }

    @property
    def questions(self) -> list[Any]:
        """Return the fields of the conditions."""
        return [self[question.value] for question in CheckQuestion]


for _question in CheckQuestion:
    setattr(
        RuleForm,
        _question.value,
        GovCheckboxes(
            label(_question),
            choices=choices(CHECK_ANSWERS[_question]),
            small=True,
            hint="Tick none if this does not matter.",
        ),
    )


class PublishForm(FlaskForm):
    note = GovTextarea(
        "What has changed, and why?",
        required="Say what has changed and why",
        hint="Kept with this version for good.",
        max_length=1000,
    )
    edition = NumberField()
