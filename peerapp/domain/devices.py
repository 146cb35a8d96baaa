"""What kind of browser somebody uses, in plain words, from what the browser says of itself.

Coarse on purpose: enough to know one's own again, too little to tell people apart by.
"""

from __future__ import annotations

UNKNOWN = "A browser we do not know"
BROWSERS = (
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""In this order: most browsers also say that they are another one."""
DEVICES = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "an Android device"),
    ("CrOS", "a Chromebook"),
    ("Windows", "a Windows computer"),
    ("Macintosh", "a Mac"),
    ("Linux", "a Linux computer"),
)


def device_of(user_agent: str) -> str:
    """Return the kind of browser and device, such as ``Firefox on a Windows computer``."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    device = next((name for mark, name in DEVICES if mark in user_agent), "")
    if not browser and not device:
        return UNKNOWN
    return f"{browser or 'A browser'} on {device}" if device else browser
