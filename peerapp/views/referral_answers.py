"""A referral in the words of the form in which it was given: page by page, question by question."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from flask import url_for

from peerapp.db import get_session
from peerapp.domain import referral_form
from peerapp.enums import ReferralSource
from peerapp.forms.front_door import PAGES
from peerapp.forms.front_door_page import PageForm
from peerapp.models import Referral
from peerapp.services.schemes import get_scheme

Line = tuple[str, Any, str | None]


def words_for(referral: Referral) -> dict[str, Any]:
    """Return what every page's template asks about whom it speaks to."""
    is_self = referral.source == ReferralSource.SELF
    return {"is_self": is_self, "family_page": is_self}


def form_of(page: str, referral: Referral, formdata: Any = None) -> PageForm:
    """Return the form of a page with what was answered before, in the right words."""
    kind = PAGES[page]
    kept = dict(referral.answers)
    for name in kind.optional_dates:
        if kept.get(name):
            kept[name] = date.fromisoformat(kept[name])
    form = kind(data=kept) if formdata is None else kind(formdata=None, data=kept)
    if referral.source != ReferralSource.SELF:
        form.speak_of_others()
    labels = list(enumerate(get_scheme(get_session()).level_labels, start=1))
    levels = [(str(number), f"{number} – {word}") for number, word in labels]
    if page == "support":
        form["level"].choices = levels
    if page == "step_down":
        form["step_down_level"].choices = [("", "Choose a level"), *levels]
    return form


def answer_sections(
    referral: Referral, *, can_change: bool = False
) -> list[tuple[str, list[Line]]]:
    """Return the answers page by page in the words of the form: heading, and question, answer,
    and the address where whoever writes it changes it (None for everybody else)."""
    is_self = referral.source == ReferralSource.SELF
    sections = []
    for key in referral_form.pages_for(referral.source):
        href = url_for("front_door.page", page=key, **{"from": "check"}) if can_change else None
        form = form_of(key, referral, formdata=())
        heading = form.heading if is_self else form.others_heading or form.heading
        if key == "children":
            sections.append(("", [(heading, _children_in_words(referral), href)]))
            continue
        lines: list[Line] = [
            (_question(form[name].label.text), _in_words(form, name), href)
            for name in referral_form.PAGES[key]
            if referral_form.is_asked(name, referral.answers)
        ]
        if len(lines) == 1:  # the page's heading is the question
            sections.append(("", [(heading, *lines[0][1:])]))
        else:
            sections.append((heading, lines))
    return sections


def _question(label: str) -> str:
    """Return a label without what only whoever fills the form in has to know."""
    text = re.sub(r" \((optional|you can leave this out|if (you|they) have one)\)", "", label)
    text = text.removeprefix("If yes: ")
    return text[0].upper() + text[1:]


def _children_in_words(referral: Referral) -> list[str]:
    found = referral.answers.get("children") or ()
    return [f"{one['name']}, {one['age'] or 'under 1'}" for one in found]


def _in_words(form: PageForm, name: str) -> Any:
    field = form[name]
    offered = {one.value: one.label for one in getattr(field, "choices", None) or ()}
    if isinstance(field.data, date):
        return f"{field.data.day} {field.data:%B %Y}"
    if isinstance(field.data, (list, tuple)):
        return [offered.get(one, one) for one in field.data]
    return offered.get(field.data, field.data)
