"""Who a chat customer is: vouched for by the shop, known by what they typed, or nobody yet."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from warmline.channels.webchat.identity import Vouched
from warmline.core.words import (
    AgentId,
    CustomerId,
    InteractionId,
    SegmentId,
    Verification,
)
from warmline.customers.choice import PROVEN
from warmline.customers.directory import Directory
from warmline.customers.model import Claim, IdentifierKind, Resolved
from warmline.ports import Write
from warmline.storage.journal import storage_errors

SOURCE = "webchat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who it is, as it goes into `Arrive`; nobody when nothing was said."""

    customer: CustomerId | None = None
    verification: Verification = Verification.UNKNOWN
    segment: SegmentId | None = None
    owner: AgentId | None = None
    undecided: Resolved | None = None
    """Set when several people come into question."""


class Visitors:
    """Recognises customers by what they, or the shop, say."""

    def __init__(self, customers: Directory) -> None:
        self._customers = customers

    async def recognise(
        self,
        *,
        vouched: Vouched | None = None,
        name: str | None = None,
        email: str | None = None,
        language: str | None = None,
    ) -> Visitor:
        """The customer: what the shop signed is verified, what was typed is only claimed."""
        claims: list[Claim] = []
        if vouched is not None:
            claims.append(_claim(IdentifierKind.LOGIN, vouched.login, Verification.VERIFIED))
            if vouched.email:
                claims.append(_claim(IdentifierKind.EMAIL, vouched.email, Verification.VERIFIED))
            name = vouched.name or name
        if email:
            claims.append(_claim(IdentifierKind.EMAIL, email, Verification.CLAIMED))
        if not claims and not name:
            return Visitor()
        with storage_errors():
            found = await self._customers.resolve(
                claims, source=SOURCE, name=name, language=language
            )
        return Visitor(
            customer=found.customer,
            verification=found.verification,
            segment=found.segment,
            owner=found.owner,
            undecided=found if found.candidates else None,
        )

    def rows(self, interaction: InteractionId, visitor: Visitor) -> Sequence[Write]:
        """What travels with the arrival of somebody who may be several people; else nothing."""
        if visitor.undecided is None:
            return ()
        return self._customers.undecided(interaction, visitor.undecided, source=SOURCE)

    async def known_as(self, visitor: Visitor) -> Collection[CustomerId]:
        """All ids of one whose identity is proven; nothing of whoever only says who they are."""
        if visitor.customer is None or visitor.verification not in PROVEN:
            return ()
        with storage_errors():
            return await self._customers.same(visitor.customer)


def _claim(kind: IdentifierKind, value: str, verification: Verification) -> Claim:
    return Claim(kind=kind, value=value, verification=verification)
