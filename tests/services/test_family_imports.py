from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from peerapp.db import Database
from peerapp.enums import AgreementMethod, FamilyState, Need
from peerapp.errors import NotFound
from peerapp.models import AuditEvent, Family, FamilyImport
from peerapp.services import family_exports, family_imports
from peerapp.services.family_imports import FileRefused
from tests import factories
from tests.factories import NOW, TODAY
from tests.services.family_scenes import FamilyScene, make_family_scene

HEAD = (
    "reference,first_name,last_name,postcode,source,referred_on,level,section_47_open,"
    "child_protection_plan,needs,agreement_given_by,agreement_given_on,agreement_method"
)
AGREED = "Amina,2026-09-02,phone"
GOOD = f"""{HEAD}
G-1,Amina,Yusuf,sn15 1aa,professional,2026-09-01,3,no,no,isolation:2 crime:1,{AGREED}
,=Bo,'t Hooft,SN15 2AA,self,2026-09-02,1,yes,no,,,,
""".encode()


@pytest.fixture
def scene(database: Database, scheme_id: uuid.UUID) -> FamilyScene:
    return make_family_scene(database, scheme_id)


def upload(scene: FamilyScene, content: bytes = GOOD, who: str = "coordinator") -> uuid.UUID:
    with scene.writing(who) as (session, actor):
        return family_imports.upload(session, actor, content, NOW, TODAY).id


def confirm(scene: FamilyScene, import_id: uuid.UUID, who: str = "coordinator") -> None:
    with scene.writing(who) as (session, actor):
        family_imports.confirm(session, actor, import_id, NOW, TODAY)


def refused(scene: FamilyScene, content: bytes, who: str = "coordinator") -> list[Any]:
    with pytest.raises(FileRefused) as caught:
        upload(scene, content, who)
    return [(one.line, one.column, one.value) for one in caught.value.faults]


def count(scene: FamilyScene, model: Any = Family) -> int:
    with scene.database.reading(scene.scheme_id) as session:
        return session.scalar(select(func.count(model.id))) or 0


def test_upload_records_no_family_yet(scene: FamilyScene) -> None:
    upload(scene)
    assert (count(scene), count(scene, FamilyImport)) == (0, 1)


def test_confirm_records_what_was_uploaded(scene: FamilyScene) -> None:
    confirm(scene, upload(scene))
    with scene.reading() as (session, actor):
        bo, amina = session.scalars(select(Family).order_by(Family.first_name)).all()
        assert (amina.reference, amina.postcode, amina.priority) == ("G-1", "SN15 1AA", 2)
        assert (amina.state, amina.waiting_since) == (FamilyState.WAITING, date(2026, 9, 1))
        assert {row.need: row.weight for row in amina.needs} == {Need.ISOLATION: 2, Need.CRIME: 1}
        agreement, sharing = sorted(amina.agreements, key=lambda one: one.purpose, reverse=True)
        assert (agreement.purpose, sharing.purpose) == ("take_part", "share_with_coach")
        assert (agreement.given_by, agreement.method, agreement.version) == (
            "Amina",
            AgreementMethod.PHONE,
            "2026-1",
        )
        assert agreement.recorded_by_id == actor.id
        assert (bo.first_name, bo.last_name, bo.state) == ("=Bo", "'t Hooft", FamilyState.REFERRED)
        assert (bo.section_47_open, bo.agreements, bo.safe_contact) == (True, [], None)
        assert bo.locality_id == scene.localities["here"]
        assert (bo.reference[:2], len(bo.reference)) == ("F-", 7)
    assert len(scene.audited("family.import")) == 2
    assert [one.detail for one in scene.audited("family_import.confirm")] == [{"families": 2}]


def test_confirm_forgets_the_file(scene: FamilyScene) -> None:
    import_id = upload(scene)
    confirm(scene, import_id)
    with scene.reading() as (session, _):
        done = session.get_one(FamilyImport, import_id)
        assert (done.content, done.imported_at, done.families) == (b"", NOW, 2)


def test_confirm_twice_records_no_family_twice(scene: FamilyScene) -> None:
    import_id = upload(scene)
    confirm(scene, import_id)
    confirm(scene, import_id)
    assert count(scene) == 2
    assert len(scene.audited("family.import")) == 2


