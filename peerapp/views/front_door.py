"""The front door: a family asks for a coach, or a professional does with its agreement.

The draft is held by the browser's cookie; no address of these pages opens it in another browser.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain import referral_form
from peerapp.domain.referrals import is_email_safe
from peerapp.enums import Danger, ReferralLinkKind, ReferralSource
from peerapp.errors import Refused
from peerapp.extensions import current_settings, limiter
from peerapp.forms.front_door import PAGES, ButtonForm, ChildForm, DangerForm
from peerapp.forms.front_door_page import PageForm
from peerapp.models import Referral, utc_now
from peerapp.services import front_door, referral_links, tokens
from peerapp.services.schemes import get_scheme
from peerapp.views.referral_answers import answer_sections, form_of, words_for
from peerapp.views.refusals import show_refusals

bp = Blueprint("front_door", __name__, url_prefix="/get-support")

HELD, SENT = "front_door", "front_door_sent"
"""What the cookie holds: the secret of a draft; what was sent from this browser last."""

ANY_PAGE = "<any(" + ", ".join(PAGES) + "):page>"
View = Callable[..., ResponseReturnValue]


def base_url() -> str:
    return current_settings().base_url


def held_secret() -> str:
    return str(session.get(HELD, ""))


def find_draft() -> Referral:
    """Return the draft of this browser; refused where it has none."""
    return front_door.find_draft(get_session(), held_secret(), utc_now())


def with_draft(view: View) -> View:
    """Say how to start where this browser holds no draft (any more)."""

    @wraps(view)
    def checked(**values: Any) -> ResponseReturnValue:
        try:
            return view(**values)
        except Refused as refused:
            if tokens.LINK_USED not in refused.refusals:
                raise
            session.pop(HELD, None)
            return render_template("front_door/gone.html"), 409

    return checked


@bp.get("/")
def start() -> str:
    return render_template("front_door/start.html", has_draft=_has_draft())


def _has_draft() -> bool:
    """Say whether the draft that this browser holds may still be gone on with."""
    try:
        find_draft()
    except Refused:
        session.pop(HELD, None)
        return False
    return True


@bp.get("/for-professionals")
def professional() -> str:
    return render_template("front_door/professional.html")


@bp.route("/" + ANY_PAGE, methods=["GET", "POST"])
@limiter.limit("60 per minute")
@limiter.limit("60 per hour", methods=["POST"], exempt_when=lambda: bool(held_secret()))
@with_draft
def page(page: str) -> ResponseReturnValue:
    if page == "danger" and not held_secret():
        return _begin()
    referral = find_draft()
    if page not in referral_form.pages_for(referral.source):
        return redirect(url_for(".page", page=referral_form.pages_for(referral.source)[0]))
    if page == "children":
        return _children(referral)
    form = form_of(page, referral)
    is_right = form.validate_on_submit() and _is_right(page, referral, form)
    if request.method == "POST" and (is_right or "later" in request.form):
        saved = front_door.save_page(
            get_session(), held_secret(), page, form.values(), utc_now(), base_url()
        )
        return redirect(_after(page, saved))
    return _show(page, referral, form)


def _begin() -> ResponseReturnValue:
    """Ask the first question of all; a draft begins with its answer."""
    form = DangerForm()
    if not form.validate_on_submit():
        values = {"page": "danger", "position": 1, "pages": 0, "back": url_for(".start")}
        page = render_template(
            "front_door/page.html", form=form, heading=form.heading, lead="", is_self=True,
            can_stop=False, **values,
        )  # fmt: skip
        return page, 422 if form.errors else 200
    danger = Danger(form.danger.data)
    _, secret = front_door.start(get_session(), danger, utc_now(), base_url())
    session[HELD] = secret
    session.pop(SENT, None)
    return redirect(_after_danger(danger, ReferralSource.SELF))


def _is_right(page: str, referral: Referral, form: PageForm) -> bool:
    """Ask what only the answers together can tell."""
    answers = {**referral.answers, **form.values()}
    refusals = referral_form.page_refusals(page, answers, today())
    if refusals:
        show_refusals(form, Refused(refusals))
    return not refusals


def _show(page: str, referral: Referral, form: PageForm, **more: Any) -> ResponseReturnValue:
    order = referral_form.pages_for(referral.source)
    words = words_for(referral)
    values = {
        "page": page,
        "position": order.index(page) + 1,
        "pages": len(order),
        "heading": form.heading if words["is_self"] else form.others_heading or form.heading,
        "lead": form.lead if words["is_self"] else form.others_lead,
        "back": _before(page, order),
        "can_stop": True,
        **words,
        **more,
    }
    template = "children" if page == "children" else "page"
    shown = render_template(f"front_door/{template}.html", form=form, **values)
    return shown, 422 if form.errors or form.form_errors else 200


def _before(page: str, order: tuple[str, ...]) -> str:
    if request.args.get("from") == "check":
        return url_for(".check")
    index = order.index(page)
    return url_for(".page", page=order[index - 1]) if index else url_for(".start")


def _after(page: str, referral: Referral) -> str:
    """Lead on to the next page, to the check, or to where one learns how to come back."""
    if "later" in request.form:
        return url_for(".saved")
    if page == "danger":
        return _after_danger(referral.danger, referral.source)
    order = referral_form.pages_for(referral.source)
    following = order[order.index(page) + 1 :]
    from_check = request.args.get("from") == "check"
    if from_check and page == "reach":  # what is safe is asked anew for a new number
        return url_for(".page", page="safe", **{"from": "check"})
    if from_check or not following:
        return url_for(".check")
    return url_for(".page", page=following[0])


def _after_danger(danger: Danger | None, source: ReferralSource) -> str:
    if referral_form.is_danger(danger):
        return url_for(".danger_now")
    return url_for(".page", page=referral_form.pages_for(source)[1])


def _children(referral: Referral) -> ResponseReturnValue:
    form = form_of("children", referral)
    if not isinstance(form, ChildForm):
        raise TypeError("the page of children has a form of its own")
    given = referral.answers.get("children") or ()
    if request.method == "POST" and form.is_blank and ("later" in request.form or given):
        return redirect(_after("children", referral))
    if form.validate_on_submit():
        try:
            front_door.add_child(
                get_session(), held_secret(), form.child_name.data or "", form.child_age.data or 0,
                utc_now(),
            )  # fmt: skip
            again = url_for(".page", page="children", **request.args)
            return redirect(again if "more" in request.form else _after("children", referral))
        except Refused as refused:
            if tokens.LINK_USED in refused.refusals:
                raise
            show_refusals(form, refused)
    return _show("children", referral, form, children=given)


@bp.post("/children/<int:position>/remove")
@limiter.limit("60 per minute")
@with_draft
def remove_child(position: int) -> ResponseReturnValue:
    front_door.remove_child(get_session(), held_secret(), position, utc_now())
    return redirect(url_for(".page", page="children"))


@bp.get("/danger-now")
@with_draft
def danger_now() -> ResponseReturnValue:
    referral = find_draft()
    onward = url_for(".page", page=referral_form.pages_for(referral.source)[1])
    return render_template("front_door/danger_now.html", onward=onward, **words_for(referral))


@bp.route("/saved", methods=["GET", "POST"])
@limiter.limit("3 per minute", methods=["POST"])
@limiter.limit("10 per hour", methods=["POST"])
@with_draft
def saved() -> ResponseReturnValue:
    """Say how to come back, and send the link where that is safe."""
    referral = find_draft()
    form = ButtonForm()
    is_sent = request.method == "POST" and form.validate_on_submit()
    if is_sent:
        front_door.send_link(get_session(), held_secret(), utc_now(), base_url())
    scheme = get_scheme(get_session())
    is_self = referral.source == ReferralSource.SELF
    return render_template(
        "front_door/saved.html",
        form=form,
        is_sent=is_sent,
        may_send=is_email_safe(referral) and is_self,
        email=referral.answers.get("email", ""),
        days=scheme.referral_draft_days if is_self else scheme.referral_form_days,
        hours=referral_links.BROWSER_HOURS,
        onward=_onward(referral),
        **words_for(referral),
    )


def _onward(referral: Referral) -> str:
    missing = referral_form.missing_pages(referral.source, referral.answers, today())
    return url_for(".page", page=missing[0]) if missing else url_for(".check")


@bp.route("/check", methods=["GET", "POST"])
@limiter.limit("30 per minute")
@with_draft
def check() -> ResponseReturnValue:
    form = ButtonForm()
    secret = held_secret()
    if form.validate_on_submit():
        try:
            done = _sent_now_or_before(secret)
            session.pop(HELD, None)
            session[SENT] = asdict(done)
            return redirect(url_for(".sent"))
        except Refused as refused:
            if tokens.LINK_USED in refused.refusals:
                raise
            show_refusals(form, refused)
    referral = find_draft()
    order = referral_form.pages_for(referral.source)
    missing = referral_form.missing_pages(referral.source, referral.answers, today())
    shown = render_template(
        "front_door/check.html",
        form=form,
        sections=answer_sections(referral, can_change=True),
        missing=missing,
        back=url_for(".page", page=order[-1]),
        **words_for(referral),
    )
    return shown, 422 if form.form_errors else 200


def _sent_now_or_before(secret: str) -> front_door.Sent:
    """Send the form; the second of two clicks, even at once, finds what the first did."""
    if before := front_door.was_sent(get_session(), secret):
        return before
    try:
        return front_door.send(get_session(), secret, utc_now(), today(), base_url())
    except Refused:
        get_session().expire_all()
        if meanwhile := front_door.was_sent(get_session(), secret):
            return meanwhile
        raise


@bp.get("/sent")
def sent() -> ResponseReturnValue:
    done = session.pop(SENT, None)  # shown once: somebody else may use this browser next
    if not done:
        return redirect(url_for(".start"))
    return render_template("front_door/sent.html", done=done, family_page=not done["professional"])


@bp.route("/stop", methods=["GET", "POST"])
@limiter.limit("20 per minute")
@with_draft
def stop() -> ResponseReturnValue:
    """Throw away what was typed."""
    referral = find_draft()
    form = ButtonForm()
    if form.validate_on_submit():
        front_door.delete_draft(get_session(), held_secret(), utc_now())
        session.pop(HELD, None)
        return render_template("front_door/stopped.html", **words_for(referral))
    return render_template("front_door/stop.html", form=form, **words_for(referral))


@bp.route("/go-on/<secret>", methods=["GET", "POST"])
@limiter.limit("30 per minute")
@with_draft
def go_on(secret: str) -> ResponseReturnValue:
    """Take a draft up again; opening the page alone uses nothing up, as mail programs do that."""
    kind = ReferralLinkKind.RESUME
    form = ButtonForm()
    if form.validate_on_submit():
        session[HELD] = referral_links.open_draft(get_session(), secret, kind, utc_now())
        return redirect(_onward(find_draft()))
    referral_links.find_draft(get_session(), secret, kind, utc_now())
    return render_template("front_door/go_on.html", form=form)
