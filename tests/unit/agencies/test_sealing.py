from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencyqa.agencies.sealing import CannotOpen, Keyring, Sealed
from agencyqa.errors import WrongState

OLD, NEW = ("k1", b"1" * 32), ("k2", b"2" * 32)


@given(st.text(max_size=60))
def test_what_is_sealed_opens_in_its_place_only(text: str) -> None:
    keys = Keyring([OLD])
    sealed = keys.seal(text, "1/birth_date")
    assert keys.open(sealed, "1/birth_date") == text
    with pytest.raises(CannotOpen) as caught:
        keys.open(sealed, "2/birth_date")
    assert caught.value.code == "field_changed"


def test_equal_texts_do_not_look_equal() -> None:
    keys = Keyring([OLD])
    assert keys.seal("1990-01-01", "1/x").text != keys.seal("1990-01-01", "1/x").text


def test_a_changed_bit_is_noticed() -> None:
    keys = Keyring([OLD])
    raw = bytearray(base64.b64decode(keys.seal("13800000000", "1/x").text))
    raw[-1] ^= 1
    with pytest.raises(CannotOpen):
        keys.open(Sealed("k1", base64.b64encode(raw).decode()), "1/x")


def test_the_first_key_seals_and_every_key_opens() -> None:
    before, between, after = Keyring([OLD]), Keyring([NEW, OLD]), Keyring([NEW])
    sealed = before.seal("甲", "1/x")
    assert between.open(sealed, "1/x") == "甲"
    again = between.seal(between.open(sealed, "1/x"), "1/x")
    assert (again.key_id, after.open(again, "1/x")) == ("k2", "甲")
    with pytest.raises(CannotOpen) as caught:
        after.open(sealed, "1/x")
    assert (caught.value.code, caught.value.params) == ("field_key_missing", {"key_id": "k1"})


def test_a_number_is_found_again_under_any_key_of_the_ring() -> None:
    under_old = Keyring([OLD]).lookup("110101")
    assert under_old in Keyring([NEW, OLD]).lookups("110101")
    assert under_old not in Keyring([NEW, OLD]).lookups("110102")
    assert under_old not in Keyring([NEW]).lookups("110101")


def test_without_a_key_nothing_is_sealed() -> None:
    keys = Keyring([])
    assert (keys.is_empty, keys.lookups("x")) == (True, [])
    with pytest.raises(WrongState) as caught:
        keys.seal("x", "1/x")
    assert caught.value.code == "no_field_key"
