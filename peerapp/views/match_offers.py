"""Offers of a match: coordinators make them, coach and family answer on their own pages."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import AgreementMethod, DeclineReason, OfferSide
from peerapp.extensions import current_settings
from peerapp.forms.match_offers import NO_CHOICES, NoForm, OfferForm, RecordYesForm, YesForm
from peerapp.forms.matches import add_problems
from peerapp.permissions import current_account
from peerapp.services import contacts, match_offers, matches
from peerapp.services.match_offers import OfferView
from peerapp.views.match_forms import ask_about_changes, decide_page, number, problems_of
from peerapp.views.parsing import member_or_none

bp = Blueprint("match_offers", __name__)

STAFF = "/staff/matches/<uuid:match_id>"
COACH, FAMILY = "/volunteer/offers/<uuid:offer_id>", "/family/offers/<uuid:offer_id>"


@bp.route(f"{STAFF}/offer", methods=["GET", "POST"])
def offer(match_id: uuid.UUID) -> ResponseReturnValue:
    """Put a proposal to the coach; the page shows what the coach will see."""
    match = matches.get_match(get_session(), current_account(), match_id)
    form = OfferForm(family_version=match.family.version, coach_version=match.volunteer.version)
    lines = ask_about_changes(form, match)

    def decide() -> None:
        match_offers.offer_to_coach(
            get_session(),
            current_account(),
            match_id,
            seen_family_version=number(form.family_version.data),
            seen_volunteer_version=number(form.coach_version.data),
            accept_changes="accept_changes" in form,
            today=today(),
            base_url=current_settings().base_url,
        )

    profile, done = contacts.profile_of(match), "The coach is asked."
    values = {"changes": lines, "profile": profile, "days": match.family.scheme.offer_days}
    return decide_page("match_offers/offer", match, form, decide, done, **values)


@bp.route(f"{STAFF}/yes", methods=["GET", "POST"])
def record_yes(match_id: uuid.UUID) -> ResponseReturnValue:
    """Write down a yes that somebody gave by phone or face to face."""
    match = matches.get_match(get_session(), current_account(), match_id)
    standing = match_offers.get_standing(get_session(), match)
    form = RecordYesForm(side=standing.waiting.side.value if standing.waiting else "")

    def decide() -> None:
        match_offers.record_yes(
            get_session(),
            current_account(),
            match_id,
            side=member_or_none(OfferSide, form.side.data),
            how=AgreementMethod(form.how.data),
            today=today(),
            base_url=current_settings().base_url,
        )

    done = "The yes is written down."
    return decide_page("match_offers/record", match, form, decide, done)


@bp.get(COACH)
def coach_offer(offer_id: uuid.UUID) -> str:
    return _show(offer_id)


@bp.get(FAMILY)
def family_offer(offer_id: uuid.UUID) -> str:
    return _show(offer_id)


def _show(offer_id: uuid.UUID) -> str:
    view = _view(offer_id)
    form = YesForm(seen=view.seen)
    return render_template(f"match_offers/{view.offer.side.value}.html", view=view, form=form)


@bp.post(f"{COACH}/yes")
def coach_yes(offer_id: uuid.UUID) -> ResponseReturnValue:
    return _yes(offer_id)


@bp.post(f"{FAMILY}/yes")
def family_yes(offer_id: uuid.UUID) -> ResponseReturnValue:
    return _yes(offer_id)


def _yes(offer_id: uuid.UUID) -> ResponseReturnValue:
    view, form = _view(offer_id), YesForm()
    given = {"seen": form.seen.data or "", "today": today()}
    base_url = current_settings().base_url
    problems = ["Please try again."]
    if form.validate_on_submit():
        problems = problems_of(
            lambda: match_offers.say_yes(
                get_session(), current_account(), offer_id, **given, base_url=base_url
            )
        )
    if not problems:
        flash("Thank you. You said yes.", "success")
        return redirect(url_for(f"match_offers.{view.offer.side.value}_offer", offer_id=offer_id))
    form = YesForm(formdata=None, seen=view.seen)
    form.form_errors = problems
    template = f"match_offers/{view.offer.side.value}.html"
    return render_template(template, view=_view(offer_id), form=form), 409


@bp.route(f"{COACH}/no", methods=["GET", "POST"])
def coach_no(offer_id: uuid.UUID) -> ResponseReturnValue:
    return _no(offer_id)


@bp.route(f"{FAMILY}/no", methods=["GET", "POST"])
def family_no(offer_id: uuid.UUID) -> ResponseReturnValue:
    return _no(offer_id)


def _no(offer_id: uuid.UUID) -> ResponseReturnValue:
    view, form = _view(offer_id), NoForm()
    form.reason.choices = [(one.value, *rest) for one, *rest in NO_CHOICES[view.offer.side]]
    status = 200
    if form.validate_on_submit():
        given = {"reason": DeclineReason(form.reason.data), "note": form.note.data or ""}
        where = {"today": today(), "base_url": current_settings().base_url}
        problems = problems_of(
            lambda: match_offers.say_no(
                get_session(), current_account(), offer_id, **given, **where
            )
        )
        if not problems:
            flash("Thank you for telling us. Nobody is told why.", "success")
            return redirect(_home_of(view))
        add_problems(form, problems)
        status = 409
    elif form.errors:
        status = 422
    return render_template("match_offers/no.html", view=view, form=form), status


def _home_of(view: OfferView) -> str:
    is_coach = view.offer.side == OfferSide.COACH
    return url_for("coaching.list_matches" if is_coach else "family.home")


def _view(offer_id: uuid.UUID) -> OfferView:
    return match_offers.get_view(get_session(), current_account(), offer_id, today())
