"""Postcodes: what people type, what it means on the map, and what is refused."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerapp.adapters import places
from peerapp.adapters.places import (
    NotAPostcode,
    OutsideEngland,
    Place,
    PlaceError,
    UnknownPostcode,
    locate,
    normalise,
    read_localities,
    sector_of,
    sectors,
)


@pytest.fixture
def nothing_loaded(tmp_path: Path) -> Path:
    return tmp_path / "places"


@pytest.mark.parametrize(
    "typed",
    [
        "SN15 1AA",
        "sn15 1aa",
        "sn151aa",
        "  Sn15   1aA ",
        "S N 1 5 1 A A",
        "SN15-1AA",
        "SN15\u00a01AA",
        "SN15\u200b1AA\ufeff",
        "(SN15 1AA).",
        "\uff33\uff2e\uff11\uff15 \uff11\uff21\uff21",  # full-width, as some keyboards type it
        "SNI5 1AA",
        "SN15 IAA",
        "sni5 iaa",
    ],
)
def test_postcode_typed_in_any_way_is_made_canonical(typed: str) -> None:
    assert normalise(typed) == "SN15 1AA"
    assert sector_of(typed) == "SN15 1"


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("SO14 OAA", "SO14 0AA"),
        ("S014 0AA", "SO14 0AA"),
        ("E1O 6AA", "E10 6AA"),
        ("0X1 1AA", "OX1 1AA"),
        ("W1A 1AA", "W1A 1AA"),
        ("EC1A 1BB", "EC1A 1BB"),
        ("M1 1AE", "M1 1AE"),
        ("N1 9GU", "N1 9GU"),
    ],
)
def test_postcode_with_letter_and_digit_exchanged_is_put_right(typed: str, canonical: str) -> None:
    assert normalise(typed) == canonical


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "SN15",
        "SN15 1",
        "SN15 1A",
        "SN15 1AAA",
        "15 1AA",
        "nonsense",
        "SN15 1CI",  # letters that no unit has
        "SN15 1AA\x00",
        "SN15 1AA; DROP TABLE family",
        "<script>",
        "{{7*7}}",
        "\uff33\uff2e\uff11\uff15",
        "ßN15 1AA",
        "\u017fN\u06635 1AA",  # long s, Arabic three
        "SN15 \u0661AA",
        "SN15 1AA" * 6,
        "SN15 1AA" + " " * 33,  # longer than anything a person means
        "A" * 1_000_000,
        " " * 1_000_000,
        "\u200b" * 39,
        "ﷺ" * 40,  # one character that compatibility forms make eighteen
        "SN15 1AA\u202e",
        "👪",
        "\ud800",
    ],
)
def test_text_that_is_no_postcode_is_refused(typed: str) -> None:
    with pytest.raises(NotAPostcode) as caught:
        normalise(typed)
    assert caught.value.message == "Enter a full UK postcode, like SN15 1AA."


@given(st.text(max_size=60))
def test_any_text_gives_a_postcode_or_a_place_error(typed: str) -> None:
    try:
        postcode = normalise(typed)
    except PlaceError:
        return
    assert normalise(postcode) == postcode


@given(st.from_regex(r"[A-Z]{1,2}[0-9OI][0-9A-Z]?[0-9OI][A-Z01]{2}", fullmatch=True))
def test_text_like_a_postcode_is_located_or_refused_without_being_repeated(typed: str) -> None:
    said = ""
    try:
        place = locate(typed, Path("no such folder"))
    except PlaceError as error:
        said = str(error)
    else:
        assert 0 < place.easting < 660_000
        assert 0 < place.northing < 660_000
    assert typed not in said


def test_refused_postcode_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for typed in ("SN15 1CI", "ZZ99 9ZZ", "CF10 1EP"):
        with pytest.raises(PlaceError):
            locate(typed, Path("no such folder"))
    assert caplog.records == []


@pytest.mark.parametrize(
    ("postcode", "place"),
    [
        ("SN15 1AA", Place("SN15 1AA", "SN15 1", 391865, 174228, "E06000054", "sector")),
        ("SW1A 2AA", Place("SW1A 2AA", "SW1A 2", 530127, 180112, "E09000033", "sector")),
        ("NE1 4ST", Place("NE1 4ST", "NE1 4", 424392, 564258, "E08000021", "sector")),
    ],
)
def test_postcode_without_full_set_lies_at_middle_of_its_sector(
    postcode: str, place: Place, nothing_loaded: Path
) -> None:
    assert locate(postcode, nothing_loaded) == place


def test_postcode_of_a_sector_across_councils_has_no_council(nothing_loaded: Path) -> None:
    assert sectors()["SN4 9"].share < 100
    assert locate("SN4 9AA", nothing_loaded).council_code is None


@pytest.mark.parametrize("postcode", ["ZZ99 9ZZ", "SN99 9AA", "XX1 1XX", "BX1 1LT"])
def test_postcode_whose_sector_does_not_exist_is_unknown(
    postcode: str, nothing_loaded: Path
) -> None:
    with pytest.raises(UnknownPostcode) as caught:
        locate(postcode, nothing_loaded)
    assert type(caught.value) is UnknownPostcode
    assert caught.value.message == (
        "We cannot find this postcode. Check each letter and number, for example on a letter "
        "or a bill."
    )


@pytest.mark.parametrize(
    ("postcode", "where"),
    [
        ("EH1 1YZ", "Scotland"),
        ("AB10 1AB", "Scotland"),
        ("CF10 1EP", "Wales"),
        ("ch5 3aa", "Wales"),  # Chester's area, over the border
        ("BT1 1AA", "Northern Ireland"),
        ("GY1 1AA", "Guernsey"),
        ("JE2 3AB", "Jersey"),
        ("IM1 1AA", "the Isle of Man"),
    ],
)
def test_postcode_outside_england_is_refused_by_name(
    postcode: str, where: str, nothing_loaded: Path
) -> None:
    with pytest.raises(OutsideEngland) as caught:
        locate(postcode, nothing_loaded)
    assert caught.value.message == (
        f"This postcode is in {where}. This scheme works in England: check the postcode, or ask "
        "the council where you live."
    )


def test_default_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PEERAPP_PLACES", raising=False)
    monkeypatch.delenv("PEERAPP_DATA", raising=False)
    assert places.default_folder() == Path("var/places")
    monkeypatch.setenv("PEERAPP_DATA", "elsewhere")
    assert places.default_folder() == Path("elsewhere/places")
    monkeypatch.setenv("PEERAPP_PLACES", "postcodes")
    assert places.default_folder() == Path("postcodes")


def test_sector_table_covers_england_and_its_councils() -> None:
    english = [sector for sector in sectors().values() if sector.easting is not None]
    assert len(english) == 9_131
    # Every council but no other code: 296 local authorities since April 2023.
    assert len({sector.council_code for sector in english}) == 296
    assert {sector.council_code[0] for sector in english} == {"E"}
    others = {sector.council_code for sector in sectors().values() if sector.easting is None}
    assert others == {"S", "W"}


def test_localities_are_wiltshires_areas_and_central_bedfordshires_five() -> None:
    seeds = read_localities()
    assert [seed.name for seed in seeds if seed.council_code == "E06000054"] == [
        "Amesbury", "Bradford on Avon", "Calne", "Chippenham", "Corsham", "Devizes",
        "Malmesbury", "Marlborough", "Melksham", "Pewsey", "Royal Wootton Bassett & Cricklade",
        "Salisbury", "Southern Wiltshire", "South West Wiltshire", "Tidworth", "Trowbridge",
        "Warminster", "Westbury",
    ]  # fmt: skip
    assert [seed.name for seed in seeds if seed.council == "Central Bedfordshire"] == [
        "Dunstable", "Houghton Regis", "Leighton Buzzard", "West Mid Beds", "Ivel Valley",
    ]  # fmt: skip
    assert len(seeds) == 23


def test_each_sector_lies_in_one_locality_only_and_in_the_table() -> None:
    listed = [sector for seed in read_localities() for sector in seed.sectors]
    assert len(listed) == len(set(listed))
    assert [sector for sector in listed if sector not in sectors()] == []


@pytest.mark.parametrize(
    ("postcode", "name"),
    [
        ("SN15 1AA", "Chippenham"),
        ("SP1 2AA", "Salisbury"),
        ("BA14 8AA", "Trowbridge"),
        ("BA12 6AA", "South West Wiltshire"),
        ("LU5 4AA", "Dunstable"),
        ("LU5 5AA", "Houghton Regis"),
        ("SG18 0AA", "Ivel Valley"),
    ],
)
def test_town_lies_in_its_own_locality(postcode: str, name: str) -> None:
    sector = sector_of(postcode)
    assert [seed.name for seed in read_localities() if sector in seed.sectors] == [name]


def test_every_sector_that_is_mostly_in_the_council_has_a_locality() -> None:
    listed = {sector for seed in read_localities() for sector in seed.sectors}
    codes = {seed.council_code for seed in read_localities()}
    missing = [
        sector.sector
        for sector in sectors().values()
        if sector.council_code in codes and sector.sector not in listed
    ]
    assert missing == []
