"""How many messages wait for whoever is signed in, counted once in a request.

The menu tells it on every page of a family and a coach, and their first page once more.
"""

from __future__ import annotations

from flask import g

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.models import Account
from peerapp.services import conversation_lists


def count_once(account: Account) -> int:
    """Return the number as it was when this request first asked for it."""
    if "new_messages" not in g:
        g.new_messages = conversation_lists.count_new(get_session(), account, today())
    return int(g.new_messages)
