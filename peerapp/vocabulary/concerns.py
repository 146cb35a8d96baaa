"""Safeguarding concerns: the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from peerapp.enums import concerns as e

LABELS: Mapping[type[StrEnum], Mapping[str, str]] = {
    e.ConcernAbout: {
        "child": "A child",
        "family_adult": "An adult in a family",
        "coach": "A coach or another volunteer",
        "staff": "Somebody who works for the scheme",
        "somebody_else": "Somebody else",
    },
    e.ConcernState: {
        "new": "Not read yet",
        "acknowledged": "Being looked into",
        "closed": "Closed",
    },
    e.ConcernStep: {
        "raised": "Raised",
        "escalated": "Nobody had read it in time: leads and managers told",
        "acknowledged": "Read by the safeguarding lead",
        "noted": "Note",
        "contact_stopped": "Contact stopped",
        "contact_resumed": "Contact allowed again",
        "closed": "Closed",
    },
    e.ConcernOutcome: {
        "social_care": "Passed on to children’s social care",
        "police": "Passed on to the police",
        "lado": "Passed on to the LADO (a worry about a volunteer or member of staff)",
        "support": "Support arranged by the scheme",
        "nothing_more": "Looked into, nothing more to do",
    },
}
