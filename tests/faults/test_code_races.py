"""One code in two browsers in one moment: by real threads, or two workers, it opens one."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from peerapp.domain.second_factors import NEW_BROWSER
from peerapp.enums import Role
from peerapp.errors import Refused
from peerapp.models import AuditEvent, LoginSession
from peerapp.services import authenticator_apps, sign_in
from peerapp.services.rows import get_row
from tests.factories import NOW, make_account
from tests.faults.test_approval_races import ROUNDS, Meeting, Work, at_once, before_writing
from tests.scenes import Scene
from tests.support.factors import BOX, give_app

pytestmark = pytest.mark.usefixtures("on_the_day")


def two_browsers(scene: Scene) -> tuple[list[uuid.UUID], str]:
    """Make an account with an app and two half-open sessions; return them and a code."""
    with scene.writing() as session:
        account = make_account(session, Role.MANAGER)
        code = give_app(session, account).code(NOW)
        for _ in range(2):
            sign_in.start_session(session, account, NOW, timedelta(hours=1))
        session.flush()
        query = select(LoginSession.id).where(LoginSession.account_id == account.id)
        return list(session.scalars(query)), code


def giving(login_id: uuid.UUID, code: str, meeting: Meeting) -> Work:
    def work(session) -> None:
        with before_writing(session, AuditEvent, meeting):
            login = session.get_one(LoginSession, login_id)
            authenticator_apps.give_code(session, login, code, NEW_BROWSER, BOX, NOW)
            session.flush()

    return work


def race_with_one_code(scene: Scene) -> int:
    """Return in how many rounds one code opened two sessions."""
    replayed = 0
    for _ in range(ROUNDS):
        (one, other), code = two_browsers(scene)
        meeting = Meeting()
        ends = at_once(scene, giving(one, code, meeting), giving(other, code, meeting))
        with scene.reading() as session:
            query = select(LoginSession).where(LoginSession.id.in_([one, other]))
            opened = sum(not login.is_half_open for login in session.scalars(query))
        assert opened == 2 - sum(isinstance(end, Refused) for end in ends)
        assert opened in {1, 2}
        replayed += opened == 2
    return replayed


@pytest.mark.scorecard("6.5.1")
def test_one_code_given_twice_at_once_opens_one_session(scene):
    assert race_with_one_code(scene) == 0


@pytest.mark.postgres
@pytest.mark.scorecard("6.5.1", control=True)
def test_one_code_given_twice_at_once_opens_two_without_locks(scene, monkeypatch):
    monkeypatch.setattr(authenticator_apps, "lock_row", get_row)
    assert race_with_one_code(scene) >= 0.9 * ROUNDS
