"""Access outside one's own caseload, and what takes two people."""

from __future__ import annotations

from enum import StrEnum


class CoverVerdict(StrEnum):
    """What a manager found when they looked through an access on duty cover."""

    IN_ORDER = "in_order"
    LOOK_INTO = "look_into"


class TwoPersonAct(StrEnum):
    """What nobody does alone: one asks and says why, another agrees."""

    EXPORT_FAMILIES = "export_families"
    EXPORT_CERTIFICATES = "export_certificates"
    EXPORT_EXPENSES = "export_expenses"
    LIFT_SUSPENSION = "lift_suspension"
    ERASE = "erase"
    RESET_FACTORS = "reset_factors"
