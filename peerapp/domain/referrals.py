"""Who may see a referral, what its writer and its referrer may be sent, and what it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from peerapp.domain.access import works_in
from peerapp.domain.family_consents import has_consent
from peerapp.domain.family_records import FamilyDetails, SafeContactAnswers
from peerapp.domain.referral_form import is_danger
from peerapp.enums import (
    AgeBand,
    Channel,
    ConsentPurpose,
    FamilyState,
    Need,
    Outcome,
    ReferralSource,
    ReferralState,
    Role,
)
from peerapp.models import Account, Referral

S = ReferralState
USUAL_WEIGHT = 2
"""How much a need weighs that was ticked at the front door, until somebody has talked about it."""

BANDS = ((4, AgeBand.UNDER_5), (10, AgeBand.FROM_5_TO_10), (15, AgeBand.FROM_11_TO_15))


def may_see_referral(account: Account, referral: Referral) -> bool:
    """Coordinators see what is sent from their localities, and from none; leads see all of it.

    A draft is nobody's to read, but where somebody is in danger the lead sees what is there, and
    that it was deleted if it was.
    """
    if referral.state in {S.DRAFT, S.DELETED}:
        return account.role == Role.SAFEGUARDING_LEAD and is_danger(referral.danger)
    if account.role == Role.SAFEGUARDING_LEAD:
        return True
    if account.role != Role.COORDINATOR:
        return False
    return referral.locality_id is None or works_in(account, referral.locality_id)


def is_email_safe(referral: Referral) -> bool:
    """Say whether the family called email safe, for the address that it gave."""
    answers = referral.answers
    return bool(answers.get("email")) and Channel.EMAIL in (answers.get("channels") or ())


def referrer_email(referral: Referral) -> str:
    """Return where the professional is written to: where the form went, or what they typed."""
    if referral.source == ReferralSource.SELF:
        return ""
    return referral.form_email or str(referral.answers.get("referrer_email", ""))


FORM_MAIL, RESUME_MAIL, OUTCOME_MAIL = "referral_form", "referral_resume", "referral_outcome"


def may_mail(referral: Referral, template: str, to_address: str) -> bool:
    """Say whether a queued message may still leave: the link in it works, the address is safe."""
    if template == FORM_MAIL:
        return referral.state == S.DRAFT and to_address == referral.form_email
    if template == RESUME_MAIL:
        is_own = to_address == referral.answers.get("email")
        return referral.state == S.DRAFT and is_own and is_email_safe(referral)
    if template == OUTCOME_MAIL:
        is_sent = referral.state in {S.SENT, S.ACCEPTED, S.DECLINED}
        return is_sent and to_address == referrer_email(referral) and may_tell_referrer(referral)
    return False


def may_tell_referrer(referral: Referral) -> bool:
    """Say whether the family agreed that whoever referred it is told how it goes."""
    if referral.source == ReferralSource.SELF or referral.answers.get("may_tell") != "yes":
        return False
    family = referral.family
    if family is None or was_put_to_record(referral):
        return True  # all that is told then is "closed", as of one that was declined
    return has_consent(family, ConsentPurpose.SHARE_WITH_REFERRER)


def was_put_to_record(referral: Referral) -> bool:
    """Say whether the referral was put to a record that was there: another's yes is not its own."""
    return any(one.to_state == S.ACCEPTED and one.reason for one in referral.history)


_OUTCOMES = {
    FamilyState.REFERRED: Outcome.ACCEPTED,
    FamilyState.WAITING: Outcome.WAITING,
    FamilyState.MATCHED: Outcome.MATCHED,
    FamilyState.CLOSED: Outcome.CLOSED,
}


def outcome_of(referral: Referral) -> Outcome:
    """Return all that a referrer may know: one word."""
    if referral.state == S.SENT:
        return Outcome.RECEIVED
    if referral.family is None or was_put_to_record(referral):
        return Outcome.CLOSED
    return _OUTCOMES[referral.family.state]


def age_band(age: int) -> AgeBand:
    """Return the band of an age in whole years."""
    return next((band for oldest, band in BANDS if age <= oldest), AgeBand.FROM_16_TO_18)


def born_between(age: int, told_on: date) -> tuple[int, int]:
    """Return the two years in one of which somebody was born who was ``age`` on a day.

    A child that is not yet born, or is under one, may be born this year or next to it.
    """
    latest = told_on.year + 1 if age == 0 else told_on.year - age
    return told_on.year - age - 1, latest


def details_of(
    referral: Referral, level: int, lead_practitioner: str, postcode: str, today: date
) -> FamilyDetails:
    """Return a referral's answers as the details of a new family's record.

    ``postcode`` takes the place of what was typed, where it is not empty.
    """
    answers: Mapping[str, Any] = referral.answers
    stepped_down_on = answers.get("step_down_on")
    is_step_down = answers.get("is_step_down") == "yes"
    return FamilyDetails(
        first_name=answers["first_name"],
        last_name=answers["last_name"],
        postcode=postcode or answers["postcode"],
        phone=answers.get("phone", ""),
        email=answers.get("email", ""),
        address=answers.get("address", ""),
        referred_on=sent_on(referral, today),
        children=tuple(sorted({age_band(one["age"]).value for one in answers["children"]})),
        source=ReferralSource.STEP_DOWN if is_step_down else referral.source,
        level=level,
        lead_practitioner=lead_practitioner,
        step_down_level=int(answers["step_down_level"]) if is_step_down else None,
        step_down_on=date.fromisoformat(stepped_down_on) if stepped_down_on else None,
        step_down_worker=answers.get("step_down_worker", ""),
    )


def sent_on(referral: Referral, today: date) -> date:
    """Return the day on which a referral counts as made."""
    return referral.sent_at.date() if referral.sent_at else today


def needs_of(answers: Mapping[str, Any]) -> dict[Need, int]:
    """Return the needs that were ticked, all of one weight."""
    return {Need(one): USUAL_WEIGHT for one in answers.get("needs") or ()}


def safe_contact_of(answers: Mapping[str, Any], answered_on: date) -> SafeContactAnswers:
    """Return how the family said it may be reached; what was not answered is not safe."""
    return SafeContactAnswers(
        answered_on=answered_on,
        channels=tuple(answers.get("channels") or ()),
        times=answers.get("times", ""),
        alias=answers.get("alias", ""),
        no_voicemail=answers.get("no_voicemail") != "no",
        shared_device=answers.get("shared_device") != "no",
        withheld_address=answers.get("withheld_address") != "no",
        must_not_be_told=answers.get("must_not_be_told", ""),
    )
