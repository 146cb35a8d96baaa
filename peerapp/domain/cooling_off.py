"""When an adult of a supported family may become a volunteer: yes or no, and from which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from peerapp.domain.certificates import add_months
from peerapp.enums import FamilyState
from peerapp.models import Family


@dataclass(frozen=True)
class CoolingOff:
    """The whole answer; ``from_day`` is None while the family is supported."""

    may_apply: bool
    from_day: date | None


def cooling_off(family: Family, closed_on: date, today: date) -> CoolingOff:
    """Say whether an adult of the family may apply today; the first day counts."""
    if family.state != FamilyState.CLOSED:
        return CoolingOff(False, None)
    from_day = add_months(closed_on, family.scheme.family_cooling_off_months)
    return CoolingOff(today >= from_day, from_day)