def test_the_same_file_is_not_imported_twice(scene: FamilyScene) -> None:
    confirm(scene, upload(scene))
    assert refused(scene, GOOD) == [(None, "", ""), (2, "reference", "G-1")]


def test_confirm_refuses_what_has_changed_since_the_preview_and_writes_nothing(
    scene: FamilyScene,
) -> None:
    import_id = upload(scene)
    scene.add_family(reference="G-1")
    with pytest.raises(FileRefused) as caught:
        confirm(scene, import_id)
    assert [(one.line, one.column) for one in caught.value.faults] == [(2, "reference")]
    assert count(scene) == 1


@pytest.mark.parametrize("who", ["neighbour", "lead", "manager"])
def test_a_file_is_known_to_its_owner_only(scene: FamilyScene, who: str) -> None:
    import_id = upload(scene)
    with scene.writing(who) as (session, actor):
        with pytest.raises(NotFound):
            family_imports.get_import(session, actor, import_id, NOW)
        with pytest.raises(NotFound):
            family_imports.confirm(session, actor, import_id, NOW, TODAY)
        with pytest.raises(NotFound):
            family_imports.discard(session, actor, import_id, NOW)
    assert count(scene) == 0


def test_a_file_that_waits_too_long_is_gone(scene: FamilyScene) -> None:
    import_id = upload(scene)
    late = NOW + family_imports.LIFETIME
    with scene.writing() as (session, actor):
        just = late - timedelta(seconds=1)
        assert family_imports.get_import(session, actor, import_id, just).id == import_id
        with pytest.raises(NotFound):
            family_imports.confirm(session, actor, import_id, late, TODAY)
        family_imports.sweep(session, late)
    assert count(scene, FamilyImport) == 0


def test_sweep_keeps_what_was_imported_so_that_it_is_known(scene: FamilyScene) -> None:
    confirm(scene, upload(scene))
    with scene.writing() as (session, _):
        family_imports.sweep(session, NOW + timedelta(days=9))
    assert count(scene, FamilyImport) == 1


def test_a_new_upload_replaces_the_one_that_waits(scene: FamilyScene) -> None:
    first = upload(scene)
    second = upload(scene)
    with scene.reading() as (session, actor):
        assert family_imports.get_import(session, actor, second, NOW).id == second
        with pytest.raises(NotFound):
            family_imports.get_import(session, actor, first, NOW)


def test_discard_deletes_the_file(scene: FamilyScene) -> None:
    import_id = upload(scene)
    with scene.writing() as (session, actor):
        family_imports.discard(session, actor, import_id, NOW)
    assert count(scene, FamilyImport) == 0
    assert [event.subject_id for event in scene.audited("family_import.discard")] == [import_id]


@pytest.mark.parametrize(
    ("who", "postcode", "expected"),
    [
        ("coordinator", "SN11 0AA", [(2, "postcode", "SN11 0AA")]),
        ("coordinator", "SW1A 1AA", [(2, "postcode", "SW1A 1AA")]),
        ("coordinator", "SN15", [(2, "postcode", "SN15")]),
        ("lead", "SW1A 1AA", [(2, "postcode", "SW1A 1AA")]),
    ],
)
def test_upload_refuses_postcodes_that_are_not_the_actors(
    scene: FamilyScene, who: str, postcode: str, expected: list[Any]
) -> None:
    assert refused(scene, GOOD.replace(b"sn15 1aa", postcode.encode()), who) == expected
    assert count(scene, FamilyImport) == 0


def test_upload_names_faults_of_the_file_and_of_the_scheme_together(scene: FamilyScene) -> None:
    scene.add_family("there", reference="G-1")
    content = GOOD.replace(b"SN15 2AA", b"SN11 0AA").replace(b",1,yes", b",9,yes")
    assert refused(scene, content) == [
        (2, "reference", "G-1"),
        (3, "postcode", "SN11 0AA"),
        (3, "level", "9"),
    ]


