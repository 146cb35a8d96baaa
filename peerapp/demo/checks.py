"""Made-up roles, decisions on the level of a check, and applications on their way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from peerapp.domain.access import may_see_volunteer
from peerapp.domain.check_applications import open_application, usual_reason
from peerapp.enums import (
    ApplicationState,
    CheckAnswer,
    CheckQuestion,
    FeeQuestion,
)
from peerapp.models import Account, Volunteer
from peerapp.services import (
    check_applications,
    check_fees,
    check_levels,
    check_tables,
    volunteer_roles,
)
from peerapp.services.check_applications import Sending

COACH, HELPER = "family_coach", "event_helper"
S = ApplicationState

JOURNEYS: tuple[tuple[tuple[ApplicationState, int], ...], ...] = (
    ((S.SUBMITTED, 47), (S.WITH_DBS, 41)),
    ((S.SUBMITTED, 6),),
    ((S.SUBMITTED, 24), (S.WITH_DBS, 18)),
    ((S.SUBMITTED, 33), (S.WITH_DBS, 29), (S.ISSUED, 3)),
    ((S.TO_SUBMIT, 2),),
)
"""How far applications have come: each step with the days since it was taken."""


class CheckMaker:
    """Decides on checks and follows applications, as a coordinator and a manager would."""

    def __init__(self, session: Session, staff: Account, manager: Account, today: date) -> None:
        self.session = session
        self.staff = staff
        self.manager = manager
        self.today = today
        self.table = check_tables.ensure_current(session)
        volunteer_roles.ensure_roles(session)

    def decide(self, volunteer: Volunteer, slug: str, on: date) -> None:
        """Give a volunteer a role, and the check that the rules give for it."""
        role = volunteer_roles.get_role(self.session, slug)
        check_levels.record_decision(self.session, self.staff, volunteer, role, self.table, on)

    def follow(self, volunteers: Sequence[Volunteer]) -> None:
        """Send off applications for some who need a check, and take each its way."""
        for volunteer, journey in zip(volunteers, JOURNEYS, strict=False):
            answers = dict.fromkeys(FeeQuestion, False)
            check_fees.decide_fee(
                self.session, self._actor(volunteer), volunteer.id, answers, self.today
            )
            for state, days in journey:
                self._take(volunteer, state, self.today - timedelta(days=days))

    def _actor(self, volunteer: Volunteer) -> Account:
        """Return the coordinator where they work, and else the manager."""
        return self.staff if may_see_volunteer(self.staff, volunteer) else self.manager

    def _take(self, volunteer: Volunteer, state: ApplicationState, on: date) -> None:
        reason, actor = usual_reason(volunteer), self._actor(volunteer)
        if state == S.TO_SUBMIT:
            check_applications.open_application(self.session, actor, volunteer, reason, on)
        elif state == S.SUBMITTED:
            sending = Sending(f"UB-{volunteer.id.hex[:6].upper()}", on, reason)
            check_applications.submit(self.session, actor, volunteer.id, sending, self.today)
        else:
            application = open_application(volunteer)
            if application is None:
                raise LookupError("the application was not sent off")
            ids = volunteer.id, application.id
            check_applications.advance(self.session, actor, *ids, state, on, self.today)

    def change_rules(self, now: datetime) -> None:
        """Publish a second version, and let a role grow: its decisions are to be looked at."""
        draft = check_tables.start_draft(self.session, self.manager)
        rule = check_tables.find_rule(draft, "parents")
        reason = "Phone and evening groups with parents: by law a basic check at most."
        draft = check_tables.save_rule(
            self.session, self.manager, draft.edition, replace(rule, reason=reason), 14
        )
        note = "Says in the words of our own leaflet why parent supporters need a basic check."
        check_tables.publish(self.session, self.manager, draft.edition, note, now)
        self._let_role_grow()

    def _let_role_grow(self) -> None:
        role = volunteer_roles.get_role(self.session, HELPER)
        answers = {
            **volunteer_roles.answers_of(role),
            CheckQuestion.FREQUENCY: CheckAnswer.OFTEN,
        }
        summary = "Runs activities for children, every week in the summer holidays."
        details = volunteer_roles.RoleDetails(role.name, summary, answers)
        volunteer_roles.change_role(self.session, self.manager, HELPER, role.edition, details)
