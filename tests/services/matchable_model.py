"""Who may be matched, written down a second time from the rules in words.

Shares nothing with ``peerapp.domain``: plain facts, and one question asked of them.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta

PROBATION, ACTIVE = "probation", "active"
WAY = (
    "enquiry",
    "applied",
    "screening",
    "interviewed",
    "vetting",
    "training",
    "panel",
    PROBATION,
    ACTIVE,
)
RECHECK_MONTHS = 36
CAPACITY, PROBATION_FAMILIES = 2, 1
REFERENCES = ("first_reference", "second_reference")
FACTS = ("identity", "interview", "agreement")
OLD = "recorded by hand"


def later(day: date, months: int) -> date:
    """The same day some months later, or the last of that month."""
    count = day.month - 1 + months
    year, month = day.year + count // 12, count % 12 + 1
    return day.replace(
        year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1])
    )


@dataclass
class Paper:
    """A certificate: the newest one alone counts."""

    issued: date
    is_enough: bool
    has_content: bool
    status: str = "recorded"
    favourable: bool = False
    review_on: date | None = None
    has_news: bool = False

    def counts(self, today: date) -> bool:
        return self.status == "accepted" and self.could_count(today)

    def could_count(self, today: date) -> bool:
        """Everything but that somebody has accepted it."""
        decided = self.favourable and self.review_on is not None and today <= self.review_on
        fresh = today < later(self.issued, RECHECK_MONTHS)
        return self.is_enough and fresh and (decided or not self.has_content)


@dataclass
class Model:
    """What is known of a volunteer."""

    today: date
    state: str
    facts: set[str]
    courses: dict[str, date]
    needed: frozenset[str]
    paper: Paper | None
    back_to: list[str] = field(default_factory=list)
    families: int = 0
    slots: dict[str, str] = field(default_factory=lambda: dict.fromkeys(REFERENCES, OLD))
    spare: list[str] = field(default_factory=list)
    break_until: date | None = None

    @property
    def every_gate(self) -> bool:
        trained = all(self.courses.get(one, date.min) >= self.today for one in self.needed)
        paper = self.paper is not None and self.paper.counts(self.today)
        referred = self.slots.keys() >= set(REFERENCES)
        return self.facts >= set(FACTS) and referred and trained and paper

    @property
    def is_cleared(self) -> bool:
        return self.state in {PROBATION, ACTIVE} and self.every_gate

    @property
    def places(self) -> int:
        limit = PROBATION_FAMILIES if self.state == PROBATION else CAPACITY
        return max(0, limit - self.families)

    @property
    def is_matchable(self) -> bool:
        return self.is_cleared and self.places > 0

    @property
    def following(self) -> str | None:
        place = WAY.index(self.state) if self.state in WAY[:-1] else None
        return None if place is None else WAY[place + 1]

    def may_move_on(self) -> bool:
        """Whether staff may take the next step: out of panel and probation lead others."""
        if self.state not in WAY[1:6]:
            return False
        if self.following == "interviewed":
            return "interview" in self.facts
        return self.following != "panel" or self.every_gate

    def verify(self, reference: str) -> None:
        """A verified reference fills what is open; else it is there to spare."""
        self.spare.append(reference)
        self.fill()

    def reject(self, reference: str) -> None:
        """What it filled is open, unless another one takes its place."""
        if reference in self.spare:
            self.spare.remove(reference)
            return
        for item in [one for one, held in self.slots.items() if held == reference]:
            del self.slots[item]
            self.fill()

    def fill(self) -> None:
        for item in REFERENCES:
            if self.spare and item not in self.slots:
                self.slots[item] = self.spare.pop(0)

    def stop(self, state: str) -> None:
        """Leave for a state from which there is a way back."""
        self.back_to.append(self.state)
        self.state = state

    def go_back(self) -> None:
        self.state = self.back_to.pop()

    def let_pass(self, days: int) -> None:
        """Days go by; a break that is over ends if every gate is passed then."""
        self.today += timedelta(days=days)
        over = self.break_until is not None and self.today > self.break_until
        if self.state == "paused" and over and self.every_gate:
            self.go_back()
