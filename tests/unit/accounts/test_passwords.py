"""What is kept of a password is slow to guess from, whatever the tests use for their own people."""

from __future__ import annotations

from agencyqa.accounts import passwords


def test_a_hash_costs_an_attacker_time_and_memory() -> None:
    kept = passwords.hash_password("a quiet river 7")
    method, version, costs = kept.split("$")[1:4]
    assert (method, version) == ("argon2id", "v=19")
    # 64 MiB and three passes: the second recommendation of RFC 9106, section 4.
    assert costs == "m=65536,t=3,p=4"
    assert passwords.matches(kept, "a quiet river 7")
    assert not passwords.matches(kept, "a quiet river 8")


def test_nobody_is_let_in_without_a_hash() -> None:
    assert not passwords.matches(None, "nobody has this password")
