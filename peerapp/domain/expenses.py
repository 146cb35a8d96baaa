"""What coaches are paid back: by the mile at HMRC's rates, or what a receipt says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from peerapp.enums import BY_THE_MILE, ClaimState, ExpenseKind
from peerapp.errors import Refusal
from peerapp.models import ExpenseClaim, Scheme

MOST_TENTHS = 3000
MOST_PENCE = 50_000
STANDS = frozenset({ClaimState.SENT, ClaimState.APPROVED})


@dataclass(frozen=True)
class ClaimDetails:
    """What a coach claims: tenths of a mile, or pence on a receipt."""

    kind: ExpenseKind
    spent_on: date
    tenths: int | None = None
    pence: int | None = None
    purpose: str = ""


def tax_year_start(day: date) -> date:
    """Return the 6 April on or before a day: HMRC counts miles by its own year."""
    start = date(day.year, 4, 6)
    return start if day >= start else date(day.year - 1, 4, 6)


def tax_year_end(day: date) -> date:
    """Return the 5 April that ends the tax year of a day."""
    start = tax_year_start(day)
    return date(start.year + 1, 4, 5)


def rate_pence(kind: ExpenseKind, scheme: Scheme) -> int | None:
    """Return the pence a mile that a scheme pays; None for what is paid by receipt."""
    rates = {
        ExpenseKind.CAR: scheme.mileage_pence,
        ExpenseKind.MOTORCYCLE: scheme.motorcycle_pence,
        ExpenseKind.BICYCLE: scheme.bicycle_pence,
    }
    return rates.get(kind)


def mileage_pence(kind: ExpenseKind, tenths: int, earlier: int, scheme: Scheme) -> int:
    """Return what a distance is worth, half a penny rounded up.

    HMRC's approved mileage payments fall for cars beyond a number of miles in a tax year.

    Parameters
    ----------
    tenths, earlier
        Tenths of a mile of this claim, and of what was claimed by car before in its tax year.
    """
    rate = rate_pence(kind, scheme) or 0
    at_rate = tenths
    if kind == ExpenseKind.CAR:
        at_rate = min(tenths, max(0, 10 * scheme.mileage_limit - earlier))
    later_rate = min(rate, scheme.mileage_later_pence)
    return (at_rate * rate + (tenths - at_rate) * later_rate + 5) // 10


def claim_refusals(
    details: ClaimDetails, earlier: Iterable[ExpenseClaim], today: date, claim_days: int
) -> list[Refusal]:
    """Say why a claim cannot be sent; the codes name the fields of its form.

    Parameters
    ----------
    earlier
        The coach's claims of the same day.
    """
    refusals = []
    if details.spent_on > today:
        refusals.append(Refusal("spent_on", "The day must be today or in the past."))
    elif details.spent_on < today - timedelta(days=claim_days):
        text = f"Claims can be sent for {claim_days} days. Ask your coordinator about older ones."
        refusals.append(Refusal("spent_on", text))
    if details.kind in BY_THE_MILE:
        if not 1 <= (details.tenths or 0) <= MOST_TENTHS:
            refusals.append(Refusal("miles", "Enter the miles there and back, from 0.1 to 300."))
    elif not 1 <= (details.pence or 0) <= MOST_PENCE:
        refusals.append(Refusal("amount", "Enter what you paid, from £0.01 to £500."))
    if not details.purpose.strip():
        refusals.append(Refusal("purpose", "Say what it was for."))
    if not refusals and any(_is_same(details, one) for one in earlier):
        text = "You have sent the same claim already. Change it, or look at your claims."
        refusals.append(Refusal("sent_already", text))
    return refusals


def _is_same(details: ClaimDetails, claim: ExpenseClaim) -> bool:
    """Say whether a standing claim is for the same journey or the same receipt."""
    if claim.state not in STANDS or claim.kind != details.kind:
        return False
    if claim.spent_on != details.spent_on:
        return False
    if details.kind in BY_THE_MILE:
        return claim.tenths == details.tenths and claim.purpose == details.purpose.strip()
    return claim.amount_pence == details.pence and claim.purpose == details.purpose.strip()


def needs_receipt(kind: ExpenseKind) -> bool:
    """Say whether a coordinator must have seen a receipt before approving."""
    return kind not in BY_THE_MILE
