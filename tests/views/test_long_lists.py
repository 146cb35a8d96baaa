"""Lists ask the database as often for thirty rows as for one, each sealed with a key of its own."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest

from peerapp.enums import RightKind, RightStep, Role, TwoPersonAct
from peerapp.models import (
    AccessGrant,
    Account,
    KnownBrowser,
    LegalHold,
    LoginSession,
    RightsEvent,
    RightsRequest,
    TwoPersonRequest,
    utc_now,
)
from tests.factories import TODAY, make_account, make_family, make_locality
from tests.support.queries import counted

WORD = "Written-down-"
ROW = re.compile(rf"(?:[DF]-|{WORD})(1[0-2]\d)\b")  # a reference, or words


@pytest.fixture
def people(database, scheme_id, sign_in):
    """A manager's browser, and who works here."""
    with database.writing(scheme_id) as session:
        here = make_locality(session)
        staff = make_account(session, Role.COORDINATOR, (here,))
        manager = make_account(session, Role.MANAGER)
        family = make_family(session, staff, here)
        ids = {"here": here.id, "staff": staff.id, "manager": manager.id, "family": family.id}
    return sign_in(manager), ids


def colleague(session):
    return make_account(session, Role.SAFEGUARDING_LEAD, name="Lee Lead")


def grant(session, ids, number):
    return AccessGrant(
        account_id=colleague(session).id, family_id=ids["family"], reference=f"F-{number}",
        reason=f"{WORD}{number}", expires_at=utc_now() + timedelta(hours=1),
    )  # fmt: skip


def two_person(session, ids, number):
    return TwoPersonRequest(
        act=TwoPersonAct.ERASE, reason=f"{WORD}{number}", asked_by_id=colleague(session).id,
        expires_at=utc_now() + timedelta(days=1), subject_id=uuid.uuid4(),
        details={"kind": "family"},
    )  # fmt: skip


def rights(kind):
    def make(session, ids, number):
        return RightsRequest(
            reference=f"D-{number}", kind=kind, who=f"{WORD}{number}", words="Words.",
            received_on=TODAY, due_on=TODAY, family_id=None,
            events=[RightsEvent(step=next(iter(RightStep)), by_id=ids["manager"], note="Note.")],
        )  # fmt: skip

    return make


def hold(session, ids, number):
    return LegalHold(
        family_id=ids["family"], reference=f"F-{number}", reason=f"{WORD}{number}",
        review_on=TODAY, set_by_id=colleague(session).id,
    )  # fmt: skip


def browser(session, ids, number, of="manager"):
    now = utc_now()
    known = KnownBrowser(
        account_id=ids[of], token_hash=uuid.uuid4().hex, device=f"{WORD}{number}", last_used_at=now
    )
    session.add(known)
    session.flush()
    return LoginSession(
        account_id=ids[of], token_hash=uuid.uuid4().hex, device=f"{WORD}{number}",
        last_seen_at=now, expires_at=now + timedelta(hours=1), factor_due=False, factor_at=now,
        role=session.get_one(Account, ids[of]).role, known_browser_id=known.id,
    )  # fmt: skip


def browser_of_colleague(session, ids, number):
    return browser(session, ids, number, of="staff")


LISTS = {
    "duty cover": ("/staff/duty-cover/", grant),
    "two persons": ("/staff/second-person/", two_person),
    "rights": ("/staff/rights/requests/", rights(RightKind.ACCESS)),
    "complaints": ("/staff/rights/requests/", rights(RightKind.COMPLAINT)),
    "holds": ("/staff/retention/holds/", hold),
    "own browsers": ("/account/signed-in", browser),
    "a colleague's browsers": ("/staff/people/{staff}/signed-in", browser_of_colleague),
}


@pytest.mark.parametrize(("path", "make"), LISTS.values(), ids=LISTS)
def test_list_asks_as_often_for_thirty_as_for_one(app, database, scheme_id, people, path, make):
    manager, ids = people
    path = path.format(**ids)

    def add(numbers):
        with database.writing(scheme_id) as session:
            for number in numbers:
                session.add(make(session, ids, number))
                session.flush()

    def ask():
        with counted(app) as sent:
            page = manager.get(path)
        assert page.status_code == 200
        return len(sent), len(set(ROW.findall(page.text)))

    add([100])
    manager.get(path)
    one = ask()
    add(range(101, 130))
    thirty = ask()
    assert (one[1], thirty[1]) == (1, 30)
    assert thirty[0] == one[0]
