"""The keyring: wrapped keys, the file they come from, and what is wrong with either."""

from __future__ import annotations

import json
import stat
import uuid
from dataclasses import replace

import pytest

from peerapp.sealing import (
    Broken,
    Keyring,
    KeyringError,
    MissingKey,
    load_keyring,
    make_keyring,
    seal,
    unseal,
)
from peerapp.sealing.keyring import fresh_keys
from peerapp.sealing.source import dump, parse, write
from tests.support.keys import KEYRING, KEYS

OWNER, ACTIVE, INDEX = uuid.UUID(int=99), KEYS.active, KEYS.index_id


def _fresh_index(scheme_id, text):
    ring = Keyring(fresh_keys())
    return ring.index(ring.keys.index_id, "email", scheme_id, text)


def test_wrapped_key_opens_what_the_key_sealed():
    key, wrapped = KEYRING.make_person_key(OWNER, ACTIVE)
    opened = KEYRING.open_person_key(wrapped, key.id, OWNER, ACTIVE)
    assert unseal(opened, seal(key, b"words", "a.b:c"), "a.b:c") == b"words"


def test_rewrapped_key_is_the_same_key_under_another():
    more = replace(KEYS, wrapping={**KEYS.wrapping, uuid.UUID(int=5): b"5" * 32})
    ring, new = Keyring(more), uuid.UUID(int=5)
    key, wrapped = ring.make_person_key(OWNER, ACTIVE)
    again = ring.rewrap(wrapped, key.id, OWNER, ACTIVE, new)
    opened = ring.open_person_key(again, key.id, OWNER, new)
    assert unseal(opened, seal(key, b"words", "a.b:c"), "a.b:c") == b"words"
    with pytest.raises(Broken):
        ring.open_person_key(again, key.id, OWNER, ACTIVE)


def test_wrapped_key_of_somebody_else_does_not_open():
    key, wrapped = KEYRING.make_person_key(OWNER, ACTIVE)
    with pytest.raises(Broken):
        KEYRING.open_person_key(wrapped, key.id, uuid.UUID(int=98), ACTIVE)
    with pytest.raises(Broken):
        KEYRING.open_person_key(wrapped, uuid.uuid4(), OWNER, ACTIVE)


def test_missing_scheme_key_is_named():
    with pytest.raises(MissingKey, match=str(uuid.UUID(int=3))):
        KEYRING.open_person_key("AAAA", uuid.uuid4(), OWNER, uuid.UUID(int=3))


def test_index_is_equal_for_equal_texts_of_one_kind_and_scheme_only():
    one, two = uuid.UUID(int=1), uuid.UUID(int=2)
    found = KEYRING.index(INDEX, "email", one, "ama@example.org")
    assert found == KEYRING.index(INDEX, "email", one, "ama@example.org")
    others = {
        KEYRING.index(INDEX, "email", one, "amb@example.org"),
        KEYRING.index(INDEX, "email", two, "ama@example.org"),
        KEYRING.index(INDEX, "phone", one, "ama@example.org"),
        _fresh_index(one, "ama@example.org"),
    }
    assert len(others) == 4
    assert found not in others


def test_made_key_file_is_private_and_never_made_twice(tmp_path):
    folder = tmp_path / "data"
    assert make_keyring("", folder) is True
    first = load_keyring("", folder).fingerprints()
    assert make_keyring("", folder) is False
    assert load_keyring("", folder).fingerprints() == first
    assert stat.S_IMODE((folder / "keys.json").stat().st_mode) == 0o600
    assert [one.name for one in folder.iterdir()] == ["keys.json"]


def test_missing_key_file_is_named(tmp_path):
    with pytest.raises(KeyringError, match=r"no key file at .*elsewhere\.json.*PEERAPP_KEYS"):
        load_keyring(str(tmp_path / "elsewhere.json"), tmp_path)


def test_key_file_that_others_may_read_is_refused(tmp_path):
    make_keyring("", tmp_path)
    (tmp_path / "keys.json").chmod(0o640)
    with pytest.raises(KeyringError, match="chmod 600"):
        load_keyring("", tmp_path)


def _without(part):
    given = json.loads(dump(KEYS))
    del given[part]
    return json.dumps(given)


SECRET = dump(KEYS).split('": "')[2][:20]


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "{",
        _without("active"),
        _without("index"),
        _without("keys"),
        dump(KEYS).replace(f'"active": "{KEYS.active}"', f'"active": "{uuid.UUID(int=3)}"'),
        dump(KEYS).replace("AQIDBAUG", "AQ="),
        dump(KEYS).replace("AAECAwQ", "AAEC"),
    ],
)
def test_damaged_keys_are_refused_without_repeating_them(text, tmp_path):
    with pytest.raises(KeyringError) as error:
        load_keyring(text, tmp_path)
    assert SECRET not in str(error.value)


def test_same_key_for_two_purposes_is_refused():
    with pytest.raises(KeyringError, match="same"):
        replace(KEYS, index=KEYS.wrapping[ACTIVE])


def test_key_that_another_process_added_is_found_by_reading_again(tmp_path):
    path, new = tmp_path / "keys.json", uuid.uuid4()
    write(path, KEYS)
    ring = load_keyring(str(path), tmp_path)
    more = replace(KEYS, wrapping={**KEYS.wrapping, new: b"5" * 32}, active=new)
    write(path, more)
    key, wrapped = Keyring(more).make_person_key(OWNER, new)
    assert ring.open_person_key(wrapped, key.id, OWNER, new).id == key.id


def test_file_holds_what_was_written():
    assert parse(dump(KEYS)) == KEYS
    assert "AAEC" not in repr(KEYS)
