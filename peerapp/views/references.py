"""References as staff see them: who was asked, what came back, whether it counts."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain import access, referees, reference_form
from peerapp.domain.reference_entries import Entry
from peerapp.enums import GivenHow, ReferenceState, Role, VerifiedHow
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.onboarding import MoveForm
from peerapp.forms.references import PAGES, EnterForm, RejectForm, RevokeForm, VerifyForm
from peerapp.models import Reference, utc_now
from peerapp.permissions import current_account
from peerapp.services import gates, reference_entries, reference_reminders, references
from peerapp.views.referee import answer_sections
from peerapp.views.refusals import show_refusals
from peerapp.views.volunteers import action_page
from peerapp.vocabulary import label

bp = Blueprint(
    "references", __name__, url_prefix="/staff/volunteers/<uuid:volunteer_id>/references"
)

S = ReferenceState
COLOURS = {
    S.ASKED: "waiting",
    S.RECEIVED: "soon",
    S.VERIFIED: "good",
    S.REJECTED: "bad",
    S.DECLINED: "neutral",
    S.CANCELLED: "neutral",
}


@bp.get("/")
def list_references(volunteer_id: uuid.UUID) -> str:
    session, account = get_session(), current_account()
    volunteer, found = references.list_for_staff(session, account, volunteer_id)
    now = utc_now()
    backed = {one.item for one in found}
    return render_template(
        "references/list.html",
        volunteer=volunteer,
        rows=[
            (
                one,
                COLOURS[one.state],
                access.may_read_reference(account, one),
                reference_reminders.days_waiting(one, now),
            )
            for one in found
        ],
        may_enter=account.role == Role.COORDINATOR,
        older=[
            (item, gates.find_record(volunteer, item))
            for item in references.ITEMS
            if item not in backed and gates.find_record(volunteer, item)
        ],
    )


@bp.get("/<uuid:reference_id>")
def show(volunteer_id: uuid.UUID, reference_id: uuid.UUID) -> str:
    session, account = get_session(), current_account()
    reference = references.read_reference(session, account, volunteer_id, reference_id)
    return render_template(
        "references/show.html",
        reference=reference,
        volunteer=reference.volunteer,
        colour=COLOURS[reference.state],
        sections=answer_sections(reference),
        flags=referees.flags(reference),
        may_decide=not referees.concern_refusals(reference, account),
    )


@bp.route("/<uuid:reference_id>/enter", methods=["GET", "POST"])
def enter(volunteer_id: uuid.UUID, reference_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    reference = reference_entries.find_to_enter(session, account, volunteer_id, reference_id)
    form = EnterForm(data={"given_by": reference.name, "given_on": today()})
    form.word_for(reference.volunteer.name)
    if form.validate_on_submit():
        entry = Entry(form.given_by.data or "", GivenHow(form.given_how.data), form.given_on.data)
        given = entry, form.values(), utc_now(), today(), current_settings().base_url
        try:
            reference_entries.enter(session, account, volunteer_id, reference_id, *given)
            return _done(volunteer_id, "The answers are recorded. Somebody else verifies them.")
        except Refused as refused:
            show_refusals(form, refused)
    sections = [
        (kind.heading.replace("{name}", reference.volunteer.name), reference_form.PAGES[page])
        for page, kind in PAGES.items()
    ]
    page = render_template(
        "references/enter.html",
        form=form,
        reference=reference,
        volunteer=reference.volunteer,
        sections=sections,
    )
    return page, 422 if form.errors else 200


@bp.route("/<uuid:reference_id>/verify", methods=["GET", "POST"])
def verify(volunteer_id: uuid.UUID, reference_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    reference = references.read_reference(session, account, volunteer_id, reference_id)
    form = VerifyForm(data={"verified_on": today()})
    if form.validate_on_submit():
        given = VerifiedHow(form.how.data), form.verified_on.data, form.note.data or ""
        try:
            references.verify(session, account, volunteer_id, reference_id, *given, today())
            return _done(volunteer_id, "The reference is verified.")
        except Refused as refused:
            show_refusals(form, refused)
    volunteer = reference.volunteer
    heading = f"Verify the reference of {reference.name}"
    text = (
        "Make sure that the person who wrote it is who the volunteer says. Find the number or "
        "address yourself, for example on the website of their work."
    )
    return action_page(form, volunteer, heading, "Verify this reference", text)


@bp.route("/<uuid:reference_id>/reject", methods=["GET", "POST"])
def reject(volunteer_id: uuid.UUID, reference_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    reference = references.read_reference(session, account, volunteer_id, reference_id)
    form = RejectForm()
    if form.validate_on_submit():
        base_url = current_settings().base_url
        given = form.reason.data or "", today(), base_url
        try:
            references.reject(session, account, volunteer_id, reference_id, *given)
            return _done(volunteer_id, "The reference is rejected. The volunteer has been told.")
        except Refused as refused:
            if any(one.code == "reference_concern" for one in refused.refusals):
                return _hand_to_lead(reference, form.reason.data or "", base_url)
            show_refusals(form, refused)
    if referees.concern_refusals(reference, account):
        heading = f"Ask the lead about the reference of {reference.name}"
        text = (
            "The referee raised a concern. Only the safeguarding lead decides whether this "
            "reference counts. They are told at once, and read what you write here."
        )
        return action_page(form, reference.volunteer, heading, "Ask the safeguarding lead", text)
    heading = f"Reject the reference of {reference.name}"
    texts = ["The volunteer is asked to name somebody else."]
    if reference.state == S.VERIFIED:
        texts.append(
            "It counts today. Once it is rejected the gate is open again, unless another verified "
            "reference takes its place. A coach who is not cleared is hidden from families at "
            "once."
        )
    return action_page(
        form, reference.volunteer, heading, "Reject this reference", *texts, is_warning=True
    )


def _hand_to_lead(reference: Reference, reason: str, base_url: str) -> ResponseReturnValue:
    """What a coordinator may not decide goes on to who may; that is kept, so it is no error."""
    ids = reference.volunteer_id, reference.id
    references.hand_to_lead(get_session(), current_account(), *ids, reason, base_url)
    text = "The reference is not rejected: only the safeguarding lead decides. They have been told."
    flash(text, "error")
    return redirect(url_for("references.list_references", volunteer_id=reference.volunteer_id))


@bp.post("/<uuid:reference_id>/resend")
def resend(volunteer_id: uuid.UUID, reference_id: uuid.UUID) -> ResponseReturnValue:
    if not MoveForm().validate_on_submit():
        abort(400)
    base_url = current_settings().base_url
    references.resend(
        get_session(), current_account(), volunteer_id, reference_id, utc_now(), base_url
    )
    return _done(volunteer_id, "A new link is on its way. The earlier one has stopped working.")


@bp.route("/<uuid:reference_id>/revoke", methods=["GET", "POST"])
def revoke(volunteer_id: uuid.UUID, reference_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    reference = references.find_reference(session, account, volunteer_id, reference_id)
    form = RevokeForm()
    if form.validate_on_submit():
        given = form.reason.data or "", utc_now()
        try:
            references.revoke(session, account, volunteer_id, reference_id, *given)
            return _done(volunteer_id, "The link does not work any more.")
        except Refused as refused:
            show_refusals(form, refused)
    heading = f"Stop asking {reference.name}"
    text = "Their link stops working at once. The volunteer can name somebody else."
    return action_page(form, reference.volunteer, heading, "Stop asking", text)


@bp.post("/older/<any(first_reference, second_reference):item>/remove")
def remove_older(volunteer_id: uuid.UUID, item: str) -> ResponseReturnValue:
    if not MoveForm().validate_on_submit():
        abort(400)
    fact = next(one for one in references.ITEMS if one == item)
    references.remove_unbacked(get_session(), current_account(), volunteer_id, fact, today())
    return _done(volunteer_id, f"Taken back: {label(fact).lower()}.")


def _done(volunteer_id: uuid.UUID, text: str) -> ResponseReturnValue:
    flash(text, "success")
    return redirect(url_for("references.list_references", volunteer_id=volunteer_id))
