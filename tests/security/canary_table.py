"""Who reads which field of whom, on any page or file of the site: declared by hand.

A name is ``table.column of whose``, of the people of the matrix's own place. What nobody reads is
named as well, as a field that turns up is to be looked at before it is let in here.
"""

from __future__ import annotations

from tests.security.canary_world import Planted
from tests.security.matrix_people import COORDINATORS, COVER, EVERYBODY, FAMILIES, STAFF, VOLUNTEERS

_GROUPS: tuple[tuple[str, str, str], ...] = (
    # The record of a family, by those who work with it.
    (
        "coordinator cover lead manager",
        "family",
        "family.last_name family.address family.postcode family.lead_practitioner"
        " family.step_down_worker family.details_query agreement.given_by family_topic.words"
        " family_worker.note plan_override.reason safe_contact.must_not_be_told first_visit.note"
        " match_event.note",
    ),
    # How it may be reached: by its coach and the backup too, while they may.
    ("coordinator cover lead manager coach backup", "family", "family.phone family.email"),
    (
        "coordinator cover lead manager coach backup family",
        "family",
        "safe_contact.times safe_contact.alias",
    ),
    ("coordinator cover lead manager coach family", "family", "goal.words"),
    ("manager coach family", "family", "inside_message.words"),
    ("manager coach", "family", "session_plan.video_link"),
    ("coordinator manager", "family", "session_note.text access_grant.reason"),
    ("manager family", "family", "account.email rights_request.outcome"),
    ("lead", "family", "concern.words concern_event.note"),
    ("coach", "family", "concern.words_back"),
    ("lead manager", "family", "legal_hold.reason"),
    # Managers: in the copy of a record that they look through before it is given.
    (
        "manager",
        "family",
        "account.name family.easting family.northing family_child.name family_child.born_from"
        " family_child.born_to access_grant.verdict_note legal_hold.lifted_why"
        " plan_override.agreed_note plan_override.ended_why rights_request.who"
        " rights_request.words rights_event.note supervision_call.note",
    ),
    # A family whose match has ended: not by its coach any more.
    ("coordinator lead manager", "ended", "family.last_name"),
    ("coordinator lead ended_family", "ended", "safe_contact.times safe_contact.alias"),
    ("ended_family", "ended", "account.email"),
    (
        "coordinator lead",
        "ended",
        "family.phone family.email family.address family.postcode family.lead_practitioner"
        " family.step_down_worker family.details_query agreement.given_by"
        " safe_contact.must_not_be_told",
    ),
    # A coach: by themself, and what they share by the family.
    ("coordinator cover lead manager coach", "coach", "volunteer.last_name"),
    ("coordinator cover lead manager", "coach", "account.name"),
    ("coach", "coach", "volunteer.date_of_birth volunteer.phone volunteer.postcode"),
    ("family", "coach", "volunteer.scheme_phone"),
    ("coordinator manager coach", "coach", "expense_claim.purpose"),
    ("coordinator manager", "coach", "expense_claim.return_reason"),
    # Somebody who is being vetted.
    (
        "coordinator lead manager",
        "volunteer",
        "account.name volunteer.scheme_phone volunteer.details_query certificate.number"
        " certificate.name_as_printed certificate.name_evidence certificate.status_note"
        " check_decision.reason gate_record.note identity_check.route_reason interview.answers"
        " interview.summary panel_decision.reasons panel_decision.conditions"
        " panel_decision.other_members probation_review.reason reference.phone"
        " reference.postcode reference.known_how training_record.evidence volunteer_event.reason"
        " volunteer_pause.note check_application.reference",
    ),
    (
        "coordinator lead manager volunteer",
        "volunteer",
        "account.email volunteer.date_of_birth volunteer.phone volunteer.postcode"
        " agreement_signature.typed_name reference.name reference.email",
    ),
    ("coordinator", "volunteer", "reference_event.reason"),
    (
        "lead",
        "volunteer",
        "risk_assessment.relevance risk_assessment.age risk_assessment.pattern"
        " risk_assessment.rationale risk_assessment.conditions",
    ),
    # Referrals that are no family yet.
    (
        "coordinator lead",
        "referral",
        "referral.answers referral.form_email referral_event.reason",
    ),
    # Staff, and the scheme.
    ("coordinator manager", "staff", "login_session.device"),
    ("coordinator lead manager", "staff", "account.email"),
    ("coordinator", "staff", "passkey.name"),
    ("coordinator lead manager", "scheme", "two_person_request.reason"),
    ("coordinator stranger cover lead manager", "scheme", "check_rule_table.note"),
    ("manager", "scheme", "scheme_figure_change.reason"),
    (
        "coordinator stranger cover lead manager auditor coach family volunteer",
        "staff",
        "account.name",
    ),
    # Whoever holds the link that was mailed: to a referee, or to the account itself.
    (" ".join(EVERYBODY), "volunteer", "volunteer.last_name reference.answers"),
    (" ".join(EVERYBODY), "coach", "account.email"),
)

_NOBODY = (
    "asked_link.email authenticator_app.secret family_import.content known_browser.device"
    " two_person_request.note volunteer.easting volunteer.northing check_decision.answers"
    " fee_decision.answers identity_check.withdrawn_reason interview.conflict_note match.snapshot"
    " other_name.name other_name.evidence reference.given_by referral.danger_note"
    " referral.decline_note status_consent.typed_name check_application.ended_note"
    " end_survey.words match_ending.note match_ending.short_notice message.to_address"
    " message.subject message.body message.last_error"
)
"""Fields on no page of these people as they stand. They come with a step that none of them has
taken (a referral in danger, a match that is ending), in the copy of a record, or never, as secrets
do; ``tests/security/test_sealed_canaries.py`` reads each."""

READ_BY: dict[str, set[str]] = {
    f"{column} of {whose}": set(who.split())
    for who, whose, columns in _GROUPS
    for column in columns.split()
}
NOBODY = frozenset(_NOBODY.split())

_SELVES = {
    ("here", "family"): {"family", "coach", "backup"},
    ("here", "offered"): {"waiting_family", "coach"},
    ("here", "ended"): {"ended_family"},
    ("here", "coach"): {"coach", "family"},
    ("here", "volunteer"): {"volunteer"},
    ("here", "backup"): {"backup", "family"},
    ("there", "family"): {"other_family", "other_coach"},
    ("there", "coach"): {"other_coach", "other_family"},
    ("there", "backup"): {"other_family"},
    ("there", "staff"): {"other_coach", "other_family"},
}
"""Of each person, themself and who is brought together with them."""


def may_read(one: Planted) -> set[str]:
    """Return who may read a field at most, of anybody: the same roles, of the same place."""
    if READ_BY.get(one.name, set()) == set(EVERYBODY):
        return set(EVERYBODY)
    tables = [who for name, who in READ_BY.items() if name.startswith(f"{one.column} of ")]
    said = set().union(*(who for who in tables if who != set(EVERYBODY)))
    found = said & set(STAFF)
    if said & {*VOLUNTEERS, *FAMILIES}:
        found |= _SELVES.get((one.place, one.whose), set())
    if one.whose in {"staff", "scheme"}:
        return found | said | set(COORDINATORS)
    if one.place == "there" and "coordinator" in found:
        found = (found | {"stranger"}) - {"coordinator"}
    if one.place == "there" or one.whose not in {"family", "coach", "backup"}:
        found -= {COVER}
    return found
