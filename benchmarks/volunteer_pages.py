"""Time the pages about all volunteers, as the site serves them, with 5,000 volunteers and with 50.

``python -m benchmarks.volunteer_pages [volunteers]``

The peer is the same page of the same site with 50 volunteers: what a page costs whatever is on it.
Both sites are asked in turn, so that a slow moment of the machine meets both. Beside the time that
passed stands the processor's: on a machine with nothing else to do the two are the same, and on
any other only the second says what the page costs.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select

from peerapp import create_app
from peerapp.adapters import places
from peerapp.clock import today
from peerapp.db import Database
from peerapp.demo.command import SLUG, demo_settings
from peerapp.domain.onboarding import PATH
from peerapp.enums import (
    CertificateStatus,
    CheckLevel,
    DropOutReason,
    RefereeRelation,
    ReferenceState,
    Role,
    VolunteerState,
    Workforce,
)
from peerapp.keyrings import prepare
from peerapp.models import (
    Account,
    Certificate,
    Locality,
    LoginSession,
    Reference,
    Scheme,
    StaffLocality,
    StatusConsent,
    Subscription,
    Volunteer,
    VolunteerEvent,
)
from peerapp.services import localities
from peerapp.services.sign_in import start_session

ASKED = 20
NAMES = 800
FEW = 50
LIMIT_MS = 300
PAGES = (
    "/staff/certificates/",
    "/staff/certificates/?page=60",
    "/staff/certificates/?state=soon",
    "/staff/funnel/",
    "/staff/funnel/?state=vetting&page=3",
)
S = VolunteerState
STATES = (*PATH[:7], S.PROBATION, *(S.ACTIVE,) * 6, S.PAUSED, S.SUSPENDED, S.LEFT, S.WITHDRAWN)
"""A third on their way, a third coaching, the others beside."""


def build(database: Database, count: int) -> str:
    """Make the people, and return the secret of a coordinator's session."""
    with database.session(None, "all") as session:
        scheme = Scheme(slug=SLUG, name="Measured")
        session.add(scheme)
        session.commit()
        scheme_id = scheme.id
    now = datetime.now(UTC)
    with database.writing(scheme_id) as session:
        localities.load_localities(session, None, places.read_localities())
        everywhere = localities.list_localities(session)
        staff = Account(email="measure@example.org", role=Role.COORDINATOR, confirmed_at=now)
        staff.localities = [StaffLocality(locality_id=one.id) for one in everywhere]
        session.add(staff)
        session.flush()
        rng, day = random.Random(1), today()
        for number in range(count):
            session.add(_volunteer(rng, day, number, staff, rng.choice(everywhere)))
        secret = start_session(session, staff, now, timedelta(hours=1))
        session.flush()
        session.scalars(select(LoginSession)).one().factor_at = now
        return secret


def _volunteer(
    rng: random.Random, day: date, number: int, staff: Account, locality: Locality
) -> Volunteer:
    """Return a volunteer somewhere on the way, with the history that led there."""
    state = STATES[number % len(STATES)]
    made = Volunteer(
        account=Account(email=f"v{number}@example.org", role=Role.VOLUNTEER),
        locality=locality,
        state=state,
        first_name="Ama",
        last_name=f"Mensah{rng.randrange(NAMES)}",
        check_level=CheckLevel.ENHANCED_CHILDREN,
        check_workforce=Workforce.CHILD,
    )
    _tell(rng, made, staff)
    if rng.random() < 0.9:
        made.certificates.append(_certificate(rng, day, number, staff))
    if rng.random() < 0.6:
        made.consents.append(StatusConsent(version=1, typed_name=made.name))
    for name in ("Rita Hollis", "Sam Ode"):
        made.references.append(_reference(rng, name, made.state_since))
    return made


