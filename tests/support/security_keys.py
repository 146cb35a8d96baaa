"""A security key of tests: makes passkeys and signs with them, as WebAuthn says, in software."""

from __future__ import annotations

import hashlib
import json
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, NEW_KEY = 0x01, 0x04, 0x40


class SecurityKey:
    """One passkey of one account.

    Parameters
    ----------
    origin, host
        What the browser says that the site is.
    verifies
        Whether the key asks for a PIN or a finger before it signs.
    """

    def __init__(
        self,
        origin: str = "https://scheme.example",
        host: str = "scheme.example",
        *,
        verifies: bool = True,
    ) -> None:
        self.origin, self.host, self.verifies = origin, host, verifies
        self.id = secrets.token_bytes(16)
        self.count = 0
        self.owner = b""
        self._key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options: str) -> str:
        """Answer a question for a new passkey."""
        asked = json.loads(options)
        self.owner = base64url_to_bytes(asked["user"]["id"])
        client = self._client("webauthn.create", asked["challenge"])
        length = len(self.id).to_bytes(2, "big")
        public = bytes(16) + length + self.id + encode_cbor(self._public())
        whole = encode_cbor(
            {"fmt": "none", "attStmt": {}, "authData": self._state(NEW_KEY) + public}
        )
        return self._answer({"clientDataJSON": client, "attestationObject": whole})

    def sign(self, options: str, *, count: int = 1) -> str:
        """Answer a question for this passkey; ``count`` is how far its counter moves."""
        self.count += count
        client = self._client("webauthn.get", json.loads(options)["challenge"])
        state = self._state(0)
        signed = self._key.sign(state + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": client,
                "authenticatorData": state,
                "signature": signed,
                "userHandle": self.owner,
            }
        )

    def _public(self) -> dict[int, int | bytes]:
        """Return the public key in COSE: ES256 on P-256."""
        numbers = self._key.public_key().public_numbers()
        x, y = (one.to_bytes(32, "big") for one in (numbers.x, numbers.y))
        return {1: 2, 3: -7, -1: 1, -2: x, -3: y}

    def _state(self, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _answer(self, response: dict[str, bytes]) -> str:
        own = bytes_to_base64url(self.id)
        texts = {name: bytes_to_base64url(value) for name, value in response.items()}
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": texts})
