"""Which DBS check the answers about a role lead to: a table of rules, inside what the law allows.

The table belongs to the scheme and may be edited. ``lawful_checks`` belongs to the law and may
not: whatever a table says, no barred list can be asked for outside regulated activity, and nothing
below it counts for regulated activity. Supervision is no question here: since 1 September 2026 it
is no ground for a lower level (Crime and Policing Act 2026).
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from peerapp.enums import CHECK_ANSWERS, CheckAnswer, CheckLevel, CheckQuestion, Workforce
from peerapp.errors import Refusal

Q = CheckQuestion
A = CheckAnswer
Answers = Mapping[CheckQuestion, CheckAnswer]
Check = tuple[CheckLevel, Workforce]

WITH_CHILDREN = frozenset({A.PRESENT, A.ACTIVITY})


@dataclass(frozen=True)
class Rule:
    """One row of the table.

    Attributes
    ----------
    id
        Stays the same when the rule is edited or moved.
    when
        For each question that matters, the answers that fit; a question left out fits always.
    reason
        Why, in a sentence for whoever reads the decision.
    """

    id: str
    when: Mapping[CheckQuestion, frozenset[CheckAnswer]]
    level: CheckLevel
    workforce: Workforce
    reason: str

    def fits(self, answers: Answers) -> bool:
        """Say whether every condition holds."""
        return all(answers[question] in fitting for question, fitting in self.when.items())

    @property
    def check(self) -> Check:
        return self.level, self.workforce


@dataclass(frozen=True)
class Fault:
    """Answers for which a table may not be used: no rule fits, or the rule breaks the law.

    Attributes
    ----------
    rule
        The rule that decides, or None where none fits.
    example
        The first answers for which it is so; ``count`` says how many sets there are.
    lawful
        The checks that the law allows for the example.
    """

    rule: Rule | None
    example: Answers
    lawful: frozenset[Check]
    count: int


def is_regulated_with_children(answers: Answers) -> bool:
    """Say whether the role is regulated activity relating to children.

    Personal care counts even once. Teaching, care, supervision, advice or driving count on more
    than 3 days in 30 or overnight; in a school, nursery or children's centre being there with
    children on more than 3 days in 30 is enough (Safeguarding Vulnerable Groups Act 2006,
    schedule 4, as it stands since 1 September 2026).
    """
    does_things = answers[Q.CHILDREN] == A.ACTIVITY
    is_often = answers[Q.FREQUENCY] == A.OFTEN
    at_specified_place = answers[Q.PLACE] == A.YES and answers[Q.CHILDREN] in WITH_CHILDREN
    return (
        answers[Q.PERSONAL_CARE] == A.YES
        or (does_things and (is_often or answers[Q.OVERNIGHT] == A.YES))
        or (at_specified_place and is_often)
    )


def is_regulated_with_adults(answers: Answers) -> bool:
    """Say whether the role is regulated activity relating to adults, which counts even once."""
    return answers[Q.ADULTS] == A.YES


def works_with_children(answers: Answers) -> bool:
    """Say whether the role would be regulated activity if it were done often.

    Done more than once but not often, it allows an enhanced check without a barred list.
    """
    return (
        answers[Q.FREQUENCY] in {A.SELDOM, A.OFTEN}
        and answers[Q.CHILDREN] in WITH_CHILDREN
        and (answers[Q.CHILDREN] == A.ACTIVITY or answers[Q.PLACE] == A.YES)
    )


def lawful_checks(answers: Answers) -> frozenset[Check]:
    """Return every check that may be asked for: never more than the role allows.

    Nor less, for regulated activity: whoever lets a barred person do it commits an offence. Only
    for work with children that is not regulated has the scheme a choice.
    """
    children = is_regulated_with_children(answers)
    adults = is_regulated_with_adults(answers)
    works = works_with_children(answers)
    if children and adults:
        return frozenset({(CheckLevel.ENHANCED_BOTH, Workforce.CHILD_AND_ADULT)})
    if children:
        return frozenset({(CheckLevel.ENHANCED_CHILDREN, Workforce.CHILD)})
    if adults:
        workforces = {Workforce.ADULT, *([Workforce.CHILD_AND_ADULT] if works else [])}
        return frozenset((CheckLevel.ENHANCED_ADULTS, one) for one in workforces)
    basic = (CheckLevel.BASIC, Workforce.OTHER)
    return frozenset({basic, (CheckLevel.ENHANCED, Workforce.CHILD)} if works else {basic})


def answer_refusals(answers: Mapping[CheckQuestion, CheckAnswer | None]) -> list[Refusal]:
    """Say what is missing in the answers or contradicts another; the codes name the questions."""
    missing = [
        Refusal(question.value, "Answer this question.")
        for question in CheckQuestion
        if answers.get(question) not in CHECK_ANSWERS[question]
    ]
    return missing or _contradictions(answers)


def _contradictions(answers: Mapping[CheckQuestion, CheckAnswer | None]) -> list[Refusal]:
    parents_only = answers[Q.CHILDREN] == A.PARENTS_ONLY
    never = answers[Q.FREQUENCY] == A.NEVER
    checks = [
        (parents_only and not never, Q.FREQUENCY, "The role is with parents only: choose never."),
        (
            never and not parents_only,
            Q.FREQUENCY,
            "The role has contact with children: say how often.",
        ),
        (
            parents_only and answers[Q.OVERNIGHT] == A.YES,
            Q.OVERNIGHT,
            "The role is with parents only: there is no night with children.",
        ),
        (
            parents_only and answers[Q.PERSONAL_CARE] == A.YES,
            Q.PERSONAL_CARE,
            "The role is with parents only: there is no personal care of a child.",
        ),
    ]
    return [Refusal(question.value, message) for wrong, question, message in checks if wrong]


@cache
def possible_answers() -> tuple[Answers, ...]:
    """Return every set of answers that does not contradict itself."""
    return tuple(answers for answers in _combinations() if not answer_refusals(answers))


def _combinations() -> Iterator[Answers]:
    for chosen in itertools.product(*(CHECK_ANSWERS[question] for question in CheckQuestion)):
        yield dict(zip(CheckQuestion, chosen, strict=True))


def find_rule(rules: Sequence[Rule], answers: Answers) -> Rule | None:
    """Return the first rule that fits; it alone decides."""
    return next((rule for rule in rules if rule.fits(answers)), None)


def decide(rules: Sequence[Rule], answers: Answers) -> tuple[Rule | None, list[Refusal]]:
    """Return the rule that decides, or why none may.

    The law is asked here too and not only when a table is published, so that a table that came
    into the database in any other way asks for nothing unlawful either.
    """
    refusals = answer_refusals(answers)
    if refusals:
        return None, refusals
    rule = find_rule(rules, answers)
    if rule is None:
        return None, [Refusal("no_rule", "No rule fits these answers. Ask a manager.")]
    if rule.check not in lawful_checks(answers):
        message = "The rule for these answers asks for a check that the law does not allow here."
        return None, [Refusal("unlawful_rule", message)]
    return rule, []


def table_faults(rules: Sequence[Rule]) -> list[Fault]:
    """Return what keeps a table from being used, one fault for each rule, in their order.

    Every possible set of answers is tried.
    """
    wrong: dict[str, list[tuple[Rule | None, Answers]]] = {}
    for answers in possible_answers():
        rule = find_rule(rules, answers)
        if rule is None or rule.check not in lawful_checks(answers):
            wrong.setdefault(rule.id if rule else "", []).append((rule, answers))
    faults = [
        Fault(cases[0][0], cases[0][1], lawful_checks(cases[0][1]), len(cases))
        for cases in wrong.values()
    ]
    order = {rule.id: position for position, rule in enumerate(rules)}
    return sorted(faults, key=lambda one: order[one.rule.id] if one.rule else len(order))


def unused_rules(rules: Sequence[Rule]) -> list[Rule]:
    """Return the rules that never decide, because earlier ones fit whenever they would."""
    deciding = {rule.id for answers in possible_answers() if (rule := find_rule(rules, answers))}
    return [rule for rule in rules if rule.id not in deciding]


def new_rule_id() -> str:
    """Return an id for a rule that a person adds."""
    return uuid.uuid4().hex


def rule_to_json(rule: Rule) -> dict[str, Any]:
    """Return a rule as it is stored."""
    return {
        "id": rule.id,
        "when": {
            question.value: [one.value for one in CHECK_ANSWERS[question] if one in fitting]
            for question in CheckQuestion
            if (fitting := rule.when.get(question))
        },
        "level": rule.level.value,
        "workforce": rule.workforce.value,
        "reason": rule.reason,
    }


def rule_from_json(stored: Mapping[str, Any]) -> Rule:
    """Return a stored rule.

    Raises
    ------
    ValueError, KeyError
        It was not written by ``rule_to_json``.
    """
    return Rule(
        id=stored["id"],
        when={
            CheckQuestion(question): frozenset(CheckAnswer(one) for one in fitting)
            for question, fitting in stored["when"].items()
        },
        level=CheckLevel(stored["level"]),
        workforce=Workforce(stored["workforce"]),
        reason=stored["reason"],
    )


def answers_to_json(answers: Answers) -> dict[str, str]:
    """Return answers as they are stored."""
    return {question.value: answers[question].value for question in CheckQuestion}


def answers_from_json(stored: Mapping[str, str]) -> Answers:
    """Return stored answers.

    Raises
    ------
    ValueError, KeyError
        One is missing or not an answer.
    """
    return {question: CheckAnswer(stored[question.value]) for question in CheckQuestion}
