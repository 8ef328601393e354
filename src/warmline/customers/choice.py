"""Whose are these claims? The rule alone: one person, several to ask about, or somebody new."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from warmline.core.words import CustomerId, Verification
from warmline.customers.model import Claim, IdentifierKind

IDENTITIES = frozenset({IdentifierKind.LOGIN, IdentifierKind.EXTERNAL})
"""What is one person's alone, once it is verified."""
PROVEN = frozenset({Verification.MATCHED, Verification.VERIFIED})
"""How sure it must be who it is, for the customer's segment to count."""
SURENESS: Mapping[Verification, int] = {level: place for place, level in enumerate(Verification)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody who has an identifier: how sure that is, and whether they have an identity."""

    customer: CustomerId
    verification: Verification
    identified: bool = False


Key: TypeAlias = tuple[IdentifierKind, str]
Holders: TypeAlias = Mapping[Key, Sequence[Holder]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Who it is and how sure; else whom to ask about; neither means somebody new."""

    customer: CustomerId | None = None
    verification: Verification = Verification.UNKNOWN
    candidates: tuple[CustomerId, ...] = ()
    joined: tuple[CustomerId, ...] = ()
    """Records without an identity of their own that turn out to be the same person."""


def choose(claims: Sequence[Claim], holders: Holders) -> Choice:
    """Whose claims these are; they come the surest first, each once.

    A signed login or customer number is its owner, else whoever alone has a signed address and
    no identity, else somebody new. Without one the identifiers narrow each other down, the surest
    first; as long as several people are left, nobody is guessed.
    """
    identities = [claim for claim in claims if is_identity(claim)]
    if not identities:
        return _narrowed(claims, holders)
    who = _identified(identities, holders) or _taken_over(claims, holders)
    return Choice(
        customer=who,
        verification=Verification.VERIFIED,
        joined=() if who is None else _same_person(who, claims, holders),
    )


def is_identity(claim: Claim) -> bool:
    """A signed login or customer number is somebody; an address may be a family's."""
    return claim.kind in IDENTITIES and claim.verification is Verification.VERIFIED


def standing(found: Sequence[Holder]) -> Sequence[Holder]:
    """Those who count: what somebody only typed never stands beside what was proven."""
    proven = [one for one in found if one.verification in PROVEN]
    return proven or found


def _identified(identities: Collection[Claim], holders: Holders) -> CustomerId | None:
    for claim in identities:
        for one in holders.get((claim.kind, claim.value), ()):
            if one.verification is Verification.VERIFIED:
                return one.customer
    return None


def _taken_over(claims: Collection[Claim], holders: Holders) -> CustomerId | None:
    for claim in claims:
        only = _only(claim, holders)
        if only is not None and not only.identified:
            return only.customer
    return None


def _same_person(
    who: CustomerId, claims: Collection[Claim], holders: Holders
) -> tuple[CustomerId, ...]:
    found: dict[CustomerId, None] = {}
    for claim in claims:
        only = _only(claim, holders)
        if only is not None and only.customer != who and not only.identified:
            found[only.customer] = None
    return tuple(found)


def _only(claim: Claim, holders: Holders) -> Holder | None:
    """The one person who has what a verified claim names."""
    found = standing(holders.get((claim.kind, claim.value), ()))
    sure = claim.verification is Verification.VERIFIED
    return found[0] if sure and len(found) == 1 else None


def _narrowed(claims: Sequence[Claim], holders: Holders) -> Choice:
    """The people whom the surest claim leads to, less those whom the further ones exclude.

    It is as sure as the least sure claim that was needed.
    """
    left: list[CustomerId] = []
    level = Verification.UNKNOWN
    for claim in claims:
        found = [one.customer for one in standing(holders.get((claim.kind, claim.value), ()))]
        both = [one for one in left if one in found] if left else found
        if both and both != left:
            left, level = both, claim.verification
        if len(left) == 1:
            return Choice(customer=left[0], verification=level)
    return Choice(candidates=tuple(left))
