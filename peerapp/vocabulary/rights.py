"""Rights over one's record: the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from peerapp.enums import rights as e

LABELS: Mapping[type[StrEnum], Mapping[str, str]] = {
    e.RightKind: {
        "access": "A copy of what you hold",
        "correct": "Put something right",
        "erase": "Erase what you hold",
        "complaint": "Complaint about data",
    },
    e.RightState: {
        "open": "Open",
        "released": "Read, to hand over",
        "done": "Done",
        "refused": "Refused",
    },
    e.RightStep: {
        "received": "Received",
        "acknowledged": "Acknowledged",
        "noted": "Note",
        "seen": "Who it is: seen in person, with a document",
        "called_back": "Who it is: called on the safe number of the record",
        "vouched": "Who it is: their worker spoke with them",
        "reviewed": "Read and released",
        "fetched": "File fetched",
        "done": "Done",
        "refused": "Refused",
    },
}
