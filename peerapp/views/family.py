"""A family's own pages: where things stand, and how to reach its coach."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp import new_messages, vocabulary
from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import Channel
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.coaching_life import VolunteerAccountForm
from peerapp.models import utc_now
from peerapp.permissions import current_account
from peerapp.services import (
    coming_up,
    contacts,
    cover_contacts,
    end_surveys,
    family_home,
    family_volunteering,
    first_visits,
    match_endings,
    match_offers,
)
from peerapp.services import safe_contact as safe_contact_answers
from peerapp.views import match_wording
from peerapp.views.refusals import show_refusals

bp = Blueprint("family", __name__, url_prefix="/family")


@bp.get("/")
def home() -> str:
    session, actor = get_session(), current_account()
    return render_template(
        "family/home.html",
        family=contacts.own_family(session, actor),
        home=family_home.get_home(session, actor),
        coming=coming_up.for_family(session, actor, utc_now(), new_messages.count_once(actor)),
        has_contact=contacts.has_coach_contact(session, actor, today())
        or cover_contacts.is_shown_to_family(session, actor, today()),
        offers=match_offers.list_own(session, actor, today()),
        visit=first_visits.for_family(session, actor),
        to_answer=end_surveys.list_open(session, actor, today()),
        last_session=match_endings.last_session_for_family(session, actor, today()),
        summary=contacts.safe_contact_summary(session, actor),
    )


@bp.get("/coach")
def coach() -> str:
    session, actor = get_session(), current_account()
    contact = contacts.coach_contact_for_family(session, actor, today())
    backup = cover_contacts.for_family(session, actor, today())
    ledger = contacts.family_ledger(session, actor) if contact or backup else []
    return render_template("family/coach.html", contact=contact, backup=backup, ledger=ledger)


@bp.get("/coach/<any(coach, backup):which>/still")
def still_shown(which: str) -> tuple[str, int]:
    """Answer an open page: 204 while the family may see how to reach its coach, or the backup."""
    ask = contacts.has_coach_contact if which == "coach" else cover_contacts.is_shown_to_family
    return "", 204 if ask(get_session(), current_account(), today()) else 410


@bp.get("/ledger")
def ledger() -> str:
    """Who has looked at contact details, in every match of the family."""
    entries = contacts.own_ledger(get_session(), current_account())
    return render_template("family/ledger.html", ledger=entries, wording=match_wording)


@bp.get("/safe-contact")
def safe_contact() -> str:
    own = safe_contact_answers.get_own(get_session(), current_account())
    ways = vocabulary.labels(Channel, own.answers.channels) if own.answers else []
    return render_template("family/safe_contact.html", own=own, ways=ways)


@bp.route("/volunteer", methods=["GET", "POST"])
def volunteer() -> ResponseReturnValue:
    """Say when an adult of the family can become a volunteer, and start an account for them."""
    session, actor = get_session(), current_account()
    answer = family_volunteering.get_answer(session, actor, today())
    form = VolunteerAccountForm()
    if form.validate_on_submit():
        given = form.email.data or "", utc_now(), today(), current_settings().base_url
        try:
            family_volunteering.apply(session, actor, *given)
            flash("We have sent an email to that address. Open the link in it.", "success")
            return redirect(url_for("family.volunteer"))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("family/volunteer.html", form=form, answer=answer)
    return page, 422 if form.errors else 200
