"""Bearer tokens of customers' chats: 256 random bits, of which we keep only the hash."""

import hashlib
import hmac
import re
import secrets

_TOKEN = re.compile(r"wl_[A-Za-z0-9_-]{43}")
_BITS = 256


def new_token() -> str:
    """A token that nobody can guess; it is shown once and never stored."""
    return "wl_" + secrets.token_urlsafe(_BITS // 8)


def looks_like_token(text: str) -> bool:
    """Whether it has the form of a token, so that anything else never reaches the database."""
    return _TOKEN.fullmatch(text) is not None


def token_hash(token: str) -> str:
    """What we keep of a token: enough to recognise it, useless to whoever reads our tables."""
    return hashlib.sha256(token.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two hashes are equal, in a time that tells nothing about where they differ."""
    return hmac.compare_digest(one, other)


def bearer(header: str | None) -> str | None:
    """The token in an `Authorization: Bearer …` header, or None."""
    scheme, _, token = (header or "").partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and looks_like_token(token) else None
