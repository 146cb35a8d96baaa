"""Claims from being sent to the payment file: who decides, who is told, nothing paid twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from peerapp.domain.expenses import ClaimDetails
from peerapp.enums import ClaimState, ExpenseKind, Role
from peerapp.errors import Forbidden, NotFound
from peerapp.services import expense_exports, expenses
from peerapp.services.schemes import get_scheme
from peerapp.wording import day_of
from tests.factories import TODAY, make_account, make_coach, make_locality
from tests.services.session_scenes import URL, first, match, plan, told
from tests.support.queries import counted
from tests.support.volunteers import audited, refused

__all__ = ["first", "match", "plan"]
C, K = ClaimState, ExpenseKind
DRIVE = ClaimDetails(K.CAR, TODAY, tenths=124, purpose="Visit")
TICKET = ClaimDetails(K.PUBLIC_TRANSPORT, TODAY, pence=450, purpose="Bus")


def send(session, coach, details=DRIVE, **values):
    return expenses.send(session, coach.account, details, TODAY, **values)


def approve(session, actor, claim, seen=True):
    return expenses.approve(session, actor, claim.id, receipt_seen=seen, base_url=URL)


def test_miles_are_reckoned_at_the_rate_of_the_day_they_are_sent(session, coach):
    claim = send(session, coach)
    assert (claim.amount_pence, claim.rate_pence, claim.state) == (558, 45, C.SENT)
    get_scheme(session).mileage_pence = 50
    assert send(session, coach, replace(DRIVE, tenths=100)).amount_pence == 500
    assert claim.amount_pence == 558


def test_miles_beyond_the_limit_of_the_tax_year_earn_less(session, here, staff, coach):
    get_scheme(session).mileage_limit = 20
    spring = date(2026, 9, 1)
    amounts = [
        send(session, coach, ClaimDetails(K.CAR, spring, tenths=150, purpose=str(n))).amount_pence
        for n in range(3)
    ]
    assert amounts == [675, 225 + 250, 375]
    other = make_coach(session, staff, here)
    assert send(session, other, replace(DRIVE, tenths=150)).amount_pence == 675
    bike = ClaimDetails(K.BICYCLE, spring, tenths=150, purpose="By bike")
    assert send(session, coach, bike).amount_pence == 300


def test_withdrawn_miles_do_not_use_up_the_limit(session, coach):
    get_scheme(session).mileage_limit = 15
    claim = send(session, coach, replace(DRIVE, tenths=150))
    expenses.withdraw(session, coach.account, claim.id)
    assert send(session, coach, replace(DRIVE, tenths=150)).amount_pence == 675


def test_same_claim_twice_is_refused(session, coach):
    send(session, coach)
    assert refused(send, session, coach) == ["sent_already"]


def test_claim_names_a_session_of_the_coach_only(session, here, staff, coach, first):
    assert send(session, coach, session_id=first.id).session_id == first.id
    other = make_coach(session, staff, here)
    with pytest.raises(NotFound):
        send(session, other, session_id=first.id)


def test_coordinator_approves_and_the_coach_is_told(session, staff, coach):
    claim = send(session, coach)
    approve(session, staff, claim)
    assert (claim.state, claim.decided_by_id, claim.receipt_seen) == (C.APPROVED, staff.id, False)
    assert told(session) == ["volunteer"]
    approve(session, staff, claim)
    assert told(session) == []
    (row,) = audited(session, "expense.approved")
    assert row.detail == {"kind": "car", "pence": 558, "receipt_seen": False}


def test_receipt_must_have_been_seen(session, staff, coach):
    claim = send(session, coach, TICKET)
    assert refused(approve, session, staff, claim, False) == ["receipt_seen"]
    assert approve(session, staff, claim).receipt_seen is True


def test_claim_that_is_sent_back_can_be_sent_again(session, staff, coach):
    claim = send(session, coach)
    back = expenses.send_back, session, staff, claim.id
    assert refused(*back, " ", URL) == ["reason"]
    back[0](*back[1:], "Which day was it?", URL)
    assert (claim.state, claim.return_reason) == (C.RETURNED, "Which day was it?")
    assert told(session) == ["volunteer"]
    assert refused(approve, session, staff, claim) == ["decided"]
    assert send(session, coach).state == C.SENT


def test_claim_is_withdrawn_by_its_coach_until_it_is_decided(session, here, staff, coach):
    claim = send(session, coach)
    other = make_coach(session, staff, here)
    with pytest.raises(NotFound):
        expenses.withdraw(session, other.account, claim.id)
    approve(session, staff, claim)
    assert refused(expenses.withdraw, session, coach.account, claim.id) == ["decided"]


def test_only_coordinators_who_look_after_the_coach_decide(session, lead, coach):
    claim = send(session, coach)
    there = make_locality(session, "Calne", ("SN11 0",))
    stranger = make_account(session, Role.COORDINATOR, (there,))
    manager = make_account(session, Role.MANAGER)
    for actor, error in ((stranger, NotFound), (manager, Forbidden), (lead, Forbidden)):
        with pytest.raises(error):
            approve(session, actor, claim)
    with pytest.raises(NotFound):
        expenses.get_claim(session, stranger, claim.id)
    assert expenses.get_claim(session, manager, claim.id) is claim
    assert [row.actor_id for row in audited(session, "expense.read")] == [manager.id]
    counts = [expenses.count_claims(session, one, C.SENT) for one in (stranger, manager)]
    assert counts == [0, 1]


def test_own_claims_come_with_what_is_to_be_paid(session, staff, coach):
    approve(session, staff, send(session, coach))
    send(session, coach, TICKET)
    mine = expenses.list_own(session, coach.account)
    assert (len(mine.claims), mine.waiting_pence, mine.approved_pence) == (2, 450, 558)
    expense_exports.make(session, staff)
    assert expenses.list_own(session, coach.account).approved_pence == 0


def test_approved_claim_is_in_one_file_only(session, staff, coach):
    approve(session, staff, send(session, coach))
    send(session, coach, TICKET)
    assert expense_exports.to_pay(session, staff) == (1, 558)
    export = expense_exports.make(session, staff)
    assert (export.claims, export.total_pence) == (1, 558)
    assert expense_exports.to_pay(session, staff) == (0, 0)
    assert refused(expense_exports.make, session, staff) == ["nothing_to_pay"]


def test_file_is_safe_in_a_spreadsheet_and_says_nothing_of_families(session, staff, coach, first):
    coach.first_name, staff.name = '=HYPERLINK("x")', "@Priya"
    details = replace(DRIVE, purpose="To the canary")
    claim = approve(session, staff, send(session, coach, details, session_id=first.id))
    export = expense_exports.make(session, staff)
    text = expense_exports.write_file(session, staff, export.id)
    header, line = text.lstrip("\ufeff").split("\r\n")[:2]
    assert header == (
        "Payment file,Reference,First name,Last name,Day,What for,Miles,Pence a mile,Pounds,"
        "Approved on,Approved by"
    )
    day = day_of(claim.decided_at).isoformat()
    assert line == (
        f'{export.id.hex[:8].upper()},V{coach.id.hex[:8].upper()},"\'=HYPERLINK(""x"")",'
        f"{coach.last_name},2026-11-20,Miles by car or van,12.4,45,5.58,{day},'@Priya"
    )
    assert "canary" not in text
    (row,) = audited(session, "expense.file")
    assert row.detail == {"claims": 1}


def test_file_can_be_had_again_by_who_made_it_and_by_managers(session, here, staff, coach):
    approve(session, staff, send(session, coach))
    export = expense_exports.make(session, staff)
    manager, colleague = (
        make_account(session, Role.MANAGER),
        make_account(session, Role.COORDINATOR, (here,)),
    )
    texts = {expense_exports.write_file(session, one, export.id) for one in (staff, manager)}
    assert len(texts) == 1
    with pytest.raises(NotFound):
        expense_exports.write_file(session, colleague, export.id)
    listed = [
        len(expense_exports.list_exports(session, one)) for one in (staff, manager, colleague)
    ]
    assert listed == [1, 1, 0]


def test_list_asks_the_same_of_one_claim_and_of_thirty(session, database, staff, coach):
    def questions():
        session.flush()
        session.expire_all()
        with counted(database.engine) as sent:
            rows, pages = expenses.list_claims(session, staff, C.SENT)
            names = [(one.volunteer.name, one.decided_by, one.export) for one in rows]
        return len(sent), len(names), pages

    send(session, coach)
    few = questions()
    for number in range(29):
        send(session, coach, replace(DRIVE, purpose=f"Visit {number}"))
    assert questions() == (few[0], 30, 1)
