"""The volunteer agreement: versions, a volunteer's signatures, and signing."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.onboarding import MoveForm
from peerapp.forms.volunteer_agreements import PaperForm, PublishForm, SignForm
from peerapp.models import utc_now
from peerapp.permissions import current_account
from peerapp.services import volunteer_agreements, volunteers
from peerapp.views.parsing import uuid_or_none
from peerapp.views.refusals import show_refusals
from peerapp.wording_agreement import FIRST_TEXT, paragraphs

bp = Blueprint("volunteer_agreements", __name__)

STAFF = "/staff/volunteer-agreement"


@bp.get(f"{STAFF}/")
def list_texts() -> str:
    texts = volunteer_agreements.list_texts(get_session())
    return render_template("volunteer_agreements/list.html", texts=texts)


@bp.get(f"{STAFF}/<uuid:text_id>")
def show_text(text_id: uuid.UUID) -> str:
    text = volunteer_agreements.get_text(get_session(), text_id)
    return render_template(
        "volunteer_agreements/text.html", text=text, blocks=paragraphs(text.body)
    )


@bp.route(f"{STAFF}/new", methods=["GET", "POST"])
def publish() -> ResponseReturnValue:
    session = get_session()
    newest = volunteer_agreements.newest_text(session)
    last_day = volunteer_agreements.suggested_last_day(session, today())
    start = {"body": newest.body if newest else FIRST_TEXT, "old_counts_until": last_day}
    form = PublishForm(data={**start, "sign_again": "yes"})
    if form.validate_on_submit():
        again = form.sign_again.data == "yes"
        until = (form.old_counts_until.data or last_day) if again else None
        base_url = current_settings().base_url
        try:
            volunteer_agreements.publish(
                session, current_account(), form.body.data or "", until, today(), base_url
            )
            flash("The new version stands.", "success")
            return redirect(url_for("volunteer_agreements.list_texts"))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("volunteer_agreements/publish.html", form=form, newest=newest)
    return page, 422 if form.errors else 200


@bp.route("/staff/volunteers/<uuid:volunteer_id>/agreement", methods=["GET", "POST"])
def signatures(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.get_volunteer(session, account, volunteer_id, ("gates",))
    own = volunteer_agreements.get_own(session, volunteer)
    form = PaperForm(data={"text_id": own.text.id if own.text else ""})
    if form.validate_on_submit():
        text_id = uuid_or_none(form.text_id.data) or uuid.UUID(int=0)
        try:
            volunteer_agreements.record_paper(
                session, account, volunteer_id, text_id, form.signed_on.data, utc_now(), today()
            )
            flash("The signature is recorded.", "success")
            return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template(
        "volunteer_agreements/signatures.html",
        form=form,
        volunteer=volunteer,
        own=own,
        signed=volunteer_agreements.list_signatures(session, volunteer),
        is_open=volunteers.is_open(volunteer),
    )
    return page, 422 if form.errors else 200


@bp.post("/staff/volunteers/<uuid:volunteer_id>/agreement/take-back")
def take_back(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    if MoveForm().validate_on_submit():
        volunteer_agreements.take_back(get_session(), current_account(), volunteer_id, today())
        flash("Taken back: the agreement has to be signed again.", "success")
    return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))


@bp.route("/volunteer/agreement", methods=["GET", "POST"])
def sign() -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.get_own(session, account)
    own = volunteer_agreements.get_own(session, volunteer)
    form = SignForm(data={"text_id": own.text.id if own.text else ""})
    if form.validate_on_submit():
        text_id = uuid_or_none(form.text_id.data) or uuid.UUID(int=0)
        typed = form.typed_name.data or ""
        try:
            volunteer_agreements.sign(session, account, text_id, typed, utc_now(), today())
            flash("Thank you. You have signed the agreement.", "success")
            return redirect(url_for("volunteer.home"))
        except Refused as refused:
            show_refusals(form, refused)
    blocks = paragraphs(own.text.body) if own.text else []
    page = render_template("volunteer_agreements/sign.html", form=form, own=own, blocks=blocks)
    return page, 422 if form.errors else 200
