"""The words that families agree to, for managers: versions and translations."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import ConsentPurpose
from peerapp.errors import Refused
from peerapp.forms.family_consents import TranslationForm, WordsForm
from peerapp.permissions import current_account
from peerapp.services import family_consent_texts
from peerapp.services.family_consent_texts import ENGLISH, Texts
from peerapp.views.parsing import member_or_none
from peerapp.views.refusals import show_refusals
from peerapp.vocabulary import LANGUAGES
from peerapp.vocabulary.languages import RIGHT_TO_LEFT
from peerapp.wording_agreement import paragraphs

bp = Blueprint("family_consent_texts", __name__, url_prefix="/staff/family-consents")


@bp.get("/")
def list_texts() -> str:
    session = get_session()
    texts = Texts(session)
    return render_template(
        "family_consent_texts/list.html",
        words=[texts.words(purpose) for purpose in ConsentPurpose],
        older=family_consent_texts.count_older(session, texts),
    )


@bp.get("/<purpose>")
def show(purpose: str) -> str:
    """Show what stands in every language, and every version before it."""
    asked, texts = _purpose(purpose), Texts(get_session())
    english = texts.words(asked)
    found = [texts.words(asked, (language,)) for language in english.languages]
    return render_template(
        "family_consent_texts/show.html",
        purpose=asked,
        texts=[(words, paragraphs(words.body)) for words in found],
        earlier=[row for row in reversed(texts.of(asked)) if row.number < english.number],
        right_to_left=RIGHT_TO_LEFT,
    )


@bp.route("/<purpose>/new", methods=["GET", "POST"])
def write(purpose: str) -> ResponseReturnValue:
    asked, session = _purpose(purpose), get_session()
    current = Texts(session).words(asked)
    form = WordsForm(data={"text": current.body, "seen": current.seen})
    if form.validate_on_submit():
        again = form.asks_again.data == "yes"
        given = (asked, form.text.data or "", form.seen.data or "", today())
        try:
            family_consent_texts.write(session, current_account(), *given, asks_again=again)
            flash("The new words stand.", "success")
            return redirect(url_for("family_consent_texts.show", purpose=purpose), code=303)
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("family_consent_texts/write.html", form=form, purpose=asked)
    return page, 422 if form.errors else 200


@bp.route("/<purpose>/translate", methods=["GET", "POST"])
def translate(purpose: str) -> ResponseReturnValue:
    asked, session = _purpose(purpose), get_session()
    english = Texts(session).words(asked)
    known = Texts(session).words(asked, (request.args.get("language", ""),))
    start = {"language": known.language, "text": known.body} if known.language != ENGLISH else {}
    form = TranslationForm(data={**start, "seen": english.seen})
    form.offer([(code, name) for code, name in LANGUAGES.items() if code != ENGLISH])
    if form.validate_on_submit():
        given = (asked, form.language.data, form.text.data or "", form.seen.data or "", today())
        try:
            family_consent_texts.translate(session, current_account(), *given)
            flash("Families can read it in this language now.", "success")
            return redirect(url_for("family_consent_texts.show", purpose=purpose), code=303)
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template(
        "family_consent_texts/translate.html",
        form=form,
        purpose=asked,
        blocks=paragraphs(english.body),
    )
    return page, 422 if form.errors else 200


def _purpose(value: str) -> ConsentPurpose:
    purpose = member_or_none(ConsentPurpose, value)
    if purpose is None:
        abort(404)
    return purpose
