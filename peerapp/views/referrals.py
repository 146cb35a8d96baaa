"""Referrals as staff read and decide on them."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain.referral_form import is_danger
from peerapp.enums import ReferralDecline, ReferralSource, ReferralState, Role
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.families import add_fault
from peerapp.forms.front_door import ButtonForm
from peerapp.forms.referrals import AcceptForm, AskForm, DeclineForm, TakeOnForm
from peerapp.models import Referral, utc_now
from peerapp.permissions import current_account
from peerapp.services import referral_acceptance, referrals
from peerapp.services.families import Invalid
from peerapp.services.referral_acceptance import Decision
from peerapp.views.families.blueprint import level_choices
from peerapp.views.parsing import page_number
from peerapp.views.referral_answers import answer_sections
from peerapp.views.refusals import show_refusals

bp = Blueprint("referrals", __name__, url_prefix="/staff/referrals")

SHOWN = {
    ReferralState.SENT: "New",
    ReferralState.ACCEPTED: "Accepted",
    ReferralState.DECLINED: "Not taken on",
}


@bp.get("/")
def list_referrals() -> str:
    session, account = get_session(), current_account()
    asked = request.args.get("state", "")
    state = next((one for one in SHOWN if one == asked), ReferralState.SENT)
    found = referrals.list_referrals(session, account, state, page_number(request.args.get("page")))
    return render_template(
        "referrals/list.html",
        found=found,
        state=state,
        states=list(SHOWN),
        names=SHOWN,
        in_danger=referrals.list_in_danger(session, account),
        is_danger=is_danger,
        today=today(),
        pager_href=url_for(".list_referrals", state=state.value) + "&page=",
    )


@bp.get("/forms")
def list_forms() -> str:
    found = referrals.list_forms(get_session(), current_account())
    return render_template("referrals/forms.html", found=found)


@bp.route("/forms/new", methods=["GET", "POST"])
def send_form() -> ResponseReturnValue:
    """Send a form to a professional, and show its link once."""
    form = AskForm()
    if form.validate_on_submit():
        base_url = current_settings().base_url
        given = form.email.data or "", utc_now(), base_url
        try:
            _, link = referrals.send_form(get_session(), current_account(), *given)
            return _show_link(link, form.email.data or "")
        except Refused as refused:
            show_refusals(form, refused)
    return render_template("referrals/send_form.html", form=form), 422 if form.errors else 200


def _show_link(link: str, email: str) -> str:
    return render_template("referrals/form_sent.html", link=link, email=email)


@bp.post("/forms/<uuid:referral_id>/resend")
def resend_form(referral_id: uuid.UUID) -> ResponseReturnValue:
    _only_with_token()
    base_url = current_settings().base_url
    link = referrals.resend_form(get_session(), current_account(), referral_id, utc_now(), base_url)
    return _show_link(link, "")


@bp.post("/forms/<uuid:referral_id>/revoke")
def revoke_form(referral_id: uuid.UUID) -> ResponseReturnValue:
    _only_with_token()
    referrals.revoke_form(get_session(), current_account(), referral_id, utc_now())
    flash("The link does not work any more. What was typed is deleted.", "success")
    return redirect(url_for(".list_forms"))


def _only_with_token() -> None:
    if not ButtonForm().validate_on_submit():
        abort(400)


@bp.get("/<uuid:referral_id>")
def show(referral_id: uuid.UUID) -> str:
    session, account = get_session(), current_account()
    view = referrals.read_referral(session, account, referral_id, today())
    referral = view.referral
    is_new = referral.state == ReferralState.SENT
    is_lead = account.role == Role.SAFEGUARDING_LEAD
    danger = is_danger(referral.danger)
    return render_template(
        "referrals/show.html",
        view=view,
        referral=referral,
        sections=answer_sections(referral) if referral.answers else [],
        is_new=is_new,
        danger=danger,
        may_take_on=danger and is_lead and referral.danger_taken_at is None,
        is_open_danger=_is_open_danger(referral),
    )


def _is_open_danger(referral: Referral) -> bool:
    return is_danger(referral.danger) and referral.danger_taken_at is None


@bp.route("/<uuid:referral_id>/accept", methods=["GET", "POST"])
def accept(referral_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    corrected = request.form.get("postcode", "")
    view = referrals.read_referral(session, account, referral_id, today(), corrected)
    form = AcceptForm(data=_known(view.referral))
    form.offer(level_choices())
    if form.validate_on_submit():
        try:
            family = referral_acceptance.accept(
                session, account, referral_id, _decision(form), today()
            )
            flash("The referral is accepted. This is the family’s record.", "success")
            return redirect(url_for("families.show", family_id=family.id))
        except Invalid as invalid:
            for fault in invalid.faults:
                add_fault(form, fault.field, fault.message)
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template(
        "referrals/accept.html",
        form=form,
        referral=view.referral,
        view=view,
        is_open_danger=_is_open_danger(view.referral),
    )
    return page, 422 if form.errors or form.form_errors else 200


def _known(referral: Referral) -> dict[str, object]:
    """Return what a professional has told already; a family is not asked that."""
    names = ("level", "lead_practitioner", "section_47_open", "child_protection_plan", "postcode")
    return {name: referral.answers[name] for name in names if name in referral.answers}


def _decision(form: AcceptForm) -> Decision:
    return Decision(
        level=int(form.level.data),
        lead_practitioner=form.lead_practitioner.data or "",
        section_47_open=form.section_47_open.data == "yes",
        child_protection_plan=form.child_protection_plan.data == "yes",
        postcode=form.postcode.data or "",
    )


@bp.post("/<uuid:referral_id>/families/<uuid:family_id>/different")
def call_different(referral_id: uuid.UUID, family_id: uuid.UUID) -> ResponseReturnValue:
    _only_with_token()
    referrals.call_different(get_session(), current_account(), referral_id, family_id)
    return redirect(url_for(".show", referral_id=referral_id) + "#alike")


@bp.post("/<uuid:referral_id>/families/<uuid:family_id>/same")
def call_same(referral_id: uuid.UUID, family_id: uuid.UUID) -> ResponseReturnValue:
    _only_with_token()
    referrals.call_same(get_session(), current_account(), referral_id, family_id, today())
    flash("The referral now belongs to this record. Nothing in the record has changed.", "success")
    return redirect(url_for("families.show", family_id=family_id))


@bp.route("/<uuid:referral_id>/decline", methods=["GET", "POST"])
def decline(referral_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    view = referrals.read_referral(session, account, referral_id, today())
    form = DeclineForm()
    if form.validate_on_submit():
        reason = ReferralDecline(form.reason.data)
        try:
            referrals.decline(session, account, referral_id, reason, form.note.data or "", today())
            flash("The referral is closed.", "success")
            return redirect(url_for(".list_referrals"))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template(
        "referrals/decline.html",
        form=form,
        referral=view.referral,
        is_self=view.referral.source == ReferralSource.SELF,
    )
    return page, 422 if form.errors or form.form_errors else 200


@bp.route("/<uuid:referral_id>/danger", methods=["GET", "POST"])
def take_danger_on(referral_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    view = referrals.read_referral(session, account, referral_id, today())
    form = TakeOnForm()
    if form.validate_on_submit():
        given = form.note.data or "", utc_now()
        referrals.take_danger_on(session, account, referral_id, *given)
        flash("You have taken it on. Reminders stop.", "success")
        return redirect(url_for(".show", referral_id=referral_id))
    page = render_template("referrals/danger.html", form=form, referral=view.referral)
    return page, 422 if form.errors else 200
