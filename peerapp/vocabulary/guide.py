"""A short guide to talking about needs: one open question for each heading, and what to hear.

The questions are to be said aloud. They ask for a story and not for a yes, and begin with what
goes well. Nobody has to answer any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from peerapp.enums import Heading


class Prompt(NamedTuple):
    """What to ask, and what to listen for."""

    question: str
    listen_for: str


GUIDE: Mapping[Heading, Prompt] = {
    Heading.EDUCATION: Prompt(
        "How are mornings before school, and how does school feel for your children?",
        "Days missed, arriving late, worries about going, support for special needs, letters "
        "from school.",
    ),
    Heading.EARLY_YEARS: Prompt(
        "What does a usual day with your little ones look like, from getting up to bedtime?",
        "Sleep, meals, a new baby, a nursery place, days that have no shape.",
    ),
    Heading.HEALTH: Prompt(
        "How have you been in yourself lately? Who do you talk to on a bad day?",
        "Feeling low or alone, loss, pain, appointments that are hard to keep, nobody nearby.",
    ),
    Heading.SUBSTANCE_USE: Prompt(
        "Is anyone’s drinking, or are drugs, making things harder at home?",
        "Who it is about, whether they get help, how the children notice it.",
    ),
    Heading.FAMILY_RELATIONSHIPS: Prompt(
        "Who is in your family, and how do you all get on at the moment?",
        "Parenting from two homes, rows, a child who looks after somebody, who helps.",
    ),
    Heading.ABUSE_AND_EXPLOITATION: Prompt(
        "Is there anybody around you or your children who worries you?",
        "New older friends, gifts, going missing, messages online, being made to do things.",
    ),
    Heading.CRIME: Prompt(
        "Have you or your children had trouble with the police, or been hurt by a crime?",
        "Being pulled into something, being a victim, court dates, somebody in prison.",
    ),
    Heading.DOMESTIC_ABUSE: Prompt(
        "Do you feel safe at home, and with everybody who comes there?",
        "Fear of a partner or ex-partner, money or phone controlled. Ask only when the person is "
        "alone. If there is danger now, stop and call 999 or the safeguarding lead.",
    ),
    Heading.HOUSING: Prompt(
        "How is it where you live? Can you stay there?",
        "Arrears, notices, damp, crowding, moving often.",
    ),
    Heading.MONEY: Prompt(
        "What happens in the week before money comes in?",
        "Debts, heating or meals left out, benefits not claimed, forms online, no device.",
    ),
}