def test_get_rows_is_audited_as_a_read(scene: FamilyScene) -> None:
    import_id = upload(scene)
    with scene.reading() as (session, actor):
        waiting = family_imports.get_import(session, actor, import_id, NOW)
        rows = family_imports.get_rows(session, actor, waiting, TODAY)
        assert [(row.line, row.locality.name) for row in rows] == [
            (2, "Chippenham"),
            (3, "Chippenham"),
        ]
    assert [one.detail for one in scene.audited("family_import.read")] == [{"families": 2}]


def export(scene: FamilyScene, who: str = "coordinator") -> str:
    with scene.reading(who) as (session, actor):
        return family_exports.export_families(session, actor)


def test_export_holds_the_actors_families_only_and_is_audited(scene: FamilyScene) -> None:
    scene.add_family(reference="A-1")
    scene.add_family("there", reference="B-1")
    lines = export(scene).splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["A-1"]
    assert [line.split(",")[0] for line in export(scene, "lead").splitlines()[1:]] == ["A-1", "B-1"]
    events = scene.audited("family.export")
    assert [(one.kind, one.detail) for one in events] == [
        ("read", {"families": 1}),
        ("read", {"families": 2}),
    ]


def add_everything(scene: FamilyScene) -> None:
    """Families of every state, with everything a record can hold, formulas among it."""
    values: list[dict[str, Any]] = [
        {"state": FamilyState.MATCHED, "first_name": "=cmd|'/c calc'!A0", "last_name": "＝1"},
        {"state": FamilyState.CLOSED, "address": "1 Mill Lane\n“Old Forge”, flat 2", "level": 4},
        {"state": FamilyState.REFERRED, "channels": (), "phone": "+44 7700 900123"},
        {
            "min_distance_m": 777,
            "languages": ("so", "en"),
            "household": ("cats",),
            "accepts_remote": True,
            "children": ("under_5",),
            "section_47_open": True,
            "child_protection_plan": True,
            "details_query": "-1 digit",
            "needs": {Need.DOMESTIC_ABUSE: 3},
        },
        {
            "source": "step_down",
            "step_down_level": 4,
            "step_down_on": date(2026, 8, 1),
            "step_down_worker": "@jo",
        },
    ]
    for number, one in enumerate(values):
        scene.add_family(reference=f"X-{number}", **one)
    withdrawn = scene.add_family(reference="X-9")
    with scene.writing() as (session, _):
        session.get_one(Family, withdrawn).agreements[0].withdrawn_on = TODAY


def empty_scheme(scene: FamilyScene) -> FamilyScene:
    with scene.database.session(None, "all") as session:
        other = factories.make_scheme("other")
        session.add(other)
        session.commit()
    return make_family_scene(scene.database, other.id)


def test_export_into_an_empty_scheme_and_out_again_is_the_same_file(scene: FamilyScene) -> None:
    add_everything(scene)
    text = export(scene)
    other = empty_scheme(scene)
    confirm(other, upload(other, text.encode()))
    assert (count(other), export(other)) == (6, text)


def test_export_has_no_live_formula(scene: FamilyScene) -> None:
    add_everything(scene)
    text = export(scene)
    assert "\r\nX-0,waiting,'=cmd|'/c calc'!A0,'＝1," in text
    assert ",'+44 7700 900123," in text
    assert ",'@jo," in text
    assert ",'-1 digit\r\n" in text


def test_export_into_the_same_scheme_is_refused_for_every_row(scene: FamilyScene) -> None:
    add_everything(scene)
    found = refused(scene, export(scene).encode())
    assert [one[1:] for one in found] == [("reference", f"X-{n}") for n in (0, 1, 2, 3, 4, 9)]


def test_import_audits_hold_no_personal_data(scene: FamilyScene) -> None:
    confirm(scene, upload(scene))
    with scene.reading() as (session, _):
        words = " ".join(
            f"{one.action} {one.fields} {one.detail}" for one in session.scalars(select(AuditEvent))
        )
    assert [
        word for word in ("Amina", "Yusuf", "Hooft", "SN15", "isolation") if word in words
    ] == []
    assert "family.import" in words


def test_export_carries_only_the_purposes_that_stand(scene: FamilyScene) -> None:
    only = scene.add_family(purposes=("take_part", "research"))
    with scene.reading() as (session, _):
        agreement = family_exports.record_of(session.get_one(Family, only)).agreement
        assert agreement is not None
        assert agreement.purposes == ("take_part", "research")
