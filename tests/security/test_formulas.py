"""No cell of any file that leaves the site starts a formula, whoever chose the words in it."""

from __future__ import annotations

import ast
import csv
import io
from pathlib import Path

import pytest

import peerapp
from peerapp.domain import csv_text
from peerapp.enums import ClaimState, ExpenseKind, Role
from peerapp.models import Account, ExpenseClaim, ExpenseExport, Measure, utc_now
from peerapp.services import audit
from tests.factories import TODAY, make_account, make_coach, make_family, make_locality
from tests.support.exports import fetch_as_two

pytestmark = pytest.mark.usefixtures("on_the_day")

STARTS = (*"=+-@＝＋－＠﹢﹣﹦﹫", "\t=", "\r=", "\n=", " =", "'=")
LIVE = frozenset("=+-@\t\r\n\0＝＋－＠﹢﹣﹦﹫")
WORDS = "HYPERLINK(1+1)"


def is_live(cell: str) -> bool:
    """Say whether a spreadsheet may calculate a cell: read here apart from the code under test."""
    return cell[:1] in LIVE or cell.lstrip()[:1] in LIVE


@pytest.fixture
def people(database, scheme_id, sign_in):
    """Staff, families and coaches all of whose names start a formula, each in its own way."""
    with database.writing(scheme_id) as session:
        here = make_locality(session, f"={WORDS}")
        staff = make_account(session, Role.COORDINATOR, (here,), name=f"={WORDS}")
        accounts = {
            "staff": staff,
            "lead": make_account(session, Role.SAFEGUARDING_LEAD, name=f"@{WORDS}"),
            "manager": make_account(session, Role.MANAGER, name=f"+{WORDS}"),
            "auditor": make_account(session, Role.AUDITOR),
        }
        export = ExpenseExport(made_by_id=staff.id, claims=len(STARTS), total_pence=0)
        session.add_all(
            [export, Measure(name=f"={WORDS}", lowest=0, highest=9, higher_is_better=True)]
        )
        session.flush()
        for start in STARTS:
            add_one_each(session, staff, here, export, f"{start}{WORDS}")
        audit.record_change(session, staff, "family.add", staff)
        export_id = export.id
        for one in accounts.values():
            session.refresh(one)
    browsers = {name: sign_in(account) for name, account in accounts.items()}
    return {**browsers, "export": export_id}


def add_one_each(session, staff: Account, here, export: ExpenseExport, words: str) -> None:
    family = make_family(
        session, staff, here, first_name=words, last_name=words, address=words, phone=words
    )
    family.lead_practitioner = family.step_down_worker = words
    family.safe_contact.alias = family.safe_contact.times = words
    family.safe_contact.must_not_be_told = words
    coach = make_coach(session, staff, here, first_name=words, last_name=words)
    claim = ExpenseClaim(
        volunteer_id=coach.id,
        kind=ExpenseKind.PARKING,
        spent_on=TODAY,
        amount_pence=180,
        purpose=words,
        state=ClaimState.APPROVED,
        export_id=export.id,
        decided_by_id=staff.id,
        decided_at=utc_now(),
    )
    session.add(claim)
    session.flush()


def files_of(people) -> dict[str, str]:
    """Return every file that can be exported, as it leaves."""
    staff, lead, manager = people["staff"], people["lead"], people["manager"]
    expenses = f"/staff/expenses/files/{people['export']}"
    answers = {
        "families": fetch_as_two(staff, lead, "/staff/families/export"),
        "certificates": fetch_as_two(staff, lead, "/staff/certificates/export"),
        "expenses": fetch_as_two(staff, manager, expenses),
        "audit": people["auditor"].post("/staff/audit/export"),
        "funnel": staff.post("/staff/funnel/export"),
        "outcomes": manager.post("/staff/outcomes/export"),
        "template": staff.get("/staff/families/import/template.csv"),
    }
    for name, answer in answers.items():
        assert (name, answer.status_code, answer.mimetype) == (name, 200, "text/csv")
    return {name: answer.get_data().decode("utf-8-sig") for name, answer in answers.items()}


def cells(text: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]


@pytest.mark.scorecard("1.2.10")
def test_no_cell_of_any_file_starts_a_formula(people):
    files = files_of(people)
    live = {name: [one for one in cells(text) if is_live(one)] for name, text in files.items()}
    assert {name: found for name, found in live.items() if found} == {}
    told = {name: text.count(WORDS) for name, text in files.items()}
    assert [told[name] >= len(STARTS) for name in ("families", "certificates", "expenses")] == (
        [True] * 3
    )
    assert told["audit"] > 0


@pytest.mark.scorecard("1.2.10", control=True)
def test_a_file_that_is_written_as_it_is_would_start_formulas(people, monkeypatch):
    monkeypatch.setattr(csv_text, "disarm", lambda text: text)
    files = files_of(people)
    live = {name for name, text in files.items() if any(is_live(one) for one in cells(text))}
    assert live >= {"families", "certificates", "expenses", "audit"}


WRITERS = {"csv.writer", "csv.DictWriter", "openpyxl.Workbook", "xlsxwriter.Workbook"}


def writers() -> set[str]:
    """Return the files of the site that write tables by themselves."""
    root = Path(peerapp.__file__).parent
    found = set()
    for path in root.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in WRITERS:
                found.add(path.relative_to(root).as_posix())
    return found


@pytest.mark.scorecard("1.2.10")
def test_files_are_written_in_one_place_alone():
    assert writers() == {"domain/csv_text.py"}


@pytest.mark.scorecard("1.2.10")
def test_every_answer_that_is_a_file_of_cells_is_one_of_these():
    """A route that sends CSV and is not fetched above fails here."""
    root = Path(peerapp.__file__).parent / "views"
    senders = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if "text/csv" in path.read_text("utf-8") or "spreadsheetml" in path.read_text("utf-8")
    }
    assert senders == {
        "audit.py",
        "families/files.py",
        "funnel.py",
        "outcomes.py",
        "two_person_requests.py",
    }
