"""Second factors on the way: staff set an app up at their first sign-in, and use it later."""

from __future__ import annotations

from tests.journeys.visitor import Visitor
from tests.support.factors import Authenticator


def set_up(visitor: Visitor) -> Authenticator:
    """Set an authenticator app up where the first sign-in leads, and go on without codes."""
    visitor.sees("Set up a second step for signing in")
    visitor.click("Set up an app")
    phone = Authenticator(visitor.page.locator("#factor-key").inner_text())
    visitor.fill(factor_code=phone.wait_for_code())
    visitor.click("Continue")
    visitor.sees("Your authenticator app is set up.")
    visitor.click("Make ten codes")
    visitor.sees("We show these codes only now.")
    visitor.click("I have kept them: continue")
    return phone


def confirm(visitor: Visitor, phone: Authenticator) -> None:
    """Give a code where it is asked for."""
    visitor.fill(factor_code=phone.wait_for_code())
    visitor.click("Continue")
