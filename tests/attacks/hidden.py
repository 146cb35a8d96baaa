"""A family that hides, a coach whom it trusts, and the man from whom it hides.

He knows her old address, her email, her phone and the children's names. Whatever he asks, by any
door, no answer may hold what he does not know, or tell by any difference that she is known here.
"""

from __future__ import annotations

import base64
import html
import uuid
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from peerapp.enums import FamilyState, MatchState, Role
from peerapp.models import Account, FamilyChild, Locality
from tests.factories import (
    make_account,
    make_coach,
    make_family,
    make_family_account,
    make_locality,
    make_match,
)

HIS_FIRST, HIS_LAST = "Darren", "Slade"
HER_EMAIL, HER_PHONE = "canary.wren@example.org", "07700 900911"
HER_POSTCODE, HER_CHILD = "SN15 1QX", "Canarychild"

SECRETS = {
    "first name": "Canaryrose",
    "last name": "Canarywren",
    "alias": "Canaryalias",
    "email": HER_EMAIL,
    "phone": HER_PHONE,
    "address": "7 Canaryaddress Close",
    "postcode": HER_POSTCODE,
    "child": HER_CHILD,
    "who must not be told": "Canaryfoe",
    "reference": "F-CANRY",
    "coach": "Canarycoach",
    "coach's phone": "01632 960933",
}


@dataclass
class Stage:
    """Who is there, by id."""

    people: dict[str, uuid.UUID] = field(default_factory=dict)
    ids: dict[str, uuid.UUID] = field(default_factory=dict)


def make_stage(session: Session) -> Stage:
    """Make the family, matched and met, and him: as cleared coach of another, and as family."""
    stage = Stage()
    here, there = make_locality(session), make_locality(session, "Calne", ("SN11 0",))
    staff = make_account(session, Role.COORDINATOR, (here,))
    stage.people |= {
        "coordinator": staff.id,
        "stranger": make_account(session, Role.COORDINATOR, (there,)).id,
        "lead": make_account(session, Role.SAFEGUARDING_LEAD).id,
        "manager": make_account(session, Role.MANAGER).id,
    }
    family = _hidden_family(session, staff, here)
    coach = make_coach(
        session, staff, here, first_name="Ines", last_name=SECRETS["coach"], scheme_phone=
        SECRETS["coach's phone"], phone="07700 900922",
    )  # fmt: skip
    match = make_match(session, family, coach, state=MatchState.ACTIVE)
    him = make_coach(session, staff, here, first_name=HIS_FIRST, last_name=HIS_LAST,
                     phone="07700 900666")  # fmt: skip
    other = make_family(session, staff, here, state=FamilyState.MATCHED, first_name="Olga")
    own_match = make_match(session, other, him, state=MatchState.ACTIVE, slot="tue_evening")
    waits = make_family(session, staff, here, first_name=HIS_FIRST, last_name=HIS_LAST)
    session.flush()
    stage.people |= {
        "her": family.account_id,
        "coach": coach.account_id,
        "ex_coach": him.account_id,
        "ex_family": make_family_account(session, waits).id,
    }
    stage.ids |= {
        "family_id": family.id,
        "volunteer_id": coach.id,
        "match_id": match.id,
        "his_id": him.id,
        "his_match_id": own_match.id,
        "his_family_id": waits.id,
        "locality_id": here.id,
    }
    return stage


def _hidden_family(session: Session, staff: Account, here: Locality):
    family = make_family(
        session,
        staff,
        here,
        state=FamilyState.MATCHED,
        reference=SECRETS["reference"],
        first_name=SECRETS["first name"],
        last_name=SECRETS["last name"],
        email=HER_EMAIL,
        phone=HER_PHONE,
        address=SECRETS["address"],
        postcode=HER_POSTCODE,
    )
    family.children_named = [FamilyChild(name=HER_CHILD, born_from=2018, born_to=2019)]
    safe = family.safe_contact
    safe.withheld_address, safe.alias = True, SECRETS["alias"]
    safe.must_not_be_told = f"{HIS_FIRST} {HIS_LAST}, called {SECRETS['who must not be told']}"
    make_family_account(session, family)
    return family


def leaks(answer: TestResponse, *, known: Iterable[str] = ()) -> list[str]:
    """Return which of her secrets an answer holds, but for what he has typed himself.

    Looked through are the body, every header, addresses as they are quoted, and what a cookie
    carries in clear under its signature.
    """
    typed = set(known)
    told = everything(answer)
    return [name for name, word in SECRETS.items() if name not in typed and word.lower() in told]


def everything(answer: TestResponse) -> str:
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
    cookies = "\n".join(_unpacked(one) for one in answer.headers.getlist("Set-Cookie"))
    text = "\n".join((answer.get_data(as_text=True), headers, cookies))
    return "\n".join((text, unquote_plus(text), html.unescape(text))).lower()


def _unpacked(cookie: str) -> str:
    """Return what a signed cookie says to whoever holds it."""
    value = cookie.partition("=")[2].partition(";")[0]
    packed = value.startswith(".")
    part = value.removeprefix(".").partition(".")[0]
    try:
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        return (zlib.decompress(raw) if packed else raw).decode("utf-8", "replace")
    except (ValueError, zlib.error):
        return ""
