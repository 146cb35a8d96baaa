"""What happens with a family: agreement, safe contact, blocks, account, closing."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp import vocabulary
from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import AgreementMethod, Channel, CloseReason, ConsentPurpose
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.families import VersionedForm
from peerapp.forms.family_steps import AgreementForm, BlocksForm, CloseForm, SafeContactForm
from peerapp.models import Family, utc_now
from peerapp.permissions import current_account
from peerapp.services import accounts, agreements, family_consent_texts, family_states, safe_contact
from peerapp.services.agreements import AgreementDetails
from peerapp.services.safe_contact import SafeContactAnswers
from peerapp.views.families.blueprint import (
    LANGUAGE_CHOICES,
    back_to,
    bp,
    get_family,
    page,
    tell,
)
from peerapp.views.parsing import member_or_none
from peerapp.vocabulary.consents import STOP_EFFECTS
from peerapp.wording_agreement import paragraphs


@bp.route("/<uuid:family_id>/agreement", methods=["GET", "POST"])
def agreement(family_id: uuid.UUID) -> ResponseReturnValue:
    family = get_family(family_id)
    form = AgreementForm(data={"given_by": family.name, "language": "en"})
    form.offer(
        vocabulary.choices(ConsentPurpose), vocabulary.choices(AgreementMethod), LANGUAGE_CHOICES
    )
    if form.validate_on_submit():
        given = AgreementDetails(
            given_by=form.given_by.data or "",
            given_on=form.given_on.data,
            method=AgreementMethod(form.method.data),
            language=form.language.data,
            purposes=tuple(form.purposes.data or ()),
        )
        try:
            agreements.record_agreement(get_session(), current_account(), family_id, given, today())
            return back_to(family_id)
        except Refused as error:
            tell(form, error)
    words = family_consent_texts.Texts(get_session())
    texts = [(one, paragraphs(words.words(one).body)) for one in ConsentPurpose]
    return page("agreement", form, family=family, texts=texts)


@bp.route("/<uuid:family_id>/agreement/<purpose>/withdraw", methods=["GET", "POST"])
def withdraw_agreement(family_id: uuid.UUID, purpose: str) -> ResponseReturnValue:
    asked = member_or_none(ConsentPurpose, purpose)
    if asked is None:
        abort(404)
    family = get_family(family_id)
    form = VersionedForm(version=family.version)
    if form.validate_on_submit():
        session, account = get_session(), current_account()
        agreements.withdraw_agreement(session, account, family_id, today(), asked)
        flash("It is withdrawn, from this moment.", "success")
        return redirect(url_for("families.consents", family_id=family_id), code=303)
    return page("withdraw", form, family=family, purpose=asked, effects=STOP_EFFECTS[asked])


@bp.route("/<uuid:family_id>/safe-contact", methods=["GET", "POST"])
def answer_safe_contact(family_id: uuid.UUID) -> ResponseReturnValue:
    family = get_family(family_id)
    form = SafeContactForm(data=_answers(family))
    form.channels.choices = vocabulary.choices(Channel)
    if form.validate_on_submit():
        answers = SafeContactAnswers(
            answered_on=form.answered_on.data,
            channels=tuple(form.channels.data or ()),
            times=form.times.data or "",
            safe_slots=tuple(form.safe_slots.data or ()),
            alias=form.alias.data or "",
            no_voicemail=form.no_voicemail.data == "yes",
            shared_device=form.shared_device.data == "yes",
            withheld_address=form.withheld_address.data == "yes",
            must_not_be_told=form.must_not_be_told.data or "",
        )
        try:
            safe_contact.answer_safe_contact(
                get_session(), current_account(), family_id, answers, today()
            )
            return back_to(family_id)
        except Refused as error:
            tell(form, error)
    return page("safe_contact", form, family=family)


def _answers(family: Family) -> dict[str, object]:
    """Return what the form starts with: the earlier answers, or none; the day is asked anew."""
    known = family.safe_contact
    if known is None:
        return {}
    flags = ("no_voicemail", "shared_device", "withheld_address")
    return {
        "channels": list(known.channels),
        "times": known.times,
        "safe_slots": known.safe_slots,
        "alias": known.alias,
        "must_not_be_told": known.must_not_be_told,
        **{name: "yes" if getattr(known, name) else "no" for name in flags},
    }


@bp.route("/<uuid:family_id>/blocks", methods=["GET", "POST"])
def blocks(family_id: uuid.UUID) -> ResponseReturnValue:
    family = get_family(family_id)
    form = BlocksForm(
        version=family.version,
        section_47_open="yes" if family.section_47_open else "no",
        child_protection_plan="yes" if family.child_protection_plan else "no",
    )
    if form.validate_on_submit():
        family_states.set_blocks(
            get_session(),
            current_account(),
            family_id,
            form.seen_version,
            section_47_open=form.section_47_open.data == "yes",
            child_protection_plan=form.child_protection_plan.data == "yes",
        )
        return back_to(family_id)
    return page("blocks", form, family=family)


@bp.route("/<uuid:family_id>/close", methods=["GET", "POST"])
def close(family_id: uuid.UUID) -> ResponseReturnValue:
    family = get_family(family_id)
    form = CloseForm(version=family.version)
    form.reason.choices = vocabulary.choices(CloseReason)
    if form.validate_on_submit():
        try:
            family_states.close_family(
                get_session(),
                current_account(),
                family_id,
                form.seen_version,
                CloseReason(form.reason.data),
            )
            return back_to(family_id)
        except Refused as error:
            tell(form, error)
    return page("close", form, family=family)


@bp.post("/<uuid:family_id>/accept")
def accept(family_id: uuid.UUID) -> ResponseReturnValue:
    form = VersionedForm()
    family_states.accept_family(get_session(), current_account(), family_id, form.seen_version)
    flash("The referral is accepted. The family waits for a coach now.", "success")
    return back_to(family_id)


@bp.post("/<uuid:family_id>/query-resolved")
def resolve_query(family_id: uuid.UUID) -> ResponseReturnValue:
    form = VersionedForm()
    family_states.resolve_details_query(
        get_session(), current_account(), family_id, form.seen_version
    )
    return back_to(family_id)


@bp.route("/<uuid:family_id>/invite", methods=["GET", "POST"])
def invite(family_id: uuid.UUID) -> ResponseReturnValue:
    """Ask, then show the link once; it is in no address, and no page shows it again."""
    family = get_family(family_id)
    form = VersionedForm(version=family.version)
    if form.validate_on_submit():
        base_url = current_settings().base_url
        try:
            link, sent = accounts.invite_family(
                get_session(), current_account(), family, utc_now(), base_url
            )
            return render_template("families/invited.html", family=family, link=link, sent=sent)
        except Refused as error:
            tell(form, error)
    return page("invite", form, family=family)
