"""Needs by a conversation: one heading after the other, in the family's own words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from peerapp.enums import NEED_HEADINGS, Heading, Need
from peerapp.models import Account, Family, FamilyTopic
from peerapp.services import audit
from peerapp.services.families import lock_family, put_needs

HEAVIEST = 3
MOST_HEAVY = 3
"""How many needs can weigh most of all before none does."""


@dataclass(frozen=True)
class Topic:
    """One heading: what was said, when and to whom, and the needs that stand under it."""

    heading: Heading
    said: FamilyTopic | None
    needs: Sequence[tuple[Need, int]]


@dataclass(frozen=True)
class Conversation:
    """All ten headings in their order.

    Attributes
    ----------
    following
        The first heading that was not talked about yet; None when all were.
    too_many_heavy
        More needs weigh most of all than the matching can put first.
    """

    topics: Sequence[Topic]
    following: Heading | None
    too_many_heavy: bool

    @property
    def talked_about(self) -> int:
        return sum(topic.said is not None for topic in self.topics)


def needs_under(heading: Heading) -> list[Need]:
    """Return what a coach can help with under a heading."""
    return [need for need in Need if NEED_HEADINGS[need] == heading]


def get_conversation(session: Session, family: Family) -> Conversation:
    """Return what was talked about with a family, which the caller may see."""
    query = (
        select(FamilyTopic)
        .where(FamilyTopic.family_id == family.id)
        .options(joinedload(FamilyTopic.talked_by))
    )
    said = {row.heading: row for row in session.scalars(query)}
    weights = {row.need: row.weight for row in family.needs}
    topics = [
        Topic(
            heading,
            said.get(heading),
            [(need, weights[need]) for need in needs_under(heading) if need in weights],
        )
        for heading in Heading
    ]
    following = next((one.heading for one in topics if one.said is None), None)
    heavy = sum(weight == HEAVIEST for weight in weights.values())
    return Conversation(topics, following, heavy > MOST_HEAVY)


def record_topic(
    session: Session,
    actor: Account,
    family_id: uuid.UUID,
    version: int | None,
    heading: Heading,
    words: str,
    weights: Mapping[Need, int],
    today: date,
) -> Family:
    """Record what a family said on one heading, and how much the needs under it weigh.

    Needs under other headings stay as they are.

    Raises
    ------
    Stale
        Somebody else changed the family's record meanwhile.
    """
    under = needs_under(heading)
    if weights.keys() - set(under):
        raise ValueError("a need of another heading")
    family = lock_family(session, actor, family_id, version)
    query = select(FamilyTopic).where(
        FamilyTopic.family_id == family.id, FamilyTopic.heading == heading
    )
    row = session.scalars(query).one_or_none()
    if row is None:
        row = FamilyTopic(family_id=family.id, heading=heading)
        session.add(row)
    row.words, row.talked_on, row.talked_by_id = words.strip(), today, actor.id
    others = {one.need: one.weight for one in family.needs if one.need not in under}
    put_needs(session, actor, family, {**others, **weights})
    audit.record_change(session, actor, "family_topic.record", family, heading=heading.value)
    session.flush()
    return family
