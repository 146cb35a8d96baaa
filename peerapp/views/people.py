"""Staff accounts: a manager sees, invites and closes them."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp.db import get_session
from peerapp.enums import ResetReason, Role
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.people import InviteStaffForm
from peerapp.forms.second_factors import ResetForm
from peerapp.models import utc_now
from peerapp.permissions import current_account
from peerapp.services import accounts, localities, own_accounts, second_factors
from peerapp.views.account import idle_limits
from peerapp.views.refusals import show_refusals

bp = Blueprint("people", __name__, url_prefix="/staff/people")


@bp.get("/")
def list_staff() -> str:
    return render_template("people/list.html", staff=accounts.list_staff(get_session()))


@bp.route("/invite", methods=["GET", "POST"])
def invite() -> ResponseReturnValue:
    form = InviteStaffForm()
    places = localities.list_localities(get_session())
    form.localities.choices = [(str(place.id), place.name) for place in places]
    if form.validate_on_submit():
        chosen = [place for place in places if str(place.id) in (form.localities.data or ())]
        try:
            accounts.invite_staff(
                get_session(),
                current_account(),
                form.email.data,
                form.name.data,
                Role(form.role.data),
                chosen,
                utc_now(),
                current_settings().base_url,
            )
        except Refused as refused:
            form.email.errors = [refusal.message for refusal in refused.refusals]
        else:
            flash("The invitation has been sent.", "success")
            return redirect(url_for("people.list_staff"))
    return render_template("people/invite.html", form=form), 422 if form.errors else 200


@bp.route("/<uuid:account_id>/reset-second-step", methods=["GET", "POST"])
def reset_factors(account_id: uuid.UUID) -> ResponseReturnValue:
    person, form = accounts.get_staff(get_session(), account_id), ResetForm()
    takes_two = second_factors.takes_two(person)
    if form.validate_on_submit():
        try:
            return _reset(account_id, ResetReason(form.reason.data), takes_two=takes_two)
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template(
        "people/reset_factors.html", person=person, form=form, takes_two=takes_two
    )
    return page, 422 if form.errors else 200


def _reset(account_id: uuid.UUID, reason: ResetReason, *, takes_two: bool) -> ResponseReturnValue:
    """Reset a colleague's second step, or ask for it where a second person has to agree."""
    who, base_url = (get_session(), current_account(), account_id), current_settings().base_url
    if takes_two:
        asked = second_factors.ask_for_reset(*who, reason, utc_now(), base_url)
        flash("Asked. It is reset once a second person has agreed.", "success")
        return redirect(url_for("two_person_requests.show", request_id=asked.id))
    second_factors.reset_factors(*who, reason, base_url)
    flash("The second step is reset. They set up a new one when they sign in.", "success")
    return redirect(url_for("people.list_staff"))


@bp.route("/<uuid:account_id>/close", methods=["GET", "POST"])
def close(account_id: uuid.UUID) -> ResponseReturnValue:
    if request.method != "POST":
        person = accounts.get_staff(get_session(), account_id)
        return render_template("people/close.html", person=person)
    accounts.close_staff_account(get_session(), current_account(), account_id, utc_now())
    flash("The account is closed and signed out everywhere.", "success")
    return redirect(url_for("people.list_staff"))


@bp.get("/<uuid:account_id>/signed-in")
def show_sessions(account_id: uuid.UUID) -> str:
    """Show where a member of staff is signed in, and by what."""
    session = get_session()
    person = own_accounts.get_staff_member(session, current_account(), account_id)
    found = own_accounts.list_sessions(session, person, utc_now(), *idle_limits())
    return render_template(
        "people/sessions.html", person=person, sessions=found, council=current_settings().council
    )


@bp.post("/<uuid:account_id>/signed-in/end")
def end_sessions(account_id: uuid.UUID) -> ResponseReturnValue:
    own_accounts.end_staff_sessions(get_session(), current_account(), account_id)
    flash("They are signed out everywhere.", "success")
    return redirect(url_for(".show_sessions", account_id=account_id))


@bp.post("/<uuid:account_id>/council-account")
def council_only(account_id: uuid.UUID) -> ResponseReturnValue:
    required = request.form.get("required") == "yes"
    own_accounts.require_council_sign_in(get_session(), current_account(), account_id, required)
    flash("Saved.", "success")
    return redirect(url_for(".show_sessions", account_id=account_id))
