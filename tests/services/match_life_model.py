"""The life of a match, written down a second time from the rules in words.

Shares nothing with ``peerapp``: plain facts about one family, two coaches and one match at a time,
and the questions who may see whose contact details.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

OPEN = ("proposed", "coach asked", "family asked")
TOGETHER = ("introduced", "active", "paused")
OFFER_DAYS, NOTICE_DAYS = 7, 28


@dataclass
class Model:
    """What is known; ``state`` is None while there is no match."""

    today: date
    state: str | None = None
    answer_by: date | None = None
    coach_yes: bool = False
    family_yes: bool = False
    family_agrees: bool = True
    blocked: bool = False
    safe_known: bool = True
    suspended: set[str] = field(default_factory=set)
    lapsed: set[str] = field(default_factory=set)
    last_session: date | None = None
    named: bool = False
    cover: tuple[date, date] | None = None
    apart: bool = False

    def is_cleared(self, who: str) -> bool:
        return who not in self.suspended | self.lapsed

    @property
    def supported(self) -> bool:
        return self.family_agrees and not self.blocked

    @property
    def may_be_together(self) -> bool:
        return self.is_cleared("coach") and self.supported

    def family_sees_coach(self) -> bool:
        return self.state in {"introduced", "active"} and self.may_be_together

    def coach_sees_family(self) -> bool:
        return self.family_sees_coach() and self.safe_known

    def family_sees_backup(self) -> bool:
        on = self.cover is not None and self.cover[0] <= self.today <= self.cover[1]
        running = self.state in {"introduced", "active"}
        return on and running and self.is_cleared("backup") and self.supported

    def backup_sees_family(self) -> bool:
        return self.family_sees_backup() and self.safe_known

    def withdraw(self) -> None:
        """What is not yet introduced is over; what runs stays, and is hidden while it must be."""
        if self.state in {*OPEN, "approved"}:
            self.over()

    def over(self) -> None:
        self.state, self.answer_by = None, None
        self.coach_yes = self.family_yes = self.named = False
        self.last_session, self.cover = None, None

    def a_day_passes(self, days: int) -> None:
        """Go to another day, as the sweep of each day on the way would."""
        for _ in range(days):
            self.today += timedelta(days=1)
            waiting = (self.state == "coach asked" and not self.coach_yes) or (
                self.state == "family asked" and not self.family_yes
            )
            if waiting and self.answer_by is not None and self.today > self.answer_by:
                self.over()
                self.apart = True
            if self.last_session is not None and self.today > self.last_session:
                self.over()
