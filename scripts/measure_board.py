"""Time the board of certificates, as the site serves it, in a county of many volunteers.

Usage: python -m scripts.measure_board [volunteers]
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient

from peerapp import create_app
from peerapp.adapters import places
from peerapp.clock import today
from peerapp.db import Database, upgrade
from peerapp.demo.command import SLUG, demo_settings
from peerapp.enums import CertificateStatus, CheckLevel, Role, Workforce
from peerapp.models import (
    Account,
    Certificate,
    Locality,
    Scheme,
    StaffLocality,
    StatusConsent,
    Subscription,
    Volunteer,
)
from peerapp.services import localities
from peerapp.services.certificate_board import NEEDS_ONE
from peerapp.services.sign_in import start_session

ASKED = 20
NAMES = 800
PAGES = (
    "/staff/certificates/",
    "/staff/certificates/?page=60",
    "/staff/certificates/?state=soon",
    "/staff/certificates/?update_service=can_join",
)


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
        return start_session(session, staff, now, timedelta(hours=1))


def _volunteer(
    rng: random.Random, day: date, number: int, staff: Account, locality: Locality
) -> Volunteer:
    """Return a volunteer somewhere on the way, most of them with a certificate."""
    made = Volunteer(
        account=Account(email=f"v{number}@example.org", role=Role.VOLUNTEER),
        locality=locality,
        state=rng.choice(list(NEEDS_ONE)),
        state_since=datetime.now(UTC),
        first_name="Ama",
        last_name=f"Mensah{rng.randrange(NAMES)}",
        check_level=CheckLevel.ENHANCED_CHILDREN,
        check_workforce=Workforce.CHILD,
    )
    if rng.random() < 0.9:
        made.certificates.append(_certificate(rng, day, number, staff))
    if rng.random() < 0.6:
        made.consents.append(StatusConsent(version=1, typed_name=made.name))
    return made


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


def measure(browser: FlaskClient, path: str) -> list[float]:
    """Return how many milliseconds each of some requests took."""
    taken = []
    for _ in range(ASKED):
        began = time.perf_counter()
        answer = browser.get(path)
        taken.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}")
    return taken


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    with tempfile.TemporaryDirectory() as folder:
        settings = demo_settings(Path(folder), None, 8000)
        upgrade(settings.database_url)
        database = Database(settings.database_url)
        secret = build(database, count)
        browser = create_app(settings).test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = secret, True
        print(f"{count} volunteers, {ASKED} requests each, milliseconds")
        for path in PAGES:
            taken = measure(browser, path)
            print(f"{path:45} median {statistics.median(taken):6.1f}  worst {max(taken):6.1f}")
        database.close()


if __name__ == "__main__":
    main()
