"""The same address at the same moment: one account, and nobody sees an error."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from peerapp.models import Account, Message, Volunteer
from tests.support.sealed import values

AT_ONCE, ROUNDS = 6, 5


def test_sign_up_sent_many_times_at_once_makes_one_account(app, database, scheme_id):
    def sign_up(number: int) -> int:
        form = {"email": f"new{number}@example.org"}
        return app.test_client().post("/volunteer/sign-up", data=form).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number in range(ROUNDS):
            assert list(pool.map(sign_up, [number] * AT_ONCE)) == [302] * AT_ONCE
    with database.reading(scheme_id) as session:
        addresses = values(session, Account, "email")
        assert addresses == [f"new{number}@example.org" for number in range(ROUNDS)]
        assert len(session.scalars(select(Volunteer)).all()) == ROUNDS
        mailed = set(values(session, Message, "to_address"))
        assert mailed == set(addresses)
