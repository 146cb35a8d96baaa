from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from peerapp.db import Database
from peerapp.domain import csv_text
from peerapp.models import Account, Family
from tests.services.family_scenes import FamilyScene, make_family_scene
from tests.support.exports import fetch_as_two

HEAD = (
    "reference,first_name,last_name,postcode,source,referred_on,level,section_47_open,"
    "child_protection_plan"
)
GOOD = f"{HEAD}\nG-1,Amina,Yusuf,SN15 1AA,self,2026-09-01,3,no,no\n".encode()
BAD = f"{HEAD}\nG-1,,Yusuf,SN11 0AA,teacher,2026-09-01,3,no,<b>\n".encode()
UPLOAD = "/staff/families/import"


@pytest.fixture
def scene(database: Database, scheme_id: uuid.UUID) -> FamilyScene:
    return make_family_scene(database, scheme_id)


@pytest.fixture
def browser(
    scene: FamilyScene, sign_in: Callable[[Account], FlaskClient]
) -> Callable[..., FlaskClient]:
    def of(who: str = "coordinator") -> FlaskClient:
        with scene.database.reading(scene.scheme_id) as session:
            account = session.get_one(Account, scene.people[who])
        return sign_in(account)

    return of


def send(client: FlaskClient, content: bytes):
    """Upload a file; the body is made here, as the client's own leaves a large one open."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="families.csv"\r\n\r\n'
    body = head + content + b"\r\n--x--\r\n"
    return client.post(UPLOAD, data=body, content_type="multipart/form-data; boundary=x")


def families(scene: FamilyScene) -> int:
    with scene.database.reading(scene.scheme_id) as session:
        return session.scalar(select(func.count(Family.id))) or 0


def test_a_file_is_checked_shown_and_imported(scene: FamilyScene, browser) -> None:
    client = browser()
    uploaded = send(client, GOOD)
    assert uploaded.status_code == 303
    shown = client.get(uploaded.location)
    assert (shown.status_code, "Amina Yusuf" in shown.text, families(scene)) == (200, True, 0)
    for _ in range(2):
        confirmed = client.post(uploaded.location)
        assert (confirmed.status_code, confirmed.location) == (303, uploaded.location)
    done = client.get(uploaded.location).text
    assert ("Imported" in done, "1 family" in done, "Amina" in done) == (True, True, False)
    assert families(scene) == 1


def test_a_bad_file_shows_each_fault_and_keeps_nothing(scene: FamilyScene, browser) -> None:
    answer = send(browser(), BAD)
    table = answer.text.split("Columns")[0].replace('<span class="app-break">', "")
    cells = re.findall(r'app-table__(?:first|value)">(.*?)</', table)
    rows = [tuple(cells[start : start + 3]) for start in range(0, len(cells), 4)]
    assert answer.status_code == 422
    assert rows == [
        ("2", "first_name", ""),
        ("2", "postcode", "SN11 0AA"),
        ("2", "source", "teacher"),
        ("2", "child_protection_plan", "&lt;b&gt;"),
    ]
    assert scene.audited("family_import.upload") == []


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "Choose a CSV file"),
        (b"PK\x03\x04" + b"\0" * 50, "workbook"),
        ("a,b".encode("utf-16"), "UTF-16"),
        ("é,b".encode("latin-1"), "not in UTF-8"),
        (b"a" * (csv_text.MAX_BYTES + 1), "larger than 5 MB"),
    ],
)
@pytest.mark.scorecard("5.2")
def test_what_is_no_csv_file_is_refused_in_words(browser, content: bytes, word: str) -> None:
    answer = send(browser(), content)
    assert (answer.status_code, word in answer.text) == (422, True)


def test_no_file_at_all_is_refused_in_words(browser) -> None:
    answer = browser().post(UPLOAD, data={})
    assert (answer.status_code, "Choose a CSV file" in answer.text) == (422, True)


@pytest.mark.parametrize("who", ["neighbour", "lead"])
def test_an_uploaded_file_is_seen_by_its_owner_only(scene: FamilyScene, browser, who: str) -> None:
    at = send(browser(), GOOD).location
    other = browser(who)
    assert other.get(at).status_code == 404
    assert other.post(at).status_code == 404
    assert other.post(f"{at}/discard").status_code == 404
    assert (browser().get(at).status_code, families(scene)) == (200, 0)


def test_a_discarded_file_is_gone(scene: FamilyScene, browser) -> None:
    client = browser()
    at = send(client, GOOD).location
    assert client.post(f"{at}/discard").location == "/staff/families/"
    assert (client.get(at).status_code, client.post(at).status_code) == (404, 404)


def test_confirm_of_what_no_longer_holds_shows_the_faults(scene: FamilyScene, browser) -> None:
    client = browser()
    at = send(client, GOOD).location
    scene.add_family(reference="G-1")
    for answer in (client.get(at), client.post(at)):
        assert (answer.status_code, "is recorded already" in answer.text) == (422, True)
    assert families(scene) == 1


def test_template_is_a_file_with_every_column(browser) -> None:
    answer = browser().get(f"{UPLOAD}/template.csv")
    assert answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbfreference,state,first_name,")
    assert answer.data.count(b"\n") == 1


def test_export_is_a_file_of_the_actors_families(scene: FamilyScene, browser) -> None:
    scene.add_family(reference="A-1", first_name="=1+1")
    scene.add_family("there", reference="B-1")
    answer = fetch_as_two(browser(), browser("lead"), "/staff/families/export")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    disposition = answer.headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="families-\d{4}-\d\d-\d\d\.csv"', disposition)
    assert answer.headers["Cache-Control"] == "no-store"
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert [line.split(",")[:3] for line in lines[1:]] == [["A-1", "waiting", "'=1+1"]]
    assert len(scene.audited("family.export")) == 1


def test_export_by_get_gives_no_file(scene: FamilyScene, browser) -> None:
    scene.add_family(reference="A-1")
    answer = browser().get("/staff/families/export")
    assert (answer.mimetype, "A-1" in answer.text) == ("text/html", False)
    assert scene.audited("family.export") == []
