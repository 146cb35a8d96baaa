"""Every page that shows what is sensitive leaves a row, and is not shown where none can be left."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import time_machine
from sqlalchemy import func, select, text

from peerapp.enums import AuditKind
from peerapp.models import AuditEvent
from peerapp.route_access import ROUTES
from tests.factories import NOW
from tests.security.matrix import cases
from tests.security.matrix_table import RULES
from tests.security.world_site import open_site

pytestmark = pytest.mark.walk

OWN = {"goals.finish@family", "goals.new@family", "goals.score@family"}
"""Routes that families share with staff: looking at one's own goals is nobody's business."""


@pytest.fixture(scope="module", autouse=True)
def _on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def site(server, migrated, tmp_path_factory):
    with open_site(server, migrated, tmp_path_factory.mktemp("reads")) as site:
        yield site


@dataclass
class Reader:
    """Asks for a page, and counts the rows that this has left."""

    site: object

    def rows(self) -> int:
        query = select(func.count(AuditEvent.id)).where(AuditEvent.kind == AuditKind.READ)
        with self.site.database.session(None) as session:
            return session.scalar(query, execution_options={"scheme_free": True})

    def get(self, case) -> tuple[int, int]:
        before = self.rows()
        client = self.site.app.test_client(use_cookies=False)
        cookie = {"Cookie": self.site.cookies[case.identity]}
        answer = client.get(case.path, headers=cookie)
        answer.close()
        return answer.status_code, self.rows() - before


def sensitive(site):
    """Return one request for each page that may write rows, by somebody who is shown it."""
    found = {}
    for case in cases(site.app, site.world):
        rule, endpoint = RULES.get(case.route), case.route.partition("@")[0]
        is_page = case.method == "GET" and ROUTES[endpoint].audited_read
        if (
            is_page
            and rule
            and case.identity in rule.who
            and rule.outcome(case.identity, case.place) == "allowed"
        ):
            found.setdefault(case.route, []).append(case)
    return found


@pytest.fixture(scope="module")
def shown(site):
    """Return the first request for each of those pages that was answered, and what it left."""
    reader, answers = Reader(site), {}
    for route, asked in sensitive(site).items():
        for case in asked:
            status, rows = reader.get(case)
            if status == 200:
                answers[route] = (case, rows)
                break
    return answers


@pytest.mark.scorecard("16.3.2")
def test_each_page_that_shows_what_is_sensitive_leaves_a_row(shown):
    left_none = {route for route, (_, rows) in shown.items() if rows == 0}
    assert left_none == OWN
    assert len(shown) > 30


TRIGGERS = {
    "sqlite": (
        "CREATE TRIGGER audit_full BEFORE INSERT ON audit_event "
        "BEGIN SELECT RAISE(ABORT, 'no room'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_full() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no room'; END $$",
        "CREATE TRIGGER audit_full BEFORE INSERT ON audit_event "
        "FOR EACH ROW EXECUTE FUNCTION audit_full()",
    ),
}


@pytest.mark.scorecard("16.4.2", "16.5")
def test_no_page_is_shown_whose_row_cannot_be_left(site, shown):
    reader = Reader(site)
    on = "" if site.database.is_sqlite else " ON audit_event"
    with site.database.writer.begin() as connection:
        for statement in TRIGGERS[site.database.engine.dialect.name]:
            connection.execute(text(statement))
    try:
        answers = {route: reader.get(case)[0] for route, (case, rows) in shown.items() if rows}
    finally:
        with site.database.writer.begin() as connection:
            connection.execute(text(f"DROP TRIGGER audit_full{on}"))
    assert {route for route, status in answers.items() if status < 500} == set()
    assert len(answers) > 30


@pytest.mark.scorecard("16.4.2", control=True)
def test_the_same_page_is_shown_again_when_rows_can_be_left(site, shown):
    case, _ = shown["families.show"]
    status, rows = Reader(site).get(case)
    assert (status, rows > 0) == (200, True)
