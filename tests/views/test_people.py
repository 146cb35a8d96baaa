"""The list of staff accounts."""

from __future__ import annotations

import re

from peerapp.enums import Role
from tests.factories import make_account, make_locality


def test_staff_are_listed_with_address_and_localities_in_order(database, scheme_id, sign_in):
    with database.writing(scheme_id) as session:
        manager = make_account(session, Role.MANAGER, name="Mo", email="mo@example.org")
        places = [make_locality(session, "Melksham"), make_locality(session, "Calne", ("SN11 0",))]
        make_account(session, Role.COORDINATOR, places, name="", email="co@example.org")
    page = sign_in(manager).get("/staff/people/").text
    cells = re.findall(r"<t[hd] (?:scope=\"row\"|role=\"cell\")[^>]*>(.*?)</t[hd]>", page)
    texts = [re.sub("<[^>]+>", " ", cell).split() for cell in cells]
    assert ["Mo", "mo@example.org"] in texts
    assert ["co@example.org"] in texts
    assert ["Localities", "Calne,", "Melksham"] in texts
