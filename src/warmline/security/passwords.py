"""Passwords: which are good enough, how they are kept, and a check that gives nothing away."""

import asyncio
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from warmline.core.words import Malformed

SHORTEST, LONGEST = 10, 256

# The words that lists of stolen passwords begin with, as far as they are long enough; a repeated
# or a counted row of keys is found by rule.
WORST = frozenset({
    "1234567890", "0123456789", "0987654321", "123456789a", "1q2w3e4r5t", "1qaz2wsx3edc",
    "q1w2e3r4t5", "qwertyuiop", "qwerty12345", "qwerty123456", "qwertyuiop123", "asdfghjkl1",
    "asdfghjkl123", "zxcvbnm123", "password12", "password123", "password1234", "password12345",
    "passw0rd123", "p@ssw0rd123", "p@ssword123", "mypassword", "iloveyou123", "iloveyou1234",
    "letmein123", "letmein1234", "welcome123", "welcome1234", "administrator", "admin12345",
    "admin123456", "adminadmin", "administrator1", "changeme123", "changemenow",
    "trustno1trustno1", "superman123", "football123", "baseball123", "basketball", "michael123",
    "princess123", "sunshine123", "starwars123", "computer123", "whatever123", "dragon12345",
    "monkey12345", "master12345", "shadow12345", "hello12345", "welcome2024", "welcome2025",
    "welcome2026", "summer2024!", "summer2025!", "winter2024!", "winter2025!", "spring2025!",
    "callcenter", "callcenter1", "contactcenter", "warmline123", "warmlinewarmline", "support123",
    "operator123", "supervisor", "supervisor1", "йцукенгшщз", "йцукенгшщзх", "парольпароль",
    "пароль1234", "пароль12345", "qwerty1234", "zaq12wsxcde3", "zaq1@wsxcde3", "haslo12345",
    "mojehaslo1", "kochamcie1", "polska1234", "123qweasdzxc", "qweasdzxc123", "abcdefghij",
    "abcd123456", "abc1234567", "aa12345678", "a123456789", "unknown123", "default123",
    "secret12345", "testtest12", "test123456", "test1234567", "temporary1", "temporary123",
    "guest12345", "access12345", "google12345", "internet123",
})  # fmt: skip


def check_password(password: str, *, login: str = "") -> None:
    """Refuse a password that is too short, too long, or among the first to be guessed."""
    if len(password) < SHORTEST:
        raise Malformed("password", f"at least {SHORTEST} characters", "too_short", min=SHORTEST)
    if len(password) > LONGEST:
        raise Malformed("password", f"at most {LONGEST} characters", "too_long", max=LONGEST)
    plain = password.casefold()
    if plain in WORST or _is_a_row(plain) or (login and plain == login):
        raise Malformed("password", "this one is among the first to be guessed", "easily_guessed")


def _is_a_row(text: str) -> bool:
    """One short piece repeated (`abcabcabcabc`), or characters that count up or down."""
    repeated = any(
        text == (text[:size] * len(text))[: len(text)] for size in range(1, len(text) // 3 + 1)
    )
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return repeated or steps in ({1}, {-1})


class Passwords:
    """Argon2id in threads of its own, a few at a time: each check takes tens of megabytes."""

    def __init__(self, hasher: PasswordHasher | None = None, *, at_once: int = 2) -> None:
        self._hasher = hasher or PasswordHasher()
        self._room = asyncio.Semaphore(at_once)
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """The password as it is kept."""
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, kept: str | None, password: str) -> bool:
        """Whether it is this password; as slow for nobody's (`kept` is None) as for somebody's."""
        if self._nobody is None:
            self._nobody = await self.hash("nobody has this password")
        async with self._room:
            right = await asyncio.to_thread(self._matches, kept or self._nobody, password)
        return right and kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether the hash was made with other parameters than those of today."""
        return self._hasher.check_needs_rehash(kept)

    def _matches(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False
