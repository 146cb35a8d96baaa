"""Pages that anyone may open, some of them by a secret link."""

from __future__ import annotations

from peerapp.enums import Role
from peerapp.route_access.kinds import (
    PUBLIC,
    SIGNED_IN,
    Access,
    Owed,
    has_role,
    signed_in,
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
    "browser_reports.report": PUBLIC,
    "browser_reports.security_txt": PUBLIC,
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
    "auth.sign_out": Access(signed_in, owed=Owed.GIVE),
    "auth.leave": PUBLIC,
    "auth.sign_up": PUBLIC,
    "auth.sign_up_sent": PUBLIC,
    "auth.confirm": PUBLIC,
    "auth.invitation": PUBLIC,
    "auth.forgot": PUBLIC,
    "auth.reset": PUBLIC,
    # second factors
    "second_factors.code": Access(signed_in, owed=Owed.GIVE),
    "second_factors.recovery_code": Access(signed_in, owed=Owed.GIVE),
    "second_factors.show": SIGNED_IN,
    "second_factors.set_up": Access(signed_in, owed=Owed.SET_UP).proved,
    "second_factors.start_app": Access(signed_in, owed=Owed.SET_UP).proved,
    "second_factors.app": Access(signed_in, owed=Owed.SET_UP).proved,
    "second_factors.remove_app": SIGNED_IN.proved,
    "second_factors.recovery_codes_page": SIGNED_IN.proved,
    "passkeys.ask_for_sign_in": PUBLIC,
    "passkeys.sign_in": PUBLIC,
    "passkeys.ask_for_factor": Access(signed_in, owed=Owed.GIVE),
    "passkeys.ask_for_new": Access(signed_in, owed=Owed.SET_UP).proved,
    "passkeys.add": Access(signed_in, owed=Owed.SET_UP).proved,
    "passkeys.remove": SIGNED_IN.proved,
    "sign_in_links.ask": PUBLIC,
    "sign_in_links.use": PUBLIC,
    "helped_access.use_code": PUBLIC,
    "council.begin": PUBLIC,
    "council.done": PUBLIC,
    "council.finish": PUBLIC,
    # the own account
    "account.show": SIGNED_IN,
    "account.password": SIGNED_IN,
    "account.link": Access(has_role(Role.VOLUNTEER, Role.FAMILY)),
    "account.signed_in": SIGNED_IN,
    "account.end_one": SIGNED_IN,
    "account.end_others": SIGNED_IN,
    # a referee, by a link
    "referee.start": PUBLIC,
    "referee.page": PUBLIC,
    "referee.saved": PUBLIC,
    "referee.check": PUBLIC,
    "referee.sent": PUBLIC,
    "referee.decline": PUBLIC,
    "referee.declined": PUBLIC,
}
