"""Passkeys: what browsers and security keys say to each other, by the `webauthn` package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

MAX_LENGTH = 20_000


class PasskeyRejected(Exception):
    """What a browser sent proves nothing."""


@dataclass(frozen=True)
class Place:
    """The site as passkeys know it: they are bound to its name, and sign its origin."""

    host: str
    origin: str


@dataclass(frozen=True)
class NewKey:
    """A passkey that was just made."""

    credential_id: str
    public_key: bytes
    sign_count: int


@dataclass(frozen=True)
class Used:
    """A passkey that was just used: which one, and whose it says that it is."""

    credential_id: str
    user_handle: bytes | None


def origin_of(base_url: str) -> str:
    """Return the origin of an address: scheme, host and port."""
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}"


def creation_options(
    place: Place, challenge: str, owner: bytes, label: str, service: str, known: Sequence[str]
) -> str:
    """Return what a browser needs to make a passkey, as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=place.host,
        rp_name=service,
        user_id=owner,
        user_name=label,
        user_display_name=label,
        challenge=base64url_to_bytes(challenge),
        exclude_credentials=_descriptors(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    return webauthn.options_to_json(options)


def request_options(place: Place, challenge: str, known: Sequence[str], *, alone: bool) -> str:
    """Return what a browser needs to use a passkey, as JSON.

    ``alone``: the passkey is the only factor, so that it must ask for a PIN or a finger itself.
    """
    wanted = (
        UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.PREFERRED
    )
    options = webauthn.generate_authentication_options(
        rp_id=place.host,
        challenge=base64url_to_bytes(challenge),
        allow_credentials=_descriptors(known),
        user_verification=wanted,
    )
    return webauthn.options_to_json(options)


def _descriptors(known: Sequence[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known]


def check_new(answer: str, place: Place, challenge: str) -> NewKey:
    """Check what a browser sent after making a passkey.

    Raises
    ------
    PasskeyRejected
        It was made for another site or challenge, or is not well-formed.
    """
    try:
        found = webauthn.verify_registration_response(
            credential=_short(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=place.host,
            expected_origin=place.origin,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRejected(type(error).__name__) from error
    credential_id = bytes_to_base64url(found.credential_id)
    return NewKey(credential_id, found.credential_public_key, found.sign_count)


def read_use(answer: str) -> Used:
    """Return which passkey a browser says it used; nothing is proved yet.

    Raises
    ------
    PasskeyRejected
        It is not well-formed.
    """
    try:
        found = webauthn.helpers.parse_authentication_credential_json(_short(answer))
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRejected(type(error).__name__) from error
    return Used(bytes_to_base64url(found.raw_id), found.response.user_handle)


def check_use(
    answer: str, place: Place, challenge: str, public_key: bytes, count: int, *, alone: bool
) -> int:
    """Check the signature of a passkey and return its counter.

    Raises
    ------
    PasskeyRejected
        The signature, the site, the challenge or the counter is not right; or, where the passkey
        is the only factor, it did not ask who holds it.
    """
    try:
        found = webauthn.verify_authentication_response(
            credential=_short(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=public_key,
            credential_current_sign_count=count,
            require_user_verification=alone,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRejected(type(error).__name__) from error
    return found.new_sign_count


def _short(answer: str) -> str:
    if len(answer) > MAX_LENGTH:
        raise PasskeyRejected("too long")
    return answer
