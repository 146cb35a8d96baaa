"""A stand-in for a council's identity provider, behind OpenID Connect, on this machine only.

It asks for no password: whoever opens it picks who to be. It can be told to answer rightly, or
wrongly in any of the ways in which a token can be wrong.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

HOST = "127.0.0.1"
Environ = Mapping[str, Any]
Start = Callable[[str, list[tuple[str, str]]], object]


class Told(StrEnum):
    """How the stand-in answers."""

    RIGHT = "right"
    WRONG_NONCE = "wrong_nonce"
    NO_NONCE = "no_nonce"
    WRONG_AUDIENCE = "wrong_audience"
    OTHER_PARTY = "other_party"
    WRONG_ISSUER = "wrong_issuer"
    EXPIRED = "expired"
    FROM_THE_FUTURE = "from_the_future"
    NO_EXPIRY = "no_expiry"
    UNVERIFIED = "unverified"
    VERIFIED_AS_TEXT = "verified_as_text"
    NO_EMAIL = "no_email"
    ALG_NONE = "alg_none"
    ALG_SHARED = "alg_shared"
    OTHER_KEY = "other_key"
    NO_TOKEN = "no_token"
    SERVER_ERROR = "server_error"
    OTHER_METADATA = "other_metadata"


CLAIMS: dict[Told, dict[str, Any]] = {
    Told.WRONG_NONCE: {"nonce": "another"},
    Told.NO_NONCE: {"nonce": None},
    Told.WRONG_AUDIENCE: {"aud": "another-client"},
    Told.OTHER_PARTY: {"aud": ["peerapp", "another"], "azp": "another"},
    Told.WRONG_ISSUER: {"iss": "https://another.example"},
    Told.EXPIRED: {"exp": 1},
    Told.FROM_THE_FUTURE: {"iat": 99_999_999_999},
    Told.NO_EXPIRY: {"exp": None},
    Told.UNVERIFIED: {"email_verified": False},
    Told.VERIFIED_AS_TEXT: {"email_verified": "true"},
    Told.NO_EMAIL: {"email": None},
}
"""What is changed in the claims; None takes one away."""


@dataclass
class Provider:
    """What the stand-in knows, and how it answers."""

    emails: Sequence[str]
    client_id: str = "peerapp"
    client_secret: str = "a secret between two stand-ins"
    told: Told = Told.RIGHT
    claims: dict[str, Any] = field(default_factory=dict)
    issuer: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    clock: Callable[[], float] = time.time
    _key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    _other: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))

    def __call__(self, environ: Environ, start: Start) -> list[bytes]:
        """Answer a request, as WSGI has it."""
        pages = {
            "/.well-known/openid-configuration": self._metadata,
            "/keys": self._keys,
            "/authorise": self._authorise,
            "/token": self._token,
        }
        page = pages.get(str(environ["PATH_INFO"]))
        if page is None:
            start("404 Not Found", [])
            return [b""]
        status, content_type, text = page(environ)
        headers = [("Content-Type", content_type)]
        if status.startswith("302"):
            headers, text = [("Location", text)], ""
        start(status, headers)
        return [text.encode()]

    def _metadata(self, _: Environ) -> tuple[str, str, str]:
        issuer = "https://another.example" if self.told is Told.OTHER_METADATA else self.issuer
        return _json(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{self.issuer}/authorise",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    def _keys(self, _: Environ) -> tuple[str, str, str]:
        return _json(dict(KeySet([self._key]).as_dict(private=False)))

    def _authorise(self, environ: Environ) -> tuple[str, str, str]:
        """Show who one may be; picked, the browser goes back with a code."""
        asked = {name: one[0] for name, one in parse_qs(str(environ["QUERY_STRING"])).items()}
        if asked.get("client_id") != self.client_id or asked.get("response_type") != "code":
            return "400 Bad Request", "text/plain", "not a client, or not a code"
        if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
            return "400 Bad Request", "text/plain", "no challenge"
        picked = asked.pop("as", "")
        if picked in self.emails:
            code = secrets.token_urlsafe(16)
            self.codes[code] = {**asked, "email": picked}
            back = urlencode({"code": code, "state": asked.get("state", "")})
            return "302 Found", "", f"{asked['redirect_uri']}?{back}"
        links = "".join(
            f'<li><a href="?{html.escape(urlencode({**asked, "as": one}))}">{html.escape(one)}</a>'
            for one in self.emails
        )
        page = f"<!doctype html><title>Stand-in</title><h1>Who are you?</h1><ul>{links}</ul>"
        return "200 OK", "text/html; charset=utf-8", page

    def _token(self, environ: Environ) -> tuple[str, str, str]:
        """Trade a code, once, for a token."""
        if self.told is Told.SERVER_ERROR:
            return "500 Internal Server Error", "text/plain", "out of order"
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
        given = {name: one[0] for name, one in parse_qs(body).items()}
        begun = self.codes.pop(given.get("code", ""), None)
        if begun is None or not self._is_client(environ) or not _fits(begun, given):
            return _json({"error": "invalid_grant"}, "400 Bad Request")
        answer = {"access_token": secrets.token_urlsafe(8), "token_type": "Bearer"}
        if self.told is not Told.NO_TOKEN:
            answer["id_token"] = self._sign(self._claims_for(begun))
        return _json(answer)

    def _is_client(self, environ: Environ) -> bool:
        pair = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        return bool(environ.get("HTTP_AUTHORIZATION") == f"Basic {pair}")

    def _claims_for(self, begun: Mapping[str, str]) -> dict[str, Any]:
        now, email = int(self.clock()), begun["email"]
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": hashlib.sha256(email.encode()).hexdigest(),
            "iat": now,
            "exp": now + 300,
            "nonce": begun.get("nonce"),
            "email": email,
            "email_verified": True,
            **self.claims,
            **CLAIMS.get(self.told, {}),
        }
        return {name: value for name, value in claims.items() if value is not None}

    def _sign(self, claims: dict[str, Any]) -> str:
        if self.told is Told.ALG_NONE:
            parts = ({"alg": "none", "kid": "one"}, claims)
            return ".".join(_part(json.dumps(part).encode()) for part in parts) + "."
        if self.told is Told.ALG_SHARED:
            parts = ({"alg": "HS256", "kid": "one"}, claims)
            text = ".".join(_part(json.dumps(part).encode()) for part in parts)
            public = self._key.as_pem(private=False)  # which everybody knows
            return f"{text}.{_part(hmac.digest(public, text.encode(), 'sha256'))}"
        key = self._other if self.told is Told.OTHER_KEY else self._key
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)


def _json(found: Mapping[str, Any], status: str = "200 OK") -> tuple[str, str, str]:
    return status, "application/json", json.dumps(found)


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _fits(begun: Mapping[str, str], given: Mapping[str, str]) -> bool:
    """Say whether a code comes back from who asked for it: PKCE, and the same way back."""
    digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
    same_way = begun.get("redirect_uri") == given.get("redirect_uri")
    return same_way and begun["code_challenge"] == _part(digest)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Log nothing: addresses hold codes."""


@contextmanager
def running(provider: Provider, port: int = 0) -> Iterator[str]:
    """Run the stand-in beside the caller; gives its issuer."""
    server = make_server(HOST, port, provider, handler_class=_Quiet)  # type: ignore[arg-type]
    provider.issuer = f"http://{HOST}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider.issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def pick(address: str, email: str) -> str:
    """Return the address that a browser opens to be somebody, as a click on a name does."""
    parts = urlsplit(address)
    return parts._replace(query=f"{parts.query}&{urlencode({'as': email})}").geturl()
