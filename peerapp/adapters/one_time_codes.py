"""Codes of authenticator apps (TOTP, RFC 6238): six digits that change every 30 seconds."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp
import segno

STEP_SECONDS = 30
DRIFT_STEPS = 1
DIGITS = 6


def new_secret() -> str:
    """Return a new secret of 160 bits, in base 32."""
    return pyotp.random_base32()


def step_at(moment: datetime) -> int:
    """Return the number of the step of 30 seconds in which ``moment`` lies."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """Return the code of a step."""
    return str(pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).at(step * STEP_SECONDS))


def find_step(secret: str, code: str, now: datetime, after: int) -> int | None:
    """Return the step that a code belongs to, or None where it is not right now.

    Spaces that apps show in a code do not matter. A clock may be off by one step. Codes of the
    step ``after`` and earlier ones are used up.
    """
    found, typed = None, "".join(code.split()).encode()
    for step in range(step_at(now) - DRIFT_STEPS, step_at(now) + DRIFT_STEPS + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), typed) and step > after:
            found = step
    return found


def address_of(secret: str, label: str, issuer: str) -> str:
    """Return the ``otpauth`` address that an app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=label, issuer_name=issuer or None)


def picture_of(address: str) -> str:
    """Return an address as a QR code: SVG to stand in a page, without styles and data addresses."""
    code = segno.make(address, error="m", micro=False)
    return code.svg_inline(border=4, light="#fff", svgclass="app-qr", lineclass=None, omitsize=True)
