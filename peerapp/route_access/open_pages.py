"""Pages that anyone may open, some of them by a secret link."""

from __future__ import annotations

from peerapp.route_access.kinds import (
    PUBLIC,
    SIGNED_IN,
    Access,
)

ROUTES: dict[str, Access] = {
    # files
    "static": PUBLIC,
    # public
    "public.index": PUBLIC,
    "public.accessibility": PUBLIC,
    "public.privacy": PUBLIC,
    "public.cookies": PUBLIC,
    "public.danger": PUBLIC,
    # health
    "health.live": PUBLIC,
    "health.ready": PUBLIC,
    # the front door
    "front_door.start": PUBLIC,
    "front_door.professional": PUBLIC,
    "front_door.page": PUBLIC,
    "front_door.remove_child": PUBLIC,
    "front_door.danger_now": PUBLIC,
    "front_door.saved": PUBLIC,
    "front_door.check": PUBLIC,
    "front_door.sent": PUBLIC,
    "front_door.stop": PUBLIC,
    "front_door.go_on": PUBLIC,
    # the front door
    "referrer.form": PUBLIC,
    "referrer.outcome": PUBLIC,
    # auth
    "auth.sign_in": PUBLIC,
    "auth.sign_out": SIGNED_IN,
    "auth.leave": PUBLIC,
    "auth.sign_up": PUBLIC,
    "auth.sign_up_sent": PUBLIC,
    "auth.confirm": PUBLIC,
    "auth.invitation": PUBLIC,
    "auth.forgot": PUBLIC,
    "auth.reset": PUBLIC,
    # a referee, by a link
    "referee.start": PUBLIC,
    "referee.page": PUBLIC,
    "referee.saved": PUBLIC,
    "referee.check": PUBLIC,
    "referee.sent": PUBLIC,
    "referee.decline": PUBLIC,
    "referee.declined": PUBLIC,
}
