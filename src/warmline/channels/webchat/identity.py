"""Signed identity: the shop's server vouches for its signed-in customer with a short-lived JWT."""

import secrets
from dataclasses import dataclass

from warmline.core.words import DAY, SECOND, Instant

TOKEN_LIMIT_CHARS = 4_096
CLAIM_LIMIT_CHARS = 200
LONGEST_LIFE_MS = DAY
SKEW_MS = 60 * SECOND
"""How far the clocks of the shop and ours may be apart."""


class IdentityRefused(Exception):
    """The signed identity is not to be believed, and why (answered 401)."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """Whom the shop vouches for: `login` is the customer's id at the shop."""

    login: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    """With its country, as the shop knows it."""


def new_secret() -> str:
    """A secret for one inbox, 256 random bits; the shop's server signs with it (HS256)."""
    return secrets.token_urlsafe(32)


def vouched(token: str, *, secret: str | None, now: Instant) -> Vouched:
    """Who the token is about; refuses a wrong signature, an old token and one without an end."""
    # Loads every algorithm there is; a center starts without waiting for that.
    from joserfc import jwt  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import OctKey  # noqa: PLC0415

    if secret is None:
        raise IdentityRefused("identity_not_set_up", "this inbox has no secret for identities")
    if len(token) > TOKEN_LIMIT_CHARS:
        raise IdentityRefused("identity_malformed", "the identity token is too long")
    try:
        decoded = jwt.decode(token, OctKey.import_key(secret), algorithms=["HS256"])
    except (JoseError, ValueError) as error:
        raise IdentityRefused(
            "identity_signature", "the identity token is not signed with this inbox's secret"
        ) from error
    claims: dict[str, object] = decoded.claims
    _check_times(claims, now)
    login = _text(claims, "sub")
    if login is None:
        raise IdentityRefused("identity_malformed", "the identity token has no `sub`")
    return Vouched(
        login=login,
        name=_text(claims, "name"),
        email=_text(claims, "email"),
        phone=_text(claims, "phone_number"),
    )


def _check_times(claims: dict[str, object], now: Instant) -> None:
    expires, issued = _instant(claims, "exp"), _instant(claims, "iat")
    if expires is None or issued is None:
        raise IdentityRefused("identity_malformed", "the identity token needs `exp` and `iat`")
    if now >= expires + SKEW_MS:
        raise IdentityRefused("identity_expired", "the identity token is no longer valid")
    if issued > now + SKEW_MS:
        raise IdentityRefused("identity_early", "the identity token is not valid yet")
    if expires - issued > LONGEST_LIFE_MS:
        raise IdentityRefused("identity_too_long", "an identity token may live for a day at most")


def _instant(claims: dict[str, object], name: str) -> Instant | None:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return int(value * 1_000)
    except (OverflowError, ValueError):
        return None


def _text(claims: dict[str, object], name: str) -> str | None:
    value = claims.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        return None
    if len(value) > CLAIM_LIMIT_CHARS:
        raise IdentityRefused("identity_malformed", f"`{name}` of the identity token is too long")
    return value.strip()