def _tell(rng: random.Random, made: Volunteer, staff: Account) -> None:
    """Write the events that lead to the state, some days apart, the last one lately."""
    state = made.state
    steps = list(PATH[: PATH.index(state) + 1]) if state in PATH else [*PATH, state]
    at = datetime.now(UTC) - timedelta(days=rng.randint(0, 300) + 15 * len(steps))
    made.created_at = at
    before = None
    for step in steps:
        closes = step in {S.LEFT, S.WITHDRAWN}
        made.history.append(
            VolunteerEvent(
                from_state=before,
                to_state=step,
                by_id=staff.id,
                created_at=at,
                drop_out=rng.choice(list(DropOutReason)) if closes else None,
            )
        )
        made.state_since, before = at, step
        at += timedelta(days=rng.randint(1, 15))


def _reference(rng: random.Random, name: str, asked_at: datetime) -> Reference:
    return Reference(
        name=name,
        email=f"{name[:3].lower()}@example.org",
        phone="01632 960555",
        postcode="SN15 3ZZ",
        relation=RefereeRelation.EMPLOYER,
        known_years=4,
        state=rng.choice((ReferenceState.ASKED, ReferenceState.RECEIVED)),
        asked_at=asked_at,
    )


def _certificate(rng: random.Random, day: date, number: int, staff: Account) -> Certificate:
    issued = day - timedelta(days=rng.randint(1, 1150))
    held = Certificate(
        number=f"{number:012d}",
        issue_date=issued,
        level=CheckLevel.ENHANCED_CHILDREN,
        workforce=Workforce.CHILD,
        name_as_printed="AMA MENSAH",
        name_matches=rng.random() < 0.98,
        seen_on=issued,
        seen_by_id=staff.id,
        status=rng.choices(list(CertificateStatus)[:5], (6, 85, 3, 3, 3))[0],
    )
    if rng.random() < 0.6:
        renew_by = issued + timedelta(days=365 * (1 + (day - issued).days // 365))
        held.subscription = Subscription(
            joined_on=issued, renew_by=renew_by, recorded_by_id=staff.id
        )
    return held


@contextmanager
def site(count: int) -> Iterator[FlaskClient]:
    """Serve a scheme of so many volunteers on SQLite, with a coordinator signed in."""
    with tempfile.TemporaryDirectory() as folder:
        settings = demo_settings(Path(folder), None, 8000)
        database = prepare(settings)
        secret = build(database, count)
        app = create_app(settings)
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = secret, True
        yield browser
        app.extensions["database"].close()
        database.close()


@dataclass(frozen=True)
class Taken:
    """Milliseconds of one request: passed, and used of the processor."""

    passed: float
    used: float


def ask(browser: FlaskClient, path: str) -> Taken:
    """Time one request."""
    began, used = time.perf_counter(), time.process_time()
    answer = browser.get(path)
    taken = Taken((time.perf_counter() - began) * 1000, (time.process_time() - used) * 1000)
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}")
    return taken


def compare(large: FlaskClient, small: FlaskClient, path: str) -> float:
    """Print a page's line, and return the median of the processor's time with many volunteers."""
    pairs = [(ask(large, path), ask(small, path)) for _ in range(ASKED)]
    many, few = ([one[index] for one in pairs] for index in (0, 1))
    passed = statistics.median(one.passed for one in many)
    used, peer = (statistics.median(one.used for one in side) for side in (many, few))
    print(f"{path:40} {passed:8.0f} {used:10.0f} {peer:10.0f} {used / peer:7.1f}")
    return used


def main() -> None:
    """Print both times of each page; fail where one with many takes longer than it may."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    with ExitStack() as stack:
        large, small = (stack.enter_context(site(count)) for count in (many, FEW))
        print(f"{many} volunteers beside {FEW}: medians of {ASKED} requests in ms, SQLite")
        print(f"{'page':40} {'passed':>8} {'processor':>10} {f'with {FEW}':>10} {'ratio':>7}")
        slow = [path for path in PAGES if compare(large, small, path) > LIMIT_MS]
    if slow:
        raise SystemExit(f"slower than {LIMIT_MS} ms: {', '.join(slow)}")


if __name__ == "__main__":
    main()
