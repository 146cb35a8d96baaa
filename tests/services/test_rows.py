"""What a page asks ten times is asked once, and never by who may write."""

from __future__ import annotations

import pytest

from peerapp.services.rows import once
from peerapp.services.schemes import get_scheme
from tests.support.queries import statements


@pytest.mark.parametrize(("writes", "asked"), [("none", 1), ("audit", 1), ("all", 3)])
def test_a_transaction_that_only_reads_asks_once(database, scheme_id, writes, asked):
    with database.session(scheme_id, writes) as session, statements(database) as sent:
        found = {get_scheme(session).id for _ in range(3)}
    assert (found, len([one for one in sent if one.startswith("SELECT")])) == ({scheme_id}, asked)


def test_nothing_found_is_remembered_too(database, scheme_id):
    answers = iter([None, "late"])
    with database.reading(scheme_id) as session:
        session.connection()
        assert [once(session, "key", lambda: next(answers)) for _ in range(2)] == [None, None]


def test_the_next_transaction_asks_again(database, scheme_id):
    with database.reading(scheme_id) as session:
        before = get_scheme(session).name
        session.rollback()
        session.expunge_all()
        with database.writing(scheme_id) as other:
            get_scheme(other).name = "Another"
        assert (before != "Another", get_scheme(session).name) == (True, "Another")
