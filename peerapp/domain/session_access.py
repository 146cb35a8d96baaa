"""Who meets the family on a day, and whether the session of that day may be shown now."""

from __future__ import annotations

from datetime import date, datetime

from peerapp.domain.match_states import contact_refusals, cover_refusals, steps_in
from peerapp.errors import Refusal
from peerapp.models import Match, MatchCover, Volunteer


def cover_on(match: Match, day: date, at: datetime | None = None) -> MatchCover | None:
    """Return the cover in which a backup coach steps in on a day, if there is one.

    Parameters
    ----------
    at
        A moment of that day: a cover that was stopped after it counted then, and still does.
    """
    past = (one for one in match.covers if at is not None and _stood(one, day, at))
    standing = (one for one in match.covers if steps_in(one, day))
    return next(past, None) or next(standing, None)


def _stood(cover: MatchCover, day: date, at: datetime) -> bool:
    """Say whether a cover that is stopped now was not yet at a moment of one of its days."""
    if cover.starts_on is None or cover.ends_on is None or cover.stopped_at is None:
        return False
    return cover.starts_on <= day <= cover.ends_on and at < cover.stopped_at


def coach_on(match: Match, day: date, at: datetime | None = None) -> Volunteer:
    """Return who meets the family on a day: the backup coach while they step in, or the coach.

    With the moment ``at`` of a session it is who met it: a cover that stops later, or is moved,
    does not hand on what has been.
    """
    cover = cover_on(match, day, at)
    return match.volunteer if cover is None else cover.volunteer


class Opening:
    """Whether sessions of a match may be shown today; asked anew for each request.

    On days on which a backup coach steps in, what is asked is whether family and backup may see
    how to reach each other then: that the coach is away does not matter on these days.
    """

    def __init__(self, match: Match, today: date) -> None:
        self.match = match
        self.today = today
        self._coach: list[Refusal] | None = None

    def is_open_on(self, day: date, at: datetime | None = None) -> bool:
        """Say whether the session of a day may be shown to whoever is to come to it.

        With the moment ``at`` at which it began, not after whoever came to it has been replaced.
        """
        if coach_on(self.match, day, at) is not coach_on(self.match, day):
            return False
        cover = cover_on(self.match, day)
        if cover is not None and cover.starts_on is not None:
            return not cover_refusals(self.match, cover, max(self.today, cover.starts_on))
        if self._coach is None:
            self._coach = contact_refusals(self.match, self.today)
        return not self._coach

    def may_share_on(self, day: date, at: datetime | None = None) -> bool:
        """Say whether a way to reach each other, such as a link, may be shown with the session.

        A backup coach gets none before the first day on which they step in.
        """
        cover = cover_on(self.match, day)
        has_begun = cover is None or cover.starts_on is None or cover.starts_on <= self.today
        return has_begun and self.is_open_on(day, at)
