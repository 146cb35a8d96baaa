"""A browser is named by its kind, and by no more."""

from __future__ import annotations

import pytest

from peerapp.domain.devices import UNKNOWN, device_of

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (f"{WINDOWS}; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on a Windows computer"),
        (f"{WINDOWS}) {WEBKIT} Chrome/140.0 Safari/537.36", "Chrome on a Windows computer"),
        (f"{WINDOWS}) {WEBKIT} Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on a Windows computer"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Safari/604.1",
            "Safari on an iPhone",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {WEBKIT} Chrome/140.0 Mobile Safari/537.36",
            "Chrome on an Android device",
        ),
        ("curl/8", UNKNOWN),
        ("", UNKNOWN),
        ("<script>alert(1)</script>", UNKNOWN),
        ("Firefox/140.0", "Firefox"),
    ],
)
def test_device_is_named_in_plain_words(user_agent, device):
    assert device_of(user_agent) == device
