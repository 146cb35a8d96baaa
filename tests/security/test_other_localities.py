"""Names of people elsewhere: what the page of one's own family does not need, it does not tell."""

from __future__ import annotations

from peerapp.enums import Role
from peerapp.models import Account, Volunteer
from tests.factories import make_account, make_locality


def test_next_best_coach_of_another_locality_is_not_named(scene, sign_in):
    here, there = scene.add_coach(last_name="Nearby"), scene.add_coach(last_name="Canary")
    rows = [{"coach_id": str(one), "cost": 50, "extra": 12} for one in (here, there)]
    match_id = scene.add_match(
        scene.add_family(), scene.add_coach(), explanation={"next_best": rows}
    )
    with scene.writing() as session:
        session.get_one(Volunteer, there).locality_id = make_locality(session, "Calne", ()).id
        manager = make_account(session, Role.MANAGER)
        coordinator = session.get_one(Account, scene.coordinator_id)
    words = ("Nearby", "Canary", "A coach of another locality")
    for account, told in ((coordinator, [True, False, True]), (manager, [True, True, False])):
        page = sign_in(account).get(f"/staff/matches/{match_id}").text
        assert [word in page for word in words] == told
