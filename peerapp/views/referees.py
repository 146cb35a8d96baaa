"""The volunteer's own pages about referees: whom they named, naming one, taking one back."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain.comebacks import is_history
from peerapp.domain.referees import LIVE, NEEDED, Referee
from peerapp.enums import RefereeRelation, ReferenceState
from peerapp.errors import Refused
from peerapp.extensions import current_settings, limiter
from peerapp.forms.onboarding import MoveForm
from peerapp.forms.references import RefereeForm
from peerapp.models import Reference, utc_now
from peerapp.permissions import current_account
from peerapp.services import references, volunteers
from peerapp.views.refusals import show_refusals_beside

bp = Blueprint("referees", __name__, url_prefix="/volunteer/referees")

S = ReferenceState
STATES = {
    S.ASKED: ("Asked", "waiting", "We have sent them a link. We remind them if they forget."),
    S.RECEIVED: ("Answered", "waiting", "They have answered. We are checking it."),
    S.VERIFIED: ("Done", "good", "We have their reference. Thank you for naming them."),
    S.REJECTED: ("Not used", "bad", "We cannot use this reference. Please name somebody else."),
    S.DECLINED: (
        "Would rather not",
        "bad",
        "They would rather not give a reference. Please name somebody else.",
    ),
    S.CANCELLED: ("Taken back", "neutral", "They have not been asked any more."),
}
EARLIER = (
    "From before",
    "neutral",
    "This was for your earlier application. You can name them again.",
)
"""What each state means for the volunteer: never what was written, nor why it does not count."""

FIELDS = {
    "referee_relative": "relation",
    "referee_partner": "relation",
    "referee_household": "relation",
    "referee_own_email": "email",
    "referee_staff": "email",
    "referee_same_email": "email",
    "referee_own_phone": "phone",
    "referee_same_phone": "phone",
    "referee_own_name": "name",
    "referee_same_name": "name",
    "referee_shared_address": "postcode",
}
"""Beside which question each refusal is shown."""


@bp.get("/")
def list_referees() -> str:
    session, account = get_session(), current_account()
    volunteer = volunteers.get_own(session, account)
    mine = references.list_own(session, account)
    now = [one for one in mine if not is_history(one, today())]
    live = sum(one.state in LIVE for one in now)
    return render_template(
        "referees/list.html",
        rows=[
            (one, *(STATES[one.state] if one in now else EARLIER), one.state == S.ASKED)
            for one in mine
        ],
        missing=max(0, NEEDED - live),
        verified=sum(one.state == S.VERIFIED for one in now),
        refusals=references.naming_refusals(session, volunteer, utc_now()),
    )


@bp.route("/new", methods=["GET", "POST"])
@limiter.limit("20 per hour", methods=["POST"])
def new() -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.get_own(session, account)
    if references.naming_refusals(session, volunteer, utc_now()):
        return redirect(url_for("referees.list_referees"))
    form = RefereeForm()
    if form.validate_on_submit() and _name(form):
        flash(f"We have asked {form.name.data}.", "success")
        return redirect(url_for("referees.list_referees"))
    return render_template("referees/new.html", form=form), 422 if form.errors else 200


def _name(form: RefereeForm) -> bool:
    """Name the referee, or put what is wrong on the form."""
    base_url = current_settings().base_url
    try:
        references.name_referee(
            get_session(), current_account(), _referee(form), utc_now(), base_url
        )
    except Refused as refused:
        show_refusals_beside(form, refused, FIELDS)
    return not form.errors


def _referee(form: RefereeForm) -> Referee:
    return Referee(
        name=form.name.data or "",
        email=form.email.data or "",
        phone=form.phone.data or "",
        postcode=form.postcode.data or "",
        relation=RefereeRelation(form.relation.data),
        known_how=form.known_how.data or "",
        known_years=form.known_years.data or 0,
    )


@bp.route("/<uuid:reference_id>/take-back", methods=["GET", "POST"])
def take_back(reference_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    mine: list[Reference] = [
        one for one in references.list_own(session, account) if one.id == reference_id
    ]
    if not mine:
        abort(404)
    if mine[0].state != S.ASKED:
        return redirect(url_for("referees.list_referees"))
    form = MoveForm()
    if form.validate_on_submit():
        references.take_back(session, account, reference_id, utc_now())
        flash("We do not ask them any more. Their link has stopped working.", "success")
        return redirect(url_for("referees.list_referees"))
    return render_template("referees/take_back.html", form=form, referee=mine[0])
