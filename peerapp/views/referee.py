"""A referee's pages: reached by a link, without an account; they name the volunteer only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp.db import get_session
from peerapp.domain import reference_form
from peerapp.errors import Refused
from peerapp.extensions import current_settings, limiter
from peerapp.forms.references import PAGES, DeclineForm, NamedForm, SendForm
from peerapp.models import Reference, utc_now
from peerapp.services import referee_links, tokens
from peerapp.views.refusals import show_refusals

bp = Blueprint("referee", __name__, url_prefix="/reference")

ORDER = tuple(PAGES)
View = Callable[..., ResponseReturnValue]


def _with_link(view: View) -> View:
    """Give a view the reference of its link, or say that the link does not work (any more)."""

    @wraps(view)
    def checked(secret: str, **values: Any) -> ResponseReturnValue:
        try:
            return view(secret=secret, **values)
        except Refused as refused:
            if tokens.LINK_USED not in refused.refusals:
                raise
            return render_template("referee/gone.html"), 409

    return checked


def _find(secret: str) -> Reference:
    return referee_links.find_reference(get_session(), secret, utc_now())


@bp.get("/sent")
def sent() -> str:
    return render_template("referee/sent.html")


@bp.get("/declined")
def declined() -> str:
    return render_template("referee/declined.html")


@bp.get("/<secret>")
@limiter.limit("60 per minute")
@_with_link
def start(secret: str) -> ResponseReturnValue:
    reference = _find(secret)
    return render_template(
        "referee/start.html",
        name=reference.volunteer.name,
        first=url_for("referee.page", secret=secret, page=_next_page(reference)),
        has_begun=bool(reference.answers),
        secret=secret,
    )


def _next_page(reference: Reference) -> str:
    """Return the first page that lacks something, or the first of all."""
    missing = reference_form.missing_pages(reference.answers)
    return missing[0] if missing else ORDER[0]


@bp.route("/<secret>/<any(" + ", ".join(ORDER) + "):page>", methods=["GET", "POST"])
@limiter.limit("60 per minute")
@_with_link
def page(secret: str, page: str) -> ResponseReturnValue:
    reference = _find(secret)
    form = PAGES[page](data=reference.answers)
    form.word_for(reference.volunteer.name)
    is_complete = form.validate_on_submit() and _is_complete(page, form)
    if request.method == "POST" and (is_complete or "later" in request.form):
        referee_links.save_page(get_session(), secret, page, form.values(), utc_now())
        return redirect(_after(secret, page))
    values = {
        "page": page,
        "position": ORDER.index(page) + 1,
        "pages": len(ORDER),
        "heading": form.heading.replace("{name}", reference.volunteer.name),
        "back": _before(secret, page),
    }
    return render_template("referee/page.html", form=form, **values), 422 if form.errors else 200


def _is_complete(page: str, form: NamedForm) -> bool:
    """Ask for what is needed only because of another answer."""
    refusals = reference_form.page_refusals(page, form.values())
    if refusals:
        show_refusals(form, Refused(refusals))
    return not refusals


def _before(secret: str, page: str) -> str:
    index = ORDER.index(page)
    if index == 0:
        return url_for("referee.start", secret=secret)
    return url_for("referee.page", secret=secret, page=ORDER[index - 1])


def _after(secret: str, page: str) -> str:
    """Lead on to the next page, to the check, or to where one learns how to come back."""
    if "later" in request.form:
        return url_for("referee.saved", secret=secret)
    following = ORDER[ORDER.index(page) + 1 :]
    if request.args.get("from") == "check" or not following:
        return url_for("referee.check", secret=secret)
    return url_for("referee.page", secret=secret, page=following[0])


@bp.get("/<secret>/saved")
@limiter.limit("60 per minute")
@_with_link
def saved(secret: str) -> ResponseReturnValue:
    reference = _find(secret)
    return render_template("referee/saved.html", name=reference.volunteer.name, secret=secret)


@bp.route("/<secret>/check", methods=["GET", "POST"])
@limiter.limit("60 per minute")
@_with_link
def check(secret: str) -> ResponseReturnValue:
    form = SendForm()
    if form.validate_on_submit():
        base_url = current_settings().base_url
        try:
            referee_links.submit(get_session(), secret, utc_now(), base_url)
            return redirect(url_for("referee.sent"))
        except Refused as refused:
            if tokens.LINK_USED in refused.refusals:
                raise
            show_refusals(form, refused)
    reference = _find(secret)
    template = render_template(
        "referee/check.html",
        form=form,
        name=reference.volunteer.name,
        sections=answer_sections(reference, secret),
        missing=reference_form.missing_pages(reference.answers),
        secret=secret,
    )
    return template, 422 if form.errors else 200


def answer_sections(
    reference: Reference, secret: str | None = None
) -> list[tuple[str, list[tuple[str, Any, str | None]]]]:
    """Return the answers page by page in the words of the form: heading, and question, answer,
    and the address where a referee changes it (None for everybody else)."""
    name, answers = reference.volunteer.name, reference.answers
    sections = []
    for key, kind in PAGES.items():
        form = kind(formdata=None, data=answers)
        form.word_for(name)
        href = _change(secret, key) if secret else None
        lines = [
            (form[field].label.text, _in_words(form, field), href)
            for field in reference_form.PAGES[key]
            if reference_form.is_asked(field, answers)
        ]
        sections.append((kind.heading.replace("{name}", name), lines))
    return sections


def _change(secret: str, page: str) -> str:
    return url_for("referee.page", secret=secret, page=page, **{"from": "check"})


def _in_words(form: NamedForm, name: str) -> Any:
    field = form[name]
    offered = {one.value: one.label for one in getattr(field, "choices", None) or ()}
    return offered.get(field.data, field.data)


@bp.route("/<secret>/decline", methods=["GET", "POST"])
@limiter.limit("60 per minute")
@_with_link
def decline(secret: str) -> ResponseReturnValue:
    reference = _find(secret)
    form = DeclineForm()
    if form.validate_on_submit():
        base_url = current_settings().base_url
        referee_links.decline(get_session(), secret, form.reason.data or "", utc_now(), base_url)
        return redirect(url_for("referee.declined"))
    template = render_template(
        "referee/decline.html", form=form, name=reference.volunteer.name, secret=secret
    )
    return template, 422 if form.errors else 200
