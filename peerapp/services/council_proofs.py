"""The council's word on who somebody is, as views ask for it."""

from peerapp.adapters.council_sign_in import (
    CouncilSignInError,
    CouncilUnavailable,
    Proof,
    begin,
    finish,
)

__all__ = ["CouncilSignInError", "CouncilUnavailable", "Proof", "begin", "finish"]
