"""Duty cover and what takes two people: the words for people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from peerapp.enums import need_to_know as e

LABELS: Mapping[type[StrEnum], Mapping[str, str]] = {
    e.CoverVerdict: {
        "in_order": "In order",
        "look_into": "To be looked into",
    },
    e.TwoPersonAct: {
        "export_families": "File of families",
        "export_certificates": "File of certificates",
        "export_expenses": "Payment file",
        "lift_suspension": "Lifting a suspension",
        "erase": "Erasing a person",
        "reset_factors": "Resetting a second step",
    },
}
