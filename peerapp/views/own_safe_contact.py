"""A family's own answers on how it may be reached: one question to a page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp import vocabulary
from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import Channel
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.families import add_fault
from peerapp.forms.own_safe_contact import FORMS, Question, WaysForm
from peerapp.permissions import current_account
from peerapp.services import safe_contact
from peerapp.services.families import Invalid
from peerapp.services.safe_contact import QUESTIONS, OwnAnswers
from peerapp.views.refusals import show_refusals

bp = Blueprint("own_safe_contact", __name__, url_prefix="/family/safe-contact")

ORDER = tuple(QUESTIONS)
NEEDS_PHONE = (Channel.PHONE, Channel.SMS)


@bp.route("/<question>", methods=["GET", "POST"])
def change(question: str) -> ResponseReturnValue:
    """Ask one question; from the first on, the next one follows until all are answered."""
    if question not in FORMS:
        abort(404)
    session, actor = get_session(), current_account()
    own = safe_contact.get_own(session, actor)
    form = _form(question, own)
    if form.validate_on_submit():
        given = (question, form.values(), today(), current_settings().base_url)
        try:
            safe_contact.answer_own(session, actor, *given)
            return _onward(question)
        except Invalid as error:
            for fault in error.faults:
                add_fault(form, fault.field, fault.message)
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template(
        "own_safe_contact/change.html",
        form=form,
        own=own,
        question=question,
        position=ORDER.index(question) + 1 if _walks() else 0,
        questions=len(ORDER),
        back=_before(question),
    )
    return page, 422 if form.errors else 200


def _form(question: str, own: OwnAnswers) -> Question:
    form = FORMS[question](data=_known(question, own))
    if isinstance(form, WaysForm):
        missing = {*(() if own.has_phone else NEEDS_PHONE)}
        missing |= {*(() if own.has_email else (Channel.EMAIL,))}
        form.offer(vocabulary.choices(one for one in Channel if one not in missing))
    return form


def _known(question: str, own: OwnAnswers) -> dict[str, Any]:
    """Return what a form starts with; a question that was never asked starts empty."""
    if own.answers is None or (_walks() and not own.answers.channels):
        return {}
    known = {name: getattr(own.answers, name) for name in QUESTIONS[question]}
    return {name: _shown(value) for name, value in known.items()}


def _shown(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return list(value) if isinstance(value, tuple) else value


def _walks() -> bool:
    """Say whether the family goes through all questions, one after the other."""
    return "all" in request.args


def _onward(question: str) -> ResponseReturnValue:
    place = ORDER.index(question) + 1
    if _walks() and place < len(ORDER):
        return redirect(url_for("own_safe_contact.change", question=ORDER[place], all=1), code=303)
    flash("Saved. It counts from this moment.", "success")
    return redirect(url_for("family.safe_contact"), code=303)


def _before(question: str) -> str:
    place = ORDER.index(question)
    if _walks() and place:
        return url_for("own_safe_contact.change", question=ORDER[place - 1], all=1)
    return url_for("family.safe_contact")
