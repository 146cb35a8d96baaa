"""The figures of a scheme that its managers set: each a whole number, or yes or no.

A new figure is a column and one entry of ``FIGURES``: pages, checks and history follow from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from peerapp.errors import Refusal
from peerapp.models import Scheme

GROUPS: dict[str, str] = {
    "applying": "Applying to volunteer",
    "references": "References",
    "checks": "DBS checks",
    "panel": "Panel and probation",
    "agreement": "Volunteer agreement",
    "training": "Training",
    "families": "Families",
    "matches": "Matches",
    "sessions": "Sessions and expenses",
    "supervision": "Supervision and concerns",
    "staff": "Staff and accounts",
    "access": "Duty cover and second people",
    "retention": "Keeping and deleting",
}
"""The pages on which figures are set, by the word in the address; shown where they have any."""

DAYS, WEEKS, MONTHS, YEARS = "days", "weeks", "months", "years"
SINGULAR = {"families": "family", "people": "person", "missed sessions": "missed session"}
YES_NO = "yes or no"
"""The unit of a switch: 1 is yes, 0 is no."""


@dataclass(frozen=True)
class Figure:
    """One figure.

    Attributes
    ----------
    column
        The column of ``Scheme``.
    group
        One of ``GROUPS``.
    unit
        What it counts, in the plural: ``days``, ``people``, ``pence a mile`` …
    lowest, highest
        The bounds, both allowed; the law's where it has any.
    help
        What follows from it, in one or two sentences.
    stops_coaches
        Another value can take clearance away from coaches today.
    """

    column: str
    group: str
    label: str
    unit: str
    lowest: int
    highest: int
    help: str = ""
    stops_coaches: bool = False

    @property
    def is_switch(self) -> bool:
        return self.unit == YES_NO

    def words(self, value: int) -> str:
        """Return a value as it is shown."""
        if self.is_switch:
            return "yes" if value else "no"
        return f"{value:,} {_one_of(self.unit) if value == 1 else self.unit}"


FIGURES: tuple[Figure, ...] = (
    Figure("minimum_age", "applying", "Youngest age of a volunteer", YEARS, 16, 30,
           "DBS checks nobody under 16. A higher age counts for new applications."),
    Figure("stuck_days", "applying", "An application counts as stuck after", DAYS, 1, 365,
           "Days in one state before probation. Shown in the funnel."),
    Figure("reapply_months", "applying", "May apply again after", MONTHS, 0, 60,
           "After a decline, or a probation that was not passed."),
    Figure("stale_gate_months", "applying", "Facts are found anew after", MONTHS, 1, 60,
           "Of somebody who comes back: older references, interviews and so on count no more."),
    Figure("reference_link_days", "references", "A referee’s link works for", DAYS, 1, 90,
           "Counts for links sent from now on."),
    Figure("reference_reminder_days", "references", "First reminder after", DAYS, 1, 60),
    Figure("reference_second_reminder_days", "references", "Second reminder after", DAYS, 2, 90),
    Figure("reference_flag_days", "references", "Coordinators are told after", DAYS, 3, 120,
           "Of a referee who has not answered."),
    Figure("recheck_months", "checks", "A new DBS check is due after", MONTHS, 6, 60,
           "Counted from the date of issue. With a shorter time coaches whose certificate is "
           "older stop being cleared at once.", stops_coaches=True),
    Figure("certificate_warning_days", "checks", "First warning that a check runs out",
           "days before", 8, 180, "More follow 60, 30 and 7 days before, and on the day."),
    Figure("join_days", "checks", "May join the Update Service for", DAYS, 1, 60,
           "After the date of issue. DBS gives 30 days."),
    Figure("application_flag_days", "checks", "A DBS application takes too long after", DAYS,
           1, 180, "Then it is marked on the list and on the first page."),
    Figure("risk_text_months", "checks", "The text of a risk assessment is deleted after", MONTHS,
           0, 6, "Counted from the decision. A shorter time counts for what is kept already."),
    Figure("panel_members", "panel", "Fewest members of a panel", "people", 2, 9),
    Figure("probation_weeks", "panel", "First probation review after", WEEKS, 1, 52,
           "Counts for those who begin from now on."),
    Figure("probation_families", "panel", "Most families of a coach on probation", "families",
           1, 3, "Obeyed by the next matching run."),
    Figure("agreement_grace_days", "agreement", "Earlier signatures go on counting for", DAYS,
           0, 180, "When a new version must be signed. Suggested to the manager who publishes it."),
    Figure("agreement_warning_days", "agreement", "First warning to sign anew", "days before",
           4, 60, "Before earlier signatures stop counting. Another follows 3 days before."),
    Figure("training_warning_days", "training", "First warning that training runs out",
           "days before", 8, 180, "More follow 60, 30 and 7 days before, and on the day."),
    Figure("family_cooling_off_months", "families", "May volunteer themselves after", MONTHS, 0, 60,
           "Counted from the day on which the family’s record was closed."),
    Figure("referral_draft_days", "families", "A referral that was not sent is kept for", DAYS,
           1, 30, "After that its link stops working and what was typed is deleted."),
    Figure("referral_form_days", "families", "A professional’s form works for", DAYS, 1, 60,
           "Counts for forms sent from now on."),
    Figure("referral_outcome_days", "families", "A referrer may look up what came of it for", DAYS,
           30, 730, "Accepted, waiting, matched or closed, and nothing else."),
    Figure("danger_reminder_minutes", "families", "Leads are reminded of danger every", "minutes",
           5, 240, "Until one of them has taken a referral that speaks of danger."),
    Figure("plan_override_days", "families", "An override of a child protection plan counts for",
           DAYS, 1, 365, "Two people must agree again after that."),
    Figure("cool_off_days", "matches", "A declined pair is not proposed again for", DAYS, 1, 730,
           "Where the reason asks for a pause. Counts for answers from now on."),
    Figure("offer_days", "matches", "Coach and family have for their answer", DAYS, 2, 30,
           "Each of them. Then the offer lapses. Counts for offers made from now on."),
    Figure("offer_reminder_days", "matches", "They are reminded of an offer after", DAYS, 1, 29),
    Figure("no_answer_days", "matches", "A pair that gave no answer is not proposed again for",
           DAYS, 0, 730),
    Figure("staff_record_answers", "matches", "Staff may record an answer", YES_NO, 0, 1,
           "For a coach or family who gives it by phone or in person."),
    Figure("ending_notice_days", "matches", "Notice before a planned ending", DAYS, 0, 90,
           "Suggested when an ending is planned."),
    Figure("session_minutes", "sessions", "A session usually lasts", "minutes", 15, 300,
           "Suggested when sessions are planned."),
    Figure("note_reminder_hours", "sessions", "A coach is reminded of a note after", "hours",
           1, 168, "Counted from the start of the session."),
    Figure("note_flag_days", "sessions", "A session without a note is listed after", DAYS, 1, 30,
           "Then coordinators see it among the sessions to look at."),
    Figure("missed_in_row", "sessions", "Coordinators are told after", "missed sessions", 1, 10,
           "Missed in a row by one family."),
    Figure("mileage_pence", "sessions", "Paid for a mile by car or van", "pence", 0, 200,
           "HMRC’s approved amount is 45 pence: more may be taxed. Counts for new claims."),
    Figure("mileage_limit", "sessions", "That is paid for the first", "miles", 0, 100_000,
           "In a tax year, from 6 April. HMRC: 10,000 miles."),
    Figure("mileage_later_pence", "sessions", "Paid for each further mile", "pence", 0, 200,
           "HMRC: 25 pence."),
    Figure("motorcycle_pence", "sessions", "Paid for a mile by motorcycle", "pence", 0, 200,
           "HMRC: 24 pence."),
    Figure("bicycle_pence", "sessions", "Paid for a mile by bicycle", "pence", 0, 200,
           "HMRC: 20 pence."),
    Figure("claim_days", "sessions", "Expenses can be claimed for", DAYS, 7, 730,
           "Counted from the day on which the money was spent."),
    Figure("call_first_weeks", "supervision", "First supervision call after", WEEKS, 1, 52,
           "Counted from the start of the match, as are the next two."),
    Figure("call_second_weeks", "supervision", "Second supervision call after", WEEKS, 2, 78),
    Figure("call_third_weeks", "supervision", "Third supervision call after", WEEKS, 3, 104),
    Figure("call_every_weeks", "supervision", "Then a call every", WEEKS, 1, 26),
    Figure("call_grace_days", "supervision", "A call is overdue after", DAYS, 0, 30,
           "Counted from the day on which it is due."),
    Figure("goal_review_weeks", "supervision", "Goals are looked at every", WEEKS, 1, 26),
    Figure("concern_hours", "supervision", "A concern is taken up within", "hours", 1, 72,
           "If nobody has, more people are told."),
    Figure("concern_danger_hours", "supervision", "A concern about danger now is taken up within",
           "hours", 1, 24, "If nobody has, more people are told."),
    Figure("inside_message_months", "supervision", "Messages inside the site are kept for", MONTHS,
           0, 24, "Counted from the end of the match."),
    Figure("invitation_days", "staff", "An invitation works for", DAYS, 1, 30,
           "For staff and for families. Counts for invitations sent from now on."),
    Figure("duty_cover_hours", "access", "A record outside the caseload stays open for", "hours",
           1, 24, "Of a coordinator on duty cover. Counts for records opened from now on."),
    Figure("second_person_days", "access", "A request waits for a second person for", DAYS, 1, 30,
           "After that it has to be asked anew."),
    Figure("export_hours", "access", "A file can be fetched for", "hours", 1, 168,
           "Once, by who asked for it, after a second person has agreed."),
    Figure("second_person_manager", "access", "Managers may be the second person", YES_NO, 0, 1,
           "For files that leave the site, and for lifting a suspension. Leads always may."),
    Figure("second_person_coordinator", "access", "Coordinators may be the second person", YES_NO,
           0, 1, "For a scheme with one lead and no manager to hand. Never for what they asked."),
    Figure("keep_applications_months", "retention", "Applications that came to nothing", MONTHS,
           1, 84, "Declined or withdrawn before coaching. Then the person is erased."),
    Figure("keep_volunteers_months", "retention", "Volunteers who left", MONTHS, 1, 300,
           "Counted from the day they left. Then they are erased."),
    Figure("keep_families_months", "retention", "Families whose record is closed", MONTHS, 1, 300,
           "Counted from the closing. Then they are erased."),
    Figure("keep_referrals_months", "retention", "Referrals that were declined", MONTHS, 1, 84),
    Figure("keep_notes_months", "retention", "Notes of sessions", MONTHS, 1, 300,
           "Counted from the end of the match."),
    Figure("keep_snapshots_months", "retention", "Why a pair was proposed", MONTHS, 1, 84,
           "Counted from the end of the match, or from the no."),
    Figure("keep_claims_months", "retention", "Expenses that were paid", MONTHS, 72, 300,
           "HMRC asks for six years after the tax year."),
    Figure("keep_mail_days", "retention", "Emails that were sent", DAYS, 7, 730,
           "To whom and when; what they said is not kept at all."),
)  # fmt: skip
"""In the order of the pages."""

ORDERS: tuple[tuple[str, ...], ...] = (
    ("reference_reminder_days", "reference_second_reminder_days", "reference_flag_days"),
    ("offer_reminder_days", "offer_days"),
    ("call_first_weeks", "call_second_weeks", "call_third_weeks"),
)
"""Figures of one group that must rise from one to the next."""


def _one_of(unit: str) -> str:
    """Return a unit in the singular: ``days before`` becomes ``day before``."""
    if unit in SINGULAR:
        return SINGULAR[unit]
    noun, space, rest = unit.partition(" ")
    return f"{noun.removesuffix('s')}{space}{rest}"


def figures_of(group: str) -> tuple[Figure, ...]:
    """Return the figures of a group; empty where there is no such group."""
    return tuple(one for one in FIGURES if one.group == group)


def values_of(scheme: Scheme, figures: Iterable[Figure]) -> dict[str, int]:
    """Return what is set, by column of ``Scheme``; yes is 1."""
    return {one.column: int(getattr(scheme, one.column)) for one in figures}


def edition_of(scheme: Scheme, group: str) -> str:
    """Return what a page was made from, to see later that nobody has changed it meanwhile."""
    return "-".join(str(value) for value in values_of(scheme, figures_of(group)).values())


def figure_refusals(group: str, values: Mapping[str, int]) -> list[Refusal]:
    """Say what is wrong with the values of a group; the code of each is the column.

    Parameters
    ----------
    values
        One for each figure of the group.
    """
    refusals = [
        Refusal(one.column, f"Enter a whole number from {one.lowest} to {one.highest}.")
        for one in figures_of(group)
        if not one.lowest <= values[one.column] <= one.highest
    ]
    return refusals or [
        Refusal(later, f"This must be more than “{_label(earlier)}”.")
        for order in ORDERS
        for earlier, later in pairwise(order)
        if earlier in values and later in values and values[later] <= values[earlier]
    ]


def _label(column: str) -> str:
    return next(one.label for one in FIGURES if one.column == column)
