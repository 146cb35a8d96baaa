"""A family's own pages on what it said yes to, and how it takes that back."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain.family_consents import ConsentStanding
from peerapp.enums import ConsentPurpose
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.family_consents import SeenForm
from peerapp.permissions import current_account
from peerapp.services import contacts, family_consents
from peerapp.views.parsing import member_or_none
from peerapp.views.refusals import show_refusals
from peerapp.vocabulary.consents import FAMILY_TITLES, STOP_EFFECTS
from peerapp.vocabulary.languages import OWN_NAMES, RIGHT_TO_LEFT
from peerapp.wording_agreement import paragraphs

bp = Blueprint("family_consents", __name__, url_prefix="/family/choices")


@bp.get("/")
def list_choices() -> str:
    session, actor = get_session(), current_account()
    family = contacts.own_family(session, actor)
    return render_template(
        "family_consents/list.html",
        standings=family_consents.list_standings(session, family),
        titles=FAMILY_TITLES,
    )


@bp.route("/<purpose>", methods=["GET", "POST"])
def show(purpose: str) -> ResponseReturnValue:
    """Show the words of one purpose, and take a yes to them."""
    asked = _purpose(purpose)
    session, actor = get_session(), current_account()
    form = SeenForm()
    if form.validate_on_submit():
        base_url = current_settings().base_url
        try:
            family_consents.give(session, actor, asked, form.seen.data or "", today(), base_url)
            flash("Thank you. You said yes.", "success")
            return redirect(url_for("family_consents.list_choices"), code=303)
        except Refused as refused:
            show_refusals(form, refused)
    words = family_consents.get_words(session, actor, asked, request.args.get("language", ""))
    form.seen.data = words.seen
    page = render_template(
        "family_consents/show.html",
        form=form,
        title=FAMILY_TITLES[asked],
        words=words,
        blocks=paragraphs(words.body),
        standing=_standing(asked),
        own_names=OWN_NAMES,
        right_to_left=RIGHT_TO_LEFT,
    )
    return page, 422 if form.errors else 200


@bp.route("/<purpose>/stop", methods=["GET", "POST"])
def stop(purpose: str) -> ResponseReturnValue:
    """Say first what taking a yes back leads to, then do it."""
    asked = _purpose(purpose)
    form = SeenForm()
    if form.validate_on_submit():
        base_url = current_settings().base_url
        family_consents.withdraw(get_session(), current_account(), asked, today(), base_url)
        flash("You took it back. It counts from this moment.", "success")
        return redirect(url_for("family_consents.list_choices"), code=303)
    standing = _standing(asked)
    if standing.consent is None:
        return redirect(url_for("family_consents.show", purpose=purpose))
    return render_template(
        "family_consents/stop.html",
        form=form,
        title=FAMILY_TITLES[asked],
        standing=standing,
        effects=STOP_EFFECTS[asked],
    )


def _purpose(value: str) -> ConsentPurpose:
    purpose = member_or_none(ConsentPurpose, value)
    if purpose is None:
        abort(404)
    return purpose


def _standing(purpose: ConsentPurpose) -> ConsentStanding:
    session = get_session()
    family = contacts.own_family(session, current_account())
    return family_consents.get_standing(session, family, purpose)
