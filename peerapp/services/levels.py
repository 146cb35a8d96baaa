"""The four levels of need in the scheme's own words and colours."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from peerapp.domain.family_records import LEVELS
from peerapp.enums import LevelColour, Role
from peerapp.errors import Forbidden, Refusal, Refused
from peerapp.models import Account, Scheme
from peerapp.services import audit
from peerapp.services.schemes import lock_scheme


def set_levels(
    session: Session, actor: Account, labels: Sequence[str], colours: Sequence[str]
) -> Scheme:
    """Set what the levels are called and in which colours they are shown; level 1 first.

    Raises
    ------
    Refused
        Two levels have one name, or a colour is none of ours.
    """
    if actor.role != Role.MANAGER:
        raise Forbidden("only a manager names the levels")
    names = [label.strip() for label in labels]
    if len(names) != len(LEVELS) or len({name.casefold() for name in names}) != len(LEVELS):
        message = "Give each of the four levels a name of its own."
        raise Refused([Refusal("levels_alike", message)])
    known = {colour.value for colour in LevelColour}
    if len(colours) != len(LEVELS) or not set(colours) <= known:
        raise Refused([Refusal("colour_unknown", "Choose a colour for each level.")])
    scheme = lock_scheme(session)
    if scheme.level_labels != names or scheme.level_colours != list(colours):
        scheme.level_labels, scheme.level_colours = names, list(colours)
        audit.record_change(session, actor, "scheme.set_levels", scheme)
    return scheme
