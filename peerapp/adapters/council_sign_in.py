"""The council's identity provider, asked by OpenID Connect: authorisation code with PKCE.

Authlib comes with the extra ``oidc`` and is imported when it is first needed: the site works
without it. What the provider says is believed only where its signature, issuer, audience, nonce
and times are exactly as they must be.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from peerapp.config import LOOPBACK, CouncilSignIn

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384"]
"""With a public key only: a shared secret, or none, would let others sign."""
LEEWAY = timedelta(seconds=60)
TIMEOUT = 5
LONGEST_ANSWER = 100_000


class CouncilSignInError(Exception):
    """The provider's answer is not to be believed; ``code`` says why, and holds nothing of it."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class CouncilUnavailable(CouncilSignInError):
    """The provider could not be reached, or made no sense."""


@dataclass(frozen=True)
class Begun:
    """What a browser holds while its owner signs in with the council."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Proof:
    """Whom the council vouches for.

    Attributes
    ----------
    subject
        The provider's own name for the person; it stays when the email address changes.
    second_factor
        The provider says that it asked for one, by a claim that the settings name.
    """

    subject: str
    email: str
    second_factor: bool


def begin(council: CouncilSignIn, redirect_uri: str) -> Begun:
    """Return the address to send a browser to, and what it must hold meanwhile."""
    with _client(council, redirect_uri) as client:
        endpoint = _metadata(client, council)["authorization_endpoint"]
        nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        address, state = client.create_authorization_url(
            endpoint, nonce=nonce, code_verifier=verifier
        )
    return Begun(address, state, nonce, verifier)


def finish(
    council: CouncilSignIn,
    redirect_uri: str,
    code: str,
    verifier: str,
    nonce: str,
    now: datetime,
) -> Proof:
    """Trade a code for the provider's word, and check that.

    Raises
    ------
    CouncilSignInError
        It is not to be believed.
    """
    with _client(council, redirect_uri) as client:
        metadata = _metadata(client, council)
        token = _fetch(client, metadata["token_endpoint"], code, verifier)
        keys = _get(client, metadata["jwks_uri"])
    claims = _signed_claims(token, keys)
    check_claims(claims, council, nonce, now)
    return Proof(str(claims["sub"]), str(claims["email"]), _has_second_factor(claims, council))


def _client(council: CouncilSignIn, redirect_uri: str) -> Any:
    from authlib.integrations.requests_client import OAuth2Session

    return OAuth2Session(
        council.client_id,
        council.client_secret,
        scope="openid email",
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
    )


def _metadata(client: Any, council: CouncilSignIn) -> Mapping[str, str]:
    """Read where the provider is asked what; it must be who the settings say."""
    found = _get(client, f"{council.issuer}/.well-known/openid-configuration")
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if found.get("issuer") != council.issuer:
        raise CouncilSignInError("issuer")
    if not all(_is_safe(found.get(name)) for name in names):
        raise CouncilUnavailable("metadata")
    return {name: str(found[name]) for name in names}


def _is_safe(address: object) -> bool:
    if not isinstance(address, str):
        return False
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _get(client: Any, address: str) -> dict[str, Any]:
    """Fetch a small JSON object; redirects are not followed."""
    import requests

    try:
        answer = client.request(
            "GET", address, withhold_token=True, allow_redirects=False, timeout=TIMEOUT
        )
        found = answer.json() if len(answer.content) <= LONGEST_ANSWER else None
    except (requests.RequestException, ValueError) as error:
        raise CouncilUnavailable("unreachable") from error
    if answer.status_code != 200 or not isinstance(found, dict):
        raise CouncilUnavailable("answer")
    return found


def _fetch(client: Any, endpoint: str, code: str, verifier: str) -> str:
    """Return the identity token that a code is traded for; a code is good once."""
    import requests
    from authlib.common.errors import AuthlibBaseError

    try:
        answer = client.fetch_token(
            endpoint, code=code, code_verifier=verifier, timeout=TIMEOUT, allow_redirects=False
        )
    except AuthlibBaseError as error:
        raise CouncilSignInError("code") from error
    except (requests.RequestException, ValueError, TypeError) as error:
        raise CouncilUnavailable("unreachable") from error
    token = answer.get("id_token")
    if not isinstance(token, str) or len(token) > LONGEST_ANSWER:
        raise CouncilSignInError("no_token")
    return token


def _signed_claims(token: str, keys: dict[str, Any]) -> Mapping[str, Any]:
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        key_set = KeySet.import_key_set(keys)  # type: ignore[arg-type]
        return jwt.decode(token, key_set, algorithms=ALGORITHMS).claims
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise CouncilSignInError("signature") from error


def check_claims(
    claims: Mapping[str, Any], council: CouncilSignIn, nonce: str, now: datetime
) -> None:
    """Check all that an identity token says about where it is from, for whom and for when.

    Raises
    ------
    CouncilSignInError
        Its code names the first claim that is not as it must be.
    """
    audience = claims.get("aud")
    others = isinstance(audience, list) and len(audience) > 1
    email, subject = claims.get("email"), claims.get("sub")
    given = str(claims.get("nonce", ""))
    checks = {
        "issuer": claims.get("iss") == council.issuer,
        "audience": audience == council.client_id
        or (isinstance(audience, list) and council.client_id in audience),
        "party": claims.get("azp", None if others else council.client_id) == council.client_id,
        "expired": _at(claims, "exp") > now.timestamp() - LEEWAY.total_seconds(),
        "issued": 0 < _at(claims, "iat") <= now.timestamp() + LEEWAY.total_seconds(),
        "nonce": bool(nonce) and hmac.compare_digest(given.encode(), nonce.encode()),
        "subject": isinstance(subject, str) and 0 < len(subject) <= 255,
        "email": isinstance(email, str) and "@" in email,
        "unverified": claims.get("email_verified") is True,
    }
    for code, holds in checks.items():
        if not holds:
            raise CouncilSignInError(code)


def _at(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and value is not None else 0.0


def _has_second_factor(claims: Mapping[str, Any], council: CouncilSignIn) -> bool:
    """Say whether the provider asked for a second factor, by a claim that the settings name."""
    amr = claims.get("amr")
    methods = {one for one in amr if isinstance(one, str)} if isinstance(amr, list) else set()
    return bool(methods & council.second_factor_amr) or claims.get("acr") in (
        council.second_factor_acr
    )
