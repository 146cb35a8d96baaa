"""The rule table and the roles that a scheme starts with; it may change both."""

from __future__ import annotations

from dataclasses import dataclass

from peerapp.domain.check_rules import Answers, Rule
from peerapp.enums import CheckAnswer, CheckLevel, CheckQuestion, Workforce

Q = CheckQuestion
A = CheckAnswer
L = CheckLevel
W = Workforce

YES = frozenset({A.YES})
ACTIVITY = frozenset({A.ACTIVITY})
OFTEN = frozenset({A.OFTEN})
SELDOM = frozenset({A.SELDOM})
THERE = frozenset({A.PRESENT, A.ACTIVITY})

CARE = {Q.PERSONAL_CARE: YES}
DOES_OFTEN = {Q.CHILDREN: ACTIVITY, Q.FREQUENCY: OFTEN}
DOES_AT_NIGHT = {Q.CHILDREN: ACTIVITY, Q.OVERNIGHT: YES}
THERE_OFTEN = {Q.PLACE: YES, Q.CHILDREN: THERE, Q.FREQUENCY: OFTEN}
DOES_SELDOM = {Q.CHILDREN: ACTIVITY, Q.FREQUENCY: SELDOM}
THERE_SELDOM = {Q.PLACE: YES, Q.CHILDREN: THERE, Q.FREQUENCY: SELDOM}
ADULTS = {Q.ADULTS: YES}

_AND_ADULTS = " It is regulated activity with adults as well, so both lists are checked."
_CARE = "Personal care of a child is regulated activity, even once."
_OFTEN = (
    "Teaching, caring for or advising children on more than 3 days in 30 is regulated activity."
)
_NIGHT = "Looking after children overnight is regulated activity."
_PLACE = (
    "Working with children around in a school, nursery or children’s centre on more than 3 days "
    "in 30 is regulated activity."
)
_SELDOM = "It is work with children, but not often enough to be regulated activity: no list."

SHIPPED_RULES: tuple[Rule, ...] = (
    Rule("care-both", CARE | ADULTS, L.ENHANCED_BOTH, W.CHILD_AND_ADULT, _CARE + _AND_ADULTS),
    Rule(
        "often-both", DOES_OFTEN | ADULTS, L.ENHANCED_BOTH, W.CHILD_AND_ADULT, _OFTEN + _AND_ADULTS
    ),
    Rule(
        "night-both",
        DOES_AT_NIGHT | ADULTS,
        L.ENHANCED_BOTH,
        W.CHILD_AND_ADULT,
        _NIGHT + _AND_ADULTS,
    ),
    Rule(
        "place-both", THERE_OFTEN | ADULTS, L.ENHANCED_BOTH, W.CHILD_AND_ADULT, _PLACE + _AND_ADULTS
    ),
    Rule("care", CARE, L.ENHANCED_CHILDREN, W.CHILD, _CARE),
    Rule("often", DOES_OFTEN, L.ENHANCED_CHILDREN, W.CHILD, _OFTEN),
    Rule("night", DOES_AT_NIGHT, L.ENHANCED_CHILDREN, W.CHILD, _NIGHT),
    Rule("place", THERE_OFTEN, L.ENHANCED_CHILDREN, W.CHILD, _PLACE),
    Rule(
        "adults-seldom",
        DOES_SELDOM | ADULTS,
        L.ENHANCED_ADULTS,
        W.CHILD_AND_ADULT,
        "It is regulated activity with adults. The work with children is not often enough to be "
        "regulated: only the adults’ list is checked.",
    ),
    Rule(
        "adults-place",
        THERE_SELDOM | ADULTS,
        L.ENHANCED_ADULTS,
        W.CHILD_AND_ADULT,
        "It is regulated activity with adults. Children are not around often enough for it to be "
        "regulated: only the adults’ list is checked.",
    ),
    Rule(
        "adults",
        ADULTS,
        L.ENHANCED_ADULTS,
        W.ADULT,
        "Caring for an adult who needs it because of age, illness or disability is regulated "
        "activity with adults, even once.",
    ),
    Rule("seldom", DOES_SELDOM, L.ENHANCED, W.CHILD, _SELDOM),
    Rule("place-seldom", THERE_SELDOM, L.ENHANCED, W.CHILD, _SELDOM),
    Rule(
        "parents",
        {Q.CHILDREN: frozenset({A.PARENTS_ONLY})},
        L.BASIC,
        W.OTHER,
        "The role is with parents only. The law allows no more than a basic check.",
    ),
    Rule(
        "others",
        {},
        L.BASIC,
        W.OTHER,
        "Children may be there, but the role does nothing with them that the law counts as work "
        "with children. It allows no more than a basic check.",
    ),
)
"""From domain law, most serious first: the first row that fits decides."""


@dataclass(frozen=True)
class ShippedRole:
    """A role that a scheme starts with."""

    slug: str
    name: str
    summary: str
    coaches_families: bool
    answers: Answers


def _answers(
    children: CheckAnswer,
    frequency: CheckAnswer,
    *,
    place: CheckAnswer = A.NO,
) -> Answers:
    return {
        Q.CHILDREN: children,
        Q.FREQUENCY: frequency,
        Q.OVERNIGHT: A.NO,
        Q.PERSONAL_CARE: A.NO,
        Q.PLACE: place,
        Q.ADULTS: A.NO,
    }


SHIPPED_ROLES: tuple[ShippedRole, ...] = (
    ShippedRole(
        "family_coach",
        "Family coach",
        "Visits one family about two hours a week and spends time with the children too.",
        True,
        _answers(A.ACTIVITY, A.OFTEN),
    ),
    ShippedRole(
        "group_helper",
        "Group helper",
        "Helps every week in a group for families at a children’s centre.",
        False,
        _answers(A.ACTIVITY, A.OFTEN, place=A.YES),
    ),
    ShippedRole(
        "event_helper",
        "Event helper",
        "Runs activities for children at a few events each year, never over 3 days in 30.",
        False,
        _answers(A.ACTIVITY, A.SELDOM),
    ),
    ShippedRole(
        "parent_supporter",
        "Parent supporter",
        "Talks with parents by phone or in an evening group, without any children.",
        False,
        _answers(A.PARENTS_ONLY, A.NEVER),
    ),
)
