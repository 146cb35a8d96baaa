"""A sealed value opens with its key in its place, and in no other way."""

from __future__ import annotations

import uuid

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from hypothesis import given, settings
from hypothesis import strategies as st

from peerapp.sealing import Broken, PersonKey, seal, sealed_by, unseal
from peerapp.sealing.cipher import decode, encode

KEY = PersonKey(uuid.UUID(int=7), AESGCMSIV(bytes(32)))
OTHER = PersonKey(uuid.UUID(int=8), AESGCMSIV(bytes(range(32))))
PLACE = "family.phone:1"


@settings(max_examples=50)
@given(st.text())
def test_every_text_comes_back(text):
    assert unseal(KEY, seal(KEY, text.encode(), PLACE), PLACE).decode() == text


def test_sealing_twice_shows_nothing_in_common_but_the_key():
    one, two = (seal(KEY, b"01632 960100", PLACE) for _ in range(2))
    assert one.split(".")[:2] == two.split(".")[:2]
    assert one.split(".")[2] != two.split(".")[2]
    assert "960100" not in one


@pytest.mark.parametrize("place", ["family.phone:2", "family.email:1", "volunteer.phone:1"])
def test_value_moved_to_another_row_or_field_does_not_open(place):
    token = seal(KEY, b"secret", PLACE)
    assert unseal(KEY, token, PLACE) == b"secret"
    with pytest.raises(Broken):
        unseal(KEY, token, place)


def test_every_flipped_bit_is_noticed():
    version, key_id, sealed = seal(KEY, b"secret", PLACE).split(".")
    raw = decode(sealed)
    for bit in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Broken):
            unseal(KEY, f"{version}.{key_id}.{encode(bytes(flipped))}", PLACE)


def test_another_persons_key_does_not_open_it_whatever_id_it_claims():
    token = seal(KEY, b"secret", PLACE)
    claimed = PersonKey(KEY.id, OTHER.aead)
    for key in (OTHER, claimed):
        with pytest.raises(Broken):
            unseal(key, token, PLACE)


@pytest.mark.parametrize(
    "text", ["", "plain", "1.plain", "2.AAAAAAAAAAAAAAAAAAAABw.AA", "1.AAAAAAAAAAAAAAAAAAAABw.A=A"]
)
def test_what_was_never_sealed_is_refused_and_not_repeated(text):
    with pytest.raises(Broken) as error:
        unseal(KEY, text, PLACE)
    assert not text or text not in str(error.value)


def test_value_names_its_key():
    assert sealed_by(seal(OTHER, b"", PLACE)) == OTHER.id
