"""What the pages of decisions on a match share: the form, what changed, the way back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.errors import Refused, Stale
from peerapp.forms.matches import add_problems
from peerapp.models import Match
from peerapp.permissions import current_account
from peerapp.services import approvals, match_snapshots
from peerapp.views import match_wording


def ask_about_changes(form: Any, match: Match) -> list[tuple[str, str, str]]:
    """Return what changed since the match was proposed; the form asks about it, or does not."""
    if not approvals.changes_since(match):
        del form.accept_changes
        return []
    found = match_snapshots.changes_for(get_session(), current_account(), match, today())
    return match_wording.changes(found)


def decide_page(
    template: str,
    match: Match,
    form: Any,
    decide: Callable[[], None],
    done: str,
    **values: Any,
) -> ResponseReturnValue:
    """Show a decision's form; once it is complete, decide, or say why that cannot be done."""
    status, match_id = 200, match.id
    if form.validate_on_submit():
        problems = problems_of(decide)
        if not problems:
            flash(done, "success")
            return _back(match_id)
        add_problems(form, problems)
        status = 409
    elif form.errors:
        status = 422
    return render_template(f"{template}.html", match=match, form=form, **values), status


def problems_of(act: Callable[[], object]) -> list[str]:
    """Do something; return why it could not be done, in sentences, or nothing."""
    try:
        act()
    except Refused as refused:
        return [refusal.message for refusal in refused.refusals]
    except Stale as stale:
        return [str(stale)]
    return []


def _back(match_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("matches.show", match_id=match_id))


def number(text: object) -> int:
    """Return a version from a hidden field; what is no number was never a version.

    A field that was not sent holds the version of today instead of text: nobody has seen that.
    """
    if not isinstance(text, str) or not text.isascii() or len(text) >= 10:
        return 0
    return int(text) if text.isdigit() else 0
