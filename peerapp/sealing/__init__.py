"""Sealing of personal values: what one key is for, and where keys are kept. Pure; no database."""

from peerapp.sealing.cipher import Broken, PersonKey, SealError, seal, sealed_by, unseal
from peerapp.sealing.keyring import Keyring, KeyringError, MissingKey
from peerapp.sealing.source import load_keyring, make_keyring

__all__ = [
    "Broken",
    "Keyring",
    "KeyringError",
    "MissingKey",
    "PersonKey",
    "SealError",
    "load_keyring",
    "make_keyring",
    "seal",
    "sealed_by",
    "unseal",
]
