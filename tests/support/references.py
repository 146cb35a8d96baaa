"""Referees, their answers and the links that they were sent, for tests."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.domain.referees import Referee
from peerapp.enums import RefereeRelation, VerifiedHow
from peerapp.models import Account, Message, Reference, Volunteer
from peerapp.services import referee_links, references
from tests.factories import NOW, TODAY

URL = "https://scheme.example.org"
RITA = Referee(
    name="Rita Hollis",
    email="rita.hollis@library.example",
    phone="01632 960555",
    postcode="SN15 3ZZ",
    relation=RefereeRelation.EMPLOYER,
    known_how="My manager at the library",
    known_years=4,
)
SAM = Referee(
    name="Sam Ode",
    email="sam@school.example",
    phone="01632 960777",
    postcode="SN11 0AA",
    relation=RefereeRelation.TEACHER,
    known_how="Taught me at evening classes",
    known_years=3,
)
ANSWERS: dict[str, dict[str, Any]] = {
    "knowing": {
        "known_how": "I managed her at the library.",
        "known_years": 4,
        "is_related": "no",
        "lives_with": "no",
    },
    "qualities": {
        "reliable": "always",
        "listens": "mostly",
        "keeps_limits": "always",
        "strengths": "Canary patience",
    },
    "children": {"with_children": "Story time.", "has_concern": "no"},
    "view": {"recommends": "yes", "position": "Library manager"},
}


def links_of(session: Session, reference: Reference) -> list[str]:
    """Return the secrets of the links that were queued to a referee, oldest first."""
    session.flush()
    query = select(Message).where(Message.reference_id == reference.id)
    found = session.scalars(query.order_by(Message.created_at, Message.id))
    matches = (re.search(r"/reference/(\S+)", one.body) for one in found)
    return [match[1] for match in matches if match]


def name(session: Session, volunteer: Volunteer, referee: Referee = RITA, now=NOW) -> Reference:
    return references.name_referee(session, volunteer.account, referee, now, URL)


def answer(session: Session, secret: str, now=NOW, **changes: Any) -> None:
    """Fill in every page and send; ``changes`` replace answers by name."""
    for page, values in ANSWERS.items():
        given = {**values, **changes}
        referee_links.save_page(session, secret, page, given, now)
    referee_links.submit(session, secret, now, URL)


def received(
    session: Session, volunteer: Volunteer, referee: Referee = RITA, **changes: Any
) -> Reference:
    """Return a reference that waits for a coordinator."""
    reference = name(session, volunteer, referee)
    answer(session, links_of(session, reference)[-1], **changes)
    return reference


def verify(session: Session, actor: Account, reference: Reference, **values: Any) -> Reference:
    given = {"how": VerifiedHow.PHONE_CALL, "verified_on": TODAY, "note": "", "today": TODAY}
    ids = reference.volunteer_id, reference.id
    return references.verify(session, actor, *ids, **{**given, **values})
