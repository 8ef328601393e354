"""How passwords are kept where nobody is in a hurry."""

import pytest
from argon2 import PasswordHasher

from warmline.security import passwords
from warmline.security.passwords import Passwords


async def test_a_password_is_hashed_with_the_strength_that_rfc_9106_names(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(passwords, "PasswordHasher", PasswordHasher)  # all others hash quickly
    kept = await Passwords().hash("seven green bicycles")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await Passwords().verify(kept, "seven green bicycles")
