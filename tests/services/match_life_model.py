"""The life of a match, written down a second time from the rules in words.

Shares nothing with ``peerapp``: plain facts about one family, three coaches and one match at a
time, and the questions who may see whose contact details.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

OPEN = ("proposed", "coach asked", "family asked")
TOGETHER = ("introduced", "active", "paused")
HOLDS = ("approved", *TOGETHER)
COACHES = ("coach", "second", "backup")
OFFER_DAYS, NOTICE_DAYS = 7, 28


@dataclass
class Model:
    """What is known; ``state`` is None while there is no match, ``coach`` is whose match it is.

    ``due`` holds the days from which a certificate counts no longer, by the name of the coach.
    """

    today: date
    due: dict[str, date] = field(default_factory=dict)
    coach: str = "coach"
    state: str | None = None
    answer_by: date | None = None
    coach_yes: bool = False
    family_yes: bool = False
    family_agrees: bool = True
    shares: bool = True
    blocked: bool = False
    safe_known: bool = True
    frozen: int = 0
    suspended: set[str] = field(default_factory=set)
    lapsed: set[str] = field(default_factory=set)
    last_session: date | None = None
    named: bool = False
    cover: tuple[date, date] | None = None
    apart: set[str] = field(default_factory=set)

    def is_cleared(self, who: str) -> bool:
        out_of_date = who in self.due and self.today >= self.due[who]
        return not out_of_date and who not in self.suspended | self.lapsed

    @property
    def supported(self) -> bool:
        return self.family_agrees and self.shares and not self.blocked

    @property
    def may_be_together(self) -> bool:
        return self.is_cleared(self.coach) and self.supported

    @property
    def is_running(self) -> bool:
        return self.state in {"introduced", "active"} and not self.frozen

    def family_sees_coach(self) -> bool:
        return self.is_running and self.may_be_together

    def coach_sees_family(self) -> bool:
        return self.family_sees_coach() and self.safe_known

    def family_sees_backup(self) -> bool:
        on = self.cover is not None and self.cover[0] <= self.today <= self.cover[1]
        return on and self.is_running and self.is_cleared("backup") and self.supported

    def backup_sees_family(self) -> bool:
        return self.family_sees_backup() and self.safe_known

    def withdraw(self) -> None:
        """What is not yet introduced is over; what runs stays, and is hidden while it must be."""
        if self.state in {*OPEN, "approved"}:
            self.over()

    def over(self) -> None:
        self.state, self.answer_by = None, None
        self.coach_yes = self.family_yes = self.named = False
        self.last_session, self.cover, self.frozen = None, None, 0

    def a_day_passes(self, days: int) -> None:
        """Go to another day, as the sweep of each day on the way would."""
        for _ in range(days):
            self.today += timedelta(days=1)
            waiting = (self.state == "coach asked" and not self.coach_yes) or (
                self.state == "family asked" and not self.family_yes
            )
            if waiting and self.answer_by is not None and self.today > self.answer_by:
                self.over()
                self.apart.add(self.coach)
            if self.last_session is not None and self.today > self.last_session:
                self.over()


def allowed(model: Model, act: str) -> bool | None:
    """Say from the model alone whether an act must succeed; None: it does not say."""
    state, ready = model.state, model.may_be_together
    both = model.coach_yes and model.family_yes
    answers: dict[str, bool | None] = {
        "offer": ready if state == "proposed" else (None if state == "coach asked" else False),
        "coach_yes": ready if state == "coach asked" else None,
        "family_yes": ready if state == "family asked" and not model.family_yes else None,
        "coach_no": True if state in {"coach asked", "family asked"} else None,
        "family_no": True if state == "family asked" else None,
        "approve": state == "family asked" and both and ready if state != "approved" else None,
        "approve_by_phone": state in OPEN and ready if state != "approved" else None,
        "introduce": (
            None
            if state == "introduced"
            else state == "approved" and ready and model.safe_known and not model.frozen
        ),
        "activate": state == "active" or (state in TOGETHER and ready),
        "resume": state == "active" or (state in TOGETHER and ready),
        "pause": state in TOGETHER,
        "end": None if state is None else state in {"approved", *TOGETHER},
        "plan_ending": state in TOGETHER,
        "name_backup": (
            None
            if model.named
            else state in TOGETHER and model.is_cleared("backup") and model.supported
        ),
        "step_in": model.named and model.is_cleared("backup") and model.supported,
        **{f"suspend_{who}": who not in model.suspended for who in COACHES},
        **{f"lift_{who}": who in model.suspended for who in COACHES},
        "unfreeze": model.frozen > 0,
        "stop_sharing": model.shares,
        "withdraw_consent": model.family_agrees,
    }
    return answers.get(act)
