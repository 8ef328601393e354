"""Passwords are hashed with the least that Argon2 can do: the tests sign in a thousand times."""

from functools import partial

from argon2 import PasswordHasher

from warmline.security import passwords

QUICK = partial(PasswordHasher, time_cost=1, memory_cost=64, parallelism=1)


def hash_quickly() -> None:
    """From now on, in this process: a hash as strong as people get takes a fifth of a second."""
    passwords.PasswordHasher = QUICK
