"""Staff sign in with their council account, by OpenID Connect; off until it is set up.

The provider sends the browser back by GET, and a GET changes nothing here: the page has a button,
and only that trades the code for the provider's word.
"""

from __future__ import annotations

import hmac

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from peerapp import factor_gate, replays
from peerapp.config import CouncilSignIn
from peerapp.db import get_session
from peerapp.enums import FactorKind, SignedInBy
from peerapp.errors import Refused
from peerapp.extensions import current_settings, limiter
from peerapp.logs import log
from peerapp.models import utc_now
from peerapp.services import council_proofs, council_sign_in, second_factors
from peerapp.services.council_proofs import CouncilSignInError, CouncilUnavailable, Proof
from peerapp.views.auth import home_of, start

bp = Blueprint("council", __name__, url_prefix="/sign-in/council")
HELD = "council_sign_in"
LONGEST_CODE = 2000


def _council() -> CouncilSignIn:
    found = current_settings().council
    if found is None:
        abort(404)
    return found


def _redirect_uri() -> str:
    return current_settings().base_url + url_for("council.done")


@bp.get("")
@limiter.limit("20 per minute")
def begin() -> ResponseReturnValue:
    """Send the browser to the council."""
    council = _council()
    try:
        begun = council_proofs.begin(council, _redirect_uri())
    except CouncilSignInError as error:
        return _refused(error)
    session[HELD] = {"state": begun.state, "nonce": begun.nonce, "verifier": begun.verifier}
    return redirect(begun.address)


@bp.get("/done")
@limiter.limit("20 per minute")
def done() -> ResponseReturnValue:
    """Take the browser back, if it is the one that was sent; then a button goes on."""
    _council()
    held, code = session.get(HELD, {}), request.args.get("code", "")
    state = request.args.get("state", "")
    is_ours = hmac.compare_digest(state.encode(), str(held.get("state", "")).encode())
    if not (state and is_ours and 0 < len(code) <= LONGEST_CODE):
        session.pop(HELD, None)
        return _refused(CouncilSignInError("state" if not is_ours or not state else "code"))
    session[HELD] = {**held, "code": code}
    return render_template("council/done.html")


@bp.post("/done")
@limiter.limit("20 per minute")
def finish() -> ResponseReturnValue:
    """Trade the code for the council's word, and open the account that it is for."""
    council, held = _council(), session.pop(HELD, {})
    if "code" not in held:
        return _refused(CouncilSignInError("state"))
    now = utc_now()
    replays.let_it_stand()  # the council takes a code once
    try:
        proof = council_proofs.finish(
            council, _redirect_uri(), held["code"], held["verifier"], held["nonce"], now
        )
        account = council_sign_in.open_account(get_session(), council.issuer, proof, now)
    except CouncilSignInError as error:
        return _refused(error)
    except Refused as refused:
        return _refused(CouncilSignInError(refused.refusals[0].code))
    start(account.id, SignedInBy.COUNCIL)
    _count_as_factor(proof)
    return redirect(home_of(account))


def _count_as_factor(proof: Proof) -> None:
    """Let the council's second factor count as ours, where its word says that it asked for one."""
    if not proof.second_factor:
        return
    login = factor_gate.current_login()
    kind, now = FactorKind.COUNCIL, utc_now()
    factor_gate.enter(login, second_factors.pass_factor(get_session(), login, kind, now))


def _refused(error: CouncilSignInError) -> ResponseReturnValue:
    """Say that it did not work; why stands in the log, without anything of the answer."""
    log.warning("council_sign_in_refused", why=error.code)
    status = 503 if isinstance(error, CouncilUnavailable) else 403
    return render_template("council/refused.html", is_away=status == 503), status
